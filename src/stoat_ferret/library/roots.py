"""Lookup of the root that contains a path."""

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
    """Finds the root that contains a path; queries each root's disk separately, with a timeout.

    If the disk of a root does not respond, its configured path is used unresolved, so that it does
    not block requests about other roots.
    """

    def __init__(self, real_paths: RealPaths | None = None) -> None:
        self._real_paths = real_paths or RealPaths()

    async def real_paths(self, roots: Sequence[Root]) -> dict[int, str]:
        """Return the real paths of `roots` by id; unresolved if the disk does not respond."""
        roots = tuple(roots)  # people may change them meanwhile
        real = await self._resolve(roots)
        return {root.id: real[root.id] or root.path for root in roots}

    async def _resolve(self, roots: Sequence[Root]) -> dict[int, str | None]:
        real = await asyncio.gather(*(self._real_paths.of(root.path) for root in roots))
        return {root.id: path for root, path in zip(roots, real, strict=True)}

    async def _resolve_for(self, path: str, roots: Sequence[Root]) -> dict[int, str]:
        """Like `real_paths`, but raise if an unresponsive root contains `path` by its name."""
        real = await self._resolve(roots)
        for root in roots:
            if real[root.id] is None and PurePath(path).is_relative_to(root.path):
                raise RootUnavailableError(path, "its disk does not answer")
        return {root.id: real[root.id] or root.path for root in roots}

    async def folder(self, path: str, roots: Sequence[Root]) -> tuple[Root, str]:
        """See `locate`. Also raises `RootUnavailableError` if the disk does not respond."""
        roots = tuple(roots)
        real = await self._resolve_for(path, roots)
        return await with_disk_timeout(path, lambda: locate(path, roots, real))

    async def file(self, path: str, roots: Sequence[Root]) -> tuple[Root, str] | None:
        """See `locate_file`. Also raises `RootUnavailableError`, like `folder`."""
        roots = tuple(roots)
        real = await self._resolve_for(path, roots)
        return await with_disk_timeout(path, lambda: locate_file(path, roots, real))


async def with_disk_timeout(path: str, call: Callable[[], _T]) -> _T:
    """Return the result of `call`, one of the blocking functions below, run in a thread.

    Also raises `RootUnavailableError` if the file system does not respond.
    """
    try:
        return await run_on_disk_thread(call, timeout_seconds=_ANSWER_SECONDS)
    except TimeoutError as error:
        raise RootUnavailableError(path, f"no answer within {_ANSWER_SECONDS:g} s") from error


def locate(
    path: str, roots: Sequence[Root], real_paths: Mapping[int, str] | None = None
) -> tuple[Root, str]:
    """Return the root that contains the folder `path`, and the resolved path relative to it.

    `real_paths` are the real paths of the roots by id; they are resolved here if omitted.

    Raises `PathOutsideRootsError`, also for paths outside the roots that do not exist, and
    `FolderNotFoundError` for a missing folder inside a root. If the disk of a root is not mounted,
    its folders count as existing: the scan reports the problem and changes nothing. Blocking.
    """
    # Links and `..` must be resolved by the file system, not as text.
    real = os.path.realpath(path)
    for root in sorted(roots, key=lambda root: len(root.path), reverse=True):
        real_root = real_paths[root.id] if real_paths else os.path.realpath(root.path)
        if Path(path).is_absolute() and os.path.commonpath((real_root, real)) == real_root:
            # Not pathlib, which raises for names that are too long.
            if os.path.isdir(real_root):  # noqa: PTH112
                existing_folder(path)
            relative = os.path.relpath(real, real_root)
            return root, "" if relative == os.curdir else relative
    raise PathOutsideRootsError(path, [root.path for root in roots])


def locate_file(
    path: str, roots: Sequence[Root], real_paths: Mapping[int, str] | None = None
) -> tuple[Root, str] | None:
    """Return the root that contains the file `path` and its relative path; None if not a file.

    Only links in its parent folders are resolved: the file may itself be a link. Raises
    `PathOutsideRootsError`. Blocking.
    """
    file = Path(path)
    # Paths that the file system rejects, such as names that are too long, are not files either.
    if os.path.isdir(path) or not os.path.lexists(path):  # noqa: PTH112  raises for no name
        return None
    root, folder = locate(str(file.parent), roots, real_paths)
    return root, str(Path(folder) / file.name)


def refuse_outside(root: Root, path: str, roots: Sequence[Root]) -> None:
    """Raise `PathOutsideRootsError` if `path`, relative to `root`, leads out of it. Blocking.

    For stored paths: anybody may have written them, and links may have changed since.
    """
    whole = os.path.join(root.path, path)  # noqa: PTH118  text, not UTF-8
    is_plain = not os.path.isabs(path) and os.pardir not in path.split("/") and "\0" not in path  # noqa: PTH117  as above
    real_root = os.path.realpath(root.path)
    if not is_plain or os.path.commonpath((real_root, os.path.realpath(whole))) != real_root:
        raise PathOutsideRootsError(whole, [one.path for one in roots])


def existing_folder(path: str) -> str:
    """Return the real path of the folder `path`. Blocking.

    Raises `FolderNotFoundError`, or `RootUnavailableError` if the folder cannot be read.
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
    """Return pairs of an inner and its outer root: files in the inner one are found twice.

    Links are resolved; two names of the same folder make one pair. Blocking.
    """
    real = [os.path.realpath(root) for root in roots]
    nested = []
    for inner, real_inner in zip(roots, real, strict=True):
        for outer, real_outer in zip(roots, real, strict=True):
            inside = os.path.commonpath((real_inner, real_outer)) == real_outer
            if outer is not inner and inside and (outer, inner) not in nested:
                nested.append((inner, outer))
    return nested
