"""The folders in a folder, read in a thread that a dead disk cannot make the server wait for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread

from stoat_ferret.errors import FolderNotFoundError, RootUnavailableError

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
    """What is in a folder: `folders` by name, `total` of them even where there are too many."""

    path: str
    parent: str | None
    folders: list[Folder]
    total: int


async def is_folder(path: str) -> bool:
    """Whether `path` is a folder that can be read; False for a disk that does not answer."""
    try:
        return await _in_thread(lambda: os.access(path, os.R_OK | os.X_OK), _LOOK_SECONDS)
    except TimeoutError:
        return False


async def list_folders(root: str, relative: str) -> Listing:
    """The folders in the folder `relative` of `root`, without hidden ones and links out of `root`.

    Raises `FolderNotFoundError`, `RootUnavailableError`.
    """
    path = os.path.join(root, relative) if relative else root  # noqa: PTH118  not UTF-8, perhaps
    try:
        folders = await _in_thread(lambda: _scan(root, path), _LIST_SECONDS)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FolderNotFoundError(path) from error
    except TimeoutError as error:
        raise RootUnavailableError(path, f"no answer within {_LIST_SECONDS:g} s") from error
    except OSError as error:
        raise RootUnavailableError(path, error.strerror or str(error)) from error
    parent = os.path.dirname(path) if relative else None  # noqa: PTH120  as above
    return Listing(path, parent, folders[:MAX_FOLDERS], len(folders))


def _scan(root: str, path: str) -> list[Folder]:
    real_root = os.path.realpath(root)
    with os.scandir(path) as entries:
        folders = [
            Folder(entry.name, entry.path)
            for entry in entries
            if not entry.name.startswith(".") and _is_shown(entry, real_root)
        ]
    return sorted(folders, key=lambda folder: (folder.name.casefold(), folder.name))


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


async def _in_thread(function: Callable[[], _Result], timeout_seconds: float) -> _Result:
    with anyio.fail_after(timeout_seconds):
        return await anyio.to_thread.run_sync(function, abandon_on_cancel=True)
