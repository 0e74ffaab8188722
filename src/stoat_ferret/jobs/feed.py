"""The live view: snapshots of jobs to any number of readers, however slow they are."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterable

    from stoat_ferret.jobs.job import Job

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
