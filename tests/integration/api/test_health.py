"""Health and metrics over HTTP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.integration.api.problems import problem
from tests.integration.api.server import running_server
from tests.integration.api.streams import event_stream, scan
from tests.postgresql import only_sqlite

from stoat_ferret.config import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from tests.integration.api.server import RunningServer


def test_a_server_that_has_all_it_needs_is_ready(
    server: RunningServer, client: httpx.Client
) -> None:
    server.check_health()
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "ready"
    assert set(body["checks"]) == {
        "database",
        "ffmpeg",
        "ffprobe",
        "queue",
        "output",
        "roots",
        "watching",
    }
    assert all(check["ok"] and check["detail"] for check in body["checks"].values())


def test_one_job_that_is_kept_is_told_as_one(tmp_path: Path) -> None:
    settings = load_settings(roots=(tmp_path,), data_dir=tmp_path, port=0)
    with running_server(settings) as server, server.client() as client:
        scan(client, str(tmp_path))
    with running_server(settings) as server, server.client() as client:
        server.check_health()
        checks = client.get("/health/ready").json()["checks"]
        assert checks["queue"]["detail"] == "1 job kept"


def test_a_server_that_lacks_something_lives_and_says_what(tmp_path: Path) -> None:
    settings = load_settings(
        roots=(tmp_path,), data_dir=tmp_path, port=0, ffprobe=tmp_path / "no-such-program"
    )
    with running_server(settings) as server, server.client() as client:
        server.check_health(lambda report: report.checks["database"].ok)
        assert client.get("/health/live").json() == {"status": "live"}
        answer = client.get("/health/ready")
        found = problem(answer, 503, "not-ready")
        assert "ffprobe" in found["detail"]
        assert not found["checks"]["ffprobe"]["ok"]
        assert "STOAT_FFPROBE" in found["checks"]["ffprobe"]["detail"]
        assert found["checks"]["database"]["ok"]
        assert answer.headers["retry-after"]


def test_a_server_that_can_keep_no_renders_is_not_ready_and_says_why(tmp_path: Path) -> None:
    settings = load_settings(
        roots=(tmp_path,), data_dir=tmp_path, port=0, output_dir=tmp_path / "unplugged" / "new"
    )
    with running_server(settings) as server, server.client() as client:
        found = problem(client.get("/health/ready"), 503, "not-ready")
        assert not found["checks"]["output"]["ok"]
        assert "STOAT_OUTPUT_DIR" in found["checks"]["output"]["detail"]
        assert found["checks"]["database"]["ok"]
        assert client.get("/api/v1/videos").status_code == 200
        assert not (tmp_path / "unplugged").exists()


@only_sqlite
def test_a_database_that_was_deleted_takes_no_edits(tmp_path: Path) -> None:
    settings = load_settings(roots=(tmp_path,), data_dir=tmp_path, port=0)
    with running_server(settings) as server, server.client() as client:
        server.call(lambda services: services.health.refresh())
        assert client.get("/health/ready").status_code == 200
        (tmp_path / "library.db").unlink()
        answer = client.post("/api/v1/scans", json={"path": str(tmp_path)})
        found = problem(answer, 503, "database-failure")
        assert "library.db was removed while it was in use" in found["detail"]
        server.call(lambda services: services.health.refresh())
        found = problem(client.get("/health/ready"), 503, "not-ready")
        assert "was removed while it was in use" in found["checks"]["database"]["detail"]


def test_figures_are_told_by_route(client: httpx.Client) -> None:
    for name in ("one", "other"):
        client.get(f"/api/v1/videos/{name}")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    line = (
        'stoat_request_seconds_count{method="GET",route="/api/v1/videos/{video_id}",status="404"} '
    )
    assert f"{line}2.0" in answer.text
    assert "stoat_event_loop_lag_seconds_count" in answer.text


def test_a_stream_that_a_client_leaves_is_left_by_the_server(client: httpx.Client) -> None:
    with event_stream(client), event_stream(client):
        assert "stoat_event_streams 2.0" in client.get("/metrics").text
    started = time.monotonic()
    while "stoat_event_streams 0.0" not in client.get("/metrics").text:
        assert time.monotonic() - started < 30
