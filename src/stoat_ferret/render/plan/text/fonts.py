"""The fonts for texts that a request contains, chosen word by word."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_WORD = re.compile(r"\S+")
_INVISIBLE = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_USUAL_HEIGHT = 1.164
_FEW = 10


@dataclass(frozen=True, slots=True)
class Font:
    """A font file, called `family` inside; `height` is that of a line, relative to the font size.

    `advances` are the widths of the characters that it was looked at for and has, relative to the
    font size.
    """

    path: str
    family: str
    height: float = _USUAL_HEIGHT
    advances: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fonts:
    """The fonts that texts need, the preferred one first.

    `missing` are characters for which no font was found. Without fonts, the choice is left to
    libass.
    """

    found: tuple[Font, ...] = ()
    missing: frozenset[str] = frozenset()

    def runs(self, line: str) -> list[tuple[str, Font | None]]:
        """Split a line into runs of one font; a word keeps to one font if there is one for it."""
        runs: list[tuple[str, Font | None]] = []
        for piece in re.split(r"(\s+)", line):
            font = self._for_word(piece)
            pieces = [(piece, font)] if font or not self.found else self._by_character(piece)
            for text, own in pieces:
                if runs and (runs[-1][1] is own or not text.strip()):
                    runs[-1] = (runs[-1][0] + text, runs[-1][1])
                elif text:
                    runs.append((text, own))
        return runs

    def advance(self, char: str) -> float:
        """Return the width of a character relative to the font size, a guess if no font has it."""
        for font in self.found:
            if char in font.advances:
                return font.advances[char]
        return 1.0 if unicodedata.east_asian_width(char) in "WF" else 0.6

    @property
    def notes(self) -> tuple[str, ...]:
        """A note about the missing characters, if there are any."""
        if not self.missing:
            return ()
        few = sorted(self.missing)[:_FEW]
        more = f" and {len(self.missing) - _FEW} more" if len(self.missing) > _FEW else ""
        note = (
            f"No installed font can draw {' '.join(few)}{more}: these characters are missing in "
            "the picture. Install a font that has them, such as Noto (for emoji one without color)."
        )
        return (note,)

    def _for_word(self, word: str) -> Font | None:
        needed = visible([word])
        return next((font for font in self.found if needed <= font.advances.keys()), None)

    def _by_character(self, word: str) -> list[tuple[str, Font | None]]:
        runs: list[tuple[str, Font | None]] = []
        for char in word:
            font = self._for_word(char)
            # Marks stay with their letter.
            if runs and (not visible([char]) or unicodedata.combining(char)):
                font = runs[-1][1]
            if runs and runs[-1][1] is font:
                runs[-1] = (runs[-1][0] + char, font)
            else:
                runs.append((char, font))
        return runs


def visible(texts: Iterable[str]) -> set[str]:
    """Return the characters of `texts` that need a glyph."""
    return {
        char
        for text in texts
        for char in text
        if unicodedata.category(char) not in _INVISIBLE and ord(char) not in _SELECTORS
    }


def words_in(texts: Iterable[str]) -> list[str]:
    """Return the words of `texts`, each once."""
    return list(dict.fromkeys(word for text in texts for word in _WORD.findall(text)))
