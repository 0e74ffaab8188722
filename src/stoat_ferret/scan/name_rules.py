"""Rules for the file names that a scan reads or skips."""

from __future__ import annotations

import os
from dataclasses import dataclass

NO_MEDIA_NAME = ".nomedia"
"""A file of this name excludes its folder from media libraries; the convention is Android's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRules:
    """The video extensions and the names of excluded folders.

    Extensions are lower case without the dot; folder names are case-folded (`str.casefold`).
    """

    extensions: frozenset[str]
    excluded_folders: frozenset[str] = frozenset()
    heed_nomedia: bool = True

    def extension(self, name: str) -> str:
        """Return the extension of `name` in lower case, or "" if it has none.

        Trailing dots and blanks are ignored: they are easily added unnoticed.
        """
        return os.path.splitext(name.rstrip(". "))[1][1:].lower()

    def is_video(self, name: str) -> bool:
        """Return whether a file of this name is scanned."""
        return self.extension(name) in self.extensions

    def is_hidden(self, name: str) -> bool:
        """Return whether the name is hidden; a title may start with an ellipsis."""
        return name.startswith(".") and not name.startswith("...")

    def is_excluded(self, name: str) -> bool:
        """Return whether folders of this name are excluded."""
        return name.casefold() in self.excluded_folders
