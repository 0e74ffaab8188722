"""The size of a result, measured by encoding a little of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from stoat_ferret.errors import MediaProcessError
from stoat_ferret.ffmpeg.executor import run_program

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.render.plan.size_estimate import SizeSample

MEASURE_SECONDS = 3.0
"""The time to encode samples in; those that are not done by then are left out."""


async def measured_size(
    sample: SizeSample,
    ffmpeg: Path,
    limiter: anyio.CapacityLimiter | None = None,
    *,
    timeout_seconds: float = MEASURE_SECONDS,
) -> int | None:
    """Return the bytes of the result as its samples suggest; None if not even one was done."""
    printed: list[str] = []
    with anyio.move_on_after(timeout_seconds):
        for command in sample.commands:
            try:
                completed = await run_program(
                    [ffmpeg, "-hide_banner", "-v", "error", "-nostdin", *command],
                    timeout_seconds=timeout_seconds,
                    limiter=limiter,
                )
            except MediaProcessError:  # the render itself will tell
                break
            if completed.exit_code == 0:
                printed.append(completed.stdout.decode("utf-8", "replace"))
    return sample.estimate(printed)
