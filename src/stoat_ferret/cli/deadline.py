"""Ask the file system without waiting for ever: a dead network disk never answers."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

T = TypeVar("T")

DISK_SECONDS = 10.0
"""Far more than a disk takes to wake up."""


async def answer_of(function: Callable[[], T], *, timeout_seconds: float = DISK_SECONDS) -> T:
    """What `function` returns in a thread. Raises `TimeoutError` and what it raises."""
    async with asyncio.timeout(timeout_seconds):
        return await asyncio.wrap_future(_start(function))


def unreadable(folders: Iterable[Path], *, timeout_seconds: float = DISK_SECONDS) -> list[Path]:
    """Those of `folders` that are no folder, cannot be read, or do not answer in time.

    All are asked at the same time.
    """
    asked = [(folder, _start(_is_readable, folder)) for folder in folders]
    end = time.monotonic() + timeout_seconds
    return [
        folder for folder, answer in asked if not _is_yes(answer, max(0.0, end - time.monotonic()))
    ]


def _start(function: Callable[..., T], *arguments: object) -> Future[T]:
    """Begin `function` in a thread that does not keep the process alive."""
    future: Future[T] = Future()

    def work() -> None:
        future.set_running_or_notify_cancel()  # from here on it cannot be cancelled
        try:
            future.set_result(function(*arguments))
        except BaseException as error:  # noqa: BLE001  raised where the result is asked for
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return future


def _is_readable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)


def _is_yes(answer: Future[bool], timeout_seconds: float) -> bool:
    try:
        return answer.result(timeout_seconds)
    except (TimeoutError, OSError):
        return False
