"""Running jobs over HTTP: shown, cancelled, and ended with the server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from tests.clips import small_clips
from tests.fake_programs import slow_program
from tests.integration.api.problems import problem
from tests.integration.api.streams import event_stream, wait_for_end

from stoat_ferret.config import Settings, load_settings

if TYPE_CHECKING:
    import httpx


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings with a prober that never answers."""
    root = tmp_path_factory.mktemp("films")
    small_clips(root, 3)
    return load_settings(
        roots=(root,),
        data_dir=tmp_path_factory.mktemp("data"),
        port=0,
        prober="ffprobe",
        ffprobe=slow_program(tmp_path_factory.mktemp("bin")).path,
        shutdown_grace_seconds=0.0,
    )


@pytest.fixture
def job(client: httpx.Client, settings: Settings) -> str:
    """Return the id of a scan that runs and does not end by itself."""
    job_id: str = client.post("/api/v1/scans", json={"path": str(settings.roots[0])}).json()["id"]
    with event_stream(client) as events:
        for event in events:
            if event.name == "job" and event.data["progress_detail"]["total"] == 3:
                return job_id
    raise AssertionError("the stream ended")


def test_the_same_scan_asked_for_twice_is_one(
    client: httpx.Client, settings: Settings, job: str
) -> None:
    again = client.post("/api/v1/scans", json={"path": str(settings.roots[0])})
    assert again.status_code == 202
    assert again.json()["id"] == job
    problem(client.post(f"/api/v1/jobs/{job}/retry"), 409, "job-active")
    assert client.post(f"/api/v1/jobs/{job}/cancel").status_code == 202
    assert wait_for_end(client, job)["status"] == "cancelled"


def test_delete_cancels_a_job_that_runs(client: httpx.Client, job: str) -> None:
    answer = client.delete(f"/api/v1/jobs/{job}")
    assert answer.status_code == 202
    assert answer.json()["cancel_requested"]
    ended = wait_for_end(client, job)
    assert ended["status"] == "cancelled"
    assert ended["result"]["found"] == 3


def test_a_new_stream_begins_with_every_active_job(client: httpx.Client, job: str) -> None:
    with event_stream(client) as events:
        first = next(events)
    assert first.name == "job"
    assert first.data["id"] == job
    assert first.data == {**client.get(f"/api/v1/jobs/{job}").json(), **_moving(first.data)}
    client.delete(f"/api/v1/jobs/{job}")
    wait_for_end(client, job)


def test_the_end_of_a_scan_is_told_as_a_change_of_the_library(
    client: httpx.Client, job: str
) -> None:
    started = time.monotonic()
    with event_stream(client) as events:
        client.delete(f"/api/v1/jobs/{job}")
        for event in events:
            assert time.monotonic() - started < 30
            if event.name == "library":
                assert event.data["job_id"] == job
                if event.data["finished"]:
                    return
    raise AssertionError("the stream ended")


def test_metrics_count_the_job(client: httpx.Client, job: str) -> None:
    text = client.get("/metrics").text
    assert 'stoat_jobs{status="running"} 1.0' in text
    client.delete(f"/api/v1/jobs/{job}")
    wait_for_end(client, job)
    assert 'stoat_jobs{status="running"} 0.0' in client.get("/metrics").text


def _moving(job: dict[str, object]) -> dict[str, object]:
    return {name: job[name] for name in ("progress", "progress_detail")}
