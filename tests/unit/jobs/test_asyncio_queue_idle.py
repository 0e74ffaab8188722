"""Jobs that run while nothing else does, and limits that change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.jobs.controlled_handler import ControlledHandler
from tests.unit.jobs.queue_harness import open_queue

from stoat_ferret.errors import JobOrderError
from stoat_ferret.jobs.job import IDLE_PRIORITY, JobStatus
from stoat_ferret.jobs.order import Before, QueuePlace
from stoat_ferret.jobs.queue import JobRunner

if TYPE_CHECKING:
    from tests.unit.jobs.fake_clock import FakeClock
    from tests.unit.jobs.observed_store import ObservedStore


async def test_jobs_for_idle_hours_wait_while_the_queue_is_busy(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"strip": JobRunner(handler)}) as harness:
        harness.queue.set_busy(True)
        idle = await harness.queue.submit("strip", {}, priority=IDLE_PRIORITY)
        usual = await harness.queue.submit("strip", {}, priority=-100)
        await handler.until_running(usual.id)
        handler.end(usual.id)
        await harness.until(usual.id, JobStatus.SUCCEEDED)
        assert (await harness.queue.get(idle.id)).status is JobStatus.QUEUED
        harness.queue.hold_back(True)
        harness.queue.set_busy(False)
        await store.settle()
        assert (await harness.queue.get(idle.id)).status is JobStatus.QUEUED, "quiet hours"
        harness.queue.hold_back(False)
        await handler.until_running(idle.id)
        handler.contexts[idle.id].keep_result({"made": 7})
        harness.queue.set_busy(True)
        await harness.cancel_task()
        queued = await harness.until(idle.id, JobStatus.QUEUED)
        assert (queued.result, queued.interruptions) == ({"made": 7}, 0)
        await harness.queue.resume(idle.id)
        await harness.until(idle.id, JobStatus.RUNNING)
        harness.queue.set_busy(True)
        await store.settle()
        assert (await harness.queue.get(idle.id)).status is JobStatus.RUNNING, "it was asked for"


async def test_a_changed_order_keeps_jobs_for_idle_hours_behind_the_others(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"strip": JobRunner(handler)}) as harness:
        queue = harness.queue
        queue.set_busy(True)
        running = (await queue.submit("strip", {})).id
        await handler.until_running(running)
        usual, other = [(await queue.submit("strip", {}, priority=-10)).id for _ in range(2)]
        idle = [(await queue.submit("strip", {}, priority=IDLE_PRIORITY)).id for _ in range(3)]
        await queue.reorder(idle[2], QueuePlace.FIRST)
        await queue.reorder(usual, QueuePlace.LAST)
        await queue.reorder(idle[0], QueuePlace.LAST)
        for moved, place in ((idle[0], usual), (usual, idle[0])):
            with pytest.raises(JobOrderError, match="waits until nothing else runs"):
                await queue.reorder(moved, Before(place))
        assert all([(await queue.get(job)).is_for_idle_hours for job in idle])
        assert not (await queue.get(usual)).is_for_idle_hours
        for job in (running, other, usual):
            await handler.until_running(job)
            handler.end(job)
            await harness.until(job, JobStatus.SUCCEEDED)
        await store.settle()
        assert handler.runs == [running, other, usual], "it is busy"
        queue.set_busy(False)
        for job in (idle[2], idle[1], idle[0]):
            await handler.until_running(job)
            handler.end(job)
            await harness.until(job, JobStatus.SUCCEEDED)


async def test_a_higher_limit_starts_what_waits_and_a_lower_one_stops_nothing(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        jobs = [await harness.queue.submit("scan", {}) for _ in range(4)]
        await handler.until_running(jobs[0].id)
        harness.queue.set_limit("scan", 2)
        await handler.until_running(jobs[1].id)
        harness.queue.set_limit("scan", 1)
        handler.end(jobs[0].id)
        await harness.until(jobs[0].id, JobStatus.SUCCEEDED)
        await store.settle()
        assert (await harness.queue.get(jobs[1].id)).status is JobStatus.RUNNING
        assert handler.runs == [jobs[0].id, jobs[1].id]
        handler.end(jobs[1].id)
        await handler.until_running(jobs[2].id)
