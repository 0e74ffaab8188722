"""The rules for the names that a scan reads and the names that it skips."""

from __future__ import annotations

import os
from dataclasses import dataclass

NO_MEDIA_NAME = ".nomedia"
"""A file of this name says that the folder holds nothing for a library; Android began it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRules:
    """The names of videos by their extensions, and the names of folders that are left out.

    Extensions are in lower case without the dot, names of folders as `str.casefold` gives them.
    """

    extensions: frozenset[str]
    excluded_folders: frozenset[str] = frozenset()
    heed_nomedia: bool = True

    def extension(self, name: str) -> str:
        """The extension of `name` in lower case; "" for none.

        Dots and blanks at the end of a name are looked through: they are easily added unseen.
        """
        return os.path.splitext(name.rstrip(". "))[1][1:].lower()

    def is_video(self, name: str) -> bool:
        """Return whether a file of this name is looked at."""
        return self.extension(name) in self.extensions

    def is_hidden(self, name: str) -> bool:
        """Return whether this is the name of a hidden entry: a title may begin with an ellipsis."""
        return name.startswith(".") and not name.startswith("...")

    def is_excluded(self, name: str) -> bool:
        """Return whether folders of this name are left out."""
        return name.casefold() in self.excluded_folders
