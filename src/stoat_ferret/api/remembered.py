"""Something that takes a while to find out, kept while it is found out again."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


class Remembered(Generic[T]):
    """The newest answer of `find`, which is asked once at a time, and again when it is old."""

    def __init__(self, find: Callable[[], Awaitable[T]], *, fresh_seconds: float) -> None:
        self._find = find
        self._fresh_seconds = fresh_seconds
        self._found: tuple[float, T] | None = None
        self._task: asyncio.Task[None] | None = None

    async def newest(self, *, wait_seconds: float) -> T | None:
        """The answer; past `wait_seconds` the one before, and None where there is none yet.

        Raises what `find` raises, where it does so in time.
        """
        if self._found is None or time.monotonic() - self._found[0] >= self._fresh_seconds:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._ask())
            await asyncio.wait([self._task], timeout=wait_seconds)
            if self._task.done():
                self._task.result()
        return None if self._found is None else self._found[1]

    async def close(self) -> None:
        """Stop finding out."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _ask(self) -> None:
        started = time.monotonic()
        self._found = (started, await self._find())
