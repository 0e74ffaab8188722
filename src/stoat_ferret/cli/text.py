"""Text for people: safe to print whatever a file is called, and sizes and times they can read."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from stoat_ferret.errors import shown

# The zero-width joiners hold emoji and some scripts together and do nothing else.
_JOINERS = frozenset("\u200c\u200d")
_ESCAPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def printable(text: str) -> str:
    r"""`text` with nothing in it that steers a terminal: an escape character is shown as `\x1b`.

    Control characters, line breaks and those that change the direction of text are escaped,
    bytes that are not UTF-8 become replacement marks.
    """
    if text.isascii() and text.isprintable():
        return text
    text = shown(text) if _is_from_file_name(text) else text.encode(errors="replace").decode()
    return "".join(map(_printable_character, text))


def _is_from_file_name(text: str) -> bool:
    return all(not "\ud800" <= char <= "\udfff" or "\udc80" <= char <= "\udcff" for char in text)


def _printable_character(char: str) -> str:
    if char in _JOINERS or unicodedata.category(char) not in _ESCAPED_CATEGORIES:
        return char
    return char.encode("unicode_escape").decode("ascii")


def duration(seconds: float | None) -> str:
    """Hours, minutes and seconds: `1:02:03`, `0:07`; a dash where it is not known."""
    if seconds is None:
        return "-"
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours}:{minutes:02}:{whole % 60:02}"
    return f"{minutes}:{whole % 60:02}"


def size(size_bytes: int | None) -> str:
    """A number of bytes in the decimal units that file managers use: `1.4 GB`."""
    if size_bytes is None:
        return "-"
    value = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def local_time(value: str | datetime | None) -> str:
    """A moment in the time zone of this machine, to the minute; a dash for None."""
    if value is None:
        return "-"
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone().strftime("%Y-%m-%d %H:%M")


def plural(count: int, noun: str, several: str | None = None) -> str:
    """`1 file`, `1,234 files`; `several` is the plural of a noun that takes more than an s."""
    return f"{count:,} {noun if count == 1 else several or noun + 's'}"
