"""A process that is killed at any instant loses no job."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from tests.unit.jobs.controlled_handler import ControlledHandler

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.jobs.queue import JobRunner
from stoat_ferret.jobs.store import JobStore

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

SERVER = Path(__file__).parent / "doomed_server.py"
PATIENCE_SECONDS = 60


@asynccontextmanager
async def _server(database: Path) -> AsyncGenerator[asyncio.StreamReader]:
    """Run the server, yield its output, and kill it at the end of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, SERVER, database, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        with anyio.fail_after(PATIENCE_SECONDS):
            yield process.stdout
    finally:
        process.kill()
        await process.communicate()


async def _next_job(lines: asyncio.StreamReader, word: str) -> str:
    """Return the id of the next job that the server reports with this word."""
    while line := (await lines.readline()).decode():
        said, job_id = line.split()
        if said == word:
            return job_id
    raise AssertionError("the server has died by itself")


async def test_the_next_process_goes_on_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    async with _server(path) as lines:
        running = await _next_job(lines, "running")
        assert await _next_job(lines, "stored") == running
    handler = ControlledHandler()
    database = Database(sqlite_url(path))
    store = JobStore(database)
    left = await store.get(running)
    assert (left.status, left.attempt) == (JobStatus.RUNNING, 1)
    assert left.progress.fraction == 0.25
    async with AsyncioJobQueue({"scan": JobRunner(handler)}, store) as queue:
        with anyio.fail_after(PATIENCE_SECONDS), queue.subscribe() as reader:
            ended: list[str] = []
            for job in (await queue.list()).items:
                handler.end(job.id)
            async for job in reader:
                assert (job.progress.fraction or 0) >= 0.25 or job.id != running
                if job.status is JobStatus.SUCCEEDED:
                    ended.append(job.id)
                if len(ended) == 2:
                    break
    assert ended[0] == running
    again = await store.get(running)
    assert (again.attempt, again.interruptions) == (2, 1)
    await database.aclose()


async def test_a_job_that_was_running_three_times_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    killer = ""
    for _ in range(3):
        async with _server(path) as lines:
            job_id = await _next_job(lines, "running")
        killer = killer or job_id
        assert job_id == killer
    async with _server(path) as lines:
        assert await _next_job(lines, "running") != killer
    database = Database(sqlite_url(path))
    failed = await JobStore(database).get(killer)
    assert failed.status is JobStatus.FAILED
    assert "was interrupted 3 times" in (failed.error or "")
    await database.aclose()
