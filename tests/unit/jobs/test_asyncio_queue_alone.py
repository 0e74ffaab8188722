"""A queue that does not recover: of the stored jobs, it runs only those that it is given."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from stoat_ferret.errors import JobFinishedError
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.job import Job, JobStatus
from stoat_ferret.jobs.lifecycle import MOST_INTERRUPTIONS
from stoat_ferret.jobs.queue import JobContext, JobRunner

if TYPE_CHECKING:
    from stoat_ferret.jobs.store import JobStore


async def stored(store: JobStore, key: str, *, running: bool = False, **changes: Any) -> Job:
    """Store a job of a process that has died."""
    job = Job(
        id=f"left-{key}",
        kind="scan",
        status=JobStatus.QUEUED,
        params={"key": key},
        created_at=datetime.now(UTC),
        key=key,
        **changes,
    )
    await store.insert(job)
    if not running:
        return job
    left = replace(job, status=JobStatus.RUNNING, attempt=1, started_at=datetime.now(UTC))
    assert await store.move(job, left)
    return left


class Runs:
    """A handler that ends at once, and the parameters of its runs."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, int]] = []

    async def __call__(self, context: JobContext, _params: dict[str, Any]) -> dict[str, Any]:
        self.jobs.append((context.job_id, context.attempt_number))
        return {}


def alone(store: JobStore, handler: Runs) -> AsyncioJobQueue:
    return AsyncioJobQueue({"scan": JobRunner(handler)}, store, recover=False)


async def ended(queue: AsyncioJobQueue, job_id: str) -> Job:
    async with asyncio.timeout(30):
        with queue.subscribe() as snapshots:
            if (job := await queue.get(job_id)).status.is_final:
                return job
            async for job in snapshots:
                if job.id == job_id and job.status.is_final:
                    return job
    raise AssertionError


async def test_jobs_of_others_wait_and_old_records_stay(store: JobStore) -> None:
    runs = Runs()
    waiting = await stored(store, "a")
    left = await stored(store, "b", running=True)
    old = await stored(store, "c")
    long_ago = datetime.now(UTC) - timedelta(days=1000)
    await store.move(old, replace(old, status=JobStatus.CANCELLED, finished_at=long_ago))
    async with alone(store, runs) as queue:
        job = await queue.submit("scan", {}, key="mine")
        assert (await ended(queue, job.id)).status is JobStatus.SUCCEEDED
    assert runs.jobs == [(job.id, 1)]
    assert await store.get(waiting.id) == waiting
    assert await store.get(left.id) == left
    assert (await store.get(old.id)).status is JobStatus.CANCELLED


@pytest.mark.parametrize("running", [False, True])
async def test_a_stored_job_that_is_submitted_again_is_run_here(
    store: JobStore, running: bool
) -> None:
    runs = Runs()
    left = await stored(store, "a", running=running)
    other = await stored(store, "b")
    async with alone(store, runs) as queue:
        job = await queue.submit("scan", {}, key="a")
        assert job.id == left.id
        assert (await ended(queue, job.id)).status is JobStatus.SUCCEEDED
    assert runs.jobs == [(left.id, left.attempt + 1)]
    assert (await store.get(left.id)).interruptions == int(running)
    assert await store.get(other.id) == other


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"interruptions": MOST_INTERRUPTIONS - 1}, JobStatus.FAILED),
        ({"cancel_requested": True}, JobStatus.CANCELLED),
    ],
)
async def test_one_that_cannot_go_on_makes_room_for_a_new_one(
    store: JobStore, changes: dict[str, Any], status: JobStatus
) -> None:
    runs = Runs()
    left = await stored(store, "a", running=True, **changes)
    async with alone(store, runs) as queue:
        job = await queue.submit("scan", {}, key="a")
        assert (await ended(queue, job.id)).status is JobStatus.SUCCEEDED
    assert runs.jobs == [(job.id, 1)]
    assert (await store.get(left.id)).status is status


async def test_a_stored_job_is_cancelled_by_a_queue_that_runs_nothing(store: JobStore) -> None:
    left = await stored(store, "a", running=True)
    queue = AsyncioJobQueue({}, store, recover=False)
    cancelled = await queue.cancel(left.id)
    assert (cancelled.status, cancelled.cancel_requested) == (JobStatus.CANCELLED, True)
    assert await store.get(left.id) == cancelled
    with pytest.raises(JobFinishedError):
        await queue.cancel(left.id)
