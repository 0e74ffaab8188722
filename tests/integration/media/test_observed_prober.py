"""Reports about every file that is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest
from tests.clips import make_clip

from stoat_ferret.errors import InvalidMediaError
from stoat_ferret.media.prober import LibavProber, ObservedProber
from stoat_ferret.processes.worker_pool import MediaWorkers

if TYPE_CHECKING:
    from pathlib import Path


async def test_tells_the_time_and_the_outcome_of_each_probe(tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    async with MediaWorkers(anyio.CapacityLimiter(1)) as workers:
        prober = ObservedProber(
            LibavProber(workers, timeout_seconds=30),
            lambda seconds, outcome: told.append((seconds, outcome)),
        )
        await prober.probe(make_clip("h264.mp4"))
        with pytest.raises(InvalidMediaError):
            await prober.probe(make_clip("text.mp4"))
    assert [outcome for _, outcome in told] == ["ok", "InvalidMediaError"]
    assert all(seconds > 0 for seconds, _ in told)
