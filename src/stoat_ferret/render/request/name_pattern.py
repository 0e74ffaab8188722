"""Patterns for the names of several files, such as `{video}-{number:02}`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.request.request import MAX_NAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

_PART = re.compile(r"\{\{|\}\}|\{(?P<name>[a-z]+)(?::0?(?P<digits>[1-9]))?\}|(?P<brace>[{}])")
_PLACEHOLDERS = frozenset({"number", "video", "start", "end", "preset"})
_CHOICE = (
    "Use {number} (with leading zeros as {number:03}), {video}, {start}, {end} and {preset}; "
    "a brace itself is written twice."
)
_NUMBER = "-{number:03}"
_EMPTY = "render"


@dataclass(frozen=True, slots=True)
class NamedPart:
    """The values of the placeholders for one file.

    `number` counts from 1, `video` is the name of the video without extension, and the times are
    seconds from its start; an `end` that is not known is None.
    """

    number: int
    video: str
    preset: str
    start: Fraction
    end: Fraction | None


def check_pattern(pattern: str) -> None:
    """Raise `RenderRefusedError` for an unknown placeholder or a brace that stands alone."""
    for found in _PART.finditer(pattern):
        name, digits = found["name"], found["digits"]
        is_known = name in _PLACEHOLDERS and (digits is None or name == "number")
        if found["brace"] or (name is not None and not is_known):
            raise RenderRefusedError(
                f"{found[0]!r} in the name is no placeholder. {_CHOICE}", field="name"
            )


def names_from(pattern: str, parts: Sequence[NamedPart]) -> list[str]:
    """Return a name without extension for each of `parts`, each valid and different.

    Names that would be the same, whatever the case of their letters, get their number at the end.
    Raises `RenderRefusedError` for an invalid pattern.
    """
    check_pattern(pattern)
    names = [_name(pattern, part) for part in parts]
    counts = Counter(map(_folded, names))
    if len(counts) == len(names):
        return names
    numbered = [
        _name(pattern + _NUMBER, part) if counts[_folded(name)] > 1 else name
        for name, part in zip(names, parts, strict=True)
    ]
    if len(set(map(_folded, numbered))) == len(names):
        return numbered
    return [_name(pattern + _NUMBER, part) for part in parts]


def default_name(stem: str, preset: str) -> str:
    """Return the name of a render of a video called `stem`, valid on any file system."""
    return _name("{video}-{preset}", NamedPart(1, stem, preset, Fraction(0), None))


def _name(pattern: str, part: NamedPart) -> str:
    """Fill in `pattern`; what comes from the name of the video is shortened until it fits."""
    video = _printable(part.video)
    room = MAX_NAME_BYTES - len(_filled(pattern, part, "").encode())
    count = sum(found["name"] == "video" for found in _PART.finditer(pattern))
    if count:
        video = video.encode()[: max(room // count, 0)].decode("utf-8", "ignore").rstrip()
    name = _filled(pattern, part, video)
    if room < 0:  # the pattern alone is too long: its end tells the files apart
        name = name.encode()[-room:].decode("utf-8", "ignore")
    return name.strip().lstrip(". ") or _EMPTY


def _filled(pattern: str, part: NamedPart, video: str) -> str:
    def value(found: re.Match[str]) -> str:
        match found["name"]:
            case None:
                return found[0][0]
            case "number":
                return f"{part.number:0{found['digits'] or 1}}"
            case "video":
                return video
            case "preset":
                return part.preset
            case "start":
                return _clock(part.start)
            case _:
                return "end" if part.end is None else _clock(part.end)

    return _PART.sub(value, pattern)


def _clock(seconds: Fraction) -> str:
    """Return a time as `00.01.30.500`: sortable, and valid in a name on any file system."""
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}.{minutes:02}.{rest // 1000:02}.{rest % 1000:03}"


def _printable(stem: str) -> str:
    plain = stem.encode("utf-8", "replace").decode()
    printable = "".join(char if char.isprintable() else "?" for char in plain)
    return printable.lstrip(". ").rstrip() or _EMPTY


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
