"""Jobs are accepted, run in order, and end with the result of their handler."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING, Any

import anyio
import pytest
import structlog
from structlog.testing import capture_logs
from tests.unit.jobs.controlled_handler import ControlledHandler
from tests.unit.jobs.queue_harness import open_queue

from stoat_ferret.errors import (
    JobActiveError,
    JobFinishedError,
    JobNotFoundError,
    JobNotWaitingError,
    JobOrderError,
    QueueClosedError,
    RootEmptyError,
    UnknownJobKindError,
)
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.job import JobStatus, Progress
from stoat_ferret.jobs.order import Before, QueuePlace
from stoat_ferret.jobs.queue import JobContext, JobRunner

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.jobs.fake_clock import FakeClock
    from tests.unit.jobs.observed_store import ObservedStore


def _raise(error: BaseException) -> Callable[[JobContext], Any]:
    def act(_: JobContext) -> Any:
        raise error

    return act


async def test_a_job_is_accepted_runs_and_ends(store: ObservedStore, clock: FakeClock) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {"path": "films"}, priority=2)
        assert (job.status, job.attempt, job.priority) == (JobStatus.QUEUED, 0, 2)
        await handler.until_running(job.id)
        running = await harness.queue.get(job.id)
        assert (running.status, running.attempt) == (JobStatus.RUNNING, 1)
        assert (running.worker, running.started_at) == ("here:1", clock.now())
        clock.advance(5)
        handler.end(job.id, {"found": 3})
        ended = await harness.until(job.id, JobStatus.SUCCEEDED)
        assert ended.result == {"found": 3}
        assert ended.progress.fraction == 1.0
        assert ended.finished_at == clock.now()
        assert ended == await store.get(job.id)
        assert handler.params == {job.id: {"path": "films"}}


async def test_a_worker_is_named_by_host_and_process(store: ObservedStore) -> None:
    assert AsyncioJobQueue({}, store)._worker == f"{socket.gethostname()}:{os.getpid()}"


async def test_params_belong_to_the_record(store: ObservedStore, clock: FakeClock) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        params = {"paths": ["a"]}
        job = await harness.queue.submit("scan", params)
        params["paths"].append("b")
        await handler.until_running(job.id)
        handler.params[job.id]["paths"].append("c")
        handler.end(job.id)
        assert (await harness.until(job.id, JobStatus.SUCCEEDED)).params == {"paths": ["a"]}


@pytest.mark.parametrize("params", [{"a": {1}}, {"a": float("nan")}, {"a": b""}, ["a"], None])
async def test_params_that_are_not_json_are_refused(
    store: ObservedStore, clock: FakeClock, params: Any
) -> None:
    async with open_queue(store, clock, {"scan": JobRunner(ControlledHandler())}) as harness:
        with pytest.raises(ValueError, match="JSON"):
            await harness.queue.submit("scan", params)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
async def test_a_deadline_that_is_none_is_refused(
    store: ObservedStore, clock: FakeClock, seconds: float
) -> None:
    async with open_queue(store, clock, {"scan": JobRunner(ControlledHandler())}) as harness:
        with pytest.raises(ValueError, match="deadline"):
            await harness.queue.submit("scan", {}, timeout_seconds=seconds)


async def test_an_unknown_kind_is_refused(store: ObservedStore, clock: FakeClock) -> None:
    async with open_queue(store, clock, {}) as harness:
        with pytest.raises(UnknownJobKindError):
            await harness.queue.submit("scan", {})


async def test_each_kind_has_its_own_limit(store: ObservedStore, clock: FakeClock) -> None:
    scan, render = ControlledHandler(), ControlledHandler()
    kinds = {"scan": JobRunner(scan, limit=2), "render": JobRunner(render)}
    async with open_queue(store, clock, kinds) as harness:
        scans = [await harness.queue.submit("scan", {}) for _ in range(4)]
        renders = [await harness.queue.submit("render", {}) for _ in range(2)]
        await scan.until_running(scans[0].id, scans[1].id)
        await render.until_running(renders[0].id)
        await store.settle()
        assert (len(scan.live), len(render.live)) == (2, 1)
        scan.end(scans[1].id)
        await scan.until_running(scans[2].id)
        assert scan.live == {scans[0].id, scans[2].id}
        for job in scans:
            scan.end(job.id)
        for job in scans:
            await harness.until(job.id, JobStatus.SUCCEEDED)
        assert (scan.most_live, render.most_live) == (2, 1)


async def test_higher_priority_first_then_the_older_one(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        jobs = [await harness.queue.submit("scan", {}, priority=p) for p in (0, 0, 5, 0, 5)]
        for job in jobs:
            handler.end(job.id)
        for job in jobs:
            await harness.until(job.id, JobStatus.SUCCEEDED)
        assert handler.runs == [jobs[i].id for i in (0, 2, 4, 1, 3)]


async def test_waiting_jobs_run_in_the_order_that_they_were_given_also_after_a_restart(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    kinds = {"scan": JobRunner(handler), "render": JobRunner(ControlledHandler())}
    async with open_queue(store, clock, kinds) as harness:
        queue = harness.queue
        running, *waiting = [(await queue.submit("scan", {})).id for _ in range(6)]
        a, b, c, d, e = waiting
        await harness.until(running, JobStatus.RUNNING)
        await queue.reorder(e, QueuePlace.FIRST)
        await queue.reorder(a, QueuePlace.LAST)
        await queue.reorder(c, Before(b))
        for wrong in (running, "nobody"):
            with pytest.raises((JobNotWaitingError, JobNotFoundError)):
                await queue.reorder(wrong, QueuePlace.FIRST)
            with pytest.raises((JobNotWaitingError, JobNotFoundError)):
                await queue.reorder(a, Before(wrong))
        await queue.pause(d)
        with pytest.raises(JobNotWaitingError, match="paused"):
            await queue.reorder(d, QueuePlace.FIRST)
        await queue.resume(d)
        renders = [(await queue.submit("render", {})).id for _ in range(2)]
        with pytest.raises(JobOrderError, match="another kind"):
            await queue.reorder(a, Before(renders[1]))
        late = (await queue.submit("scan", {})).id
        handler.end(running)
        handler.end(e)
        await harness.until(e, JobStatus.SUCCEEDED)
        await harness.until(c, JobStatus.RUNNING)
    handler.runs.clear()
    async with open_queue(store, clock, kinds) as harness:
        for job in (a, b, c, d, late):
            handler.end(job)
        for job in (a, b, c, d, late):
            await harness.until(job, JobStatus.SUCCEEDED)
    assert handler.runs == [c, b, d, a, late]


async def test_the_same_key_is_the_same_job_until_it_has_ended(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        ids: set[str] = set()

        async def submit() -> None:
            ids.add((await harness.queue.submit("scan", {}, key="films")).id)

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(submit)
        assert len(ids) == 1
        job_id = ids.pop()
        await handler.until_running(job_id)
        harness.queue.set_progress(job_id, 0.5)
        again = await harness.queue.submit("scan", {}, key="films")
        assert (again.id, again.progress.fraction) == (job_id, 0.5)
        handler.end(job_id)
        await harness.until(job_id, JobStatus.SUCCEEDED)
        assert (await harness.queue.submit("scan", {}, key="films")).id != job_id


async def test_a_job_may_continue_from_the_result_of_another(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        earlier = {"found": 5}
        job = await harness.queue.submit("scan", {}, earlier_result=earlier)
        earlier["found"] = 6
        await handler.until_running(job.id)
        assert handler.contexts[job.id].earlier_result == {"found": 5}
        waiting = await harness.queue.submit("scan", {}, earlier_result=earlier)
        assert (await harness.queue.cancel(waiting.id)).result == {"found": 6}
        with pytest.raises(ValueError, match="not JSON"):
            await harness.queue.submit("scan", {}, earlier_result={"found": {5}})


async def test_a_key_may_be_any_name(store: ObservedStore, clock: FakeClock) -> None:
    async with open_queue(
        store, clock, {"scan": JobRunner(ControlledHandler(), limit=9)}
    ) as harness:
        first = await harness.queue.submit("scan", {}, key="scan:\udcff")
        other = await harness.queue.submit("scan", {}, key="scan:\udcfe")
        assert first.id != other.id
        assert (await harness.queue.submit("scan", {}, key="scan:\udcff")).id == first.id


async def test_an_error_of_ours_fails_the_job_with_its_sentence(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        handler.tell(job.id, lambda context: context.set_progress(0.5))
        handler.tell(job.id, lambda context: context.keep_result({"found": 2}))
        error = RootEmptyError(b"/films/\xff", 7)
        handler.tell(job.id, _raise(error))
        failed = await harness.until(job.id, JobStatus.FAILED)
        assert failed.error == str(error)
        assert failed.result == {"found": 2}
        assert failed.progress.fraction == 0.5
        # The queue goes on.
        handler.end((await harness.queue.submit("scan", {})).id)
        await harness.until((await harness.queue.list()).items[0].id, JobStatus.SUCCEEDED)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("secret"),
        MemoryError(),
        SystemExit(3),
        GeneratorExit(),
        ExceptionGroup("several", [KeyError("a"), KeyError("b")]),
    ],
)
async def test_any_other_error_fails_the_job_and_goes_to_the_log(
    store: ObservedStore, clock: FakeClock, error: BaseException
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        with capture_logs([structlog.contextvars.merge_contextvars]) as logs:
            job = await harness.queue.submit("scan", {})
            handler.tell(job.id, _raise(error))
            failed = await harness.until(job.id, JobStatus.FAILED)
        assert failed.error is not None
        assert type(error).__name__ in failed.error
        assert "secret" not in failed.error
        (log,) = [log for log in logs if log["event"] == "job_handler_raised"]
        assert (log["job_id"], log["kind"], log["exc_info"]) == (job.id, "scan", error)


async def test_a_group_of_one_error_is_that_error(store: ObservedStore, clock: FakeClock) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        error = RootEmptyError("/films", 7)
        group = ExceptionGroup("outer", [ExceptionGroup("inner", [error])])
        handler.tell(job.id, _raise(group))
        assert (await harness.until(job.id, JobStatus.FAILED)).error == str(error)


async def test_a_handler_that_cancels_itself_fails_its_job(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        handler.tell(job.id, _raise(asyncio.CancelledError()))
        failed = await harness.until(job.id, JobStatus.FAILED)
        assert "cancelled unexpectedly" in (failed.error or "")


@pytest.mark.parametrize("result", [{"a": {1}}, {"a": float("inf")}, ["a"], "done", {"a": b""}])
async def test_a_result_that_is_not_json_fails_the_job_clearly(
    store: ObservedStore, clock: FakeClock, result: Any
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        handler.tell(job.id, lambda context: context.keep_result({"found": 1}))
        handler.end(job.id, result)
        failed = await harness.until(job.id, JobStatus.FAILED)
        assert "its result cannot be stored: it is no" in (failed.error or "")
        assert failed.result == {"found": 1}


async def test_a_partial_result_that_is_not_json_is_left_out(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        handler.tell(job.id, lambda context: context.keep_result({"found": {1}}))
        handler.tell(job.id, _raise(RootEmptyError("/films", 7)))
        assert (await harness.until(job.id, JobStatus.FAILED)).result is None


async def test_log_lines_of_a_handler_name_its_job_and_no_request(
    store: ObservedStore, clock: FakeClock
) -> None:
    logger = structlog.get_logger()
    handler = ControlledHandler()
    with capture_logs([structlog.contextvars.merge_contextvars]) as logs:
        async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
            with structlog.contextvars.bound_contextvars(request_id="r1"):
                job = await harness.queue.submit("scan", {})
            handler.tell(job.id, lambda _: logger.info("from_handler"))
            handler.end(job.id)
            await harness.until(job.id, JobStatus.SUCCEEDED)
    (line,) = [log for log in logs if log["event"] == "from_handler"]
    assert (line["job_id"], line["kind"]) == (job.id, "scan")
    assert "request_id" not in line
    told = [log["event"] for log in logs if log.get("job_id") == job.id]
    assert told == ["job_started", "from_handler", "job_ended"]


async def test_a_caller_that_leaves_while_submitting_loses_no_job(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        submitting = asyncio.ensure_future(harness.queue.submit("scan", {}))
        await store.begins("insert")
        submitting.cancel()
        await store.settle()
        (job,) = (await harness.queue.list()).items
        await handler.until_running(job.id)


async def test_a_list_shows_live_progress(store: ObservedStore, clock: FakeClock) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        first = await harness.queue.submit("scan", {})
        second = await harness.queue.submit("scan", {})
        await handler.until_running(first.id)
        harness.queue.set_progress(first.id, Progress(fraction=0.3, done=3, total=10))
        page = await harness.queue.list()
        assert [job.id for job in page.items] == [second.id, first.id]
        assert page.items[1].progress == Progress(fraction=0.3, done=3, total=10)
        assert page.total == 2
        queued = await harness.queue.list(status=JobStatus.QUEUED, kind="scan")
        assert [job.id for job in queued.items] == [second.id]


async def test_only_a_job_that_has_ended_can_be_forgotten(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        with pytest.raises(JobActiveError):
            await harness.queue.delete(job.id)
        handler.end(job.id)
        await harness.until(job.id, JobStatus.SUCCEEDED)
        with pytest.raises(JobFinishedError):
            await harness.queue.cancel(job.id)
        await harness.queue.delete(job.id)
        for call in (harness.queue.get, harness.queue.delete, harness.queue.cancel):
            with pytest.raises(JobNotFoundError):
                await call(job.id)


async def test_old_jobs_are_forgotten_in_time(store: ObservedStore, clock: FakeClock) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        handler.end(job.id)
        await harness.until(job.id, JobStatus.SUCCEEDED)
        await harness.pass_time(24 * 3600)
        assert (await harness.queue.list()).total == 1
        await harness.pass_time(3600)
        assert (await harness.queue.list()).total == 0


async def test_a_closed_queue_takes_nothing_and_still_answers(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
    with pytest.raises(QueueClosedError):
        await harness.queue.submit("scan", {})
    with pytest.raises(QueueClosedError):
        await harness.queue.cancel(job.id)
    assert (await harness.queue.get(job.id)).status is JobStatus.QUEUED
    harness.queue.set_progress(job.id, 0.5)


async def test_a_store_that_fails_for_a_while_stops_nothing(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        store.failure = OSError("disk full")
        with pytest.raises(OSError, match="disk full"):
            await harness.queue.submit("scan", {})
        handler.end(job.id, {"found": 1})
        for _ in range(8):
            await harness.pass_time(5)
        # Snapshots equal what is stored.
        assert store.failed >= 5
        assert (await harness.queue.get(job.id)).status is JobStatus.RUNNING
        store.failure = None
        await harness.pass_time(5)
        assert (await harness.until(job.id, JobStatus.SUCCEEDED)).result == {"found": 1}
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
