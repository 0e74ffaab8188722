"""Asking a file system that may never answer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

ANSWER_SECONDS = 30.0


async def ask_disk(
    question: Callable[..., T], *args: object, timeout_seconds: float = ANSWER_SECONDS
) -> T:
    """What `question(*args)` returns or raises, called in a thread.

    Raises `TimeoutError` past `timeout_seconds`. A thread in a system call that never returns
    cannot be ended: after a time-out and a cancellation it is left behind.
    """
    async with asyncio.timeout(timeout_seconds):
        return await in_thread(question, *args)


def in_thread(question: Callable[..., T], *args: object) -> asyncio.Future[T]:
    """`question` in a daemon thread: those of a pool would be waited for when the program ends."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: Any, error: Exception | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
            future.exception()  # who asked may be gone: not a loss worth a warning
        else:
            future.set_result(result)

    def work() -> None:
        result, error = None, None
        try:
            result = question(*args)
        except Exception as caught:  # noqa: BLE001  raised again where it is awaited
            error = caught
        with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=work, name="disk", daemon=True).start()
    return future
