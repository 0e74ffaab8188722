"""Several pieces of work at once, none of which outlives the wait for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


async def gather_two(first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """What the two return. Where both fail, the error of the first is raised."""
    one, other = asyncio.ensure_future(first), asyncio.ensure_future(second)
    try:
        return await one, await other
    finally:
        await _end([one, other])


async def map_concurrently(
    work: Callable[[A], Awaitable[T]], things: Iterable[A], *, most: int
) -> list[T]:
    """What `work` returns for each of `things`, `most` of them at a time.

    Where some fail, the error of the first of them in order is raised.
    """
    turns = asyncio.Semaphore(most)

    async def in_turn(thing: A) -> T:
        async with turns:
            return await work(thing)

    tasks = [asyncio.ensure_future(in_turn(thing)) for thing in things]
    try:
        return [await task for task in tasks]
    finally:
        await _end(tasks)


async def _end(tasks: list[Any]) -> None:
    """Cancel what goes on, and wait for its end; errors that nobody asked for are dropped."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
