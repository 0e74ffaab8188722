"""Calls to file systems that may never respond."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

ANSWER_SECONDS = 30.0

_NAMES = (
    *("ENOENT", "ENOTDIR", "ESTALE", "EACCES", "EPERM", "EIO", "EISDIR", "ELOOP", "ENAMETOOLONG"),
    *("ENXIO", "ENODEV", "ENOMEDIUM", "EREMOTEIO", "EUCLEAN", "EAGAIN", "EBUSY", "EINTR"),
    *("ETIMEDOUT", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH", "ENETRESET"),
    *("ENOTCONN", "ECONNRESET", "ECONNABORTED", "ECONNREFUSED", "ESHUTDOWN", "EPIPE"),
    *("EMFILE", "ENFILE", "ENOKEY", "EKEYEXPIRED", "EKEYREVOKED", "EKEYREJECTED", "ECOMM"),
)
DISK_ERRORS = frozenset(getattr(errno, name) for name in _NAMES if hasattr(errno, name))
"""The `errno` values that concern a file's disk or the path to it, not its content."""


async def run_on_disk_thread(
    function: Callable[..., T], *args: object, timeout_seconds: float = ANSWER_SECONDS
) -> T:
    """Return the result of `function(*args)`, called in a thread.

    Raises `TimeoutError` after `timeout_seconds`. A thread in a system call that never returns
    cannot be stopped: after a timeout or a cancellation it is abandoned.
    """
    async with asyncio.timeout(timeout_seconds):
        return await in_thread(function, *args)


def in_thread(function: Callable[..., T], *args: object) -> asyncio.Future[T]:
    """Call `function` in a daemon thread; the interpreter would wait for pool threads at exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def work() -> None:
        result, error = _outcome(function, args)
        with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(_settle, future, result, error)

    threading.Thread(target=work, name="disk", daemon=True).start()
    return future


def _outcome(function: Callable[..., Any], args: tuple[object, ...]) -> tuple[Any, Any]:
    try:
        return function(*args), None
    except Exception as error:  # noqa: BLE001  raised again where it is awaited
        return None, error


def _settle(future: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if future.cancelled():
        return
    if error is not None:
        future.set_exception(error)
        future.exception()  # the caller may be gone; prevents "exception was never retrieved"
    else:
        future.set_result(result)


class RealPaths:
    """Resolves real paths of folders on disks that may not respond, each independently.

    A folder that has not responded yet is not queried again, so that a dead disk blocks only one
    thread, and only the first caller waits for it.
    """

    def __init__(
        self,
        resolve: Callable[[str], str] = os.path.realpath,
        *,
        answer_seconds: float = 3.0,
    ) -> None:
        self._resolve = resolve
        self._answer_seconds = answer_seconds
        self._pending: dict[str, asyncio.Future[str]] = {}
        self._unresponsive: set[str] = set()

    async def of(self, folder: str) -> str | None:
        """Return the real path of `folder`; None while its disk does not respond."""
        pending = self._pending.get(folder)
        if pending is None:
            pending = self._pending[folder] = in_thread(self._resolve, folder)
            pending.add_done_callback(lambda _: self._forget(folder))
        elif folder in self._unresponsive:
            return None
        try:
            async with asyncio.timeout(self._answer_seconds):
                return await asyncio.shield(pending)
        except TimeoutError:
            self._unresponsive.add(folder)
            return None

    def _forget(self, folder: str) -> None:
        self._pending.pop(folder, None)
        self._unresponsive.discard(folder)


class DiskThreads:
    """A few daemon threads for the calls to one disk, so that a dead disk blocks no others.

    Calls wait for a thread in order. A call that is cancelled before its turn is skipped; a call
    that has started runs to completion, and its result is discarded.
    """

    def __init__(self, threads: int) -> None:
        self._max_threads = threads
        self._started = 0
        self._unfinished = 0
        self._lock = threading.Lock()
        self._calls: SimpleQueue[Callable[[], object] | None] = SimpleQueue()

    def ask(self, function: Callable[..., T], *args: object) -> asyncio.Future[T]:
        """Return the result of `function(*args)`, called by one of the threads."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def work() -> None:
            if future.cancelled():
                return
            result, error = _outcome(function, args)
            with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
                loop.call_soon_threadsafe(_settle, future, result, error)

        self._put(work)
        return future

    def tell(self, action: Callable[..., object], *args: object) -> None:
        """Schedule `action(*args)` without waiting for it; its errors are ignored."""
        self._put(lambda: _outcome(action, args))

    def close(self) -> None:
        """End the threads after the calls that were submitted."""
        with self._lock:
            for _ in range(self._started):
                self._calls.put(None)

    def _put(self, work: Callable[[], object]) -> None:
        with self._lock:
            self._unfinished += 1
            self._calls.put(work)
            if self._started < min(self._unfinished, self._max_threads):
                self._started += 1
                threading.Thread(target=self._work, name="disk", daemon=True).start()

    def _work(self) -> None:
        while work := self._calls.get():
            work()
            with self._lock:
                self._unfinished -= 1
