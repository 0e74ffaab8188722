"""Detects that a root's disk was unmounted, as opposed to files that were deleted."""

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
class RootState:
    """The state of a root at one moment; `names` are the names of its first entries."""

    identity: tuple[int, int]
    names: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """True if the root contains no entries."""
        return not self.names


def read_state(path: str) -> RootState:
    """Return the state of the root at `path` now. Blocking."""
    status = os.stat(path)
    with os.scandir(path) as entries:
        names = tuple(entry.name for entry in islice(entries, _SAMPLE))
    return RootState((status.st_dev, status.st_ino), names)


def holds_most(path: str, names: tuple[str, ...]) -> bool:
    """Return whether at least half of these entries are in the folder."""
    present = sum(os.path.lexists(os.path.join(path, name)) for name in names)
    return 2 * present >= len(names) > 0


def is_gone(root: str, path: str, size_bytes: int) -> bool:
    """Return whether the file is gone from `path` while the disk of `root` is mounted.

    A file of another size at the path counts as another file. Blocking.
    """
    try:
        if read_state(root).is_empty:
            return False
        return os.lstat(path).st_size != size_bytes
    except FileNotFoundError:
        return os.path.isdir(root)
    except OSError:
        return False


class RootGuard:
    """Remembers the identity of a root when the scan starts, and detects that it changed.

    Equal device and inode numbers prove that it is the same folder. Different numbers prove
    nothing: network file systems and FUSE may assign new ones to a folder in use. In that case the
    names of its first entries decide: an empty mount point or another disk does not have them.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._first: RootState | None = None

    async def check(self) -> None:
        """Raise `RootUnavailableError` if the root is absent, unreadable or another folder."""
        state = await self._read_state()
        if self._first is None:
            self._first = state
        elif state.identity != self._first.identity:
            if not await self._call_in_thread(holds_most, self._path, self._first.names):
                raise RootUnavailableError(self._path, "its disk went away during the scan")
            self._first = state

    async def is_empty(self) -> bool:
        """Return whether the root contains no entries."""
        return (await self._read_state()).is_empty

    async def ask(
        self,
        function: Callable[..., _T],
        *args: object,
        timeout_seconds: float = ANSWER_SECONDS,
    ) -> _T | None:
        """Return `function(*args)` about one file; None if its disk does not respond.

        Raises `RootUnavailableError` if the root does not respond either.
        """
        try:
            return await run_on_disk_thread(function, *args, timeout_seconds=timeout_seconds)
        except TimeoutError:
            await self.check()
            return None

    async def _read_state(self) -> RootState:
        return await self._call_in_thread(read_state, self._path)

    async def _call_in_thread(self, function: Callable[..., _T], *args: object) -> _T:
        try:
            return await run_on_disk_thread(function, *args)
        except TimeoutError as error:
            reason = f"no answer within {ANSWER_SECONDS:g} s"
            raise RootUnavailableError(self._path, reason) from error
        except OSError as error:
            raise RootUnavailableError(self._path, reason_of(error)) from error
