"""A restart loses nothing, whether the process stopped in an orderly way or was killed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest
from structlog.testing import capture_logs
from tests.unit.jobs.controlled_handler import ControlledHandler
from tests.unit.jobs.fake_clock import FakeClock
from tests.unit.jobs.observed_store import ObservedStore
from tests.unit.jobs.queue_harness import PATIENCE_SECONDS, QueueHarness, open_queue

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.errors import QueueClosedError
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.job import JobStatus, Progress
from stoat_ferret.jobs.queue import JobRunner
from stoat_ferret.jobs.store import jobs

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path


@asynccontextmanager
async def _doomed(database: Database, kinds: dict[str, JobRunner]) -> AsyncGenerator[QueueHarness]:
    """Open a queue whose process is killed at the end of the block."""
    store, clock = ObservedStore(database), FakeClock()
    queue = AsyncioJobQueue(kinds, store, clock=clock)
    with anyio.fail_after(PATIENCE_SECONDS):
        await queue.__aenter__()
        harness = QueueHarness(queue, store, clock, kinds)
        try:
            yield harness
        finally:
            await harness.kill()


async def test_a_killed_process_leaves_its_jobs_to_the_next(
    database: Database, store: ObservedStore, clock: FakeClock
) -> None:
    first, second = ControlledHandler(), ControlledHandler()
    async with _doomed(database, {"scan": JobRunner(first)}) as killed:
        jobs = [await killed.queue.submit("scan", {"n": n}) for n in range(3)]
        await first.until_running(jobs[0].id)
        first.tell(jobs[0].id, lambda context: context.set_progress(0.4))
        first.tell(jobs[0].id, lambda context: context.keep_result({"found": 4}))
        await killed.pass_time(0.1)
        await killed.pass_time(1)
    async with open_queue(store, clock, {"scan": JobRunner(second)}) as harness:
        recovered = await harness.queue.get(jobs[0].id)
        assert recovered.interruptions == 1
        assert recovered.result == {"found": 4}
        await second.until_running(jobs[0].id)
        again = await harness.queue.get(jobs[0].id)
        assert (again.attempt, again.progress) == (2, Progress(fraction=0.4))
        harness.queue.set_progress(jobs[0].id, 0.5)
        assert (await harness.queue.get(jobs[0].id)).progress.fraction == 0.7
        for job in jobs:
            second.end(job.id)
        for job in jobs:
            await harness.until(job.id, JobStatus.SUCCEEDED)
        assert second.runs == [job.id for job in jobs]
        assert [second.params[job.id]["n"] for job in jobs] == [0, 1, 2]


async def test_a_saved_result_is_stored_at_once_and_found_by_the_next_attempt(
    database: Database, store: ObservedStore, clock: FakeClock
) -> None:
    first, second = ControlledHandler(), ControlledHandler()
    async with _doomed(database, {"scan": JobRunner(first)}) as killed:
        job = await killed.queue.submit("scan", {})
        await first.until_running(job.id)
        context = first.contexts[job.id]
        assert context.earlier_result is None
        await context.save_result({"found": 4})
        assert (await store.get(job.id)).result == {"found": 4}
        killed.store.failure = RuntimeError("the disk is full")
        await context.save_result({"found": 5})
        await killed.store.settle()
        assert (await store.get(job.id)).result == {"found": 4}
        killed.store.failure = None
        await killed.pass_time(1)
        await killed.pass_time(1)
        assert (await store.get(job.id)).result == {"found": 5}
    async with open_queue(store, clock, {"scan": JobRunner(second)}) as harness:
        await second.until_running(job.id)
        assert second.contexts[job.id].earlier_result == {"found": 5}
        second.end(job.id, {"found": 6})
        assert (await harness.until(job.id, JobStatus.SUCCEEDED)).result == {"found": 6}


def test_an_event_loop_that_ends_does_not_wait_for_a_store_that_fails(tmp_path: Path) -> None:
    async def leave_a_job_running() -> None:
        database = Database(sqlite_url(tmp_path / "jobs.db"))
        async with database.write() as connection:
            await connection.run_sync(jobs.create)
        handler = ControlledHandler()
        queue = AsyncioJobQueue({"scan": JobRunner(handler)}, ObservedStore(database))
        await queue.__aenter__()
        job = await queue.submit("scan", {})
        await handler.until_running(job.id)
        await database.aclose()

    with capture_logs() as logs:
        asyncio.run(leave_a_job_running())
    assert "job_left_behind" in [log["event"] for log in logs]


async def test_who_was_killed_can_write_no_more(
    database: Database, store: ObservedStore, clock: FakeClock
) -> None:
    zombie, handler = ControlledHandler(), ControlledHandler()
    undead = ObservedStore(database)
    old = AsyncioJobQueue({"scan": JobRunner(zombie)}, undead, clock=FakeClock())
    await old.__aenter__()
    job = await old.submit("scan", {})
    await zombie.until_running(job.id)
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        await handler.until_running(job.id)
        with capture_logs() as logs:
            zombie.end(job.id, {"from": "the dead"})
            await undead.settle()
        assert "job_lost" in [log["event"] for log in logs]
        assert (await store.get(job.id)).status is JobStatus.RUNNING
        handler.end(job.id, {"from": "the living"})
        assert (await harness.until(job.id, JobStatus.SUCCEEDED)).result == {"from": "the living"}
    await old.__aexit__(None, None, None)


async def test_a_job_that_kills_its_process_is_given_up(
    database: Database, store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    job_id = ""
    for _ in range(3):
        async with _doomed(database, {"scan": JobRunner(handler)}) as killed:
            job_id = job_id or (await killed.queue.submit("scan", {})).id
            await killed.store.settle()
    assert handler.runs == [job_id] * 3
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        failed = await harness.queue.get(job_id)
        assert failed.status is JobStatus.FAILED
        assert "was interrupted 3 times" in (failed.error or "")
        assert len(handler.runs) == 3


async def test_a_cancel_outlives_the_process(
    database: Database, store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with _doomed(database, {"scan": JobRunner(handler)}) as killed:
        job = await killed.queue.submit("scan", {})
        await handler.until_running(job.id)
        await killed.queue.cancel(job.id)
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        assert (await harness.queue.get(job.id)).status is JobStatus.CANCELLED
        assert handler.runs == [job.id]


async def test_a_kind_that_is_gone_fails_its_jobs(
    database: Database, store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with _doomed(database, {"old": JobRunner(handler)}) as killed:
        jobs = [await killed.queue.submit("old", {}) for _ in range(2)]
    async with open_queue(store, clock, {"scan": JobRunner(ControlledHandler())}) as harness:
        for job in jobs:
            failed = await harness.queue.get(job.id)
            assert failed.status is JobStatus.FAILED
            assert "no handler for jobs of kind 'old'" in (failed.error or "")


async def test_a_shutdown_puts_back_what_runs_and_keeps_what_it_did(
    database: Database, store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    kinds = {"scan": JobRunner(handler)}
    async with open_queue(ObservedStore(database), FakeClock(), kinds) as harness:
        job = await harness.queue.submit("scan", {})
        waiting = await harness.queue.submit("scan", {})
        handler.tell(job.id, lambda context: context.keep_result({"found": 4}))
        handler.tell(job.id, lambda context: context.set_progress(0.4))
        await handler.until_running(job.id)
        await harness.store.settle()
        with harness.queue.subscribe() as reader:
            await harness.close()
            last = {seen.id: seen async for seen in reader}
        assert last[job.id].status is JobStatus.QUEUED
    kept = await store.get(job.id)
    assert kept.status is JobStatus.QUEUED
    assert (kept.result, kept.progress.fraction) == ({"found": 4}, 0.4)
    assert (kept.attempt, kept.interruptions, kept.worker) == (1, 0, None)
    assert (await store.get(waiting.id)).attempt == 0
    # However often that happens, it does not count as an interruption.
    for _ in range(4):
        async with open_queue(ObservedStore(database), FakeClock(), kinds):
            await handler.until_running(job.id)
    async with open_queue(store, clock, kinds) as harness:
        handler.end(job.id)
        ended = await harness.until(job.id, JobStatus.SUCCEEDED)
        assert (ended.attempt, ended.interruptions, ended.progress.fraction) == (6, 0, 1.0)
        assert ended.result == {}


async def test_a_job_may_end_within_the_grace(store: ObservedStore, clock: FakeClock) -> None:
    handler = ControlledHandler()
    queue = AsyncioJobQueue({"scan": JobRunner(handler)}, store, clock=clock)
    await queue.__aenter__()
    job = await queue.submit("scan", {})
    await handler.until_running(job.id)
    closing = asyncio.ensure_future(queue.__aexit__(None, None, None))
    await clock.until_set(5.0)
    assert not handler.contexts[job.id].cancel_requested
    with pytest.raises(QueueClosedError):
        await queue.submit("scan", {})
    handler.end(job.id, {"found": 1})
    await closing
    assert (await store.get(job.id)).result == {"found": 1}


async def test_a_handler_that_will_not_end_does_not_hold_up_the_shutdown(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler(stubborn=True)
    with capture_logs() as logs:
        async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
            job = await harness.queue.submit("scan", {})
            await handler.until_running(job.id)
    assert (await store.get(job.id)).status is JobStatus.QUEUED
    assert [log["job_id"] for log in logs if log["event"] == "job_handler_still_running"] == [
        job.id
    ]


async def test_a_cancel_during_the_shutdown_is_a_cancel(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    queue = AsyncioJobQueue({"scan": JobRunner(handler)}, store, clock=clock)
    await queue.__aenter__()
    jobs = [await queue.submit("scan", {}) for _ in range(2)]
    await handler.until_running(jobs[0].id)
    closing = asyncio.ensure_future(queue.__aexit__(None, None, None))
    await clock.until_set(5.0)
    clock.advance(5)
    await clock.until_set(0.25)
    for job in jobs:
        await queue.cancel(job.id)
    clock.advance(0.25)
    await closing
    for job in jobs:
        assert (await store.get(job.id)).status is JobStatus.CANCELLED
    assert handler.runs == [jobs[0].id]


async def test_an_impatient_stop_cuts_the_grace_short_and_loses_nothing(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    queue = AsyncioJobQueue({"scan": JobRunner(handler)}, store, clock=clock)
    await queue.__aenter__()
    job = await queue.submit("scan", {})
    await handler.until_running(job.id)
    closing = asyncio.ensure_future(queue.__aexit__(None, None, None))
    await clock.until_set(5.0)
    for _ in range(3):
        closing.cancel()
        await asyncio.sleep(0)
    await clock.until_set(0.25)
    clock.advance(0.25)
    with pytest.raises(asyncio.CancelledError):
        await closing
    kept = await store.get(job.id)
    assert (kept.status, kept.interruptions) == (JobStatus.QUEUED, 0)


async def test_a_cancelled_scope_around_the_queue_still_gives_the_grace(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    ids: list[str] = []

    async def serve(scope: anyio.CancelScope) -> None:
        with scope:
            async with AsyncioJobQueue(
                {"scan": JobRunner(handler, limit=2)}, store, clock=clock
            ) as q:
                ids.extend([(await q.submit("scan", {})).id for _ in range(2)])
                await anyio.sleep_forever()

    with anyio.fail_after(PATIENCE_SECONDS):
        async with anyio.create_task_group() as group:
            scope = anyio.CancelScope()
            group.start_soon(serve, scope)
            await handler.until_live(2)
            scope.cancel()
            await clock.until_set(5.0)
            await store.settle()
            assert not handler.contexts[ids[0]].cancel_requested
            handler.end(ids[0], {"found": 1})
            await handler.until_ended(ids[0])
            clock.advance(5)
            await clock.until_set(0.25)
            clock.advance(0.25)
    ended, put_back = [await store.get(job_id) for job_id in ids]
    assert (ended.status, ended.result) == (JobStatus.SUCCEEDED, {"found": 1})
    assert (put_back.status, put_back.interruptions) == (JobStatus.QUEUED, 0)


async def test_tasks_cancelled_by_the_end_of_the_loop_put_their_jobs_back(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    queue = AsyncioJobQueue({"scan": JobRunner(handler)}, store, clock=clock)
    await queue.__aenter__()
    job = await queue.submit("scan", {})
    waiting = await queue.submit("scan", {})
    await handler.until_running(job.id)
    # As asyncio.run does with all tasks that are left.
    entry = queue._entries[job.id]
    assert entry.handler is not None
    assert entry.attempt is not None
    entry.handler.cancel()
    entry.attempt.cancel()
    await asyncio.wait({entry.attempt})
    await store.settle()
    kept = await store.get(job.id)
    assert (kept.status, kept.interruptions) == (JobStatus.QUEUED, 0)
    assert await store.get(waiting.id) == waiting
    await queue.__aexit__(None, None, None)


async def test_a_store_that_fails_at_the_shutdown_leaves_the_job_to_the_next_start(
    database: Database, store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    with capture_logs() as logs:
        async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
            job = await harness.queue.submit("scan", {})
            await handler.until_running(job.id)
            store.failure = OSError("disk full")
    assert "job_left_behind" in [log["event"] for log in logs]
    async with open_queue(
        ObservedStore(database), FakeClock(), {"scan": JobRunner(handler)}
    ) as harness:
        await handler.until_running(job.id)
        assert (await harness.queue.get(job.id)).interruptions == 1
