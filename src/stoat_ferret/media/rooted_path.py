"""A path with the root that it must not leave by links, checked on the open file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TypeAlias

from stoat_ferret.errors import FileUnreadableError

MediaPath: TypeAlias = "bytes | RootedPath"
"""An absolute path, as passed to worker processes."""


@dataclass(frozen=True, slots=True)
class RootedPath(os.PathLike[str]):
    """The absolute `path` of a file that must be in the folder `root` after following links.

    It can be used like any path, and passed to worker processes.
    """

    path: str
    root: str

    def __fspath__(self) -> str:
        return self.path

    def refuse_outside(self, descriptor: int) -> None:
        """Raise `FileUnreadableError` if the open file `descriptor` is outside the root.

        The check uses the location of the open file, so that links changed before or after opening
        make no difference.
        """
        root = os.path.realpath(self.root)
        if os.path.commonpath((root, _real_path(descriptor, self.path))) != root:
            raise FileUnreadableError(self.path, "It is a link that leads out of its root.")


def _real_path(descriptor: int, path: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115  it may not be valid text
    except FileNotFoundError:
        # The location of an open file is not available: it must be the file the path leads to now.
        real = os.path.realpath(path)
        opened, found = os.fstat(descriptor), os.lstat(real)
        is_same = (opened.st_dev, opened.st_ino) == (found.st_dev, found.st_ino)
        return real if is_same else os.devnull
