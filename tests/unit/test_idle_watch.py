"""Requirements on when work for idle hours may run."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from stoat_ferret.idle_watch import PLAYING_SECONDS, QUIET_SECONDS, IdleWatch, Players
from stoat_ferret.jobs.job import IDLE_PRIORITY, Job, JobStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from stoat_ferret.jobs.queue import JobQueue


class Queue:
    """A queue that passes on the snapshots of a test, and stores what it is told."""

    def __init__(self) -> None:
        self.told: list[bool] = []
        self.snapshots: asyncio.Queue[Job] = asyncio.Queue()

    def set_busy(self, is_busy: bool) -> None:
        self.told.append(is_busy)

    @contextmanager
    def subscribe(self) -> Iterator[AsyncIterator[Job]]:
        yield self._jobs()

    async def _jobs(self) -> AsyncIterator[Job]:
        while True:
            job = await self.snapshots.get()
            yield job
            self.snapshots.task_done()

    async def show(self, job_id: str, status: JobStatus, *, priority: int = 0) -> None:
        job = Job(
            id=job_id,
            kind="scan",
            status=status,
            params={},
            created_at=datetime.now(UTC),
            priority=priority,
        )
        self.snapshots.put_nowait(job)
        await self.snapshots.join()


@pytest.fixture
def now() -> list[float]:
    return [1000.0]


async def test_other_jobs_and_players_make_it_wait(now: list[float]) -> None:
    queue, players = Queue(), Players(lambda: now[0])
    watch = IdleWatch(cast("JobQueue", queue), players, look_seconds=3600, clock=lambda: now[0])
    running = asyncio.create_task(watch.run())

    def passed(seconds: float) -> bool:
        now[0] += seconds
        watch.look()
        return queue.told[-1]

    try:
        await queue.show("idle", JobStatus.RUNNING, priority=IDLE_PRIORITY)
        assert queue.told == [True], "it is not known yet what else runs"
        assert passed(QUIET_SECONDS - 1)
        assert not passed(1)
        for status in (JobStatus.QUEUED, JobStatus.RUNNING):
            await queue.show("scan", status)
            assert queue.told[-1]
        assert passed(3600)
        await queue.show("render", JobStatus.RUNNING)
        await queue.show("scan", JobStatus.SUCCEEDED)
        assert passed(3600)
        await queue.show("render", JobStatus.PAUSED)
        assert passed(QUIET_SECONDS - 1)
        assert not passed(1)
        players.note()
        assert passed(PLAYING_SECONDS - 1)
        players.note()
        assert passed(PLAYING_SECONDS - 1)
        assert not passed(QUIET_SECONDS + 1)
    finally:
        running.cancel()
        await asyncio.wait([running])
