"""A path and the folder out of which no link on it may lead, held to when the file is open."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TypeAlias

from stoat_ferret.errors import FileUnreadableError

MediaPath: TypeAlias = "bytes | RootedPath"
"""An absolute path, as worker processes get it."""


@dataclass(frozen=True, slots=True)
class RootedPath(os.PathLike[str]):
    """The absolute `path` of a file that has to lie in the folder `root`, wherever links lead.

    Goes wherever a path does, to worker processes too.
    """

    path: str
    root: str

    def __fspath__(self) -> str:
        return self.path

    def refuse_outside(self, descriptor: int) -> None:
        """Raise `FileUnreadableError` where the open file `descriptor` lies outside the root.

        It is the open file that is asked where it lies: what a link was turned to before or
        after it was opened makes no difference.
        """
        root = os.path.realpath(self.root)
        if os.path.commonpath((root, _real_path(descriptor, self.path))) != root:
            raise FileUnreadableError(self.path, "It is a link that leads out of its root.")


def _real_path(descriptor: int, path: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115  it may be no text
    except FileNotFoundError:
        # Nothing tells where an open file lies: it must be the one that the path leads to now.
        real = os.path.realpath(path)
        opened, found = os.fstat(descriptor), os.lstat(real)
        is_same = (opened.st_dev, opened.st_ino) == (found.st_dev, found.st_ino)
        return real if is_same else os.devnull
