"""The part of the library that a scan covers."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.library.tables import videos
from stoat_ferret.text import storable

if TYPE_CHECKING:
    import sqlalchemy as sa


def below(folder: str) -> tuple[bytes, bytes | None]:
    """Return the bounds of the paths below `folder`: first included, second excluded."""
    if not folder:
        return b"", None
    # "0" is the character after "/".
    return os.fsencode(f"{folder}/"), os.fsencode(f"{folder}0")


def folders_above(path: str) -> list[str]:
    """Return the folders that contain the file `path`, innermost first; "" is the root."""
    folders = [path]
    while folders[-1]:
        folders.append(posixpath.dirname(folders[-1]))
    return folders[1:]


@dataclass(frozen=True, slots=True)
class Scope:
    """The videos of a root in `folder` (relative, "" for all), and below it if `recursive`."""

    root_id: int
    folder: str
    recursive: bool = True

    def holds(self) -> sa.ColumnElement[bool]:
        """Return the condition that a row of videos, missing or not, belongs to this scope."""
        first, end = below(self.folder)
        condition = videos.c.root_id == self.root_id
        if first:
            condition &= videos.c.path >= first
        if end is not None:
            condition &= videos.c.path < end
        if not self.recursive:
            # Several folders may have the same display text, but only one has this path.
            condition &= videos.c.folder == (storable(f"{self.folder}/") if self.folder else "")
        return condition

    def holds_present(self) -> sa.ColumnElement[bool]:
        """Return the condition that a row belongs to this scope and is not missing."""
        return self.holds() & videos.c.missing_since.is_(None)
