"""Which root holds a folder."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeVar

from stoat_ferret.disk import RealPaths, run_on_disk_thread
from stoat_ferret.errors import (
    FolderNotFoundError,
    PathOutsideRootsError,
    RootUnavailableError,
    reason_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stoat_ferret.library.video import Root

_T = TypeVar("_T")
_ANSWER_SECONDS = 10.0
_NO_SUCH = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP}


class RootFinder:
    """Finds the root that holds a path; each root's disk is asked by itself and in time.

    A root whose disk does not answer is taken for what its path says, so that it holds up nothing
    and what is asked of another root is answered.
    """

    def __init__(self, real_paths: RealPaths | None = None) -> None:
        self._real_paths = real_paths or RealPaths()

    async def real_paths(self, roots: Sequence[Root]) -> dict[int, str]:
        """The real paths of `roots`, by their ids; those that do not answer as they are named."""
        real = await self._resolve(roots)
        return {root.id: real[root.id] or root.path for root in roots}

    async def _resolve(self, roots: Sequence[Root]) -> dict[int, str | None]:
        real = await asyncio.gather(*(self._real_paths.of(root.path) for root in roots))
        return {root.id: path for root, path in zip(roots, real, strict=True)}

    async def _resolve_for(self, path: str, roots: Sequence[Root]) -> dict[int, str]:
        """As `real_paths`; raises where a root that does not answer holds `path` by its name."""
        real = await self._resolve(roots)
        for root in roots:
            if real[root.id] is None and PurePath(path).is_relative_to(root.path):
                raise RootUnavailableError(path, "its disk does not answer")
        return {root.id: real[root.id] or root.path for root in roots}

    async def folder(self, path: str, roots: Sequence[Root]) -> tuple[Root, str]:
        """See `locate`. Raises also `RootUnavailableError` where the disk of `path` is silent."""
        real = await self._resolve_for(path, roots)
        return await with_disk_timeout(path, lambda: locate(path, roots, real))

    async def file(self, path: str, roots: Sequence[Root]) -> tuple[Root, str] | None:
        """See `locate_file`. Raises also `RootUnavailableError` as `folder` does."""
        real = await self._resolve_for(path, roots)
        return await with_disk_timeout(path, lambda: locate_file(path, roots, real))


async def with_disk_timeout(path: str, look: Callable[[], _T]) -> _T:
    """What `look`, one of the blocking functions below, finds out about `path` in a thread.

    Raises also `RootUnavailableError` for a file system that does not answer.
    """
    try:
        return await run_on_disk_thread(look, timeout_seconds=_ANSWER_SECONDS)
    except TimeoutError as error:
        raise RootUnavailableError(path, f"no answer within {_ANSWER_SECONDS:g} s") from error


def locate(
    path: str, roots: Sequence[Root], real_paths: Mapping[int, str] | None = None
) -> tuple[Root, str]:
    """The root that holds the folder `path`, and the path relative to it, links resolved.

    `real_paths` are those of the roots by their ids; without them they are resolved here.

    Raises `PathOutsideRootsError`, also for what does not exist outside the roots, and
    `FolderNotFoundError` for what does not exist in one. A root whose disk is not there holds
    what it held: it is the scan that says so, and changes nothing. Blocking.
    """
    # A link and `..` lead where the file system says, not where the text does.
    real = os.path.realpath(path)
    for root in sorted(roots, key=lambda root: len(root.path), reverse=True):
        real_root = real_paths[root.id] if real_paths else os.path.realpath(root.path)
        if Path(path).is_absolute() and os.path.commonpath((real_root, real)) == real_root:
            # Not with pathlib, which raises for a name that is longer than there may be.
            if os.path.isdir(real_root):  # noqa: PTH112
                existing_folder(path)
            relative = os.path.relpath(real, real_root)
            return root, "" if relative == os.curdir else relative
    raise PathOutsideRootsError(path, [root.path for root in roots])


def locate_file(
    path: str, roots: Sequence[Root], real_paths: Mapping[int, str] | None = None
) -> tuple[Root, str] | None:
    """The root that holds the file `path`, and the path relative to it; None for no file.

    Only the links on the way to it are resolved: it may be one itself. Raises
    `PathOutsideRootsError`. Blocking.
    """
    file = Path(path)
    # Which the file system cannot take, is too long say, are neither.
    if os.path.isdir(path) or not os.path.lexists(path):  # noqa: PTH112  raises for no name
        return None
    root, folder = locate(str(file.parent), roots, real_paths)
    return root, str(Path(folder) / file.name)


def refuse_outside(root: Root, path: str, roots: Sequence[Root]) -> None:
    """Raise `PathOutsideRootsError` if `path`, relative to `root`, leads out of it. Blocking.

    For what was stored: it may have been written by anybody, and links may have changed since.
    """
    whole = os.path.join(root.path, path)  # noqa: PTH118  text, not UTF-8
    is_plain = not os.path.isabs(path) and os.pardir not in path.split("/") and "\0" not in path  # noqa: PTH117  as above
    real_root = os.path.realpath(root.path)
    if not is_plain or os.path.commonpath((real_root, os.path.realpath(whole))) != real_root:
        raise PathOutsideRootsError(whole, [one.path for one in roots])


def existing_folder(path: str) -> str:
    """The real path of the folder `path`. Blocking.

    Raises `FolderNotFoundError`, and `RootUnavailableError` for one that cannot be looked at.
    """
    try:
        status = Path(path).stat()
    except OSError as error:
        if error.errno in _NO_SUCH:
            raise FolderNotFoundError(path) from error
        raise RootUnavailableError(path, reason_of(error)) from error
    if not stat.S_ISDIR(status.st_mode):
        raise FolderNotFoundError(path)
    return os.path.realpath(path)


def nested_roots(roots: Sequence[str]) -> list[tuple[str, str]]:
    """Those that lie in another one, each with that one: what is in them is found twice.

    Links are resolved; two names of one folder lie in each other and are given once. Blocking.
    """
    real = [os.path.realpath(root) for root in roots]
    nested = []
    for inner, real_inner in zip(roots, real, strict=True):
        for outer, real_outer in zip(roots, real, strict=True):
            inside = os.path.commonpath((real_inner, real_outer)) == real_outer
            if outer is not inner and inside and (outer, inner) not in nested:
                nested.append((inner, outer))
    return nested
