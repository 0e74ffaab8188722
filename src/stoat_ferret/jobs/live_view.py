"""Showing and keeping what active jobs tell, at the pace that readers and the store can take."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from stoat_ferret.jobs.feed import JobFeed
from stoat_ferret.jobs.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence
    from contextlib import AbstractContextManager

    from stoat_ferret.jobs.asyncio_entry import _AsyncJobEntry
    from stoat_ferret.jobs.clock import Clock
    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.store import JobStore

PUSH_INTERVAL_SECONDS = 0.1
SAVE_INTERVAL_SECONDS = 1.0


class LiveView:
    """What changed goes to the readers ten times a second, and to the store once a second."""

    def __init__(self, store: JobStore, clock: Clock) -> None:
        """Nothing is shown before `start`."""
        self._store = store
        self._feed = JobFeed()
        self._push = Throttle(self._publish, interval_seconds=PUSH_INTERVAL_SECONDS, clock=clock)
        self._save = Throttle(self._keep, interval_seconds=SAVE_INTERVAL_SECONDS, clock=clock)
        self._pumps: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to show and to keep, in the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._pumps = [asyncio.create_task(pump.run()) for pump in (self._push, self._save)]

    async def close(self) -> None:
        """Show the last states and end every reader's iterator."""
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        await self._push.flush()
        self._feed.close()

    def subscribe(self, first: Iterable[Job]) -> AbstractContextManager[AsyncIterator[Job]]:
        """A reader that begins with `first`."""
        return self._feed.subscribe(first)

    def mark(self, entry: _AsyncJobEntry) -> None:
        """`entry` has changed; called in the event loop."""
        self._push.mark(entry)

    def tell(self, entry: _AsyncJobEntry) -> None:
        """`entry` has changed; called in any thread."""
        # A thread of a handler that was given up may outlive the loop.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._push.mark, entry)

    async def _publish(self, entries: Sequence[_AsyncJobEntry]) -> None:
        for entry in entries:
            entry.told = False
            self._feed.publish(entry.snapshot())
            if entry.is_running:
                self._save.mark(entry)

    async def _keep(self, entries: Sequence[_AsyncJobEntry]) -> None:
        await self._store.save_progress(
            [
                replace(entry.snapshot(), result=entry.kept_result())
                for entry in entries
                if entry.is_running
            ]
        )
