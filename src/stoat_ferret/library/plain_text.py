"""Text from file names and media files, made fit to store, to show and to search."""

from __future__ import annotations

import unicodedata

from stoat_ferret.errors import shown

_MARK = "\N{REPLACEMENT CHARACTER}"


def plain(text: str) -> str:
    """`text` with replacement marks for what is not Unicode, and for NUL, which is not storable."""
    try:
        return shown(text).replace("\0", _MARK)
    except UnicodeEncodeError:  # half of a pair that stands for no byte of a file name
        return "".join(_MARK if "\ud800" <= c <= "\udfff" or c == "\0" else c for c in text)


def fold(text: str) -> str:
    """The form in which two spellings of the same letters are equal: case, width, composition."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", plain(text)).casefold())
