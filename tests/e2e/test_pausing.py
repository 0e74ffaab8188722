"""Jobs of every kind that are paused, survive the death of their server, and are resumed."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tests.e2e.stoat import is_final
from tests.e2e.test_bulk_edits import make_library
from tests.e2e.test_render import left, make_long
from tests.renderers import renderers

from stoat_ferret.ffmpeg.binaries import find_ffmpeg

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.media import Gate
    from tests.e2e.stoat import Serving, Stoat

GRACE_SECONDS = 60


@pytest.fixture
def rate(tmp_path: Path) -> Path:
    """Return the file with the rate at which new renders read their sources: as they play.

    If it is empty, they read as fast as they can.
    """
    rate = tmp_path / "rate"
    rate.write_text("1")
    return rate


@pytest.fixture
def stoat(stoat: Stoat, rate: Path) -> Stoat:
    """Return the command with an ffmpeg that keeps to the rate, and a video of 50 s."""
    program = rate.with_name("slow-ffmpeg")
    program.write_text(
        "#!/bin/sh\n"
        "for argument; do\n"
        "  shift\n"
        f'  [ "$argument" = -i ] && [ -s "{rate}" ] && set -- "$@" -readrate "$(cat "{rate}")"\n'
        '  set -- "$@" "$argument"\n'
        "done\n"
        f'exec "{find_ffmpeg()}" "$@"\n'
    )
    program.chmod(0o755)
    make_long(stoat)
    return stoat.having(STOAT_FFMPEG=str(program))


def render(server: Serving, video_id: str, name: str, **clip: float) -> Any:
    """Start a render; return its job."""
    request = {
        "preset": "web-720p",
        "clips": [{"video_id": video_id, **clip}],
        "name": name,
        "options": {"effort": "draft"},
    }
    return server.call("POST", "/renders", json=request, timeout=60)


def is_encoding(job: dict[str, Any]) -> bool:
    return (job["progress"] or 0) > 0.02


def rising_to_the_end(fraction: float) -> Callable[[dict[str, Any]], bool]:
    """Return a condition that a job has ended, whose progress never falls below `fraction`."""
    is_first = True

    def condition(job: dict[str, Any]) -> bool:
        nonlocal fraction, is_first
        assert job["progress"] >= fraction, "the progress went back"
        # The first one was asked for; the events that follow begin a moment before.
        fraction = fraction if is_first else job["progress"]
        is_first = False
        return is_final(job)

    return condition


def pause(server: Serving, job: dict[str, Any]) -> Any:
    paused = server.call("POST", f"/jobs/{job['id']}/pause")
    assert paused["status"] == "paused"
    return paused


def test_paused_jobs_use_nothing_and_stay_paused_when_their_server_is_killed(
    stoat: Stoat, gate: Gate, rate: Path
) -> None:
    gate.fill(stoat.root / "new", 4)
    (stoat.root / "empty").mkdir()
    # Both files that are held back may be read at a time, and the render needs a process too.
    stoat = stoat.having(**gate.variables, STOAT_MEDIA_PROCESSES="4")
    with stoat.serve() as server:
        server.call("POST", "/scans", json={"path": str(stoat.root), "recursive": False})
        scanning = server.call("POST", "/scans", json={"path": str(stoat.root / "new")})
        reader = gate.wait_until_holding()
        queued = server.call("POST", "/scans", json={"path": str(stoat.root / "empty")})
        [(video_id,)] = stoat.rows("SELECT id FROM videos WHERE path = CAST('long.mp4' AS BLOB)")
        rendering = render(server, video_id, "whole")
        server.wait_for_job(rendering["id"], is_encoding)

        paused = [pause(server, job) for job in (rendering, queued)]
        paused[1] = stoat.json("pause", scanning["id"])
        assert paused[1]["status"] == "paused"
        assert paused[1]["result"]["added"] == 2
        assert not reader.is_running()
        [encoder] = renderers(server.running.process.pid)
        assert encoder.status() == psutil.STATUS_STOPPED
        used = encoder.cpu_times()
        # Others take their places.
        rate.write_text("")
        other = render(server, video_id, "cut", start_seconds=1.4, end_seconds=2.0)
        assert server.wait_for_job(other["id"], is_final)["status"] == "succeeded"
        assert encoder.cpu_times() == used
        server.running.kill()
    with stoat.serve() as server:
        for job in (queued, *paused):
            assert server.call("GET", f"/jobs/{job['id']}")["status"] == "paused"
        assert renderers(server.running.process.pid) == []
        gate.open()
        assert stoat.json("resume", queued["id"])["status"] != "paused"
        for job in paused:
            server.call("POST", f"/jobs/{job['id']}/resume")
        ended = [
            server.wait_for_job(job["id"], rising_to_the_end(job["progress"])) for job in paused
        ]
        assert [job["status"] for job in ended] == ["succeeded"] * 2
        assert [job["attempt"] for job in ended] == [2, 2]
        counts = [ended[1]["result"][name] for name in ("found", "added", "unchanged")]
        assert counts == [4, 4, 0]
        assert server.wait_for_job(queued["id"], is_final)["status"] == "succeeded"
    assert left(stoat) == ["cut.mp4", "whole.mp4"]


def test_a_paused_render_goes_on_where_it_was_and_ends_promptly(stoat: Stoat, rate: Path) -> None:
    with stoat.having(STOAT_SHUTDOWN_GRACE_SECONDS=str(2 * GRACE_SECONDS)).serve() as server:
        server.scan(stoat.root)
        [(video_id, seconds)] = stoat.rows("SELECT id, duration_seconds FROM videos")
        rate.write_text("3")
        first = render(server, video_id, "first")
        server.wait_for_job(first["id"], is_encoding)
        paused = pause(server, first)
        rate.write_text("1")
        second = render(server, video_id, "second")
        server.wait_for_job(second["id"], is_encoding)
        # It waits for its place among the renders, and is where it was.
        resumed = server.call("POST", f"/jobs/{first['id']}/resume")
        assert resumed["status"] == "queued"
        pause(server, second)
        ended = server.wait_for_job(first["id"], rising_to_the_end(paused["progress"]))
        assert (ended["status"], ended["attempt"]) == ("succeeded", 1)
        assert abs(ended["result"]["outputs"][0]["duration_seconds"] - seconds) < 0.1
        server.call("POST", f"/jobs/{second['id']}/cancel")
        assert server.wait_for_job(second["id"], is_final)["status"] == "cancelled"
        assert left(stoat) == ["first.mp4"]
        third = render(server, video_id, "third")
        server.wait_for_job(third["id"], is_encoding)
        pause(server, third)
        encoders = renderers(server.running.process.pid)
        server.running.send(signal.SIGTERM)
        server.running.wait(GRACE_SECONDS)
        assert not any(encoder.is_running() for encoder in encoders)
    assert left(stoat) == ["first.mp4"]
    assert stoat.json("jobs", "--status", "paused")["items"][0]["id"] == third["id"]
    # Without a server, its record changes.
    assert stoat.json("resume", third["id"])["status"] == "queued"
    assert stoat.json("pause", third["id"])["status"] == "paused"
    assert "not paused" not in stoat.run("cancel", third["id"]).stderr
    refused = stoat.run("pause", third["id"])
    assert (refused.returncode, "has already ended" in refused.stderr) == (1, True)


def test_a_paused_edit_edits_nothing_twice(stoat: Stoat) -> None:
    count = 12_000
    make_library(stoat, count)
    with stoat.serve() as server:
        body = {"query": {}, "rating": 4, "add_tags": ["sea"]}
        job = server.call("POST", "/videos/bulk", json=body)
        server.wait_for_job(job["id"], lambda one: one["progress_detail"]["done"])
        paused = pause(server, job)
        assert 0 < paused["result"]["edited"] < count
        server.running.kill()
    with stoat.serve() as server:
        assert server.call("GET", f"/jobs/{job['id']}")["status"] == "paused"
        server.call("POST", f"/jobs/{job['id']}/resume")
        ended = server.wait_for_job(job["id"], rising_to_the_end(paused["progress"]))
        assert ended["status"] == "succeeded"
        assert ended["result"]["edited"] == ended["result"]["found"] == count
    revisions = "SELECT revision, rating, count(*) FROM video_annotations GROUP BY 1, 2"
    assert stoat.rows(revisions) == [(1, 4, count)]
