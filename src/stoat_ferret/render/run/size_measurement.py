"""The sizes of results, measured by encoding a little of each."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import anyio

from stoat_ferret.errors import MediaProcessError
from stoat_ferret.ffmpeg.executor import run_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from stoat_ferret.render.plan.size_samples import SizeSample

MEASURE_SECONDS = 3.0
"""The time to encode samples in; those that are not done by then are left out."""


async def measure_sizes(
    samples: Sequence[SizeSample],
    ffmpeg: Path,
    limiter: anyio.CapacityLimiter | None = None,
    *,
    timeout_seconds: float = MEASURE_SECONDS,
) -> list[int | None]:
    """Return the bytes of a result for each of `samples`; None if not even one command was done.

    Runs the first command of each, then the others, until all are done or the time is up.
    """
    printed: list[list[str]] = [[] for _ in samples]
    with anyio.move_on_after(timeout_seconds):
        for place, command in _in_turn(samples):
            try:
                completed = await run_program(
                    [ffmpeg, "-hide_banner", "-v", "error", "-nostdin", *command],
                    timeout_seconds=timeout_seconds,
                    limiter=limiter,
                )
            except MediaProcessError:  # the render itself will tell
                break
            if completed.exit_code == 0:
                printed[place].append(completed.stdout.decode("utf-8", "replace"))
    return [sample.estimate(texts) for sample, texts in zip(samples, printed, strict=True)]


def _in_turn(samples: Sequence[SizeSample]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the commands with the places of their samples: the first ones, then the second ones."""
    for commands in zip_longest(*(sample.commands for sample in samples)):
        yield from ((place, command) for place, command in enumerate(commands) if command)
