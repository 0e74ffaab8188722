"""Text from any source, made safe to display, to print on a terminal and to store."""

from __future__ import annotations

import os
import re
import unicodedata

_MARK = "\N{REPLACEMENT CHARACTER}"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Zero-width joiners are needed for emoji and some scripts, and have no other effect.
_JOINERS = frozenset("\u200c\u200d")
_ESCAPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def for_display(text: str | bytes | os.PathLike[str]) -> str:
    """Return a text or path as valid Unicode; bytes that are not UTF-8 are replaced."""
    if isinstance(text, str) and text.isascii():  # most texts are, and lists contain thousands
        return text
    try:
        return os.fsencode(text).decode("utf-8", "replace")
    except UnicodeEncodeError:  # a surrogate that does not stand for a byte of a file name
        return _LONE_SURROGATE.sub(_MARK, os.fspath(text) if not isinstance(text, bytes) else "")


def storable(text: str) -> str:
    """Return `text` as any database takes it: valid Unicode, with a mark in place of each NUL."""
    return _MARK.join(for_display(text).split("\0"))


def for_terminal(text: str) -> str:
    r"""Return `text` without terminal control sequences: escape is shown as `\x1b`.

    Control characters, line breaks and bidirectional controls are escaped; bytes that are not UTF-8
    are replaced.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_for_terminal, for_display(text)))


def _for_terminal(char: str) -> str:
    if char in _JOINERS or unicodedata.category(char) not in _ESCAPED_CATEGORIES:
        return char
    return char.encode("unicode_escape").decode("ascii")
