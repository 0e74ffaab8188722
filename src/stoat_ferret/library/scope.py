"""The part of the library that a scan covers."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.library.tables import videos
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Sequence


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
class FolderPart:
    """A folder of a root (relative, "" for the root), and what is below it if `recursive`."""

    folder: str
    recursive: bool = True

    def holds(self) -> sa.ColumnElement[bool]:
        """Return the condition that a row of videos of this root belongs to this part."""
        first, end = below(self.folder)
        conditions: list[sa.ColumnElement[bool]] = []
        if first:
            conditions.append(videos.c.path >= first)
        if end is not None:
            conditions.append(videos.c.path < end)
        if not self.recursive:
            # Several folders may have the same display text, but only one has this path.
            is_here = videos.c.folder == (storable(f"{self.folder}/") if self.folder else "")
            conditions.append(is_here)
        return sa.and_(sa.true(), *conditions)


@dataclass(frozen=True, slots=True)
class Scope:
    """The videos of a root in `folder` (relative, "" for all), and below it if `recursive`.

    If there are `parts`, which lie in this folder, only the videos in these.
    """

    root_id: int
    folder: str
    recursive: bool = True
    parts: Sequence[FolderPart] = ()

    @property
    def all_parts(self) -> Sequence[FolderPart]:
        """The parts; the folder itself if none are given."""
        return self.parts or (FolderPart(self.folder, self.recursive),)

    def holds(self) -> sa.ColumnElement[bool]:
        """Return the condition that a row of videos, missing or not, belongs to this scope."""
        parts = [part.holds() for part in self.all_parts]
        return (videos.c.root_id == self.root_id) & sa.or_(*parts)

    def holds_present(self) -> sa.ColumnElement[bool]:
        """Return the condition that a row belongs to this scope and is not missing."""
        return self.holds() & videos.c.missing_since.is_(None)
