"""Whether anything else is running, so that work for idle hours has to wait."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import structlog

from stoat_ferret.jobs.job import JobStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.queue import JobQueue

PLAYING_SECONDS = 60.0
"""The time after which a player that asked for nothing has stopped: some read far ahead."""
QUIET_SECONDS = 10.0
"""The time for which nothing else runs before work for idle hours begins."""
_LOOK_SECONDS = 1.0
_RETRY_SECONDS = 5.0
_COUNTED = {JobStatus.RUNNING, JobStatus.QUEUED}

logger = structlog.get_logger(__name__)


class Players:
    """The moment when a player last asked for something."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked_at: float | None = None

    def note(self) -> None:
        """Record that a player asks for something now."""
        self._asked_at = self._clock()

    @property
    def are_active(self) -> bool:
        """True if one asked not long ago."""
        return self._asked_at is not None and self._clock() - self._asked_at < PLAYING_SECONDS


class IdleWatch:
    """Tells `queue` whether it is busy: with other jobs, or with `players`.

    Jobs that are paused do not count.
    """

    def __init__(
        self,
        queue: JobQueue,
        players: Players,
        *,
        quiet_seconds: float = QUIET_SECONDS,
        look_seconds: float = _LOOK_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._players = players
        self._quiet_seconds = quiet_seconds
        self._look_seconds = look_seconds
        self._clock = clock
        self._active: dict[str, JobStatus] = {}
        self._busy_at = clock()
        self._is_busy: bool | None = None

    async def run(self) -> None:
        """Watch, without end. The queue is busy at first."""
        self._tell(is_busy=True)
        while True:
            looking = asyncio.create_task(self._look_regularly())
            try:
                self._active.clear()
                with self._queue.subscribe() as jobs:
                    async for job in jobs:
                        self._follow(job)
                        self.look()
            except Exception:
                logger.exception("idle_watch_failed", retry_seconds=_RETRY_SECONDS)
            finally:
                looking.cancel()
            await asyncio.sleep(_RETRY_SECONDS)

    def look(self) -> None:
        """Tell the queue what is so now."""
        now = self._clock()
        if self._players.are_active or self._are_jobs_active():
            self._busy_at = now
            self._tell(is_busy=True)
        elif now - self._busy_at >= self._quiet_seconds:
            self._tell(is_busy=False)

    def _are_jobs_active(self) -> bool:
        return not _COUNTED.isdisjoint(self._active.values())

    def _follow(self, job: Job) -> None:
        if job.is_for_idle_hours or job.status.is_final:
            self._active.pop(job.id, None)
        else:
            self._active[job.id] = job.status

    async def _look_regularly(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(self._look_seconds)

    def _tell(self, *, is_busy: bool) -> None:
        if is_busy is not self._is_busy:
            self._is_busy = is_busy
            self._queue.set_busy(is_busy)
