"""Folders and disks, read so that an unresponsive disk blocks nothing else."""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from stoat_ferret.disk import in_thread
from stoat_ferret.errors import FolderNotFoundError, RootUnavailableError, reason_of
from stoat_ferret.folded_text import sort_key

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_FOLDERS = 10_000
_LOOK_SECONDS = 2.0
_LIST_SECONDS = 10.0

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder to choose from; `path` is absolute."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The content of a folder: `folders` by name, and their `total` even if the list is cut."""

    path: str
    parent: str | None
    folders: list[Folder]
    total: int


@dataclass(frozen=True, slots=True)
class Space:
    """The free and total space of a disk."""

    free_bytes: int
    total_bytes: int


class FolderReader:
    """A reader of folders in threads, with one call at a time for each question and folder.

    So an unresponsive disk holds one thread for each kind of question, however often that is
    asked, and the threads do not keep the process from exiting.
    """

    def __init__(
        self, *, look_seconds: float = _LOOK_SECONDS, list_seconds: float = _LIST_SECONDS
    ) -> None:
        self._look_seconds = look_seconds
        self._list_seconds = list_seconds
        self._pending: dict[tuple[str, str], asyncio.Future[Any]] = {}

    async def is_available(self, path: str) -> bool:
        """Return whether `path` is a readable folder; False if its disk does not respond."""
        return await self.problem(path) is None

    async def problem(self, path: str) -> str | None:
        """Return why the folder `path` cannot be read now; None if it can."""
        try:
            return await self._ask("look", path, _problem, self._look_seconds)
        except TimeoutError:
            return f"Its disk did not answer within {self._look_seconds:g} s."

    async def space(self, path: str) -> Space | None:
        """Return the space of the disk with `path`; None if it does not respond."""
        try:
            return await self._ask("space", path, _space, self._look_seconds)
        except (OSError, TimeoutError):
            return None

    async def list_folders(self, root: str, relative: str) -> Listing:
        """Return the folders in `relative` of `root`, without hidden ones and links out of `root`.

        Raises `FolderNotFoundError`, `RootUnavailableError`.
        """
        path = os.path.join(root, relative) if relative else root  # noqa: PTH118  text, not UTF-8
        try:
            folders = await self._ask("list", path, lambda at: _scan(root, at), self._list_seconds)
        except TimeoutError as error:
            reason = f"no answer within {self._list_seconds:g} s"
            raise RootUnavailableError(path, reason) from error
        except (FileNotFoundError, NotADirectoryError) as error:
            raise FolderNotFoundError(path) from error
        except OSError as error:
            raise RootUnavailableError(path, reason_of(error)) from error
        parent = os.path.dirname(path) if relative else None  # noqa: PTH120  as above
        return Listing(path, parent, folders[:MAX_FOLDERS], len(folders))

    async def _ask(
        self, question: str, path: str, answer: Callable[[str], _Result], timeout_seconds: float
    ) -> _Result:
        key = (question, path)
        pending = self._pending.get(key)
        if pending is None:
            pending = self._pending[key] = in_thread(answer, path)
            pending.add_done_callback(lambda _: self._pending.pop(key))
        async with asyncio.timeout(timeout_seconds):
            result: _Result = await asyncio.shield(pending)
            return result


def _problem(path: str) -> str | None:
    if not os.path.isdir(path):  # noqa: PTH112  text, not UTF-8
        return "There is no such folder. Is its disk plugged in and mounted?"
    if not os.access(path, os.R_OK | os.X_OK):
        return "It may not be read. Check its permissions."
    return None


def _space(path: str) -> Space:
    usage = shutil.disk_usage(path)
    return Space(usage.free, usage.total)


def _scan(root: str, path: str) -> list[Folder]:
    real_root = os.path.realpath(root)
    with os.scandir(path) as entries:
        folders = [
            Folder(entry.name, entry.path)
            for entry in entries
            if not entry.name.startswith(".") and _is_shown(entry, real_root)
        ]
    return sorted(folders, key=lambda folder: (sort_key(folder.name), folder.name))


def _is_shown(entry: os.DirEntry[str], real_root: str) -> bool:
    try:
        if not entry.is_dir():
            return False
        if not entry.is_symlink():
            return True
        target = os.path.realpath(entry.path)
    except OSError:
        return False
    return os.path.commonpath((real_root, target)) == real_root
