"""Both probers over a folder of real files, named in `STOAT_CORPUS`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import av
import pytest

from stoat_ferret.errors import MediaError
from stoat_ferret.media.picture_files import PictureFiles
from stoat_ferret.media.prober import LibavProber
from stoat_ferret.media.storyboard_maker import LibavStoryboardMaker

if TYPE_CHECKING:
    from stoat_ferret.media.prober import ProbedFile, Prober
    from stoat_ferret.processes.worker_pool import MediaWorkers

CORPUS = os.environ.get("STOAT_CORPUS")
FILES = sorted(path for path in Path(CORPUS).rglob("*") if path.is_file()) if CORPUS else []


@pytest.mark.skipif(not FILES, reason="STOAT_CORPUS names no folder of files")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
async def test_both_probers_tell_the_same(path: Path, probers: dict[str, Prober]) -> None:
    answers = [await _ask(prober, path) for prober in probers.values()]
    assert answers[0] == answers[1]


@pytest.mark.skipif(not FILES, reason="STOAT_CORPUS names no folder of files")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
async def test_pictures_are_made_of_whatever_can_be_decoded(
    path: Path, workers: MediaWorkers, tmp_path: Path
) -> None:
    prober = LibavProber(workers, timeout_seconds=60, thumbnails=str(tmp_path))
    storyboards = LibavStoryboardMaker(workers, str(tmp_path), step_seconds=60, timeout_seconds=60)
    try:
        probed = await prober.probe(path)
    except MediaError:
        return
    video = probed.media_info.main_video
    made = probed.thumbnail.version > 0
    if made:
        width, height = _size(PictureFiles(str(tmp_path)).thumbnail(probed.fingerprint, 320))
        assert video
        assert width == min(320, video.width // 2 * 2) or height == 640
        assert abs(width / height - video.width / video.height) < 0.05 * width / height
    storyboard = await storyboards.make(path, lambda _: None)
    assert storyboard.version > 0 or not made or not probed.media_info.duration_seconds


def _size(picture: Path) -> tuple[int, int]:
    with av.open(picture) as container:
        frame = next(container.decode(video=0))
        return frame.width, frame.height


async def _ask(prober: Prober, path: Path) -> ProbedFile | tuple[type[MediaError], str | None]:
    try:
        return await prober.probe(path)
    except MediaError as error:
        return type(error), error.fingerprint
