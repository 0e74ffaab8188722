"""Coroutines that run concurrently end together."""

from __future__ import annotations

import asyncio

import pytest

from stoat_ferret.concurrency import gather_two, map_concurrently


async def test_what_is_returned_keeps_its_order_and_no_more_are_at_work_than_may_be() -> None:
    at_work = most = 0

    async def work(number: int) -> int:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        for _ in range(10 - number):
            await asyncio.sleep(0)
        at_work -= 1
        return number * 10

    assert await map_concurrently(work, range(10), most=3) == [number * 10 for number in range(10)]
    assert most == 3
    assert await gather_two(work(1), work(2)) == (10, 20)


async def test_the_first_error_in_order_is_raised_and_ends_the_rest() -> None:
    ended = []

    async def work(number: int) -> None:
        try:
            if number == 1:
                await asyncio.sleep(0)
            if number < 3:
                raise KeyError(number)
            await asyncio.Event().wait()
        finally:
            ended.append(number)

    with pytest.raises(KeyError, match="1"):
        await map_concurrently(work, [1, 2, 3], most=3)
    assert sorted(ended) == [1, 2, 3]
    with pytest.raises(KeyError, match="2"):
        await gather_two(work(2), work(3))


async def test_who_is_cancelled_leaves_nothing_at_work() -> None:
    before, begun, ended = asyncio.all_tasks(), asyncio.Event(), []

    async def work(number: int) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(number)

    task = asyncio.create_task(map_concurrently(work, [1, 2, 3], most=2))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert 1 in ended
    assert asyncio.all_tasks() == before
