"""A server that was taken for dead, and goes on while another one does its work."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import psutil
import psycopg
import pytest
from tests.clips import make_clip
from tests.e2e.stoat import Stoat, is_final
from tests.renderers import renderers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.stoat import Serving

pytestmark = pytest.mark.soak


def _lose_ownership(url: str, process_id: int) -> None:
    """End the session by which a server owns the database, as a broken connection does."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE %s",
            (f"stoat-ferret serve (process {process_id} on %",),
        ).fetchall()
    assert ended == [(True,)]


def _submit(server: Serving, video_id: str) -> dict[str, Any]:
    clips = [{"video_id": video_id}]
    request = {"preset": "web-720p", "clips": clips, "name": "film", "options": {"effort": "draft"}}
    job: dict[str, Any] = server.call("POST", "/renders", json=request, timeout=60)
    return job


def test_a_render_of_a_server_that_was_taken_for_dead_is_published_once(
    tmp_path: Path, postgresql_url: str
) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    (output := tmp_path / "output").mkdir()
    first, second = (Stoat.build(tmp_path / name) for name in ("first", "second"))
    shared = {
        "STOAT_DATABASE_URL": postgresql_url,
        "STOAT_ROOTS": str(first.root),
        "STOAT_OUTPUT_DIR": str(output),
    }
    (first.root / "long.mp4").write_bytes(make_clip("long.mp4").read_bytes())
    with first.having(**shared).serve() as old:
        process = old.running.process
        assert old.scan(first.root)["added"] == 1
        (video,) = old.call("GET", "/videos")["items"]
        job = _submit(old, video["id"])
        old.wait_for_job(job["id"], lambda one: (one["progress"] or 0) > 0.02)
        orphans = renderers(process.pid)
        assert orphans
        os.kill(process.pid, signal.SIGSTOP)
        _lose_ownership(postgresql_url, process.pid)
        with second.having(**shared).serve() as new:
            current = new.wait_for_job(job["id"], lambda one: one["attempt"] == 2)
            os.kill(process.pid, signal.SIGCONT)
            if not is_final(current):
                current = new.wait_for_job(job["id"], is_final)
            assert (current["status"], current["attempt"]) == ("succeeded", 2), current["error"]
            assert old.running.wait() != 0, "it does not own the database any more"
            assert sorted(path.name for path in output.iterdir()) == ["film.mp4"]
            names = [one["name"] for one in new.call("GET", "/videos")["items"]]
            assert sorted(names) == ["film.mp4", "long.mp4"]
            assert new.call("GET", "/videos", params={"status": "missing"})["total"] == 0
        _, alive = psutil.wait_procs(orphans, timeout=60)
        assert not alive
