"""Tells a folder that lost its disk from one whose files were deleted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from stoat_ferret.disk import ANSWER_SECONDS, run_on_disk_thread
from stoat_ferret.errors import RootUnavailableError, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class _Look:
    """A root at one moment; `names` are those of its first entries."""

    identity: tuple[int, int]
    names: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not self.names


def _look(path: str) -> _Look:
    status = os.stat(path)
    with os.scandir(path) as entries:
        names = tuple(entry.name for entry in islice(entries, _SAMPLE))
    return _Look((status.st_dev, status.st_ino), names)


def _holds_most(path: str, names: tuple[str, ...]) -> bool:
    """Return whether at least half of these entries are in the folder."""
    present = sum(os.path.lexists(os.path.join(path, name)) for name in names)
    return 2 * present >= len(names) > 0


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
    """Remembers which folder the root was when the scan began, and notices when it is not.

    The numbers of device and inode prove that it is the same. Other numbers prove nothing: network
    file systems and FUSE may give a folder new ones while it is used. Then the names that were in
    it decide: an empty mount point and another disk do not have them.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._first: _Look | None = None

    async def check(self) -> None:
        """Raise `RootUnavailableError` when the root is absent, unreadable or another folder."""
        look = await self._ask()
        if self._first is None:
            self._first = look
        elif look.identity != self._first.identity:
            if not await self._ask_root(_holds_most, self._path, self._first.names):
                raise RootUnavailableError(self._path, "its disk went away during the scan")
            self._first = look

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
            return await run_on_disk_thread(question, *args, timeout_seconds=timeout_seconds)
        except TimeoutError:
            await self.check()
            return None

    async def _ask(self) -> _Look:
        return await self._ask_root(_look, self._path)

    async def _ask_root(self, question: Callable[..., _T], *args: object) -> _T:
        try:
            return await run_on_disk_thread(question, *args)
        except TimeoutError as error:
            reason = f"no answer within {ANSWER_SECONDS:g} s"
            raise RootUnavailableError(self._path, reason) from error
        except OSError as error:
            raise RootUnavailableError(self._path, reason_of(error)) from error
