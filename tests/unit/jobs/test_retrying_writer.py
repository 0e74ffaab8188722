"""A transition is written in the end, whatever fails meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest
from tests.unit.jobs.fake_clock import NEW_YEAR

from stoat_ferret.jobs.job import Job, JobStatus
from stoat_ferret.jobs.lifecycle import FIRST_DELAY_SECONDS, LAST_TRIES, RetryingWriter

if TYPE_CHECKING:
    from tests.unit.jobs.fake_clock import FakeClock
    from tests.unit.jobs.observed_store import ObservedStore

JOB = Job(id="1", kind="scan", status=JobStatus.QUEUED, params={}, created_at=NEW_YEAR)
RUNNING = replace(JOB, status=JobStatus.RUNNING, attempt=1)


async def test_a_store_that_fails_is_tried_again_ever_more_patiently(
    store: ObservedStore, clock: FakeClock
) -> None:
    await store.insert(JOB)
    store.failure = OSError("disk full")
    moving = asyncio.ensure_future(RetryingWriter(store, clock).move(JOB, RUNNING))
    with anyio.fail_after(30):
        for doubling in range(4):
            await clock.until_set(FIRST_DELAY_SECONDS * 2**doubling)
            clock.advance(FIRST_DELAY_SECONDS * 2**doubling)
        for _ in range(20):
            await store.settle()
            clock.advance(5)
        store.failure = None
        await store.settle()
        clock.advance(5)
        assert await moving
    assert await store.get("1") == RUNNING


async def test_in_a_hurry_it_gives_up(store: ObservedStore, clock: FakeClock) -> None:
    await store.insert(JOB)
    store.failure = OSError("disk full")
    ledger = RetryingWriter(store, clock)
    ledger.hurry()
    moving = asyncio.ensure_future(ledger.move(JOB, RUNNING))
    while not moving.done():
        await store.settle()
        clock.advance(5)
    with pytest.raises(OSError, match="disk full"):
        await moving
    assert store.failed == LAST_TRIES


async def test_a_write_that_only_seemed_to_fail_counts(
    store: ObservedStore, clock: FakeClock
) -> None:
    await store.insert(JOB)
    await store.move(JOB, RUNNING)
    assert await RetryingWriter(store, clock).move(JOB, RUNNING)


async def test_a_record_that_is_another_or_gone_is_not_touched(
    store: ObservedStore, clock: FakeClock
) -> None:
    ledger = RetryingWriter(store, clock)
    assert not await ledger.move(JOB, RUNNING)
    await store.insert(taken := replace(RUNNING, attempt=2))
    assert not await ledger.move(RUNNING, replace(RUNNING, status=JobStatus.FAILED))
    assert await store.get("1") == taken


@pytest.mark.parametrize("steps", range(1, 9))
async def test_a_cancellation_waits_until_it_is_written(
    store: ObservedStore, clock: FakeClock, steps: int
) -> None:
    await store.insert(JOB)
    moving = asyncio.ensure_future(RetryingWriter(store, clock).move(JOB, RUNNING))
    for _ in range(steps):
        await asyncio.sleep(0)
    moving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await moving
    assert await store.get("1") == RUNNING
