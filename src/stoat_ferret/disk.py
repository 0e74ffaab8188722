"""Asking a file system that may never answer."""

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
"""Numbers of errors that speak of a file's disk, or of the way to it, and not of its content."""


async def run_on_disk_thread(
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

    def work() -> None:
        result, error = _outcome(question, args)
        with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(_settle, future, result, error)

    threading.Thread(target=work, name="disk", daemon=True).start()
    return future


def _outcome(question: Callable[..., Any], args: tuple[object, ...]) -> tuple[Any, Any]:
    try:
        return question(*args), None
    except Exception as error:  # noqa: BLE001  raised again where it is awaited
        return None, error


def _settle(future: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if future.cancelled():
        return
    if error is not None:
        future.set_exception(error)
        future.exception()  # who asked may be gone: not a loss worth a warning
    else:
        future.set_result(result)


class RealPaths:
    """Real paths of folders on disks that may not answer, each asked for by itself.

    A folder that has not answered yet is not asked again, so that a dead disk holds one thread,
    and only the first who asks waits for it.
    """

    def __init__(
        self,
        resolve: Callable[[str], str] = os.path.realpath,
        *,
        answer_seconds: float = 3.0,
    ) -> None:
        self._resolve = resolve
        self._answer_seconds = answer_seconds
        self._asked: dict[str, asyncio.Future[str]] = {}
        self._late: set[str] = set()

    async def of(self, folder: str) -> str | None:
        """The real path of `folder`; None as long as its disk does not answer."""
        asked = self._asked.get(folder)
        if asked is None:
            asked = self._asked[folder] = in_thread(self._resolve, folder)
            asked.add_done_callback(lambda _: self._forget(folder))
        elif folder in self._late:
            return None
        try:
            async with asyncio.timeout(self._answer_seconds):
                return await asyncio.shield(asked)
        except TimeoutError:
            self._late.add(folder)
            return None

    def _forget(self, folder: str) -> None:
        self._asked.pop(folder, None)
        self._late.discard(folder)


class DiskThreads:
    """A few daemon threads for the questions to one disk, so that a dead one takes no others.

    Questions wait for a thread in their order. One that was cancelled before its turn is left
    out; one in a system call goes on to its end, and nobody hears of it.
    """

    def __init__(self, threads: int) -> None:
        self._most = threads
        self._started = 0
        self._unanswered = 0
        self._lock = threading.Lock()
        self._questions: SimpleQueue[Callable[[], object] | None] = SimpleQueue()

    def ask(self, question: Callable[..., T], *args: object) -> asyncio.Future[T]:
        """What `question(*args)` returns or raises, once a thread has asked it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def work() -> None:
            if future.cancelled():
                return
            result, error = _outcome(question, args)
            with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
                loop.call_soon_threadsafe(_settle, future, result, error)

        self._put(work)
        return future

    def tell(self, action: Callable[..., object], *args: object) -> None:
        """Have `action(*args)` called, without waiting for it; what it raises is ignored."""
        self._put(lambda: _outcome(action, args))

    def close(self) -> None:
        """End the threads after the questions that were put."""
        with self._lock:
            for _ in range(self._started):
                self._questions.put(None)

    def _put(self, work: Callable[[], object]) -> None:
        with self._lock:
            self._unanswered += 1
            self._questions.put(work)
            if self._started < min(self._unanswered, self._most):
                self._started += 1
                threading.Thread(target=self._answer, name="disk", daemon=True).start()

    def _answer(self) -> None:
        while work := self._questions.get():
            work()
            with self._lock:
                self._unanswered -= 1
