"""An ffmpeg to render with, and clips that show their frame numbers."""

from __future__ import annotations

import os
from contextlib import ExitStack
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest
import structlog
from anyio.from_thread import BlockingPortal, start_blocking_portal
from tests.clips import ffmpeg as packaged
from tests.clips import make_clip
from tests.integration.render.numbered import WIDTH, make_numbered
from tests.integration.render.plan_runner import PlanRunner, info_of
from tests.integration.render.render_harness import RenderHarness, open_harness

from stoat_ferret.ffmpeg.binaries import packaged_ffmpeg, packaged_ffprobe
from stoat_ferret.ffmpeg.capabilities import describe_ffmpeg, list_abilities
from stoat_ferret.processes.worker_pool import MediaWorkers
from stoat_ferret.render.plan.source import Materials, Source
from stoat_ferret.render.run.frame_index_cache import FrameIndexCache

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

B_FRAMES = "-c:v libx264 -preset veryfast -g 20".split()
HEVC = "-c:v libx265 -preset ultrafast -g 20 -x265-params log-level=error:open-gop=0".split()
OTHERS = (
    "tracks.mkv rotated.mp4 hdr10.mp4 hlg.mp4 anamorphic.mp4 interlaced.mp4 shades.mp4 "
    "shades-pq.mp4 shades-hlg.mp4"
).split()


@pytest.fixture(scope="session")
def ffmpeg() -> Path:
    """Return the packaged ffmpeg, or the one that `STOAT_TEST_FFMPEG` names."""
    named = os.environ.get("STOAT_TEST_FFMPEG")
    found = Path(named) if named else packaged_ffmpeg()
    assert found, "the extra `ffmpeg` is not installed"
    return found


@pytest.fixture(scope="session")
def runner(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> PlanRunner:
    """Return a runner of plans with that ffmpeg."""

    async def describe() -> PlanRunner:
        tools = await describe_ffmpeg(await list_abilities(ffmpeg))
        return PlanRunner(ffmpeg, tools, tmp_path_factory.mktemp("renders"))

    return anyio.run(describe)


@pytest.fixture(scope="session")
def clips(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Make numbered clips, named by what is special about each, and a few others."""
    folder = tmp_path_factory.mktemp("numbered")
    paths = {
        "plain": make_numbered(ffmpeg, folder / "plain.mp4", frames=75, width=WIDTH),
        "ntsc": make_numbered(ffmpeg, folder / "n.mp4", frames=60, rate=Fraction(30000, 1001)),
        "matroska": make_numbered(ffmpeg, folder / "m.mkv", frames=75),
        "transport": make_numbered(ffmpeg, folder / "t.ts", frames=75),
        "reordered": make_numbered(ffmpeg, folder / "r.mp4", *B_FRAMES, frames=110),
        "hevc": make_numbered(ffmpeg, folder / "h.mp4", *HEVC, frames=110),
        "turned": turned(make_numbered(ffmpeg, folder / "u.mp4", *B_FRAMES, frames=110)),
        "silent": make_numbered(ffmpeg, folder / "s.mp4", frames=50, sound=False, width=WIDTH),
        "hostile": make_numbered(ffmpeg, folder / "x.mp4").rename(folder / "-a':b;[c],%d{}.mp4"),
        **{name: make_clip(name) for name in OTHERS},
    }
    return Materials({name: source_of(path) for name, path in paths.items()})


def turned(path: Path) -> Path:
    """Return a copy whose frames are stored rotated by 90°."""
    target = path.with_name(f"turned-{path.name}")
    packaged(["-display_rotation", "-90", "-i", str(path), "-c", "copy"], target)
    return target


def source_of(path: Path, *, around: int | tuple[int, ...] | None = 1, **known: Any) -> Source:
    """Return the file with everything that the planner needs, and its key frames.

    They are those `around` a second, or several, if given. `known` is what another prober says.
    """
    ffprobe = packaged_ffprobe()
    assert ffprobe
    portal, workers = _media_workers()

    async def look() -> Source:
        info = info_of(path).model_copy(update=known)
        cache = FrameIndexCache(ffprobe, workers, timeout_seconds=30)
        several = (around,) if isinstance(around, int) else around or ()
        places = [Fraction(place) for place in several]
        return await cache.read(str(path), info, (), places, counts_pictures=True)

    return portal.call(look)


_opened = ExitStack()


@cache
def _media_workers() -> tuple[BlockingPortal, MediaWorkers]:
    """Return workers and the event loop that they belong to, for the whole run.

    Starting a worker takes several times as long as reading a short file.
    """
    portal = _opened.enter_context(start_blocking_portal())
    workers = MediaWorkers(anyio.CapacityLimiter(1), idle_seconds=600)
    _opened.enter_context(portal.wrap_async_context_manager(workers))
    return portal, workers


@pytest.fixture(scope="session", autouse=True)
def _closed_workers() -> Iterator[None]:
    """End the workers after the last test."""
    with _opened:
        yield


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """Drop what jobs log, for tests of those that fail."""
    configuration = structlog.get_config()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    yield
    structlog.configure(**configuration)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[RenderHarness]:
    """Yield services with two clips in a library, which render jobs with a real ffmpeg."""
    async with open_harness(tmp_path) as opened:
        yield opened
