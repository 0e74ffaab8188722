"""Slow answers are computed once at a time."""

from __future__ import annotations

import asyncio

import pytest

from stoat_ferret.api.system import CachedAnswer


async def test_whoever_cannot_wait_gets_nothing_and_then_the_answer() -> None:
    go = asyncio.Event()

    async def find() -> int:
        await go.wait()
        return 1

    remembered = CachedAnswer(find, fresh_seconds=60)
    assert await remembered.newest(wait_seconds=0) is None
    go.set()
    assert await remembered.newest(wait_seconds=30) == 1
    await remembered.close()


async def test_the_one_before_is_given_while_it_is_found_out_again() -> None:
    go = asyncio.Event()
    go.set()
    asked = 0

    async def find() -> int:
        nonlocal asked
        asked += 1
        await go.wait()
        return asked

    remembered = CachedAnswer(find, fresh_seconds=0)
    assert await remembered.newest(wait_seconds=30) == 1
    go.clear()
    assert await remembered.newest(wait_seconds=0) == 1
    assert await remembered.newest(wait_seconds=0) == 1
    assert asked == 2
    await remembered.close()


async def test_what_goes_wrong_is_raised_and_asked_again() -> None:
    answers = iter([ValueError("no"), 2])

    async def find() -> object:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    remembered = CachedAnswer(find, fresh_seconds=60)
    with pytest.raises(ValueError, match="no"):
        await remembered.newest(wait_seconds=30)
    assert await remembered.newest(wait_seconds=30) == 2
