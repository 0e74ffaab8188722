"""Counts turned into a true fraction, a rate and the time left."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from stoat_ferret.jobs.job import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

_WINDOW_SECONDS = 15.0
_SAMPLE_SECONDS = 0.2


class ProgressMeter:
    """How much of `total` units is done; the rate is that of the last fifteen seconds."""

    def __init__(self, total: int, *, unit: str, clock: Callable[[], float]) -> None:
        self.done = 0
        self._total = total
        self._unit = unit
        self._clock = clock
        self._samples = deque([(clock(), 0)])

    def advance(self, count: int = 1) -> None:
        """Tell that `count` more units are done."""
        self.done += count
        now = self._clock()
        if now - self._samples[-1][0] >= _SAMPLE_SECONDS:
            self._samples.append((now, self.done))
            while len(self._samples) > 2 and now - self._samples[1][0] >= _WINDOW_SECONDS:
                self._samples.popleft()

    def progress(self, phase: str, current: str | None = None) -> Progress:
        """The state now; rate and time left are None until there is something to tell them by."""
        start, done_at_start = self._samples[0]
        elapsed = self._clock() - start
        rate = (self.done - done_at_start) / elapsed if elapsed > 0 else 0.0
        left = self._total - self.done
        return Progress(
            fraction=min(1.0, self.done / self._total) if self._total else 1.0,
            done=self.done,
            total=self._total,
            unit=self._unit,
            phase=phase,
            current=current,
            rate=round(rate, 2) if rate else None,
            eta_seconds=round(left / rate, 1) if rate else None,
        )
