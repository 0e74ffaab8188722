"""Watchers see every job rise and end, and neither they nor the store are flooded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.jobs.controlled_handler import ControlledHandler
from tests.unit.jobs.queue_harness import open_queue

from stoat_ferret.jobs.job import JobStatus, Progress
from stoat_ferret.jobs.queue import JobRunner

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.unit.jobs.fake_clock import FakeClock
    from tests.unit.jobs.observed_store import ObservedStore

    from stoat_ferret.jobs.job import Job


async def _waiting(reader: AsyncIterator[Job]) -> list[Job]:
    """Return the snapshots that the reader could read without waiting."""
    waiting = reader._waiting  # type: ignore[attr-defined]  # looked at, so as not to wait
    return [await anext(reader) for _ in range(len(waiting))]


async def test_a_reader_begins_with_every_active_job(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        ended = await harness.queue.submit("scan", {})
        handler.end(ended.id)
        await harness.until(ended.id, JobStatus.SUCCEEDED)
        await harness.pass_time(1)
        running = await harness.queue.submit("scan", {})
        queued = await harness.queue.submit("scan", {})
        await handler.until_running(running.id)
        harness.queue.set_progress(running.id, 0.5)
        with harness.queue.subscribe() as reader:
            first = await _waiting(reader)
        assert [(job.id, job.status) for job in first] == [
            (running.id, JobStatus.RUNNING),
            (queued.id, JobStatus.QUEUED),
        ]
        assert first[0].progress.fraction == 0.5


async def test_changes_come_ten_times_a_second_at_most_and_the_last_one_always(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        await harness.pass_time(10)
        with harness.queue.subscribe() as reader:
            await _waiting(reader)
            seen: list[float | None] = []
            for step in range(1, 101):
                harness.queue.set_progress(job.id, step / 200)
                await harness.pass_time(0.01)
                seen += [update.progress.fraction for update in await _waiting(reader)]
            assert 9 <= len(seen) <= 11
            handler.end(job.id)
            await harness.until(job.id, JobStatus.SUCCEEDED)
            await harness.pass_time(0.1)
            (last,) = await _waiting(reader)
        assert (last.status, last.progress.fraction) == (JobStatus.SUCCEEDED, 1.0)
        assert seen == sorted(seen, key=lambda fraction: fraction or 0)


async def test_progress_is_stored_once_a_second_at_most(
    store: ObservedStore, clock: FakeClock
) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        await harness.pass_time(10)
        before = store.progress_writes
        for step in range(1, 301):
            harness.queue.set_progress(job.id, Progress(fraction=step / 300, done=step))
            await harness.pass_time(0.01)
        assert 2 <= store.progress_writes - before <= 4
        # The last snapshot is kept although no more follow.
        await harness.pass_time(0.1)
        await harness.pass_time(1)
        assert (await store.get(job.id)).progress == Progress(fraction=1.0, done=300)


async def test_a_store_that_fails_loses_no_progress(store: ObservedStore, clock: FakeClock) -> None:
    handler = ControlledHandler()
    async with open_queue(store, clock, {"scan": JobRunner(handler)}) as harness:
        job = await harness.queue.submit("scan", {})
        await handler.until_running(job.id)
        await harness.pass_time(1)
        store.failure = OSError("disk full")
        harness.queue.set_progress(job.id, 0.5)
        await harness.pass_time(1)
        await harness.pass_time(1)
        store.failure = None
        await harness.pass_time(1)
        assert (await store.get(job.id)).progress.fraction == 0.5


async def test_readers_end_with_the_queue(store: ObservedStore, clock: FakeClock) -> None:
    async with open_queue(store, clock, {"scan": JobRunner(ControlledHandler())}) as harness:
        with harness.queue.subscribe() as one, harness.queue.subscribe() as other:
            await harness.close()
            assert [job async for job in one] == [job async for job in other] == []
