"""The clock of the queue, replaceable in tests."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Timer(Protocol):
    """A scheduled call that can still be cancelled."""

    def cancel(self) -> None:
        """Cancel the call; has no effect once it has happened."""
        ...


class Clock(Protocol):
    """The current time and scheduled calls; belongs to the running event loop."""

    def now(self) -> datetime:
        """Return the current time, aware and in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` in the event loop after `seconds`."""
        ...


class SystemClock:
    """The system clock; delays are not affected when its time of day is set."""

    def now(self) -> datetime:
        """Return the current time, aware and in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` in the event loop after `seconds`."""
        return asyncio.get_running_loop().call_later(seconds, callback)


async def wait_for_any(clock: Clock, seconds: float | None, *futures: asyncio.Future[Any]) -> None:
    """Return when one of `futures` is done or `seconds` have passed; cancel none of them."""
    rung: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    timer = None if seconds is None else clock.call_later(seconds, lambda: _ring(rung))
    try:
        await asyncio.wait({*futures, rung}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if timer is not None:
            timer.cancel()


async def sleep(clock: Clock, seconds: float) -> None:
    """Return after `seconds` of `clock`."""
    await wait_for_any(clock, seconds)


def _ring(rung: asyncio.Future[None]) -> None:
    if not rung.done():
        rung.set_result(None)
