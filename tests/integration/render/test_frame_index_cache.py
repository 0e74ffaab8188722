"""The index of an unchanged file is not read again."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest
from tests.clips import make_clip
from tests.fake_programs import FakeProgram, failing_program, program_that
from tests.integration.media.faults import die_whatever_is_asked
from tests.integration.render.numbered import make_numbered

from stoat_ferret.errors import ProbeCrashedError, RenderRefusedError
from stoat_ferret.ffmpeg.binaries import packaged_ffprobe
from stoat_ferret.ffmpeg.probe import ffprobe_video
from stoat_ferret.processes.worker_pool import MediaWorkers
from stoat_ferret.render.plan.excerpt import main_video
from stoat_ferret.render.run import frame_index_query
from stoat_ferret.render.run.frame_index_cache import FrameIndexCache

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from stoat_ferret.media.media_info import MediaInfo

CLIP = make_clip("small-0.mp4")
CORPUS = os.environ.get("STOAT_CORPUS")
SEEN = (1, 1)


@pytest.fixture
def ffprobe(tmp_path: Path) -> FakeProgram:
    """Return the real ffprobe, which records its runs."""
    return program_that(tmp_path, "ffprobe", f"exec '{packaged_ffprobe()}' \"$@\"")


@pytest.fixture
async def workers() -> AsyncIterator[MediaWorkers]:
    async with MediaWorkers(anyio.CapacityLimiter(1)) as workers:
        yield workers


@pytest.fixture(scope="module")
async def info() -> MediaInfo:
    return await ffprobe_video(CLIP)


async def test_a_file_is_looked_into_once_for_each_place(
    ffprobe: FakeProgram, workers: MediaWorkers, info: MediaInfo
) -> None:
    cache = FrameIndexCache(ffprobe.path, workers, timeout_seconds=30)
    first = await cache.read(str(CLIP), info, SEEN, [Fraction(1)])
    assert len(ffprobe.pids) == 3
    assert await cache.read(str(CLIP), info, SEEN, [Fraction(1)]) == first
    assert len(ffprobe.pids) == 3
    await cache.read(str(CLIP), info, SEEN, [Fraction(1), Fraction(40)])
    assert len(ffprobe.pids) == 4
    assert first.timing.key_frames
    assert all(key.is_idr for key in first.timing.key_frames)


async def test_what_libav_cannot_tell_is_no_error(
    ffprobe: FakeProgram, workers: MediaWorkers, info: MediaInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_index_query, "key_kinds", die_whatever_is_asked)
    cache = FrameIndexCache(ffprobe.path, workers, timeout_seconds=30)
    found = await cache.read(str(CLIP), info, SEEN, [Fraction(1)])
    assert found.timing.key_frames
    assert not any(key.is_idr for key in found.timing.key_frames)


async def test_a_file_that_changed_is_looked_into_again(
    ffprobe: FakeProgram, workers: MediaWorkers, info: MediaInfo
) -> None:
    cache = FrameIndexCache(ffprobe.path, workers, timeout_seconds=30)
    for number in (1, 2):
        await cache.read(str(CLIP), info, (1, number))
        assert len(ffprobe.pids) == 2 * number


async def test_only_the_newest_looks_are_kept(
    ffprobe: FakeProgram, workers: MediaWorkers, info: MediaInfo
) -> None:
    cache = FrameIndexCache(ffprobe.path, workers, timeout_seconds=30, most_facts=35)
    for number in range(3):
        await cache.read(str(CLIP), info, (1, number))
    await cache.read(str(CLIP), info, (1, 2))
    assert len(ffprobe.pids) == 6
    await cache.read(str(CLIP), info, (1, 0))
    assert len(ffprobe.pids) == 8


async def test_a_look_that_failed_is_not_kept(
    tmp_path: Path, workers: MediaWorkers, info: MediaInfo
) -> None:
    failing = failing_program(tmp_path)
    cache = FrameIndexCache(failing.path, workers, timeout_seconds=30)
    for number in (1, 2):
        with pytest.raises(ProbeCrashedError):
            await cache.read(str(CLIP), info, SEEN)
        assert len(failing.pids) == number


async def test_what_lies_behind_the_end_of_a_file_is_not_looked_for(
    ffmpeg: Path, ffprobe: FakeProgram, workers: MediaWorkers, tmp_path: Path
) -> None:
    # ffprobe fails if it is to read beyond the end of such a file.
    path = make_numbered(ffmpeg, tmp_path / "t.ts", frames=25)
    info = await ffprobe_video(path)
    cache = FrameIndexCache(ffprobe.path, workers, timeout_seconds=30)
    found = await cache.read(str(path), info, SEEN, [Fraction(900)])
    assert found.timing.clean_ends


@pytest.mark.skipif(CORPUS is None, reason="STOAT_CORPUS names no folder of files")
@pytest.mark.parametrize("name", ["altref", "noaltref"])
async def test_a_file_that_is_encrypted_is_known_as_such(
    ffprobe: FakeProgram, workers: MediaWorkers, name: str
) -> None:
    path = Path(CORPUS or "") / f"subsample_encrypted_{name}.webm"
    info = await ffprobe_video(path)
    cache = FrameIndexCache(ffprobe.path, workers, timeout_seconds=30)
    found = await cache.read(str(path), info, SEEN, [Fraction(900)])
    assert found.timing.is_encrypted
    with pytest.raises(RenderRefusedError, match="encrypted"):
        main_video(found, "a")
