"""Pausing and resuming jobs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.unit.jobs.controlled_handler import ControlledHandler
from tests.unit.jobs.observed_store import ObservedStore
from tests.unit.jobs.queue_harness import open_queue

from stoat_ferret.errors import JobFinishedError, JobNotPausableError, JobNotPausedError
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.jobs.queue import JobRunner

if TYPE_CHECKING:
    from tests.unit.jobs.fake_clock import FakeClock

    from stoat_ferret.database import Database


async def test_a_stopped_job_continues_from_its_result_in_another_attempt(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {}, key="films")
        await handler.until_running(job.id)
        first = handler.contexts[job.id]
        first.set_progress(0.5)
        first.keep_result({"found": 7})
        pausing = asyncio.ensure_future(harness.queue.pause(job.id))
        await harness.cancel_task()
        paused = await pausing
        assert (paused.status, paused.result) == (JobStatus.PAUSED, {"found": 7})
        assert (paused.started_at, paused.worker) == (None, None)
        assert handler.cancelled == [job.id]
        first.set_progress(0.9)  # its handler is of the past
        assert (await harness.queue.pause(job.id)).status is JobStatus.PAUSED
        assert (await harness.queue.submit("scan", {}, key="films")).id == job.id
        await harness.queue.resume(job.id)
        await handler.until_running(job.id)
        second = handler.contexts[job.id]
        assert second.earlier_result == {"found": 7}
        assert second.attempt_number == 2
        second.set_progress(0.5)
        assert (await harness.queue.get(job.id)).progress.fraction == 0.75
        with pytest.raises(JobNotPausedError, match=r"is not paused \(running\)"):
            await harness.queue.resume(job.id)


async def test_a_deadline_does_not_count_the_time_in_which_its_job_waits(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    kinds = {"render": JobRunner(handler, timeout_seconds=10, waits_while_paused=True)}
    async with open_queue(store, clock, kinds) as harness:
        job = await harness.queue.submit("render", {})
        await handler.until_running(job.id)
        gate = handler.contexts[job.id].gate
        await harness.pass_time(6)
        paused = await harness.queue.pause(job.id)
        assert gate.is_paused
        other = await harness.queue.submit("render", {})
        await handler.until_running(other.id)  # in its place
        await harness.pass_time(1000)
        await harness.cancel_task()
        await harness.until(other.id, JobStatus.TIMED_OUT)
        assert await harness.queue.get(job.id) == paused
        await harness.queue.resume(job.id)
        running = await harness.until(job.id, JobStatus.RUNNING)
        assert not handler.contexts[job.id].gate.is_paused
        assert (running.attempt, running.revision) == (1, paused.revision + 2)
        await harness.pass_time(3.9)
        assert not handler.contexts[job.id].cancel_requested
        await harness.pass_time(0.1)
        await harness.cancel_task()
        await harness.until(job.id, JobStatus.TIMED_OUT)


async def test_a_job_that_is_being_stopped_or_has_ended_is_not_paused(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler(stubborn=True)
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        await harness.queue.cancel(job.id)
        with pytest.raises(JobNotPausableError, match="is being stopped"):
            await harness.queue.pause(job.id)
        await harness.cancel_task()
        await harness.abandon()
        await harness.until(job.id, JobStatus.CANCELLED)
        for call in (harness.queue.pause, harness.queue.resume):
            with pytest.raises(JobFinishedError):
                await call(job.id)


async def test_an_abandoned_handler_keeps_its_place_from_the_next_attempt(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler(stubborn=True)
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        pausing = asyncio.ensure_future(harness.queue.pause(job.id))
        await harness.cancel_task()
        await harness.abandon()
        await pausing
        assert (await harness.queue.resume(job.id)).status is JobStatus.QUEUED
        await harness.store.settle()
        assert handler.runs == [job.id]
        handler.end(job.id)  # by now
        while len(handler.runs) < 2:
            await harness.store.settle()
        await harness.until(job.id, JobStatus.RUNNING)
        handler.end(job.id)
        await harness.until(job.id, JobStatus.SUCCEEDED)


async def test_shutting_down_leaves_a_waiting_job_paused_and_waits_for_no_grace(
    store: ObservedStore, clock: FakeClock, database: Database
) -> None:
    handler = ControlledHandler()
    kinds = {"render": JobRunner(handler, waits_while_paused=True)}
    queue = AsyncioJobQueue(kinds, store, clock=clock, shutdown_grace_seconds=1000)
    async with queue:
        jobs = [await queue.submit("render", {}) for _ in range(2)]
        for job in jobs:
            await handler.until_running(job.id)
            await queue.pause(job.id)
        await handler.until_running(jobs[1].id)
        await store.settle()
        closing = asyncio.ensure_future(queue.begin_close())
        await store.settle()
        clock.advance(0.25)
        await closing
    for job in jobs:
        left = await ObservedStore(database).get(job.id)
        assert (left.status, left.attempt, left.interruptions) == (JobStatus.PAUSED, 1, 0)


async def test_jobs_that_no_process_runs_are_paused_and_resumed_in_the_store(
    store: ObservedStore, clock: FakeClock
) -> None:
    async with open_queue(store, clock, {"scan": JobRunner(ControlledHandler())}) as harness:
        jobs = [await harness.queue.submit("scan", {}) for _ in range(2)]
    queue = AsyncioJobQueue({}, store, clock=clock, recover=False)
    for job in jobs:
        assert (await queue.pause(job.id)).status is JobStatus.PAUSED
        assert (await queue.pause(job.id)).status is JobStatus.PAUSED
    assert (await queue.resume(jobs[0].id)).status is JobStatus.QUEUED
    with pytest.raises(JobNotPausedError):
        await queue.resume(jobs[0].id)
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        await handler.until_running(jobs[0].id)
        assert (await harness.queue.get(jobs[1].id)).status is JobStatus.PAUSED
        cancelled = await harness.queue.cancel(jobs[1].id)
        assert cancelled.status is JobStatus.CANCELLED
    assert handler.runs == [jobs[0].id]


async def test_a_command_runs_the_paused_job_that_it_submits_again(
    store: ObservedStore, clock: FakeClock
) -> None:
    async with open_queue(store, clock, {"scan": JobRunner(ControlledHandler())}) as harness:
        await harness.queue.submit("scan", {})
        job = await harness.queue.submit("scan", {}, key="films")
        await harness.queue.pause(job.id)
    handler = ControlledHandler()
    alone = AsyncioJobQueue({"scan": JobRunner(handler)}, store, clock=clock, recover=False)
    async with alone:
        assert (await alone.submit("scan", {}, key="films")).id == job.id
        await handler.until_running(job.id)
        handler.end(job.id)
