"""Renders through the real command: with and without a server, stopped, killed."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tests.clips import ffmpeg, make_clip
from tests.e2e.stoat import is_final
from tests.renderers import renderers

if TYPE_CHECKING:
    from tests.e2e.stoat import Serving, Stoat


@pytest.fixture
def video_id(stoat: Stoat) -> str:
    """Return the id of a video of 50 s in the library."""
    make_long(stoat)
    stoat.json("scan", stoat.root)
    return only_video_id(stoat)


def make_long(stoat: Stoat) -> None:
    """Add a video of 50 s to the root."""
    copies = ["-stream_loop", "24", "-i", str(make_clip("small-0.mp4")), "-c", "copy"]
    ffmpeg(copies, stoat.root / "long.mp4")


def only_video_id(stoat: Stoat) -> str:
    [(video_id,)] = stoat.rows("SELECT id FROM videos")
    return str(video_id)


def left(stoat: Stoat) -> list[str]:
    return sorted(path.name for path in (stoat.data_dir / "renders").iterdir())


def test_a_render_without_a_server_and_ctrl_c_that_leaves_nothing(
    stoat: Stoat, video_id: str
) -> None:
    alone = stoat.json("render", f"{video_id}:1.4-2.4", "--name", "cut", "--option", "effort=draft")
    assert alone["status"] == "succeeded"
    jobs = stoat.rows("SELECT id, status FROM jobs WHERE kind = 'render'")
    assert jobs == [(alone["job_id"], "succeeded")]
    assert left(stoat) == ["cut.mp4"]
    with stoat.start("render", video_id) as running:
        running.wait_for(lambda running: "encoding" in running.stderr)
        assert left(stoat) != ["cut.mp4"]
        running.send(signal.SIGINT)
        assert running.wait() == 130
        assert "nothing was kept" in running.stdout
        assert running.children() == []
    assert left(stoat) == ["cut.mp4"]


def test_a_render_beside_a_server_is_planned_refused_made_and_retried(stoat: Stoat) -> None:
    make_long(stoat)
    with stoat.serve() as server:
        server.scan(stoat.root)
        video_id = only_video_id(stoat)
        assert_refused(stoat, video_id)
        assert left(stoat) == []
        plan_and_render(stoat, server, video_id)
        render_several(stoat, video_id)
    assert left(stoat) == ["cut (2).mp4", "cut.mp4", "long.m4a", "part1.mp4", "part2.mp4"]


@pytest.mark.soak
def test_a_killed_server_goes_on_with_its_render_and_leaves_one_whole_file(
    stoat: Stoat, video_id: str
) -> None:
    """test_scan.py kills a server in a scan; this shows what a render makes of it."""
    request = {"preset": "web-720p", "clips": [{"video_id": video_id}], "name": "whole"}
    with stoat.serve() as server:
        job = server.call("POST", "/renders", json=request, timeout=60)
        server.wait_for_job(job["id"], lambda j: (j["progress"] or 0) > 0.05)
        orphans = renderers(server.running.process.pid)
        assert len(orphans) == 1
        server.running.process.kill()
        server.running.wait()
    [scratch] = left(stoat)
    assert scratch.startswith(".whole.")
    with stoat.serve() as server:
        ended: dict[str, Any] = server.wait_for_job(job["id"], is_final)
        assert (ended["status"], ended["attempt"]) == ("succeeded", 2)
        psutil.wait_procs(orphans, timeout=60)
        assert not any(orphan.is_running() for orphan in orphans)
        assert left(stoat) == ["whole.mp4"]
        [output] = ended["result"]["outputs"]
        assert output["duration_seconds"] == pytest.approx(50, abs=2)


@pytest.mark.soak
def test_a_killed_server_goes_on_with_the_videos_that_it_had_not_rendered(
    stoat: Stoat, video_id: str
) -> None:
    ffmpeg(["-i", str(make_clip("small-0.mp4")), "-c", "copy"], stoat.root / "a.mp4")
    stoat.json("scan", stoat.root)
    ids = dict(stoat.rows("SELECT CAST(path AS TEXT), id FROM videos"))
    request = {
        "preset": "web-720p",
        "video_ids": [ids["a.mp4"], ids["long.mp4"]],
        "name": "{number}",
    }
    with stoat.serve() as server:
        job = server.call("POST", "/renders/batch", json=request, timeout=60)
        server.wait_for_job(
            job["id"], lambda j: j["progress_detail"]["done"] == 1 and j["progress"] > 0.1
        )
        server.running.process.kill()
        server.running.wait()
    assert [name for name in left(stoat) if not name.startswith(".")] == ["1.mp4"]
    with stoat.serve() as server:
        ended: dict[str, Any] = server.wait_for_job(job["id"], is_final)
        assert (ended["status"], ended["attempt"]) == ("succeeded", 2)
        assert left(stoat) == ["1.mp4", "2.mp4"]
        assert [output["source_id"] for output in ended["result"]["outputs"]] == list(
            request["video_ids"]
        )


def render_several(stoat: Stoat, video_id: str) -> None:
    """Make a file for each of two clips, and of each of two videos, of which one is unknown."""
    cuts = (f"{video_id}:1-2", f"{video_id}:3-4")
    parts = stoat.json("render", *cuts, "--separate", "--preset", "copy", "--name", "part{number}")
    assert [output["path"][-9:] for output in parts["outputs"]] == ["part1.mp4", "part2.mp4"]
    text = stoat.run(
        "render", "--each", video_id, "nobody", "--preset", "audio", "--name", "{video}"
    )
    assert text.returncode == 0
    assert text.stdout.startswith(str(stoat.data_dir / "renders" / "long.m4a"))
    assert text.stdout.endswith("Done: 1 of 2 videos rendered, 1 failed.\n")


def assert_refused(stoat: Stoat, video_id: str) -> None:
    """Check that both a render and its plan report what cannot be rendered."""
    for arguments in (
        (f"{video_id}:5-2",),
        (video_id, "--option", "video_codec=quicksilver", "--dry-run"),
    ):
        result = stoat.run("render", *arguments, "--json")
        assert result.returncode == 1, result
        assert json.loads(result.stdout)["error"]


def plan_and_render(stoat: Stoat, server: Serving, video_id: str) -> None:
    """Make files of a second: planned, rendered, rendered once more, one replaced."""
    arguments = ("render", f"{video_id}:1.4-2.4", "--name", "cut", "--option", "effort=draft")
    plan = stoat.json(*arguments, "--dry-run")["outputs"][0]
    assert (plan["name"], plan["duration_seconds"]) == ("cut.mp4", 1)
    assert stoat.run(*arguments, "--dry-run").stdout.startswith("cut.mp4: 1.000 s, 320x240, h264")
    saved = {"name": "Für dich", "preset": "proxy", "options": {"container": "mkv"}}
    server.call("POST", "/presets/saved", json=saved)
    plan = stoat.json("render", video_id, "--preset", "fur dich", "--dry-run")["outputs"][0]
    assert (plan["muxer"], plan["duration_seconds"]) == ("matroska", pytest.approx(50, abs=2))
    assert server.call("GET", "/jobs", params={"kind": "render"})["total"] == 0
    made = stoat.json(*arguments)
    assert made["status"] == "succeeded"
    video = server.call("GET", f"/videos/{made['outputs'][0]['video_id']}")
    assert video["recipe"]["job_id"] == made["job_id"]
    again = server.call("POST", f"/jobs/{made['job_id']}/retry")
    assert server.wait_for_job(again["id"], is_final)["status"] == "succeeded"
    text = stoat.run(*arguments, "--overwrite")
    assert text.stdout.startswith(str(stoat.data_dir / "renders" / "cut.mp4"))
