"""Text from any source, made safe to display, to print on a terminal and to store."""

from __future__ import annotations

import os
import re
import unicodedata
from operator import add
from urllib.parse import quote_from_bytes, unquote_to_bytes

_FILE_URI = "file://"
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


_MAX_PAIRS = 50_000


class _PairWords(dict[str, str]):
    """A cache of the words of pairs; filled on first use, and emptied if it becomes large."""

    def __missing__(self, pair: str) -> str:
        if len(self) >= _MAX_PAIRS:
            self.clear()
        self[pair] = word = letter_word(pair)
        return word


_PAIR_WORDS = _PairWords()


def letter_pairs(text: str) -> str:
    """Return all pairs of adjacent characters as words, for a full-text index.

    The last character forms a pair with a line break. Stored indexes contain these words: a change
    here needs a migration that makes them again.
    """
    pairs = set(map(add, text, f"{text[1:]}\n"))
    return " ".join(map(_PAIR_WORDS.__getitem__, pairs))


def letter_word(letters: str) -> str:
    """Return the word of a pair of characters, or the beginning of those of one character."""
    return letters.encode("utf-8", "replace").hex()


def path_to_send(path: str) -> str:
    """Return `path` in a form that a client can send back.

    That is the path itself, or a `file://` URI (RFC 8089) if it is not valid Unicode.
    """
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return _FILE_URI + quote_from_bytes(os.fsencode(path))
    return path


def path_sent(value: str) -> str:
    """Return the path that a client sent, as `os.fsdecode` does; the inverse of `path_to_send`.

    Raises `ValueError` if it is no absolute path.
    """
    path = value
    if value.startswith(_FILE_URI):
        path = os.fsdecode(unquote_to_bytes(value.removeprefix(_FILE_URI)))
    if not path.startswith("/"):
        raise ValueError("must be an absolute path, such as /home/ada/Videos")
    if "\0" in path:
        raise ValueError("must not contain a NUL character")
    return path
