"""Text from file names and media files, made fit to store, to show and to search."""

from __future__ import annotations

import unicodedata

from stoat_ferret.errors import shown


def plain(text: str) -> str:
    """`text` with replacement marks for what is not Unicode, and for NUL, which is not storable."""
    return shown(text).replace("\0", "\N{REPLACEMENT CHARACTER}")


def fold(text: str) -> str:
    """The form in which two spellings of the same letters are equal: case, width, composition."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", plain(text)).casefold())
