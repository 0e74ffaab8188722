"""Jobs that are held back in quiet hours."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.unit.jobs.controlled_handler import ControlledHandler
from tests.unit.jobs.queue_harness import open_queue

from stoat_ferret.errors import JobNotPausedError
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.jobs.queue import JobRunner

if TYPE_CHECKING:
    from tests.unit.jobs.fake_clock import FakeClock
    from tests.unit.jobs.observed_store import ObservedStore


async def test_jobs_start_when_the_quiet_hours_are_over(
    store: ObservedStore, clock: FakeClock
) -> None:
    scans, edits = ControlledHandler(), ControlledHandler()
    kinds = {"scan": JobRunner(scans), "edit": JobRunner(edits, runs_in_quiet_hours=True)}
    async with open_queue(store, clock, kinds) as harness:
        harness.queue.hold_back(True)
        scan = await harness.queue.submit("scan", {})
        edit = await harness.queue.submit("edit", {})
        await edits.until_running(edit.id)
        assert (await harness.queue.get(scan.id)).status is JobStatus.QUEUED
        harness.queue.hold_back(False)
        await scans.until_running(scan.id)


async def test_a_stopped_job_continues_from_its_result_after_the_quiet_hours(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        handler.contexts[job.id].keep_result({"found": 7})
        harness.queue.hold_back(True)
        await harness.cancel_task()
        queued = await harness.until(job.id, JobStatus.QUEUED)
        assert (queued.result, queued.interruptions) == ({"found": 7}, 0)
        assert (await store.get(job.id)).status is JobStatus.QUEUED
        await harness.pass_time(3600)
        assert handler.runs == [job.id]
        harness.queue.hold_back(False)
        while len(handler.runs) < 2:
            await store.settle()
        again = await harness.until(job.id, JobStatus.RUNNING)
        assert handler.contexts[job.id].earlier_result == {"found": 7}
        assert again.attempt == 2


async def test_a_handler_waits_at_its_gate_in_the_quiet_hours(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    kinds = {"render": JobRunner(handler, timeout_seconds=10, waits_while_paused=True)}
    async with open_queue(store, clock, kinds) as harness:
        job = await harness.queue.submit("render", {})
        await handler.until_running(job.id)
        gate = handler.contexts[job.id].gate
        await harness.pass_time(6)
        harness.queue.hold_back(True)
        await harness.until(job.id, JobStatus.QUEUED)
        assert gate.is_paused
        await harness.pass_time(3600)
        harness.queue.hold_back(False)
        running = await harness.until(job.id, JobStatus.RUNNING)
        assert (running.attempt, gate.is_paused, handler.runs) == (1, False, [job.id])
        await harness.pass_time(3.9)
        assert not handler.contexts[job.id].cancel_requested
        handler.end(job.id)
        await harness.until(job.id, JobStatus.SUCCEEDED)


@pytest.mark.parametrize("waits", [True, False])
async def test_a_job_that_is_resumed_runs_in_the_quiet_hours(
    store: ObservedStore, clock: FakeClock, *, waits: bool
) -> None:
    handler = ControlledHandler()
    kinds = {"scan": JobRunner(handler, limit=2, waits_while_paused=waits)}
    async with open_queue(store, clock, kinds) as harness:
        begun = await harness.queue.submit("scan", {})
        await handler.until_running(begun.id)
        harness.queue.hold_back(True)
        await harness.cancel_task()
        await harness.until(begun.id, JobStatus.QUEUED)
        new = await harness.queue.submit("scan", {})
        for job in (begun, new):
            await harness.queue.resume(job.id)
            await harness.until(job.id, JobStatus.RUNNING)
        with pytest.raises(JobNotPausedError):
            await harness.queue.resume(new.id)
        harness.queue.hold_back(True)  # again: they stay
        await harness.pass_time(1)
        for job in (begun, new):
            assert (await harness.queue.get(job.id)).status is JobStatus.RUNNING


async def test_a_job_that_was_paused_stays_so_after_the_quiet_hours(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    kinds = {"render": JobRunner(handler, waits_while_paused=True)}
    async with open_queue(store, clock, kinds) as harness:
        job = await harness.queue.submit("render", {})
        await handler.until_running(job.id)
        await harness.queue.pause(job.id)
        harness.queue.hold_back(True)
        harness.queue.hold_back(False)
        await harness.pass_time(1)
        assert (await harness.queue.get(job.id)).status is JobStatus.PAUSED
        harness.queue.hold_back(True)
        await harness.queue.resume(job.id)  # queued, and held back
        await harness.pass_time(1)
        assert (await harness.queue.get(job.id)).status is JobStatus.QUEUED
        await harness.queue.resume(job.id)
        await harness.until(job.id, JobStatus.RUNNING)


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize("changes", [1, 2, 3])
async def test_a_job_that_starts_at_that_moment_is_not_lost(
    store: ObservedStore, clock: FakeClock, changes: int, *, waits: bool
) -> None:
    """The hours begin and end while it is being started, held back or continued."""
    handler = ControlledHandler()
    kinds = {"scan": JobRunner(handler, waits_while_paused=waits)}
    async with open_queue(store, clock, kinds) as harness:
        for turns in range(15):
            harness.queue.hold_back(False)
            job = await harness.queue.submit("scan", {})
            for change in range(changes):
                for _ in range(turns):
                    await asyncio.sleep(0)
                harness.queue.hold_back(change % 2 == 0)
            await harness.cancel_task()
            harness.queue.hold_back(False)
            await harness.store.settle()
            assert (await harness.queue.get(job.id)).status is JobStatus.RUNNING
            assert not handler.contexts[job.id].gate.is_paused
            handler.end(job.id)
            await harness.until(job.id, JobStatus.SUCCEEDED)


@pytest.mark.parametrize("is_begun", [True, False])
async def test_a_job_that_was_given_a_place_just_before_waits_again(
    store: ObservedStore, clock: FakeClock, *, is_begun: bool
) -> None:
    handler = ControlledHandler()
    kinds = {"render": JobRunner(handler, waits_while_paused=True)}
    async with open_queue(store, clock, kinds) as harness:
        harness.queue.hold_back(not is_begun)
        job = await harness.queue.submit("render", {})
        if is_begun:
            await handler.until_running(job.id)
            harness.queue.hold_back(True)
            await harness.until(job.id, JobStatus.QUEUED)
        harness.queue.hold_back(False)
        harness.queue.hold_back(True)  # before its attempt can do anything
        await harness.store.settle()
        assert (await harness.queue.get(job.id)).status is JobStatus.QUEUED
        harness.queue.hold_back(False)
        await harness.until(job.id, JobStatus.RUNNING)
