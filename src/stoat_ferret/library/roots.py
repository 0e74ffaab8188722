"""Which root holds a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from stoat_ferret.disk import ask_disk
from stoat_ferret.errors import FolderNotFoundError, PathOutsideRootsError, RootUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoat_ferret.library.video import Root

_T = TypeVar("_T")
_ANSWER_SECONDS = 10.0


async def answered(path: str, look: Callable[[], _T]) -> _T:
    """What `look`, one of the blocking functions below, finds out about `path` in a thread.

    Raises also `RootUnavailableError` for a file system that does not answer.
    """
    try:
        return await ask_disk(look, timeout_seconds=_ANSWER_SECONDS)
    except TimeoutError as error:
        raise RootUnavailableError(path, f"no answer within {_ANSWER_SECONDS:g} s") from error


def locate(path: str, roots: Sequence[Root]) -> tuple[Root, str]:
    """The root that holds the folder `path`, and the path relative to it, links resolved.

    Raises `PathOutsideRootsError`, also for what does not exist outside the roots, and
    `FolderNotFoundError` for what does not exist in one. A root whose disk is not there holds
    what it held: it is the scan that says so, and changes nothing. Blocking.
    """
    # A link and `..` lead where the file system says, not where the text does.
    real = os.path.realpath(path)
    for root in sorted(roots, key=lambda root: len(root.path), reverse=True):
        real_root = os.path.realpath(root.path)
        if Path(path).is_absolute() and os.path.commonpath((real_root, real)) == real_root:
            if Path(real_root).is_dir():
                existing_folder(path)
            relative = os.path.relpath(real, real_root)
            return root, "" if relative == os.curdir else relative
    raise PathOutsideRootsError(path, [root.path for root in roots])


def locate_file(path: str, roots: Sequence[Root]) -> tuple[Root, str] | None:
    """The root that holds the file `path`, and the path relative to it; None for no file.

    Only the links on the way to it are resolved: it may be one itself. Raises
    `PathOutsideRootsError`. Blocking.
    """
    file = Path(path)
    if file.is_dir() or not os.path.lexists(path):
        return None
    root, folder = locate(str(file.parent), roots)
    return root, str(Path(folder) / file.name)


def existing_folder(path: str) -> str:
    """The real path of the folder `path`; raises `FolderNotFoundError`. Blocking."""
    if not Path(path).is_dir():
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
