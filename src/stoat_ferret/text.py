"""Text from anywhere, made safe to show, to print on a terminal and to store."""

from __future__ import annotations

import os
import re
import unicodedata

_MARK = "\N{REPLACEMENT CHARACTER}"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# The zero-width joiners hold emoji and some scripts together and do nothing else.
_JOINERS = frozenset("\u200c\u200d")
_ESCAPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def for_display(text: str | bytes | os.PathLike[str]) -> str:
    """Return a text or path as valid Unicode: what is not UTF-8 becomes replacement marks."""
    if isinstance(text, str) and text.isascii():  # most are, and lists hold thousands
        return text
    try:
        return os.fsencode(text).decode("utf-8", "replace")
    except UnicodeEncodeError:  # a surrogate that stands for no byte of a file name
        return _LONE_SURROGATE.sub(_MARK, os.fspath(text) if not isinstance(text, bytes) else "")


def storable(text: str) -> str:
    """Return `text` as any database takes it: valid Unicode, with a mark in place of each NUL."""
    return _MARK.join(for_display(text).split("\0"))


def for_terminal(text: str) -> str:
    r"""Return `text` with nothing in it that steers a terminal: escape is shown as `\x1b`.

    Control characters, line breaks and those that change the direction of text are escaped,
    bytes that are not UTF-8 become replacement marks.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_for_terminal, for_display(text)))


def _for_terminal(char: str) -> str:
    if char in _JOINERS or unicodedata.category(char) not in _ESCAPED_CATEGORIES:
        return char
    return char.encode("unicode_escape").decode("ascii")
