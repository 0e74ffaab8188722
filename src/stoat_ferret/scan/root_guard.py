"""Tells a folder that lost its disk from one whose files were deleted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from stoat_ferret.disk import ANSWER_SECONDS, ask_disk
from stoat_ferret.errors import RootUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Look:
    identity: tuple[int, int]
    is_empty: bool


def _look(path: str) -> _Look:
    status = os.stat(path)
    with os.scandir(path) as entries:
        return _Look((status.st_dev, status.st_ino), next(entries, None) is None)


def is_gone(root: str, path: str, size_bytes: int) -> bool:
    """Whether the file of this size is no longer at `path`, though the disk of its `root` is there.

    Another file may be there now. Blocking.
    """
    try:
        if _look(root).is_empty:
            return False
        return os.lstat(path).st_size != size_bytes
    except FileNotFoundError:
        return os.path.isdir(root)
    except OSError:
        return False


class RootGuard:
    """Remembers which folder the root was when the scan began, and notices when it is not."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._first: _Look | None = None

    async def check(self) -> None:
        """Raise `RootUnavailableError` when the root is absent, unreadable or another folder."""
        look = await self._ask()
        if self._first is None:
            self._first = look
        elif look.identity != self._first.identity:
            raise RootUnavailableError(self._path, "its disk went away during the scan")

    async def is_empty(self) -> bool:
        """Whether there is nothing at all in the root."""
        return (await self._ask()).is_empty

    async def ask(
        self,
        question: Callable[..., _T],
        *args: object,
        timeout_seconds: float = ANSWER_SECONDS,
    ) -> _T | None:
        """What `question(*args)` finds out about one file; None where that gets no answer.

        Raises `RootUnavailableError` where the root itself gives none.
        """
        try:
            return await ask_disk(question, *args, timeout_seconds=timeout_seconds)
        except TimeoutError:
            await self.check()
            return None

    async def _ask(self) -> _Look:
        try:
            return await ask_disk(_look, self._path)
        except TimeoutError as error:
            reason = f"no answer within {ANSWER_SECONDS:g} s"
            raise RootUnavailableError(self._path, reason) from error
        except OSError as error:
            raise RootUnavailableError(self._path, (error.strerror or "").lower()) from error
