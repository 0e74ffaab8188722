"""Files that would take all memory fail alone, and no process exceeds its limit."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import psutil
import pytest
from tests import odd_clips
from tests.clips import make_clip
from tests.integration.media import faults

from stoat_ferret.config import load_settings
from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.errors import InvalidMediaError, ProbeCrashedError
from stoat_ferret.ffmpeg.binaries import find_ffprobe
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.library.migrations import migrate
from stoat_ferret.media.prober import FallbackProber, LibavProber
from stoat_ferret.media.worker_call import run_on_file
from stoat_ferret.media_tools import open_media
from stoat_ferret.processes.worker_pool import MediaWorkers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from stoat_ferret.media.prober import Prober

MIB = 2**20
MEMORY = 256 * MIB
SECONDS = 60.0
CORPUS = os.environ.get("STOAT_CORPUS")
BOMBS = sorted((Path(CORPUS).parent / "hostile" / "bombs").glob("*")) if CORPUS else []

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing bounds it")


@pytest.fixture
async def bounded() -> AsyncIterator[MediaWorkers]:
    """Open workers with little memory that stay while idle."""
    limiter = anyio.CapacityLimiter(2)
    async with MediaWorkers(limiter, memory_bytes=MEMORY, idle_seconds=SECONDS) as workers:
        yield workers


def both(bounded: MediaWorkers) -> dict[str, Prober]:
    ffprobe = FfprobeProber(
        bounded,
        anyio.CapacityLimiter(2),
        find_ffprobe(),
        timeout_seconds=SECONDS,
        memory_bytes=MEMORY,
    )
    return {"libav": LibavProber(bounded, timeout_seconds=SECONDS), "ffprobe": ffprobe}


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (odd_clips.index_bomb, "44,000,000 frames, more than the file has bytes"),
        (odd_clips.picture_bomb, "more than 150 million pixels"),
    ],
)
async def test_a_bomb_is_bad_with_that_reason(
    make: Callable[[Path], Path], reason: str, bounded: MediaWorkers, tmp_path: Path
) -> None:
    bomb = make(tmp_path)
    # The memory of ffprobe is limited after the start; a late limit fails elsewhere.
    reasons = {"libav": reason, "ffprobe": f"{reason}|made to exhaust memory"}
    for name, prober in both(bounded).items():
        with pytest.raises(InvalidMediaError, match=reasons[name]) as caught:
            await prober.probe(bomb)
        assert caught.value.fingerprint


@pytest.mark.skipif(not BOMBS, reason="STOAT_CORPUS names no folder of files")
@pytest.mark.parametrize("bomb", BOMBS, ids=lambda path: path.name)
async def test_bombs_of_the_corpus_are_bad(bomb: Path, bounded: MediaWorkers) -> None:
    with pytest.raises(InvalidMediaError, match="exhaust memory"):
        await LibavProber(bounded, timeout_seconds=SECONDS).probe(bomb)


async def test_no_worker_has_more_than_it_may(bounded: MediaWorkers, tmp_path: Path) -> None:
    bomb = odd_clips.index_bomb(tmp_path)
    reason, peak = await run_on_file(
        bounded, faults.probe_and_measure, bomb, timeout_seconds=SECONDS
    )
    assert "exhaust memory" in reason
    assert peak < MEMORY


async def test_a_call_that_takes_too_much_costs_its_worker_and_no_other(
    bounded: MediaWorkers,
) -> None:
    greedy = bounded.run(faults.take_memory, MEMORY, timeout_seconds=SECONDS)
    modest = run_on_file(
        bounded, faults.probe_and_measure, make_clip("h264.mp4"), timeout_seconds=SECONDS
    )
    results = await asyncio.gather(greedy, modest, return_exceptions=True)
    assert isinstance(results[0], MemoryError)
    assert not isinstance(results[1], BaseException)
    assert "mp4" in results[1][0]
    assert len(bounded.pids) == 1


async def test_memory_that_is_not_there_is_the_reason(bounded: MediaWorkers) -> None:
    prober = LibavProber(bounded, timeout_seconds=SECONDS, thumbnails="", read=faults.take_too_much)
    with pytest.raises(InvalidMediaError, match="STOAT_WORKER_MEMORY_MB"):
        await prober.probe(make_clip("h264.mp4"))
    again = await LibavProber(bounded, timeout_seconds=SECONDS).probe(make_clip("h264.mp4"))
    assert again.media_info.main_video


async def test_a_library_that_dies_of_it_says_so_too(bounded: MediaWorkers) -> None:
    prober = LibavProber(bounded, timeout_seconds=SECONDS, thumbnails="", read=faults.die_of_memory)
    with pytest.raises(ProbeCrashedError, match="STOAT_WORKER_MEMORY_MB"):
        await prober.probe(make_clip("h264.mp4"))
    other = FallbackProber(prober, both(bounded)["ffprobe"])
    assert (await other.probe(make_clip("h264.mp4"))).media_info.main_video


@pytest.mark.parametrize("clip", ["rotated.mp4", "hdr10.mp4", "interlaced.mp4", "prores.mov"])
async def test_no_frame_waits_for_the_garbage_collector(
    clip: str, bounded: MediaWorkers, tmp_path: Path
) -> None:
    count = await run_on_file(
        bounded, faults.count_garbage, make_clip(clip), str(tmp_path), timeout_seconds=SECONDS
    )
    assert count == 0


async def test_the_setting_bounds_the_workers_of_the_program(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "library.db"))
    await migrate(database)
    settings = load_settings(data_dir=tmp_path, roots=(tmp_path,), worker_memory_mb=300)
    others = set(psutil.Process().children())  # of other tests
    async with open_media(settings, database) as media:
        await media.scans.prober.fingerprint(make_clip("short.mp4"))
        limits = [
            child.rlimit(psutil.RLIMIT_DATA)[0]
            for child in set(psutil.Process().children()) - others
            if "worker.py" in " ".join(child.cmdline())
        ]
    await database.aclose()
    assert limits
    assert all(200 * MIB < limit < 300 * MIB for limit in limits)
