"""Normalization of text for search and sorting."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache

from stoat_ferret.text import storable

_BLANKS = re.compile(r"[^\S ]\s*|\s{2,}")
_DASHES = re.compile(r"[- ]+")
_DIGITS = re.compile("[0-9]+")

# Characters typed as quotation marks besides those that Unicode classifies as such.
_APOSTROPHES = "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u2032\u2035\u05f3\u1fbd\u1fbf\u1ffd\u1ffe"
_QUOTES = "\u05f4\u2033"
# Letters that Unicode does not decompose, although people treat them as accented.
_LATIN = {
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "æ": "ae",
    "œ": "oe",
}
# Alef wasla, teh marbuta, alef maksura, the Persian yeh and kaf, and the tatweel.
_ARABIC = {"\u0671": "\u0627", "\u0629": "\u0647", "\u0649": "\u064a"}
_PERSIAN = {"\u06cc": "\u064a", "\u06a9": "\u0643", "\u0640": ""}
# Slash look-alikes used in file names: fraction slash, division slash, big slashes.
_SLASHES = {"\u2044": "/", "\u2215": "/", "\u29f8": "/", "\u29f9": "\\"}
_MINUS = {"\N{MINUS SIGN}": "-"}
_MARKS = dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_QUOTES, '"')
_LETTERS = _LATIN | _ARABIC | _PERSIAN | _SLASHES | _MINUS | _MARKS
# Unicode decomposes some of these into a blank and an accent, so they are replaced first.
_REPLACED_FIRST = str.maketrans({letter: _LETTERS[letter] for letter in _APOSTROPHES})
QUOTATION_MARKS = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u301d\u301e\u301f\uff02'
"""Quotation marks of all scripts, without apostrophes."""
# Variation selectors and fillers: invisible, but not format characters.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_OVERLAY = 1
_POINTS = range(10, 37)
"""Combining classes of Hebrew, Arabic and Syriac points."""
_FIRST_PLACED = 200
"""The lowest combining class that describes a position, like that of accents."""


class _Folding(dict[int, str]):
    """A cache of folded characters, filled on first use."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(character: str) -> str:
    """Return the folded form of a decomposed lower-case `character`."""
    if character in _LETTERS:
        return _LETTERS[character]
    category = unicodedata.category(character)
    if category in {"Cf", "Me"} or _is_accent(character) or _UNSEEN.match(character):
        return ""
    if category == "Pd":
        return "-"
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if character in QUOTATION_MARKS:
        return '"'
    return "'" if category in {"Pi", "Pf"} else character


def _is_accent(character: str) -> bool:
    """Return whether the character is an accent or a point, not a mark that makes another letter.

    Hindi vowels, Thai tones and Japanese voicing marks have classes of their own:
    https://www.unicode.org/reports/tr44/#Canonical_Combining_Class_Values
    """
    combining = unicodedata.combining(character)
    return combining == _OVERLAY or combining in _POINTS or combining >= _FIRST_PLACED


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return a canonical form that is equal for spellings of the same words.

    Ignores case, accents, width, ligatures and invisible characters, and unifies dashes, quotation
    marks, digits and blanks. Stored rows contain this form: a change here needs a migration that
    folds them again.
    """
    if text.isascii():
        return _BLANKS.sub(" ", storable(text).lower().replace("`", "'"))
    decomposed = unicodedata.normalize("NFKD", storable(text).translate(_REPLACED_FIRST)).casefold()
    folded = unicodedata.normalize("NFKD", decomposed).translate(_FOLDING)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", folded))


def search_key(text: str) -> str:
    """Return the search form of `text`: folded, with blanks for dashes."""
    return _DASHES.sub(" ", fold(text))


def search_lines(*texts: str | None) -> str:
    """Return the search forms of the `texts` that are given, one per line."""
    return "".join(f"{search_key(text)}\n" for text in texts if text)


def sort_key(text: str) -> str:
    """Return the folded form with numbers in numeric order: `Talk 2` before `Talk 10`.

    Keys are compared by code points or by UTF-8 bytes, which is the same order. Each number is
    prefixed with its length. Leading zeros count only if everything else is equal, fewer first.
    """
    zeros: list[int] = []

    def padded(match: re.Match[str]) -> str:
        digits = match[0].lstrip("0")
        zeros.append(len(match[0]) - len(digits))
        return _length(len(digits)) + digits

    key = _DIGITS.sub(padded, fold(text))
    return f"{key}\1{''.join(map(_length, zeros))}" if any(zeros) else key


def _length(count: int) -> str:
    """Return prefix-free digits that sort like `count`."""
    return "9" * (count // 9) + str(count % 9)


@lru_cache(maxsize=64)
def folder_chain(folder: str) -> str:
    """Return a JSON list of a stored folder and all above it, outermost first.

    A stored folder ends with a slash, except the root, which is empty.
    """
    names = folder.split("/")[:-1]
    return json.dumps(["/".join([*names[:depth], ""]) for depth in range(len(names) + 1)])


def folder_parent(folder: str) -> str | None:
    """Return the stored folder above a stored folder; None for the root."""
    if not folder:
        return None
    above, slash, _ = folder[:-1].rpartition("/")
    return above + slash


def folder_key(folder: str) -> str:
    """Return the sort key of the name of a stored folder, which orders it beside its siblings."""
    return sort_key(folder[:-1].rpartition("/")[2])
