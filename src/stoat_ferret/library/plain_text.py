"""Text from file names and media files, made fit to store, to show and to search."""

from __future__ import annotations

import re
import unicodedata

from stoat_ferret.errors import shown

_MARK = "\N{REPLACEMENT CHARACTER}"
# The blocks of marks that stand on Latin, Greek and Cyrillic letters. Those of other scripts,
# such as the vowels of Hindi or the voicing of Japanese, are letters and stay.
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
# Letters that Unicode does not take for others with an accent, and people do.
_PLAIN_LETTERS = str.maketrans(
    {"\N{LATIN SMALL LETTER DOTLESS I}": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"}
)


def plain(text: str) -> str:
    """`text` with replacement marks for what is not Unicode, and for NUL, which is not storable."""
    try:
        return shown(text).replace("\0", _MARK)
    except UnicodeEncodeError:  # half of a pair that stands for no byte of a file name
        return "".join(_MARK if "\ud800" <= c <= "\udfff" or c == "\0" else c for c in text)


def fold(text: str) -> str:
    """The form in which spellings of the same word are equal: case, accents, width, ligatures.

    Stored rows hold this form: whoever changes it writes a migration that folds them anew.
    """
    if text.isascii():
        return plain(text).lower()
    cased = unicodedata.normalize("NFKD", plain(text)).casefold()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", cased)).translate(_PLAIN_LETTERS)
    return unicodedata.normalize("NFC", bare)
