"""Jobs can be stopped, and the queue closed, while nothing can be stored."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import pytest

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.job import Job, JobStatus
from stoat_ferret.jobs.queue import JobContext, JobRunner
from stoat_ferret.jobs.store import JobStore
from stoat_ferret.library.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

FAILURE_SECONDS = 60


async def work(_context: JobContext, _params: dict[str, Any]) -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(sqlite_url(tmp_path / "library.db"), busy_timeout_seconds=10)
    await migrate(database)
    yield database
    await database.aclose()


@pytest.fixture
def lock(database: Database, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Open a connection of another program, which may lock the database."""
    with closing(sqlite3.connect(tmp_path / "library.db", isolation_level=None)) as other:
        yield other


def open_queue(database: Database) -> AsyncioJobQueue:
    return AsyncioJobQueue({"work": JobRunner(work)}, JobStore(database), shutdown_grace_seconds=0)


async def until(queue: AsyncioJobQueue, job_id: str, status: JobStatus) -> Job:
    return await until_it(queue, job_id, lambda job: job.status is status)


async def until_it(queue: AsyncioJobQueue, job_id: str, holds: Callable[[Job], bool]) -> Job:
    with queue.subscribe() as changes, anyio.fail_after(FAILURE_SECONDS):
        while not holds(job := await queue.get(job_id)):
            await anext(changes)
        return job


async def test_a_cancel_is_answered_while_the_database_is_locked(
    database: Database, lock: sqlite3.Connection
) -> None:
    async with open_queue(database) as queue:
        running, queued = [await queue.submit("work", {}) for _ in range(2)]
        await until(queue, running.id, JobStatus.RUNNING)
        lock.execute("BEGIN EXCLUSIVE")
        for job, status in ((queued, JobStatus.QUEUED), (running, JobStatus.RUNNING)):
            started = time.monotonic()
            answer = await queue.cancel(job.id)
            assert time.monotonic() - started < 5  # of the ten that the database waits
            # It is asked to stop, and that is not stored.
            assert (answer.status, answer.cancel_requested) == (status, True)
            assert await queue.get(job.id) == answer
        lock.execute("ROLLBACK")
        await until(queue, running.id, JobStatus.CANCELLED)
        ended = await until(queue, queued.id, JobStatus.CANCELLED)
        assert (ended.error, ended.attempt) == (None, 0)


async def test_a_job_says_why_its_state_cannot_be_stored(
    database: Database, lock: sqlite3.Connection
) -> None:
    database._busy_timeout_seconds = 0.1
    async with open_queue(database) as queue:
        job = await queue.submit("work", {})
        await until(queue, job.id, JobStatus.RUNNING)
        lock.execute("BEGIN EXCLUSIVE")
        await queue.cancel(job.id)
        shown = await until_it(queue, job.id, lambda job: job.error is not None)
        assert shown.status is JobStatus.RUNNING
        assert "cannot be stored" in str(shown.error)
        assert "another program holds it locked" in str(shown.error)
        lock.execute("ROLLBACK")
        assert (await until(queue, job.id, JobStatus.CANCELLED)).error is None


async def test_a_queue_closes_in_time_while_the_database_is_locked(
    database: Database, lock: sqlite3.Connection
) -> None:
    async with open_queue(database) as queue:
        jobs = [await queue.submit("work", {}) for _ in range(3)]
        await until(queue, jobs[0].id, JobStatus.RUNNING)
        lock.execute("BEGIN EXCLUSIVE")
        await queue.cancel(jobs[1].id)
        started = time.monotonic()
    assert time.monotonic() - started < 7  # two seconds, on a busy machine
    lock.execute("ROLLBACK")
    async with open_queue(database) as queue:  # abandoned work goes on
        assert (await until(queue, jobs[0].id, JobStatus.RUNNING)).interruptions == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser may mount")
async def test_a_job_is_stopped_while_the_disk_is_full_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if (await anyio.run_process(mount, check=False)).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        database = Database(sqlite_url(folder / "library.db"))
        await migrate(database)
        async with open_queue(database) as queue:
            job = await queue.submit("work", {})
            await until(queue, job.id, JobStatus.RUNNING)
            with pytest.raises(OSError, match="space"):
                await anyio.to_thread.run_sync((folder / "filler").write_bytes, bytes(9_000_000))
            started = time.monotonic()
            assert (await queue.cancel(job.id)).cancel_requested
            assert time.monotonic() - started < 5
            shown = await until_it(queue, job.id, lambda job: job.error is not None)
            assert shown.status is JobStatus.RUNNING
            assert "the disk is full" in str(shown.error)
            await anyio.to_thread.run_sync((folder / "filler").unlink)
            await until(queue, job.id, JobStatus.CANCELLED)
        await database.aclose()
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: ASYNC221  the test is over
