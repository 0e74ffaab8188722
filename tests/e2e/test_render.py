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
    from tests.e2e.stoat import Stoat


@pytest.fixture
def video_id(stoat: Stoat) -> str:
    """The id of a video of 50 s in the library."""
    copies = ["-stream_loop", "24", "-i", str(make_clip("small-0.mp4")), "-c", "copy"]
    ffmpeg(copies, stoat.root / "long.mp4")
    stoat.json("scan", stoat.root)
    [row] = stoat.json("videos")["items"]
    return str(row["id"])


def left(stoat: Stoat) -> list[str]:
    return sorted(path.name for path in (stoat.data_dir / "renders").iterdir())


def test_the_command_renders_with_and_without_a_server(stoat: Stoat, video_id: str) -> None:
    arguments = ("render", f"{video_id}:1.5-2.5", "--name", "cut", "--option", "effort=draft")
    alone = stoat.json(*arguments)
    assert (alone["status"], alone["job_id"]) == ("succeeded", None)
    with stoat.serve() as server:
        served = stoat.json(*arguments)
        assert served["status"] == "succeeded"
        assert served["job_id"]
        [output] = served["outputs"]
        video = server.call("GET", f"/videos/{output['video_id']}")
        assert video["recipe"]["job_id"] == served["job_id"]
        again = server.call("POST", f"/jobs/{served['job_id']}/retry")
        assert server.wait_for_job(again["id"], is_final)["status"] == "succeeded"
        text = stoat.run(*arguments, "--overwrite")
        assert text.stdout.startswith(str(stoat.data_dir / "renders" / "cut.mp4"))
    assert left(stoat) == ["cut (2).mp4", "cut (3).mp4", "cut.mp4"]


def test_what_cannot_be_rendered_is_said_and_leaves_nothing(stoat: Stoat, video_id: str) -> None:
    for arguments in (
        (f"{video_id}:5-2",),
        (video_id, "--preset", "papyrus"),
        (video_id, "--option", "video_codec=quicksilver"),
        ("nobody",),
    ):
        result = stoat.run("render", *arguments, "--json")
        assert result.returncode == 1, result
        assert json.loads(result.stdout)["error"]
    assert left(stoat) == []


def test_ctrl_c_leaves_nothing(stoat: Stoat, video_id: str) -> None:
    with stoat.start("render", video_id) as running:
        running.wait_for(lambda running: "encoding" in running.stderr)
        assert left(stoat) != []
        running.send(signal.SIGINT)
        assert running.wait() == 130
        assert "nothing was kept" in running.stdout
        assert running.children() == []
    assert left(stoat) == []


def test_a_killed_server_goes_on_with_its_render_and_leaves_one_whole_file(
    stoat: Stoat, video_id: str
) -> None:
    request = {"preset": "web-720p", "clips": [{"video_id": video_id}], "name": "whole"}
    with stoat.serve() as server:
        job = server.call("POST", "/renders", json=request, timeout=60)
        server.wait_for_job(job["id"], lambda j: (j["progress"] or 0) > 0.05)
        orphans = renderers(server.running.process.pid)
        assert len(orphans) == 1
        server.running.process.kill()
        server.running.wait()
    assert [name for name in left(stoat) if name.startswith(".whole.")] == left(stoat) != []
    with stoat.serve() as server:
        ended: dict[str, Any] = server.wait_for_job(job["id"], is_final)
        assert (ended["status"], ended["attempt"]) == ("succeeded", 2)
        psutil.wait_procs(orphans, timeout=60)
        assert not any(orphan.is_running() for orphan in orphans)
        assert left(stoat) == ["whole.mp4"]
        [output] = ended["result"]["outputs"]
        assert output["duration_seconds"] == pytest.approx(50, abs=2)
