"""Text from file names and media files, made fit to search and to sort."""

from __future__ import annotations

import re
import unicodedata

from stoat_ferret.text import storable

_BLANKS = re.compile(r"[^\S ]\s*|\s{2,}")
_DASHES = re.compile(r"[- ]+")
_DIGITS = re.compile("[0-9]+")

# What people type for a quotation mark, beside those that Unicode knows as such.
_APOSTROPHES = "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u2032\u2035\u05f3\u1fbd\u1fbf\u1ffd\u1ffe"
_QUOTES = "\u05f4\u2033"
# Letters that Unicode does not take for others with an accent, and people do.
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
# What stands for a slash where a name may not hold one: of fractions, division, and big ones.
_SLASHES = {"\u2044": "/", "\u2215": "/", "\u29f8": "/", "\u29f9": "\\"}
_MINUS = {"\N{MINUS SIGN}": "-"}
_MARKS = dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_QUOTES, '"')
_LETTERS = _LATIN | _ARABIC | _PERSIAN | _SLASHES | _MINUS | _MARKS
# Some are a blank and an accent to Unicode, so they are replaced before they are taken apart.
_FIRST = str.maketrans({letter: _LETTERS[letter] for letter in _APOSTROPHES})
QUOTATION_MARKS = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u301d\u301e\u301f\uff02'
"""Those that stand around something, of all scripts; apostrophes are none."""
# Variation selectors and fillers, which show nothing and are no format characters.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_OVERLAY = 1
_POINTS = range(10, 37)
"""Combining classes of the points of Hebrew, Arabic and Syriac."""
_FIRST_PLACED = 200
"""The lowest combining class that says where a mark stands, as those of accents do."""


class _Folding(dict[int, str]):
    """A cache of what each character is folded into, filled when the character first occurs."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(character: str) -> str:
    """`character`, which is decomposed and in lower case, or what stands for it."""
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
    """Return whether it is an accent or a point, and not a mark that makes another letter.

    The vowels of Hindi, the tones of Thai and the voicing of Japanese have classes of their own:
    https://www.unicode.org/reports/tr44/#Canonical_Combining_Class_Values
    """
    place = unicodedata.combining(character)
    return place == _OVERLAY or place in _POINTS or place >= _FIRST_PLACED


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The form in which spellings of the same words are equal.

    Case, accents, width and ligatures, the kinds of dashes, quotation marks, digits and blanks
    make no difference, and what is not seen is left out. Stored rows hold this form: whoever
    changes it writes a migration that folds them anew.
    """
    if text.isascii():
        return _BLANKS.sub(" ", storable(text).lower().replace("`", "'"))
    apart = unicodedata.normalize("NFKD", storable(text).translate(_FIRST)).casefold()
    bare = unicodedata.normalize("NFKD", apart).translate(_FOLDING)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", bare))


def search_key(text: str) -> str:
    """The form in which texts are searched: folded, and with blanks for dashes."""
    return _DASHES.sub(" ", fold(text))


def search_lines(*texts: str | None) -> str:
    """Those of `texts` that there are, as they are searched: each is a line of its own."""
    return "".join(f"{search_key(text)}\n" for text in texts if text)


def sort_key(text: str) -> str:
    """The folded form, changed so that numbers in it are in order: `Talk 2` before `Talk 10`.

    Keys are compared by code points or by the bytes of UTF-8, which is the same order. A number
    begins with its length; leading zeros count where all else is equal, the fewer first.
    """
    zeros: list[int] = []

    def padded(match: re.Match[str]) -> str:
        digits = match[0].lstrip("0")
        zeros.append(len(match[0]) - len(digits))
        return _length(len(digits)) + digits

    key = _DIGITS.sub(padded, fold(text))
    return f"{key}\1{''.join(map(_length, zeros))}" if any(zeros) else key


def _length(count: int) -> str:
    """Digits that are in the order of `count`, none of them the beginning of others."""
    return "9" * (count // 9) + str(count % 9)
