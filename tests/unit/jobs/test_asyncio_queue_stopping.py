"""Cancellation and deadlines are final, and each job ends exactly once."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from structlog.testing import capture_logs
from tests.unit.jobs.controlled_handler import ControlledHandler
from tests.unit.jobs.queue_harness import open_queue

from stoat_ferret.errors import JobFinishedError
from stoat_ferret.jobs.asyncio_entry import COMMIT_SECONDS
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.job import JobStatus, Progress
from stoat_ferret.jobs.queue import JobContext, JobRunner

if TYPE_CHECKING:
    from tests.unit.jobs.fake_clock import FakeClock
    from tests.unit.jobs.observed_store import ObservedStore


async def test_a_queued_job_is_cancelled_at_once_and_never_runs(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        first = await harness.queue.submit("scan", {})
        second = await harness.queue.submit("scan", {})
        third = await harness.queue.submit("scan", {})
        await handler.until_running(first.id)
        cancelled = await harness.queue.cancel(second.id)
        assert cancelled.status is JobStatus.CANCELLED
        assert cancelled.finished_at == clock.now()
        assert (await store.get(second.id)).status is JobStatus.CANCELLED
        handler.end(first.id)
        await handler.until_running(third.id)
        assert second.id not in handler.runs
        with pytest.raises(JobFinishedError):
            await harness.queue.cancel(second.id)


async def test_a_job_cancelled_on_its_way_to_run_never_runs(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await store.begins("move")
        assert (await harness.queue.get(job.id)).status is JobStatus.QUEUED
        assert (await harness.queue.cancel(job.id)).status is JobStatus.CANCELLED
        await store.settle()
        assert handler.runs == []
        handler.end((await harness.queue.submit("scan", {})).id)


async def test_a_job_that_gets_its_turn_while_it_is_cancelled_never_runs(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        first, second, third = [await harness.queue.submit("scan", {}) for _ in range(3)]
        await handler.until_running(first.id)
        cancelling = asyncio.ensure_future(harness.queue.cancel(second.id))
        while not harness.queue._recording:  # noqa: ASYNC110  one step of the loop exactly
            await asyncio.sleep(0)
        # The cancellation is on its way, and now the lane has room.
        harness.queue._lanes["scan"].release()
        harness.queue._dispatch("scan")
        assert (await cancelling).status is JobStatus.CANCELLED
        await handler.until_running(third.id)
        await store.settle()
        assert (await store.get(second.id)).status is JobStatus.CANCELLED
        assert second.id not in handler.runs


async def test_a_handler_that_obeys_the_flag_keeps_what_it_returns(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        assert not handler.contexts[job.id].cancel_requested
        asked = await harness.queue.cancel(job.id)
        assert (asked.status, asked.cancel_requested) == (JobStatus.RUNNING, True)
        assert (await store.get(job.id)).cancel_requested
        assert handler.contexts[job.id].cancel_requested
        handler.end(job.id, {"found": 2})
        ended = await harness.until(job.id, JobStatus.CANCELLED)
        assert (ended.result, ended.error) == ({"found": 2}, None)
        assert ended.progress.fraction is None
        assert handler.cancelled == []


async def test_a_handler_that_ignores_the_flag_has_its_task_cancelled(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        handler.tell(job.id, lambda context: context.keep_result({"found": 1}))
        handler.tell(job.id, lambda context: context.set_progress(0.5))
        await handler.until_running(job.id)
        await harness.queue.cancel(job.id)
        await harness.queue.cancel(job.id)
        await store.settle()
        assert handler.cancelled == []
        await harness.cancel_task()
        ended = await harness.until(job.id, JobStatus.CANCELLED)
        assert (ended.result, ended.progress.fraction) == ({"found": 1}, 0.5)
        assert handler.cancelled == [job.id]


async def test_an_error_while_being_cancelled_is_still_a_cancellation(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        await harness.queue.cancel(job.id)
        handler.tell(job.id, lambda _: [].pop())
        ended = await harness.until(job.id, JobStatus.CANCELLED)
        assert ended.error is None


async def test_a_handler_that_does_not_end_is_given_up_but_keeps_its_place(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler(stubborn=True)
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        so_far = {"found": 0}
        handler.tell(job.id, lambda context: context.keep_result(lambda: so_far))
        await handler.until_running(job.id)
        waiting = await harness.queue.submit("scan", {})
        await harness.queue.cancel(job.id)
        await harness.cancel_task()
        assert handler.cancelled == [job.id]
        so_far["found"] = 1
        with capture_logs() as logs:
            await harness.abandon()
        so_far["found"] = 2
        assert [log["event"] for log in logs] == ["job_abandoned", "job_ended"]
        ended = await store.get(job.id)
        assert (ended.status, ended.result) == (JobStatus.CANCELLED, {"found": 1})
        # What it still reports changes nothing, and its place in the lane is not free.
        handler.contexts[job.id].set_progress(1.0)
        handler.contexts[job.id].keep_result({"found": 9})
        await harness.pass_time(60)
        assert await harness.queue.get(job.id) == ended
        assert handler.live == {job.id}
        handler.end(job.id)
        await handler.until_running(waiting.id)
        assert await harness.queue.get(job.id) == ended


async def test_nobody_listens_to_a_handler_that_was_given_up(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler(stubborn=True)
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        harness.queue.set_progress(job.id, 0.5)
        await harness.queue.cancel(job.id)
        store.failure = OSError("disk full")
        await harness.cancel_task()
        await harness.abandon()
        handler.contexts[job.id].set_progress(0.9)
        handler.contexts[job.id].keep_result({"found": 9})
        assert (await harness.queue.get(job.id)).progress.fraction == 0.5
        store.failure = None
        await harness.pass_time(5)
        ended = await store.get(job.id)
        assert (ended.status, ended.progress.fraction) == (JobStatus.CANCELLED, 0.5)
        assert ended.result is None


async def test_a_deadline_stops_the_job_and_says_so(store: ObservedStore, clock: FakeClock) -> None:
    handler = ControlledHandler()
    kinds = {"scan": JobRunner(handler, timeout_seconds=90)}
    async with open_queue(store, clock, kinds) as harness:
        job = await harness.queue.submit("scan", {})
        handler.tell(job.id, lambda context: context.keep_result({"found": 1}))
        await handler.until_running(job.id)
        await harness.pass_time(89.9)
        assert not handler.contexts[job.id].cancel_requested
        await harness.pass_time(0.1)
        assert handler.contexts[job.id].cancel_requested
        await harness.cancel_task()
        ended = await harness.until(job.id, JobStatus.TIMED_OUT)
        assert ended.error == "The job was stopped at its deadline of 90 seconds."
        assert ended.result == {"found": 1}
        assert not ended.cancel_requested


async def test_a_submitted_deadline_goes_before_that_of_the_kind(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler(stubborn=True)
    kinds = {"scan": JobRunner(handler, timeout_seconds=90)}
    async with open_queue(store, clock, kinds) as harness:
        job = await harness.queue.submit("scan", {}, timeout_seconds=2.5)
        assert job.timeout_seconds == 2.5
        await handler.until_running(job.id)
        await harness.pass_time(2.5)
        await harness.cancel_task()
        await harness.abandon()
        ended = await store.get(job.id)
        assert ended.status is JobStatus.TIMED_OUT
        assert "2.5 seconds" in (ended.error or "")
        assert ended.finished_at is not None
        assert ended.started_at is not None
        assert (ended.finished_at - ended.started_at).total_seconds() < 3.5
        handler.end(job.id)


async def test_the_deadline_counts_from_the_start(store: ObservedStore, clock: FakeClock) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        first = await harness.queue.submit("scan", {})
        second = await harness.queue.submit("scan", {}, timeout_seconds=10)
        await handler.until_running(first.id)
        await harness.pass_time(100)
        handler.end(first.id)
        await handler.until_running(second.id)
        await harness.pass_time(9)
        handler.end(second.id)
        await harness.until(second.id, JobStatus.SUCCEEDED)


async def test_what_stops_a_job_first_is_what_stopped_it(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    kinds = {"scan": JobRunner(handler, limit=2, timeout_seconds=1)}
    async with open_queue(store, clock, kinds) as harness:
        late = await harness.queue.submit("scan", {})
        await handler.until_running(late.id)
        await harness.pass_time(1)
        refused = asyncio.ensure_future(harness.queue.cancel(late.id))
        early = await harness.queue.submit("scan", {}, timeout_seconds=0.1)
        await handler.until_running(early.id)
        await harness.queue.cancel(early.id)
        await harness.pass_time(1)
        assert (await harness.until(late.id, JobStatus.TIMED_OUT)).cancel_requested is False
        with pytest.raises(JobFinishedError, match="timed_out"):
            await refused
        assert (await harness.until(early.id, JobStatus.CANCELLED)).error is None


async def test_a_cancel_that_comes_after_the_end_is_refused(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        handler.end(job.id)
        await handler.until_ended(job.id)
        await store.begins("move")
        # Its success is being written: it is shown as running, and too late to cancel.
        assert (await harness.queue.get(job.id)).status is JobStatus.RUNNING
        with pytest.raises(JobFinishedError, match="succeeded"):
            await harness.queue.cancel(job.id)
        ended = await harness.queue.get(job.id)
        assert (ended.status, ended.cancel_requested) == (JobStatus.SUCCEEDED, False)


@pytest.mark.parametrize("steps", range(12))
async def test_cancel_and_completion_give_one_end_whoever_is_first(
    store: ObservedStore, clock: FakeClock, steps: int
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        handler.end(job.id)
        for _ in range(steps):
            await asyncio.sleep(0)
        try:
            await harness.queue.cancel(job.id)
        except JobFinishedError:
            expected = JobStatus.SUCCEEDED
        else:
            expected = JobStatus.CANCELLED
        await store.settle()
        assert (await harness.queue.get(job.id)).status is expected
        assert (await store.get(job.id)).status is expected


async def test_a_cancel_is_done_also_when_its_caller_has_left(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        first = await harness.queue.submit("scan", {})
        second = await harness.queue.submit("scan", {})
        await handler.until_running(first.id)
        cancelling = asyncio.ensure_future(harness.queue.cancel(second.id))
        await store.begins("move")
        cancelling.cancel()
        await harness.until(second.id, JobStatus.CANCELLED)


async def test_a_cancel_works_while_the_store_does_not(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        store.failure = OSError("disk full")
        await harness.queue.cancel(job.id)
        await harness.cancel_task()
        assert handler.cancelled == [job.id]
        store.failure = None
        await harness.pass_time(1)
        assert (await harness.until(job.id, JobStatus.CANCELLED)).cancel_requested


async def test_set_progress_by_id_is_that_of_the_context(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        entry = harness.queue._entries[job.id]
        harness.queue.set_progress(job.id, 0.25)
        assert entry.progress == Progress(fraction=0.25)
        harness.queue.set_progress(job.id, 0.1)
        assert (await harness.queue.get(job.id)).progress.fraction == 0.25
        harness.queue.set_progress("unknown", 0.5)
        for job_id in (job.id, "unknown"):
            with pytest.raises(ValueError, match="between 0 and 1"):
                harness.queue.set_progress(job_id, 1.5)


async def test_progress_told_in_many_threads_only_rises(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        context = handler.contexts[job.id]

        def tell(offset: int) -> None:
            for i in range(offset, 1000, 4):
                context.set_progress(i / 1000)

        with harness.queue.subscribe() as reader:
            async with anyio.create_task_group() as group:
                for offset in range(4):
                    group.start_soon(anyio.to_thread.run_sync, tell, offset)
            await harness.pass_time(0.1)
            await harness.pass_time(0.1)
            await anext(reader)
        assert (await harness.queue.get(job.id)).progress.fraction == 0.999


async def test_on_the_clock_of_the_machine_a_stop_takes_less_than_a_second(
    store: ObservedStore,
) -> None:
    async def ignore_everything(context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if params["obeys"] or done.is_set():
                    raise

    done = asyncio.Event()
    kinds = {"scan": JobRunner(ignore_everything, limit=9)}
    async with AsyncioJobQueue(kinds, store, shutdown_grace_seconds=0) as queue:
        with queue.subscribe() as reader, anyio.fail_after(30):
            jobs = [
                await queue.submit("scan", {"obeys": obeys}, timeout_seconds=timeout)
                for obeys in (True, False)
                for timeout in (None, 0.2)
            ]
            running: set[str] = set()
            while len(running) < 4:
                job = await anext(reader)
                running |= {job.id} if job.status is not JobStatus.QUEUED else set()
            began = time.monotonic()
            for job in (jobs[0], jobs[2]):
                await queue.cancel(job.id)
            ended: dict[str, JobStatus] = {}
            while len(ended) < 4:
                job = await anext(reader)
                if job.status.is_final:
                    ended[job.id] = job.status
            # One second is promised; a busy machine gets one more.
            assert time.monotonic() - began < 2.0
        cancelled, late = JobStatus.CANCELLED, JobStatus.TIMED_OUT
        assert [ended[job.id] for job in jobs] == [cancelled, late, cancelled, late]
        done.set()
        for handler in list(queue._abandoned):
            handler.cancel()


@pytest.mark.parametrize("how", ["closed", "cancelled", "late"])
async def test_a_job_that_is_stopped_while_it_publishes_succeeds(
    store: ObservedStore, clock: FakeClock, how: str
) -> None:
    handler = ControlledHandler()
    kinds = {"render": JobRunner(handler, timeout_seconds=60)}
    async with open_queue(store, clock, kinds) as harness:
        job = await harness.queue.submit("render", {})
        await handler.until_running(job.id)
        await handler.contexts[job.id].commit()
        if how == "closed":
            closing = asyncio.ensure_future(harness.queue.__aexit__(None, None, None))
            await store.settle()
        elif how == "cancelled":
            assert (await harness.queue.cancel(job.id)).cancel_requested
        else:
            await harness.pass_time(60)
        await harness.cancel_task()
        await harness.abandon()
        assert not handler.cancelled
        handler.end(job.id, {"outputs": ["film"]})
        if how == "closed":
            await closing
        await handler.until_ended(job.id)
        while not (await store.get(job.id)).status.is_final:
            await store.settle()
        ended = await store.get(job.id)
        assert (ended.status, ended.result) == (JobStatus.SUCCEEDED, {"outputs": ["film"]})


async def test_a_job_that_has_published_one_of_many_can_be_stopped(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"render": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("render", {})
        await handler.until_running(job.id)
        await handler.contexts[job.id].commit()
        await handler.contexts[job.id].save_result({"rendered": 1})
        await harness.queue.cancel(job.id)
        await harness.cancel_task()
        ended = await harness.until(job.id, JobStatus.CANCELLED)
        assert ended.result == {"rendered": 1}


async def test_a_job_that_never_ends_what_it_commits_is_abandoned(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler(stubborn=True)
    async with open_queue(store, clock, {"render": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("render", {})
        await handler.until_running(job.id)
        await handler.contexts[job.id].commit()
        await harness.queue.cancel(job.id)
        await harness.pass_time(COMMIT_SECONDS)
        await harness.cancel_task()
        await harness.abandon()
        await harness.until(job.id, JobStatus.CANCELLED)
        handler.end(job.id)
