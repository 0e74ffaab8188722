"""A clock that only a test moves."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


class FakeTimer:
    """A scheduled call, which can be cancelled."""

    def __init__(self, seconds: float, callback: Callable[[], object]) -> None:
        self.seconds = seconds
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class FakeClock:
    """`Clock` for tests: `advance` moves it and makes the calls that are due, in order."""

    def __init__(self, start: datetime = NEW_YEAR) -> None:
        self._now = start
        self._order = itertools.count()
        self._timers: list[tuple[datetime, int, FakeTimer]] = []
        self._set = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - NEW_YEAR).total_seconds()

    def call_later(self, seconds: float, callback: Callable[[], object]) -> FakeTimer:
        timer = FakeTimer(seconds, callback)
        if seconds <= 0:
            asyncio.get_running_loop().call_soon(callback)
        else:
            due = self._now + timedelta(seconds=seconds)
            heapq.heappush(self._timers, (due, next(self._order), timer))
            self._set.set()
        return timer

    def advance(self, seconds: float) -> None:
        until = self._now + timedelta(seconds=seconds)
        while self._timers and self._timers[0][0] <= until:
            self._now, _, timer = heapq.heappop(self._timers)
            if timer.callback is not None:
                timer.callback()
        self._now = until

    async def until_set(self, seconds: float) -> None:
        """Wait until a call is scheduled in exactly `seconds`."""
        while not any(
            timer.seconds == seconds and timer.callback is not None for _, _, timer in self._timers
        ):
            self._set.clear()
            await self._set.wait()
