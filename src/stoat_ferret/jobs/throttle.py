"""Doing something for whatever changed, but not too often."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

from stoat_ferret.jobs.clock import sleep
from stoat_ferret.jobs.outcome import log_failure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from stoat_ferret.jobs.clock import Clock

T = TypeVar("T")


class Throttle(Generic[T]):
    """Calls `action` with all that was marked since, at once and then once an interval at most."""

    def __init__(
        self,
        action: Callable[[Sequence[T]], Awaitable[None]],
        *,
        interval_seconds: float,
        clock: Clock,
    ) -> None:
        """Nothing is marked; `run` has to be started."""
        self._action = action
        self._interval_seconds = interval_seconds
        self._clock = clock
        self._marked: dict[T, None] = {}
        self._some = asyncio.Event()

    def mark(self, item: T) -> None:
        """`item` has changed; belongs to the event loop."""
        self._marked[item] = None
        self._some.set()

    async def flush(self) -> None:
        """Do now what there is to do; where it fails, it is logged and stays to be done."""
        items, self._marked = tuple(self._marked), {}
        self._some.clear()
        try:
            if items:
                await self._action(items)
        except Exception as error:  # noqa: BLE001  it is logged
            log_failure("throttled_action_failed", error)
            for item in items:
                self.mark(item)

    async def run(self) -> None:
        """Do it for ever."""
        while True:
            await self._some.wait()
            await self.flush()
            await sleep(self._clock, self._interval_seconds)
