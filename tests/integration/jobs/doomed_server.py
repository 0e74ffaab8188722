"""A process that runs jobs, reports on standard output, and waits to be killed.

Its argument is the path of a database. If that has no jobs, it submits two; it never ends one.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING, Any

import structlog

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.job import Progress
from stoat_ferret.jobs.queue import JobContext, JobRunner
from stoat_ferret.jobs.store import JobStore, jobs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.jobs.job import Job


def report(word: str, job_id: str) -> None:
    sys.stdout.write(f"{word} {job_id}\n")
    sys.stdout.flush()


class ReportingStore(JobStore):
    """A store that reports which progress is stored."""

    async def save_progress(self, running: Sequence[Job]) -> None:
        await super().save_progress(running)
        for job in running:
            if job.progress.fraction is not None:
                report("stored", job.id)


async def main(path: str) -> None:
    database = Database(sqlite_url(path))
    async with database.write() as connection:
        await connection.run_sync(jobs.create, checkfirst=True)
    submitted = asyncio.Event()

    async def run_for_ever(context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        await submitted.wait()
        context.set_progress(Progress(fraction=0.25, done=1, total=4, unit="files"))
        context.keep_result({"found": 1})
        report("running", context.job_id)
        await asyncio.Event().wait()
        return params

    kinds = {"scan": JobRunner(run_for_ever)}
    async with AsyncioJobQueue(kinds, ReportingStore(database)) as queue:
        if not (await queue.list()).total:
            for n in range(2):
                await queue.submit("scan", {"n": n})
        submitted.set()
        await asyncio.Event().wait()


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(main(sys.argv[1]))
