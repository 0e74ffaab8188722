"""A broken ffmpeg or ffprobe does not break the server."""

from __future__ import annotations

import itertools
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import ffmpeg
from tests.fake_programs import (
    FakeProgram,
    dying_program,
    failing_program,
    program_that,
    rubbish_program,
)
from tests.integration.api.server import RunningServer, running_server
from tests.integration.api.streams import scan
from tests.postgresql import only_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stoat_ferret.config import Settings

BROKEN: dict[str, Callable[[Path], FakeProgram]] = {
    "failing": failing_program,
    "dying": dying_program,
    "rubbish": rubbish_program,
    "silent": lambda folder: program_that(folder, "silent", "exit 0"),
    "endless": lambda folder: program_that(folder, "endless", "exec yes 0123456789"),
}


@pytest.fixture(scope="module")
def scanned(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings of a root with one video, and a data folder that knows it."""
    root, data = tmp_path_factory.mktemp("films"), tmp_path_factory.mktemp("known")
    pictures = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30:duration=3"]
    ffmpeg(pictures, *("-c:v", "libx264", "-preset", "ultrafast", "-g", "30"), root / "keys.mp4")
    known = settings.model_copy(update={"roots": (root,), "data_dir": data})
    with running_server(known) as server, server.client() as client:
        assert scan(client, str(root))["result"]["added"] == 1
    return known


@pytest.fixture
def broken(
    request: pytest.FixtureRequest, scanned: Settings, tmp_path: Path
) -> Iterator[RunningServer]:
    """Run a server whose program, named by the parameter, is broken as the parameter says."""
    program, how = request.param
    fake_program = BROKEN[how](tmp_path / "bin").path
    data = tmp_path / "data"
    shutil.copytree(scanned.data_dir, data)
    update = {program: fake_program, "data_dir": data, "probe_timeout_seconds": 3.0}
    with running_server(scanned.model_copy(update=update)) as server:
        yield server


@only_sqlite  # which is copied
@pytest.mark.parametrize(
    "broken",
    [(program, how) for program in ("ffmpeg", "ffprobe") for how in BROKEN],
    indirect=True,
    ids="-".join,
)
def test_a_render_is_refused_in_words(broken: RunningServer) -> None:
    with broken.client() as client:
        (video,) = client.get("/api/v1/videos").json()["items"]
        clip = {"video_id": video["id"], "start_seconds": 0.5, "end_seconds": 2}
        presets, paths = ("web-720p", "smart-cut", "copy"), ("/renders", "/renders/plan")
        for path, preset in itertools.product(paths, presets):
            body: dict[str, Any] = {"preset": preset, "clips": [clip]}
            answer = client.post(f"/api/v1{path}", json=body)
            told = json.loads(answer.text)
            assert answer.status_code < 500 or answer.status_code == 503, told
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json"
                assert told["detail"].endswith("."), told
