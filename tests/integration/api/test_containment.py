"""A film that is replaced by a link to a private file reveals nothing of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import ffmpeg
from tests.fake_programs import program_that
from tests.integration.api.problems import problem
from tests.integration.api.server import RunningServer, running_server
from tests.integration.api.streams import scan, wait_for_end

from stoat_ferret.ffmpeg.binaries import packaged_ffmpeg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from stoat_ferret.config import Settings


def make_film(path: Path, width: int) -> None:
    picture = ["-f", "lavfi", "-i", f"testsrc2=size={width}x240:rate=25:duration=2"]
    ffmpeg(picture, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path)


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """Make a film outside all roots; it is 640 pixels wide, and the one in the root 320."""
    (tmp_path / "private").mkdir()
    make_film(tmp_path / "private" / "private.mp4", 640)
    return tmp_path / "private" / "private.mp4"


@pytest.fixture
def film(tmp_path: Path) -> Path:
    (tmp_path / "films" / "folder").mkdir(parents=True)
    make_film(tmp_path / "films" / "folder" / "film.mp4", 320)
    return tmp_path / "films" / "folder" / "film.mp4"


@pytest.fixture
def own(settings: Settings, film: Path, tmp_path: Path) -> Settings:
    (tmp_path / "data").mkdir()
    update = {"roots": (film.parents[1],), "data_dir": tmp_path / "data"}
    return settings.model_copy(update=update)


@pytest.fixture
def serving(own: Settings, film: Path) -> Iterator[RunningServer]:
    with running_server(own) as server, server.client() as client:
        assert scan(client, str(film.parents[1]))["result"]["added"] == 1
        yield server


def swap(film: Path, private: Path, how: str) -> None:
    """Replace the film, or its folder, by a link."""
    if how == "file":
        film.unlink()
        film.symlink_to(private)
    else:
        film.parent.rename(film.parent.with_name("before"))
        private.rename(private.with_name(film.name))
        film.parent.symlink_to(private.parent, target_is_directory=True)


def the_video(client: httpx.Client) -> dict[str, Any]:
    (video,) = client.get("/api/v1/videos").json()["items"]
    found: dict[str, Any] = video
    return found


@pytest.mark.parametrize("how", ["file", "folder"])
def test_a_link_swapped_in_after_the_scan_leaks_nothing(
    serving: RunningServer, film: Path, private: Path, how: str
) -> None:
    with serving.client() as client:
        video = the_video(client)
        swap(film, private, how)
        problem(client.get(video["stream_url"]), 409, "file-unreadable")
        asked = client.post("/api/v1/storyboards", json={"video_ids": [video["id"]]}).json()
        made = wait_for_end(client, asked["id"])["result"]
        assert (made["made"], made["failed"]) == (0, 1)
        assert client.get(f"/api/v1/videos/{video['id']}/storyboard.vtt").status_code == 404
        body: dict[str, Any] = {"preset": "copy", "clips": [{"video_id": video["id"]}]}
        problem(client.post("/api/v1/renders", json=body), 409, "file-unreadable")
        image = {"image": {"root": "films", "path": "folder/film.mp4"}}
        body |= {"preset": "web-720p", "options": {"images": [image]}}
        problem(client.post("/api/v1/renders", json=body), 409, "file-unreadable")
        assert scan(client, str(film.parents[1]))["result"]["added"] == 0
        assert 640 not in {one["width"] for one in client.get("/api/v1/videos").json()["items"]}


@pytest.mark.parametrize("how", ["file", "folder"])
def test_a_link_swapped_in_while_a_render_starts_leaks_nothing(
    own: Settings, film: Path, private: Path, tmp_path: Path, how: str
) -> None:
    target = private if how == "file" else private.parent
    place = film if how == "file" else film.parent
    if how == "folder":
        private.rename(private.with_name(film.name))
    # An ffmpeg that is late: when it runs, the link is in place.
    late = program_that(
        tmp_path / "bin",
        "ffmpeg",
        f'case "$*" in *-progress*) mv {place} {place}.before; ln -s {target} {place};; esac\n'
        f'exec {packaged_ffmpeg()} "$@"',
    )
    with (
        running_server(own.model_copy(update={"ffmpeg": late.path})) as server,
        server.client() as client,
    ):
        scan(client, str(film.parents[1]))
        body = {"preset": "copy", "clips": [{"video_id": the_video(client)["id"]}], "name": "made"}
        job = wait_for_end(client, client.post("/api/v1/renders", json=body).json()["id"])
        assert os.path.realpath(film) == str(target if how == "file" else target / film.name)
        videos = client.get("/api/v1/videos", params={"status": ["ok", "missing"]}).json()["items"]
        shapes = {video["width"] / video["height"] for video in videos}
        assert job["status"] == "succeeded", job["error"]
        assert len(videos) == 2
        assert shapes == {320 / 240}
