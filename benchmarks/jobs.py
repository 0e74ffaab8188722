"""The cost of the job queue: jobs a second, submit to start, cancel to the final state.

python benchmarks/jobs.py [--jobs 1000] [--rounds 50]

The queue is that of one process over SQLite in a temporary folder; every job is stored three
times (queued, running, ended), and the first and last are on disk before they are shown.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.queue import JobContext, JobQueue, JobRunner
from stoat_ferret.jobs.store import JobStore, jobs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from stoat_ferret.jobs.job import Job

SUBMITTERS = 4


async def do_nothing(_context: JobContext, _params: dict[str, Any]) -> dict[str, Any]:
    """Return the time at which it began."""
    return {"started": time.perf_counter()}


async def wait_for_the_end(context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
    """Wait until the task is cancelled, or check the flag if the handler obeys it."""
    context.set_progress(0.0)
    # A real handler checks the flag between two pieces of work, of 5 ms here.
    while not (params["obeys"] and context.cancel_requested):  # noqa: ASYNC110  as said above
        await asyncio.sleep(0.005 if params["obeys"] else 60)
    return {}


async def until_ended(reader: AsyncIterator[Job], count: int) -> None:
    """Read until so many jobs have ended."""
    ended: set[str] = set()
    while len(ended) < count:
        job = await anext(reader)
        if job.status.is_final:
            ended.add(job.id)


async def measure_rate(queue: JobQueue, count: int) -> float:
    """Return no-op jobs a second, from the first submit to the last final state."""

    async def submit() -> None:
        for _ in range(count // SUBMITTERS):
            await queue.submit("nothing", {})

    with queue.subscribe() as reader:
        began = time.perf_counter()
        await asyncio.gather(
            *(submit() for _ in range(SUBMITTERS)),
            until_ended(reader, count // SUBMITTERS * SUBMITTERS),
        )
        return count / (time.perf_counter() - began)


async def measure_start(queue: JobQueue) -> float:
    """Return the seconds from the call of submit to the first line of the handler."""
    with queue.subscribe() as reader:
        began = time.perf_counter()
        await queue.submit("nothing", {})
        while not (job := await anext(reader)).status.is_final:
            pass
        assert job.result is not None
        started: float = job.result["started"]
        return started - began


async def measure_cancel(queue: JobQueue, *, obeys: bool) -> float:
    """Return the seconds from the call of cancel to the stored final state."""
    job = await queue.submit("wait", {"obeys": obeys})
    with queue.subscribe() as reader:
        while (await anext(reader)).progress.fraction is None:
            pass
    began = time.perf_counter()
    await queue.cancel(job.id)
    # Readers get the state up to a tenth of a second later, so the record itself is read.
    while not (await queue.get(job.id)).status.is_final:  # noqa: ASYNC110  as said above
        await asyncio.sleep(0.0005)
    return time.perf_counter() - began


def describe(name: str, seconds: list[float]) -> str:
    """Return the median and the longest, in milliseconds."""
    median, longest = statistics.median(seconds) * 1e3, max(seconds) * 1e3
    return f"{name:<46} median {median:6.1f} ms   max {longest:6.1f} ms"


async def main(count: int, rounds: int) -> None:
    """Measure everything and print it."""
    kinds = {
        "nothing": JobRunner(do_nothing, limit=4),
        "wait": JobRunner(wait_for_the_end, limit=4),
    }
    with tempfile.TemporaryDirectory() as folder:
        database = Database(sqlite_url(Path(folder) / "jobs.db"))
        async with database.write() as connection:
            await connection.run_sync(jobs.create)
        async with AsyncioJobQueue(kinds, JobStore(database)) as queue:
            starts = [await measure_start(queue) for _ in range(rounds)]
            print(describe("submit to start, idle queue", starts))
            for obeys in (True, False):
                cancels = [await measure_cancel(queue, obeys=obeys) for _ in range(rounds)]
                name = "the flag is obeyed" if obeys else "the flag is ignored"
                print(describe(f"cancel to the final state, {name}", cancels))
            print(f"no-op jobs a second: {await measure_rate(queue, count):.0f}")
        await database.aclose()


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=50)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.jobs, arguments.rounds))
