"""Jobs of the asyncio queue whose database server goes away while they run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from tests.unit.jobs.queue_harness import open_queue

from stoat_ferret.errors import DatabaseError
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.jobs.queue import JobContext, JobRunner

if TYPE_CHECKING:
    from tests.unit.jobs.fake_clock import FakeClock
    from tests.unit.jobs.observed_store import ObservedStore


class ShutdownError(Exception):
    """The error of the driver for a server that shuts down."""

    sqlstate = "57P01"


def outage() -> DatabaseError:
    error = DatabaseError("The server is shutting down.")
    error.__cause__ = sa.exc.OperationalError("SELECT 1", None, ShutdownError())
    return error


class InterruptedHandler:
    """Loses its database in its first attempts, among other errors as from a task group."""

    def __init__(self, outages: int) -> None:
        self.outages = outages

    async def __call__(self, context: JobContext, _params: dict[str, Any]) -> dict[str, Any]:
        if context.attempt_number <= self.outages:
            context.keep_result({"found": 7})
            raise ExceptionGroup("two tasks", [ValueError("cut off"), outage()])
        return {"earlier": context.earlier_result}


@pytest.mark.parametrize("outages", [1, 2])
async def test_they_run_again_from_what_they_kept(
    store: ObservedStore, clock: FakeClock, outages: int
) -> None:
    handler = InterruptedHandler(outages)
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        ended = await harness.until(job.id, JobStatus.SUCCEEDED)
        assert (ended.attempt, ended.interruptions) == (outages + 1, outages)
        assert ended.result == {"earlier": {"found": 7}}


async def test_the_third_time_they_fail_and_leave_their_place(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = InterruptedHandler(3)
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {}, key="films")
        ended = await harness.until(job.id, JobStatus.FAILED)
        assert (ended.attempt, ended.interruptions) == (3, 3)
        assert ended.error is not None
        assert "the server or its database died" in ended.error
        handler.outages = 0
        other = await harness.queue.submit("scan", {}, key="films")
        assert other.id != job.id
        await harness.until(other.id, JobStatus.SUCCEEDED)
