"""Concurrent coroutines that never outlive their caller."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


async def gather_two(first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """Return both results. If both fail, raise the error of the first."""
    first_task, second_task = asyncio.ensure_future(first), asyncio.ensure_future(second)
    try:
        return await first_task, await second_task
    finally:
        await _end([first_task, second_task])


async def map_concurrently(
    function: Callable[[A], Awaitable[T]], items: Iterable[A], *, most: int
) -> list[T]:
    """Return `function(item)` for each of `items`, at most `most` at a time.

    If some fail, the error of the first of them in order is raised.
    """
    semaphore = asyncio.Semaphore(most)

    async def limited(item: A) -> T:
        async with semaphore:
            return await function(item)

    tasks = [asyncio.ensure_future(limited(item)) for item in items]
    try:
        return [await task for task in tasks]
    finally:
        await _end(tasks)


@asynccontextmanager
async def beside(other: Coroutine[Any, Any, object]) -> AsyncIterator[asyncio.Task[object]]:
    """Run `other` during the block as well, at most to its end; its error is ignored."""
    task = asyncio.ensure_future(other)
    try:
        yield task
    finally:
        await _end([task])


async def _end(tasks: list[Any]) -> None:
    """Cancel unfinished tasks and wait for their end; ignore their errors."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
