"""Ignore file patterns, translated into regular expressions that match in bounded time.

The rules are those of gitignore(5) and of git's `wildmatch`, applied to characters instead of
bytes. A star whose following text matches never tries a later position: if the rest of the name
does not match after the first position, it does not match after any other. Atomic groups express
this in `re`, so the cost of a line with many stars is at most its length times the length of the
name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Self

MAX_LINE_CHARACTERS = 1000


class _Wild(Enum):
    STAR = "*"
    SLASH = "/"
    DEEP = "**"


_Token = str | _Wild
"""The regular expression of one character, or a wildcard."""

_NOT_SLASH = "[^/]"
_NOTHING = "(?!)"
# As in git's wildmatch: ASCII only, whatever the locale.
_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": " \\t\\n\\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


@dataclass(frozen=True, slots=True)
class IgnorePattern:
    """A pattern that excludes matching entries, or keeps them if `includes` is set."""

    regex: re.Pattern[str]
    includes: bool
    only_folders: bool
    by_name: bool
    """True if it matches the name alone instead of the path relative to the ignore file."""

    @classmethod
    def parse(cls, line: str) -> Self | None:
        """Parse a line; return None for a comment or a blank line.

        Raises `ValueError` with the reason if the line cannot match anything.
        """
        line = _without_trailing_blanks(line)
        if not line or line.startswith("#"):
            return None
        if len(line) > MAX_LINE_CHARACTERS:
            raise ValueError(f"it is longer than {MAX_LINE_CHARACTERS:,} characters")
        includes = line.startswith("!")
        text = line[1:] if includes else line
        only_folders = text.endswith("/")
        text = text.removesuffix("/")
        if not text:
            raise ValueError("it names nothing")
        by_name = "/" not in text
        tokens = _Reader(text.removeprefix("/")).tokens()
        regex = _segment(tokens) if by_name else _path(_segments(tokens))
        return cls(re.compile(rf"{regex}\Z", re.DOTALL), includes, only_folders, by_name)


def _without_trailing_blanks(line: str) -> str:
    """Return `line` without trailing blanks, except one that is escaped by a backslash."""
    bare = line.rstrip(" ")
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return bare + " " if bare != line and backslashes % 2 else bare


class _Reader:
    """A parser that reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def tokens(self) -> list[_Token]:
        """Return all tokens. Raises `ValueError` for an invalid pattern."""
        found: list[_Token] = []
        while self._at < len(self._text):
            found.append(self._token())
        return found

    def _token(self) -> _Token:
        character = self._next()
        if character == "*":
            return self._stars()
        if character == "[":
            return self._brackets()
        if character == "?":
            return _NOT_SLASH
        if character == "\\":
            character = self._next("it ends in a backslash")
        return _Wild.SLASH if character == "/" else re.escape(character)

    def _next(self, missing: str = "a bracket in it is not closed") -> str:
        if self._at >= len(self._text):
            raise ValueError(missing)
        self._at += 1
        return self._text[self._at - 1]

    def _stars(self) -> _Token:
        first = self._at - 1
        while self._text.startswith("*", self._at):
            self._at += 1
        fills_segment = (first == 0 or self._text[first - 1] == "/") and (
            self._at == len(self._text) or self._text.startswith(("/", "\\/"), self._at)
        )
        return _Wild.DEEP if self._at - first > 1 and fills_segment else _Wild.STAR

    def _brackets(self) -> str:
        negated = self._text.startswith(("!", "^"), self._at)
        self._at += negated
        parts = ""
        previous = ""
        character = self._next()
        while True:
            part, previous = self._part(character, previous)
            parts += part
            character = self._next()
            if character == "]":
                break
        if not parts:
            return _NOT_SLASH if negated else _NOTHING
        return f"(?!/)[{'^' if negated else ''}{parts}]"

    def _part(self, character: str, previous: str) -> tuple[str, str]:
        """Return the regex of one bracket item, and the character that may start a range."""
        if character == "\\":
            character = self._next()
        elif character == "-" and previous and not self._text.startswith("]", self._at):
            last = self._next()
            if last == "\\":
                last = self._next()
            fits = previous <= last
            return (f"{re.escape(previous)}-{re.escape(last)}" if fits else ""), ""
        elif character == "[" and self._text.startswith(":", self._at):
            end = self._text.find("]", self._at + 1)
            if end < 0:
                raise ValueError("a bracket in it is not closed")
            if end > self._at + 1 and self._text[end - 1] == ":":
                return self._named_class(end), ""
        return re.escape(character), character

    def _named_class(self, end: int) -> str:
        name = self._text[self._at + 1 : end - 1]
        self._at = end + 1
        if name not in _CLASSES:
            raise ValueError(f"there is no class of characters [:{name[:20]}:]")
        return _CLASSES[name]


def _segments(tokens: list[_Token]) -> list[list[_Token]]:
    segments: list[list[_Token]] = [[]]
    for token in tokens:
        if token is _Wild.SLASH:
            segments.append([])
        else:
            segments[-1].append(token)
    return segments


def _path(segments: list[list[_Token]]) -> str:
    """Return the regex of a path; the first match between two `**` is sufficient."""
    groups: list[list[str]] = [[]]
    for segment in segments:
        if segment == [_Wild.DEEP]:
            groups.append([])
        else:
            groups[-1].append(_segment(segment))
    first, *others = groups
    if not others:
        return "/".join(first)
    *middle, last = others
    regex = "".join(f"{segment}/" for segment in first)
    for group in middle:
        if group:
            regex += f"(?>(?:[^/]+/)*?{'/'.join(group)}/)"
    return regex + (f"(?:[^/]+/)*{'/'.join(last)}" if last else ".+")


def _segment(tokens: list[_Token]) -> str:
    """Return the regex of one name; text between two stars takes the first match."""
    chunks = [""]
    for token in tokens:
        if isinstance(token, _Wild):
            chunks.append("")
        else:
            chunks[-1] += token
    first, *others = chunks
    if not others:
        return first
    *middle, last = others
    return (
        first
        + "".join(f"(?>{_NOT_SLASH}*?{chunk})" for chunk in middle if chunk)
        + f"{_NOT_SLASH}*{last}"
    )
