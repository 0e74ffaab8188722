"""The live view of jobs: how often snapshots of changed jobs go to readers and to the store."""

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
"""The maximum number of jobs that wait for one reader, besides its initial jobs."""

logger = structlog.get_logger(__name__)


class JobSubscription:
    """The unread snapshots of one reader: the newest of each job.

    Waiting for the next one can be cancelled at any time without losing a snapshot. If a reader is
    so slow that the backlog overflows, its iterator ends, and it may subscribe again.
    """

    def __init__(self, first: Iterable[Job], backlog: int) -> None:
        """Start with `first`; besides these, at most `backlog` jobs wait."""
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
        """Add a snapshot, replacing an unread snapshot of the same job."""
        if self._closed:
            return
        self._waiting[job.id] = job
        if len(self._waiting) > self._room:
            logger.warning("job_reader_too_slow", backlog=len(self._waiting))
            self._waiting.clear()
            self.close()
        self._changed.set()

    def close(self) -> None:
        """End the iterator after the waiting snapshots."""
        self._closed = True
        self._changed.set()


class JobFeed:
    """Distributes each snapshot to all readers."""

    def __init__(self, backlog: int = BACKLOG) -> None:
        """Create a feed without readers."""
        self._backlog = backlog
        self._readers: set[JobSubscription] = set()
        self._closed = False

    @contextmanager
    def subscribe(self, first: Iterable[Job]) -> Generator[AsyncIterator[Job]]:
        """Subscribe a reader that starts with `first` until the block ends."""
        reader = JobSubscription(first, self._backlog)
        if self._closed:
            reader.close()
        self._readers.add(reader)
        try:
            yield reader
        finally:
            self._readers.discard(reader)

    def publish(self, job: Job) -> None:
        """Pass `job` to all readers without waiting."""
        for reader in self._readers:
            reader.put(job)

    def close(self) -> None:
        """End all iterators, including future ones."""
        self._closed = True
        for reader in self._readers:
            reader.close()


T = TypeVar("T")


class Throttle(Generic[T]):
    """Calls `action` with all marked items, immediately and then once per interval at most."""

    def __init__(
        self,
        action: Callable[[Sequence[T]], Awaitable[None]],
        *,
        interval_seconds: float,
        clock: Clock,
    ) -> None:
        """Create a throttle without marked items; `run` has to be started."""
        self._action = action
        self._interval_seconds = interval_seconds
        self._clock = clock
        self._marked: dict[T, None] = {}
        self._has_marked = asyncio.Event()

    def mark(self, item: T) -> None:
        """Mark `item` as changed; must be called in the event loop."""
        self._marked[item] = None
        self._has_marked.set()

    async def flush(self) -> None:
        """Call the action now; on failure, log it and keep the items marked."""
        items, self._marked = tuple(self._marked), {}
        self._has_marked.clear()
        try:
            if items:
                await self._action(items)
        except Exception as error:  # noqa: BLE001  it is logged
            log_failure("throttled_action_failed", error)
            for item in items:
                self.mark(item)

    async def run(self) -> None:
        """Call the action whenever items are marked, without end."""
        while True:
            await self._has_marked.wait()
            await self.flush()
            await sleep(self._clock, self._interval_seconds)


PUSH_INTERVAL_SECONDS = 0.1
SAVE_INTERVAL_SECONDS = 1.0


class LiveView:
    """Sends changes to readers ten times per second, and to the store once per second."""

    def __init__(self, store: JobStore, clock: Clock) -> None:
        """Create a view that publishes nothing before `start`."""
        self._store = store
        self._feed = JobFeed()
        self._push = Throttle(self._publish, interval_seconds=PUSH_INTERVAL_SECONDS, clock=clock)
        self._save = Throttle(
            self._save_progress, interval_seconds=SAVE_INTERVAL_SECONDS, clock=clock
        )
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start publishing and saving in the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._tasks = [asyncio.create_task(throttle.run()) for throttle in (self._push, self._save)]

    async def close(self) -> None:
        """Publish the last states and end the iterators of all readers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._push.flush()
        self._feed.close()

    def subscribe(self, first: Iterable[Job]) -> AbstractContextManager[AsyncIterator[Job]]:
        """Subscribe a reader that starts with `first`."""
        return self._feed.subscribe(first)

    def mark(self, entry: _AsyncJobEntry) -> None:
        """Mark `entry` as changed; must be called in the event loop."""
        self._push.mark(entry)

    def notify(self, entry: _AsyncJobEntry) -> None:
        """Mark `entry` as changed from any thread."""
        # A thread of an abandoned handler may outlive the loop.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._push.mark, entry)

    async def save(self, entry: _AsyncJobEntry) -> None:
        """Store the progress and partial result of a running job durably, later if that fails."""
        if not entry.is_running:
            return
        try:
            await self._store.save_result(replace(entry.snapshot(), result=entry.kept_result()))
        except Exception as error:  # noqa: BLE001  it is logged
            log_failure("result_not_saved", error, job_id=entry.job_id)
            self._save.mark(entry)

    async def _publish(self, entries: Sequence[_AsyncJobEntry]) -> None:
        for entry in entries:
            entry.notified = False
            self._feed.publish(entry.snapshot())
            if entry.is_running:
                self._save.mark(entry)

    async def _save_progress(self, entries: Sequence[_AsyncJobEntry]) -> None:
        await self._store.save_progress(
            [
                replace(entry.snapshot(), result=entry.kept_result())
                for entry in entries
                if entry.is_running
            ]
        )
