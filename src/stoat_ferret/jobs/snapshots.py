"""Snapshots of active jobs for any number of readers, at the pace they can take."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog

from stoat_ferret.jobs.clock import sleep
from stoat_ferret.jobs.lifecycle import log_failure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Sequence
    from contextlib import AbstractContextManager

    from stoat_ferret.jobs.asyncio_entry import _AsyncJobEntry
    from stoat_ferret.jobs.clock import Clock
    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.store import JobStore

BACKLOG = 10_000
"""Jobs that may wait for one reader, beside those it began with."""

logger = structlog.get_logger(__name__)


class JobSubscription:
    """What one reader has not read yet: the newest snapshot of each job.

    Waiting for the next one may be cancelled at any time without losing one. A reader that
    stops reading for so long that the backlog overflows is let go: its iterator ends, and it
    may subscribe anew.
    """

    def __init__(self, first: Iterable[Job], backlog: int) -> None:
        """Begin with `first`; beside them, at most `backlog` jobs wait."""
        self._waiting = OrderedDict((job.id, job) for job in first)
        self._room = len(self._waiting) + backlog
        self._changed = asyncio.Event()
        self._closed = False

    def __aiter__(self) -> AsyncIterator[Job]:
        return self

    async def __anext__(self) -> Job:
        while not self._waiting:
            if self._closed:
                raise StopAsyncIteration
            self._changed.clear()
            await self._changed.wait()
        return self._waiting.popitem(last=False)[1]

    def put(self, job: Job) -> None:
        """Hand over a snapshot in place of the one of the same job that was not read yet."""
        if self._closed:
            return
        self._waiting[job.id] = job
        if len(self._waiting) > self._room:
            logger.warning("job_reader_too_slow", backlog=len(self._waiting))
            self._waiting.clear()
            self.close()
        self._changed.set()

    def close(self) -> None:
        """End the iterator after what is still waiting."""
        self._closed = True
        self._changed.set()


class JobFeed:
    """Gives each snapshot to every reader."""

    def __init__(self, backlog: int = BACKLOG) -> None:
        """Nobody reads yet."""
        self._backlog = backlog
        self._readers: set[JobSubscription] = set()
        self._closed = False

    @contextmanager
    def subscribe(self, first: Iterable[Job]) -> Generator[AsyncIterator[Job]]:
        """A reader that begins with `first`, for as long as the block lasts."""
        reader = JobSubscription(first, self._backlog)
        if self._closed:
            reader.close()
        self._readers.add(reader)
        try:
            yield reader
        finally:
            self._readers.discard(reader)

    def publish(self, job: Job) -> None:
        """Hand `job` to every reader; never waits for one."""
        for reader in self._readers:
            reader.put(job)

    def close(self) -> None:
        """End every iterator, also those to come."""
        self._closed = True
        for reader in self._readers:
            reader.close()


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
