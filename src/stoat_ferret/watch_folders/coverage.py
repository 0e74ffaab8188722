"""The part of a root that is watched, and the parts of it that a scan of changes covers."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.library.scope import FolderPart

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_PARTS = 200
"""The most parts of one scan: databases limit the size of a condition."""


def lies_in(path: str, folder: str) -> bool:
    """Return whether `path` is `folder` or below it; "" is the root."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def without_covered(parts: Iterable[FolderPart]) -> list[FolderPart]:
    """Return `parts` in order, without those that lie in others."""
    kept: list[FolderPart] = []
    # The outer ones come first, and a recursive one before the same that is not.
    for part in sorted(set(parts), key=lambda one: (_order(one.folder), not one.recursive)):
        covering = (one for one in reversed(kept) if one.recursive)
        last = next(covering, None)
        is_covered = last is not None and lies_in(part.folder, last.folder)
        if not is_covered:
            kept.append(part)
    return kept


def _order(folder: str) -> list[bytes]:
    return [os.fsencode(name) for name in folder.split("/")] if folder else []


@dataclass(frozen=True, slots=True)
class Coverage:
    """The parts of a root that were scanned, which are watched; none covers another."""

    parts: tuple[FolderPart, ...]

    @classmethod
    def of(cls, parts: Iterable[FolderPart]) -> Coverage:
        """Return the coverage of these parts."""
        return cls(tuple(without_covered(parts)))

    @property
    def is_whole(self) -> bool:
        """True if it is the whole root."""
        return self.parts == (FolderPart(""),)

    def covers(self, folder: str) -> bool:
        """Return whether the files in `folder` belong to it."""
        return any(
            lies_in(folder, part.folder) if part.recursive else folder == part.folder
            for part in self.parts
        )

    def enters(self, folder: str) -> bool:
        """Return whether `folder` belongs to it, or contains a part of it."""
        return self.covers(folder) or any(lies_in(part.folder, folder) for part in self.parts)

    def within(self, folder: str, *, recursive: bool) -> list[FolderPart]:
        """Return what of a folder belongs to it."""
        if self.covers(folder):
            here = [FolderPart(folder, recursive and self._covers_below(folder))]
        else:
            here = []
        if recursive:
            here += [part for part in self.parts if lies_in(part.folder, folder)]
        return here

    def _covers_below(self, folder: str) -> bool:
        return any(part.recursive and lies_in(folder, part.folder) for part in self.parts)

    def merged(self, parts: Iterable[FolderPart]) -> list[FolderPart]:
        """Return parts that cover `parts` and are few enough for one scan.

        If there are too many, the deepest ones become all of their parent folder.
        """
        merged = without_covered(parts)
        while len(merged) > MAX_PARTS:
            deepest = max(len(_order(part.folder)) for part in merged)
            if deepest == 0:
                break
            lifted: list[FolderPart] = []
            for part in merged:
                if len(_order(part.folder)) < deepest:
                    lifted.append(part)
                else:
                    lifted += self.within(posixpath.dirname(part.folder), recursive=True)
            lifted = without_covered(lifted)
            if lifted == merged:
                break
            merged = lifted
        return merged


def common_folder(parts: Sequence[FolderPart]) -> str:
    """Return the innermost folder that contains all parts."""
    folders = [part.folder for part in parts]
    return posixpath.commonpath(folders) if folders and all(folders) else ""
