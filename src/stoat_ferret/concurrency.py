"""Concurrent coroutines that never outlive their caller."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


async def gather_two(first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """Return both results. If both fail, raise the error of the first."""
    one, other = asyncio.ensure_future(first), asyncio.ensure_future(second)
    try:
        return await one, await other
    finally:
        await _end([one, other])


async def map_concurrently(
    work: Callable[[A], Awaitable[T]], things: Iterable[A], *, most: int
) -> list[T]:
    """Return `work(thing)` for each of `things`, at most `most` at a time.

    If some fail, the error of the first of them in order is raised.
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
    """Cancel unfinished tasks and wait for their end; ignore their errors."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
