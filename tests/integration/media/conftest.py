"""Workers and both probers, as the program builds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.media.prober import LibavProber
from stoat_ferret.processes.worker_pool import MediaWorkers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from stoat_ferret.media.prober import Prober

PROBERS = ["libav", "ffprobe"]


# One pool for a module, as a scan has one for many files: starting one costs more than most tests,
# and a file that damages a worker for the next one is found, too.
@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[tuple[MediaWorkers, anyio.CapacityLimiter]]:
    """Open workers whose processes are gone after the module, and the limit on media processes."""
    limiter = anyio.CapacityLimiter(2)
    async with MediaWorkers(limiter) as workers:
        yield workers, limiter
    assert workers.pids == []


@pytest.fixture
def workers(pool: tuple[MediaWorkers, anyio.CapacityLimiter]) -> MediaWorkers:
    """Return the pool of the module."""
    return pool[0]


@pytest.fixture
def limiter(pool: tuple[MediaWorkers, anyio.CapacityLimiter]) -> anyio.CapacityLimiter:
    """Return the limit on media processes."""
    return pool[1]


@pytest.fixture
def probers(workers: MediaWorkers, limiter: anyio.CapacityLimiter) -> dict[str, Prober]:
    """Return both probers by name, over the same workers."""
    ffprobe = packaged_ffprobe()
    assert ffprobe, "the extra `ffmpeg` is not installed"
    return {
        "libav": LibavProber(workers, timeout_seconds=60),
        "ffprobe": FfprobeProber(workers, limiter, ffprobe, timeout_seconds=60),
    }


@pytest.fixture(params=PROBERS)
def prober(request: pytest.FixtureRequest, probers: dict[str, Prober]) -> Prober:
    """Return each prober in turn."""
    name: str = request.param
    return probers[name]
