"""The installed fonts, searched for those that can draw given texts."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.text.fonts import Font, Fonts, visible, words_in
from stoat_ferret.render.run.font_file import FontFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
)
_PREFERRED = (
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
    "LiberationSans-Regular.ttf",
    "Arial.ttf",
    "Helvetica.ttc",
)
_UNUSUAL = "bold italic oblique mono serif light thin black condensed nastaliq slanted".split()
_EXTENSIONS = (".ttf", ".otf", ".ttc")
_MOST_FILES = 20_000
_SEARCH_SECONDS = 4.0


def find_fonts(texts: Iterable[str], folders: Sequence[str] = FOLDERS) -> Fonts:
    """Return the fonts for `texts`: a plain one, and others for what that one does not have.

    Those are the first in the order of preference that have all of a word, or else some characters
    of it. The search ends once every word has a font, or after some seconds; then nothing counts as
    missing. Reads many files: not for an event loop.
    """
    search = _Search(words_in(texts))
    deadline = time.monotonic() + _SEARCH_SECONDS
    for path in _in_order(_installed(folders)):
        search.look_at(path)
        if search.is_finished:
            break
        if time.monotonic() > deadline:
            return replace(search.fonts(), missing=frozenset())
    return search.fonts()


class _Search:
    def __init__(self, words: list[str]) -> None:
        self._characters = visible(words)
        self._left = [needed for word in words if (needed := visible([word]))]
        """The characters of each word that has no font yet."""
        self._chosen: list[Font] = []
        self._partial: list[Font] = []
        """The fonts with characters of words that have no font."""

    @property
    def is_finished(self) -> bool:
        return bool(self._chosen) and not self._left

    def look_at(self, path: str) -> None:
        try:
            with Path(path).open("rb") as file:
                font = _font(path, FontFile(file), self._characters)
        except (OSError, ValueError):
            return
        left = [needed for needed in self._left if not needed <= font.advances.keys()]
        if not self._chosen or len(left) < len(self._left):
            self._chosen.append(font)
        elif font.advances:
            self._partial.append(font)
        self._left = left

    def fonts(self) -> Fonts:
        """Return the chosen fonts, with others for single characters."""
        known = {char for font in self._chosen for char in font.advances}
        left = {char for needed in self._left for char in needed} - known
        for font in self._partial:
            if left & font.advances.keys():
                self._chosen.append(font)
                left -= font.advances.keys()
        return Fonts(tuple(self._chosen), frozenset(left))


def _font(path: str, file: FontFile, characters: set[str]) -> Font:
    family, height = file.family(), file.height()
    return Font(path, family, height, file.advances(file.glyphs(characters)))


def _installed(folders: Iterable[str]) -> Iterator[str]:
    count = 0
    for folder in folders:
        for parent, _, names in os.walk(Path(folder).expanduser()):
            for name in names:
                if name.lower().endswith(_EXTENSIONS):
                    count += 1
                    yield str(Path(parent) / name)
            if count > _MOST_FILES:
                return


def _in_order(paths: Iterable[str]) -> list[str]:
    """Return font files in order: the well-known ones, then the plain ones."""

    def rank(path: str) -> tuple[int, int, str, str]:
        name = Path(path).name
        known = _PREFERRED.index(name) if name in _PREFERRED else len(_PREFERRED)
        unusual = sum(word in name.lower() for word in _UNUSUAL)
        return known, unusual, name, path

    return sorted(paths, key=rank)
