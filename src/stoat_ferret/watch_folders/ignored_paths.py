"""Decides which files scans skip, by their names and by ignore files on the way."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from stoat_ferret.errors import RootUnavailableError
from stoat_ferret.library.scope import folders_above
from stoat_ferret.scan.ignore_rules import NO_MEDIA_NAME, IgnoreRules, read_ignore_file

if TYPE_CHECKING:
    from stoat_ferret.scan.ignore_rules import NameRules


class IgnoredPaths:
    """Looks paths of a root up in the ignore files as they are now; each is read once. Blocking."""

    def __init__(self, root: str, names: NameRules) -> None:
        self._root = root
        self._names = names
        self._rules: dict[str, IgnoreRules | None] = {}

    def ignores_file(self, path: str) -> bool:
        """Return whether scans skip the file at `path`."""
        rules = self._rules_of(posixpath.dirname(path))
        return rules is None or rules.ignore(path)

    def _rules_of(self, folder: str) -> IgnoreRules | None:
        """Return the rules for what is in `folder`; None if it is skipped itself."""
        whole: list[str] = [] if not folder else [*reversed(folders_above(folder)), folder]
        for one in whole or [""]:
            if one not in self._rules:
                self._rules[one] = self._read(one)
        return self._rules[folder]

    def _read(self, folder: str) -> IgnoreRules | None:
        outer: IgnoreRules | None = IgnoreRules()
        if folder:
            outer = self._rules[posixpath.dirname(folder)]
            if outer is None or self._is_skipped(folder, outer):
                return None
        try:
            patterns = read_ignore_file(self._root, folder).patterns
        except (ValueError, RootUnavailableError):
            return outer
        return outer.and_below(folder, patterns) if outer is not None else None

    def _is_skipped(self, folder: str, rules: IgnoreRules) -> bool:
        name = posixpath.basename(folder)
        if self._names.is_hidden(name) or self._names.is_excluded(name):
            return True
        marker = os.path.join(self._root, folder, NO_MEDIA_NAME)  # noqa: PTH118  text, not UTF-8
        if self._names.heed_nomedia and os.path.isfile(marker):  # noqa: PTH113  as above
            return True
        return rules.ignore(folder, is_folder=True)
