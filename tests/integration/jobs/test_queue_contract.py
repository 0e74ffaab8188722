"""The contract of every job queue, on the machine's clock."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from tests.unit.jobs.controlled_handler import ControlledHandler

from stoat_ferret.errors import (
    InvalidCursorError,
    JobActiveError,
    JobFinishedError,
    JobNotFoundError,
    UnknownJobKindError,
)
from stoat_ferret.jobs.job import JobStatus, Progress
from stoat_ferret.jobs.queue import JobContext, JobQueue, JobRunner

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator

    from tests.integration.jobs.conftest import Backend

    from stoat_ferret.jobs.job import Job

PATIENCE_SECONDS = 30
STOP_LINE_SECONDS = 2.0
"""One second is promised; a busy machine gets one more before a test fails."""


@contextmanager
def _watching(queue: JobQueue) -> Generator[AsyncIterator[Job]]:
    with anyio.fail_after(PATIENCE_SECONDS), queue.subscribe() as reader:
        yield reader


async def _until(reader: AsyncIterator[Job], job_id: str, holds: Callable[[Job], bool]) -> Job:
    async for job in reader:
        if job.id == job_id and holds(job):
            return job
    raise AssertionError("the queue was closed")


async def _end(queue: JobQueue, job_id: str) -> Job:
    """Return the job after it has ended."""
    with _watching(queue) as reader:
        job = await queue.get(job_id)
        if not job.status.is_final:
            job = await _until(reader, job_id, lambda job: job.status.is_final)
    assert await queue.get(job_id) == job
    return job


async def _echo(context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
    context.set_progress(0.5)
    return params


async def test_a_job_gives_its_result(open_queue: Backend) -> None:
    async with open_queue({"echo": JobRunner(_echo)}) as queue:
        job = await queue.submit("echo", {"path": "films", "deep": [1, None, {"a": "ü"}]})
        ended = await _end(queue, job.id)
        assert (ended.status, ended.result) == (JobStatus.SUCCEEDED, job.params)
        assert (ended.progress.fraction, ended.attempt) == (1.0, 1)
        assert ended.created_at.utcoffset() is not None
        assert ended.started_at is not None
        assert ended.finished_at is not None
        assert job.created_at <= ended.started_at <= ended.finished_at


async def test_what_is_not_there_is_said(open_queue: Backend) -> None:
    async with open_queue({"echo": JobRunner(_echo)}) as queue:
        with pytest.raises(UnknownJobKindError):
            await queue.submit("dream", {})
        for call in (queue.get, queue.cancel, queue.delete):
            with pytest.raises(JobNotFoundError):
                await call("01a203ee-b3a2-71ee-94e4-c80d2bf4e814")
        with pytest.raises(InvalidCursorError):
            await queue.list(cursor="?")
        queue.set_progress("nobody", 0.5)


async def test_a_running_job_is_cancelled_within_a_second(open_queue: Backend) -> None:
    handler = ControlledHandler()
    async with open_queue({"scan": JobRunner(handler)}) as queue:
        job = await queue.submit("scan", {})
        handler.tell(job.id, lambda context: context.keep_result({"found": 3}))
        with _watching(queue) as reader:
            await handler.until_running(job.id)
            began = time.monotonic()
            asked = await queue.cancel(job.id)
            assert asked.cancel_requested
            ended = await _until(reader, job.id, lambda job: job.status.is_final)
            assert time.monotonic() - began < STOP_LINE_SECONDS
        assert (ended.status, ended.result) == (JobStatus.CANCELLED, {"found": 3})
        assert handler.cancelled == [job.id]
        with pytest.raises(JobFinishedError):
            await queue.cancel(job.id)


async def test_a_queued_job_is_cancelled_at_once_and_never_runs(open_queue: Backend) -> None:
    handler = ControlledHandler()
    async with open_queue({"scan": JobRunner(handler)}) as queue:
        first = await queue.submit("scan", {})
        second = await queue.submit("scan", {})
        with anyio.fail_after(PATIENCE_SECONDS):
            await handler.until_running(first.id)
        assert (await queue.cancel(second.id)).status is JobStatus.CANCELLED
        handler.end(first.id)
        await _end(queue, first.id)
        assert handler.runs == [first.id]


async def test_a_deadline_fires_within_a_second_whatever_the_handler_does(
    open_queue: Backend,
) -> None:
    handler = ControlledHandler(stubborn=True)
    async with open_queue({"scan": JobRunner(handler)}) as queue:
        job = await queue.submit("scan", {}, timeout_seconds=0.5)
        ended = await _end(queue, job.id)
        assert ended.status is JobStatus.TIMED_OUT
        assert "0.5 seconds" in (ended.error or "")
        assert ended.started_at is not None
        assert ended.finished_at is not None
        took = (ended.finished_at - ended.started_at).total_seconds()
        assert 0.5 <= took < 0.5 + STOP_LINE_SECONDS
        handler.end(job.id)


async def test_a_handler_that_raises_fails_its_own_job_only(open_queue: Backend) -> None:
    handler = ControlledHandler()
    async with open_queue({"scan": JobRunner(handler)}) as queue:
        bad = await queue.submit("scan", {})
        good = await queue.submit("scan", {})
        handler.tell(bad.id, lambda _: [].pop())
        handler.end(good.id)
        failed = await _end(queue, bad.id)
        assert (failed.status, failed.result) == (JobStatus.FAILED, None)
        assert "IndexError" in (failed.error or "")
        assert (await _end(queue, good.id)).status is JobStatus.SUCCEEDED


async def test_kinds_do_not_wait_for_each_other(open_queue: Backend) -> None:
    scan, render = ControlledHandler(), ControlledHandler()
    async with open_queue({"scan": JobRunner(scan), "render": JobRunner(render, limit=2)}) as queue:
        renders = [await queue.submit("render", {}) for _ in range(3)]
        scans = [await queue.submit("scan", {}) for _ in range(2)]
        with anyio.fail_after(PATIENCE_SECONDS):
            await render.until_running(renders[0].id, renders[1].id)
            await scan.until_running(scans[0].id)
            scan.end(scans[0].id)
            await scan.until_running(scans[1].id)
        assert (scan.most_live, render.most_live) == (1, 2)


async def test_the_same_key_is_the_same_job(open_queue: Backend) -> None:
    handler = ControlledHandler()
    async with open_queue({"scan": JobRunner(handler)}) as queue:
        calls = [queue.submit("scan", {}, key="films") for _ in range(5)]
        ids = {job.id for job in await asyncio.gather(*calls)}
        assert len(ids) == 1
        handler.end(*ids)
        await _end(queue, *ids)
        assert (await queue.submit("scan", {}, key="films")).id not in ids


async def test_progress_rises_before_every_watcher(open_queue: Backend) -> None:
    handler = ControlledHandler()
    async with open_queue({"scan": JobRunner(handler)}) as queue:
        job = await queue.submit("scan", {})
        seen: list[float] = []
        with _watching(queue) as reader:
            for step in range(1, 11):
                told = Progress(fraction=step / 10, done=step, total=10, unit="files")
                handler.tell(job.id, lambda context, told=told: context.set_progress(told))  # type: ignore[misc]  # a lambda with a default
                reached = await _until(
                    reader,
                    job.id,
                    lambda job, step=step: job.progress.done == step,  # type: ignore[misc]  # a lambda with a default
                )
                seen.append(reached.progress.fraction or 0)
                handler.tell(job.id, lambda context: context.set_progress(0.05))
            handler.end(job.id)
            ended = await _until(reader, job.id, lambda job: job.status.is_final)
        assert seen == [step / 10 for step in range(1, 11)]
        assert ended.progress.fraction == 1.0


async def test_a_list_is_paged_newest_first(open_queue: Backend) -> None:
    handler = ControlledHandler()
    async with open_queue({"scan": JobRunner(handler), "echo": JobRunner(_echo)}) as queue:
        ids = [(await queue.submit("scan", {})).id for _ in range(5)]
        echo = await queue.submit("echo", {})
        await _end(queue, echo.id)
        seen: list[str] = []
        cursor = None
        while True:
            page = await queue.list(kind="scan", limit=2, cursor=cursor)
            assert page.total == 5
            seen += [job.id for job in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == ids[::-1]
        ended = await queue.list(status=JobStatus.SUCCEEDED)
        assert [job.id for job in ended.items] == [echo.id]


async def test_only_what_has_ended_can_be_forgotten(open_queue: Backend) -> None:
    handler = ControlledHandler()
    async with open_queue({"scan": JobRunner(handler)}) as queue:
        job = await queue.submit("scan", {})
        with pytest.raises(JobActiveError):
            await queue.delete(job.id)
        handler.end(job.id)
        await _end(queue, job.id)
        await queue.delete(job.id)
        with pytest.raises(JobNotFoundError):
            await queue.get(job.id)


async def test_the_next_process_goes_on_where_the_last_one_left(open_queue: Backend) -> None:
    first, second = ControlledHandler(), ControlledHandler()
    async with open_queue({"scan": JobRunner(first)}) as queue:
        running = await queue.submit("scan", {"n": 1})
        queued = await queue.submit("scan", {"n": 2})
        first.tell(running.id, lambda context: context.set_progress(0.5))
        with anyio.fail_after(PATIENCE_SECONDS):
            await first.until_running(running.id)
    async with open_queue({"scan": JobRunner(second)}) as queue:
        for job in (running, queued):
            second.end(job.id, {"n": job.params["n"]})
            ended = await _end(queue, job.id)
            assert (ended.status, ended.result) == (JobStatus.SUCCEEDED, job.params)
        assert second.runs == [running.id, queued.id]


async def test_readers_end_with_the_queue(open_queue: Backend) -> None:
    async with open_queue({"scan": JobRunner(ControlledHandler())}) as queue:
        watching = queue.subscribe()
        reader = watching.__enter__()
    with anyio.fail_after(PATIENCE_SECONDS):
        assert [job async for job in reader] == []
    watching.__exit__(None, None, None)
