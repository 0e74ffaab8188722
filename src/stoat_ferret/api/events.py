"""Server-sent events: snapshots of jobs, and changes of the library."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING

from fastapi.sse import ServerSentEvent

from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.schemas.jobs import JobStatusResponse
from stoat_ferret.job_kinds import JOB_KINDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.queue import JobQueue

_RECONNECT_MILLISECONDS = 2000
_LIBRARY_SECONDS = 1.0


class LiveEvents:
    """The open event streams of a server; they end together."""

    def __init__(self) -> None:
        self._closing = asyncio.Event()
        self._listeners: set[_Listener] = set()
        self.open_streams = 0

    def close(self) -> None:
        """End every stream, and each that is opened from now on."""
        self._closing.set()

    def notify(self, change: LibraryEvent) -> None:
        """Send a change that a person made to every stream."""
        for listener in self._listeners:
            listener.library.add(change)
            listener.woken.set()

    async def stream(self, queue: JobQueue) -> AsyncIterator[ServerSentEvent]:
        """Yield the events for one client until the server or the queue is closed.

        Yields each active job, then each job that changes, as often as `jobs.live_view` passes it
        on, and at most once a second the changes of the library. Every event is a snapshot, so a
        client that reconnects misses nothing.
        """
        listener = _Listener()
        library = listener.library
        with queue.subscribe() as jobs:
            closing = asyncio.create_task(self._closing.wait())
            upcoming = asyncio.create_task(_next(jobs))
            woken = asyncio.create_task(listener.woken.wait())
            self._listeners.add(listener)
            self.open_streams += 1
            try:
                # From now on, a client misses nothing.
                yield ServerSentEvent(comment="stoat-ferret", retry=_RECONNECT_MILLISECONDS)
                while True:
                    await asyncio.wait(
                        {closing, upcoming, woken},
                        timeout=library.seconds_left,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                    if upcoming.done():
                        job = upcoming.result()
                        if job is None:
                            return
                        upcoming = asyncio.create_task(_next(jobs))
                        library.see(job)
                        yield ServerSentEvent(event="job", data=JobStatusResponse.from_job(job))
                    if woken.done():
                        listener.woken.clear()
                        woken = asyncio.create_task(listener.woken.wait())
                    for change in library.take():
                        yield ServerSentEvent(event="library", data=change)
                    if closing.done():
                        return
            finally:
                self.open_streams -= 1
                self._listeners.discard(listener)
                tasks = {closing, upcoming, woken}
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)


class _Listener:
    """The pending changes of the library for one open stream."""

    def __init__(self) -> None:
        self.library = LibraryChanges()
        self.woken = asyncio.Event()


class LibraryChanges:
    """Changes of the library by jobs and people, released at most once in `every_seconds`."""

    def __init__(
        self,
        *,
        every_seconds: float = _LIBRARY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._every_seconds = every_seconds
        self._clock = clock
        self._taken_at = -every_seconds + clock()
        self._last: dict[str, LibraryEvent] = {}
        self._pending: dict[str | None, LibraryEvent] = {}

    def see(self, job: Job) -> None:
        """Add what `job` has changed in the library, unless it was added before."""
        kind = JOB_KINDS.get(job.kind)
        change = kind.change(job) if kind else None
        if change is None:
            return
        event = LibraryEvent.from_job(job, change)
        if self._last.get(job.id) == event or not (event.done or event.finished):
            return
        self._pending[job.id] = event
        if event.finished:
            self._last.pop(job.id, None)
        else:
            self._last[job.id] = event

    def add(self, change: LibraryEvent) -> None:
        """Add a change by a person to the pending ones."""
        before = self._pending.get(None)
        counts = Counter(before.counts if before else {}) + Counter(change.counts)
        self._pending[None] = LibraryEvent.from_person(**counts)

    @property
    def seconds_left(self) -> float | None:
        """The seconds until changes may be taken; None if there are none."""
        if not self._pending:
            return None
        return max(0.0, self._taken_at + self._every_seconds - self._clock())

    def take(self) -> list[LibraryEvent]:
        """Return the changes that are due: the newest of each job, and those by people."""
        if self.seconds_left != 0:
            return []
        self._taken_at = self._clock()
        events = list(self._pending.values())
        self._pending.clear()
        return events


async def _next(jobs: AsyncIterator[Job]) -> Job | None:
    return await anext(jobs, None)
