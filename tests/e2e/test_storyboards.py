"""A storyboard job whose server is killed; test_scan.py tests the command."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.clips import ffmpeg, make_clip, small_clips
from tests.e2e.stoat import is_final

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat


@pytest.mark.soak
def test_a_job_for_storyboards_goes_on_after_a_kill(stoat: Stoat) -> None:
    count = 12
    small_clips(stoat.root, count - 2)
    for number in range(2):  # they come last, and take longer than it takes to kill a server
        copies = ["-stream_loop", "1199", "-i", str(make_clip(f"small-{number}.mp4")), "-c", "copy"]
        ffmpeg(copies, stoat.root / f"long-{number}.mp4")
    stoat.json("scan", stoat.root)
    with stoat.serve() as server:
        job = server.call("POST", "/storyboards", json={})
        again = server.call("POST", "/storyboards", json={})
        assert again["id"] == job["id"]
        server.wait_for_job(job["id"], lambda job: (job["progress_detail"]["done"] or 0) >= 2)
        server.running.kill()
    pictures = stoat.data_dir / "pictures" / "storyboards"
    lists = set(pictures.rglob("*.vtt"))
    assert 2 <= len(lists) < count
    # Each storyboard that has a list is complete.
    assert all(_sheet(path).stat().st_size for path in lists)
    before = {path: path.stat().st_ino for path in lists}

    with stoat.serve() as server:
        ended = server.wait_for_job(job["id"], is_final)
        assert ended["status"] == "succeeded"
        assert ended["result"]["made"] < count, "what was made is not made again"
        assert ended["result"]["failed"] == 0
        items = server.call("GET", "/videos", params={"limit": 200})["items"]
        assert sum(item["storyboard_url"] is not None for item in items) == count
        server.running.send(signal.SIGTERM)
        server.running.wait()
    files = [path for path in pictures.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".webp", ".vtt"}
    indexes = {path.stem for path in files if path.suffix == ".vtt"}
    assert len(indexes) == count
    assert {path.stem.rpartition("-")[0] for path in files if path.suffix == ".webp"} == indexes
    assert {path: path.stat().st_ino for path in lists} == before


def _sheet(index: Path) -> Path:
    return Path(str(index).removesuffix(".vtt") + "-0.webp")
