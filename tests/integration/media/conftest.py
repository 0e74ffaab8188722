"""Workers and both probers, as the program builds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.media.libav_prober import LibavProber
from stoat_ferret.processes.worker_pool import MediaWorkers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from stoat_ferret.media.prober import Prober

PROBERS = ["libav", "ffprobe"]


@pytest.fixture
def limiter() -> anyio.CapacityLimiter:
    """The limit on media processes."""
    return anyio.CapacityLimiter(2)


@pytest.fixture
async def workers(limiter: anyio.CapacityLimiter) -> AsyncIterator[MediaWorkers]:
    """A pool whose processes are all gone after the test."""
    async with MediaWorkers(limiter) as workers:
        yield workers
    assert workers.pids == []


@pytest.fixture
def probers(workers: MediaWorkers, limiter: anyio.CapacityLimiter) -> dict[str, Prober]:
    """Both probers by their names, over the same workers."""
    ffprobe = packaged_ffprobe()
    assert ffprobe, "the extra `ffmpeg` is not installed"
    return {
        "libav": LibavProber(workers, timeout_seconds=60),
        "ffprobe": FfprobeProber(workers, limiter, ffprobe, timeout_seconds=60),
    }


@pytest.fixture(params=PROBERS)
def prober(request: pytest.FixtureRequest, probers: dict[str, Prober]) -> Prober:
    """Each prober in turn."""
    name: str = request.param
    return probers[name]
