"""Readers get the newest snapshot of each job, and memory stays bounded."""

from __future__ import annotations

import asyncio

import anyio
from tests.unit.jobs.fake_clock import NEW_YEAR

from stoat_ferret.jobs.job import Job, JobStatus
from stoat_ferret.jobs.live_view import JobFeed


def _job(name: str, *, attempt: int = 0) -> Job:
    return Job(
        id=name,
        kind="scan",
        status=JobStatus.QUEUED,
        params={},
        created_at=NEW_YEAR,
        attempt=attempt,
    )


async def test_a_reader_begins_with_what_there_is() -> None:
    feed = JobFeed()
    with feed.subscribe([_job("1"), _job("2")]) as reader:
        feed.publish(_job("3"))
        feed.close()
        assert [job.id async for job in reader] == ["1", "2", "3"]


async def test_a_slow_reader_gets_the_newest_of_each() -> None:
    feed = JobFeed()
    with feed.subscribe([]) as reader:
        for attempt in range(100):
            feed.publish(_job("1", attempt=attempt))
            feed.publish(_job("2", attempt=attempt))
        feed.close()
        assert [(job.id, job.attempt) async for job in reader] == [("1", 99), ("2", 99)]


async def test_every_reader_gets_everything_and_none_that_left() -> None:
    feed = JobFeed()
    with feed.subscribe([]) as one, feed.subscribe([]) as other:
        with feed.subscribe([]) as gone:
            pass
        feed.publish(_job("1"))
        feed.close()
        assert [job.id async for job in one] == ["1"]
        assert [job.id async for job in other] == ["1"]
        ending = asyncio.ensure_future(anext(gone))
        await asyncio.sleep(0)
        assert not ending.done()
        ending.cancel()


async def test_a_wait_that_is_cancelled_loses_nothing() -> None:
    feed = JobFeed()
    with feed.subscribe([]) as reader:
        waiting = asyncio.ensure_future(anext(reader))
        await asyncio.sleep(0)
        waiting.cancel()
        feed.publish(_job("1"))
        with anyio.fail_after(5):
            assert (await anext(reader)).id == "1"


async def test_a_reader_that_never_reads_is_let_go() -> None:
    feed = JobFeed(backlog=3)
    with feed.subscribe([_job("first")]) as reader:
        for name in "abcde":
            feed.publish(_job(name))
        assert [job async for job in reader] == []


async def test_after_the_end_there_is_only_what_was_there() -> None:
    feed = JobFeed()
    feed.close()
    with feed.subscribe([_job("1")]) as reader:
        feed.publish(_job("2"))
        assert [job.id async for job in reader] == ["1"]
