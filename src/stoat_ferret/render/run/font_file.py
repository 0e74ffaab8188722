"""The facts in a font file: its name, its height, and the characters that it has.

The tables are those of OpenType (ISO/IEC 14496-22), of which a collection (`.ttc`) has several
fonts: the first one is read.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from io import BufferedReader

_MOST_BYTES = 16 * 2**20
_MOST_TABLES = 100
_OUTLINES = {b"glyf", b"CFF ", b"CFF2"}
_PICTURES = {b"CBDT", b"sbix"}
_WINDOWS, _UNICODE = 3, 0
_ENGLISH = 0x409
_FAMILY = 1
_UNSAFE = frozenset("\\{},@\0\n\r")


class FontFile:
    """An open font file. Blocking; its methods raise `ValueError` and `OSError` if it is damaged.

    A font without outlines, such as one of colored pictures, counts as damaged: libass cannot draw
    it.
    """

    def __init__(self, file: BufferedReader) -> None:
        self._file = file
        try:
            self._tables = self._directory()
            if not _OUTLINES & self._tables.keys() or self._is_colored():
                raise ValueError("it has no outlines")
            self._characters = _Characters(self._table(b"cmap"))
        except (struct.error, IndexError) as error:
            raise ValueError("it is damaged") from error

    def glyphs(self, characters: Iterable[str]) -> dict[str, int]:
        """Return the numbers of the glyphs of those `characters` that the font has."""
        try:
            numbers = {char: self._characters.glyph(ord(char)) for char in characters}
        except (struct.error, IndexError) as error:
            raise ValueError("it is damaged") from error
        return {char: number for char, number in numbers.items() if number}

    def advances(self, glyphs: dict[str, int]) -> dict[str, float]:
        """Return the widths of glyphs relative to the font size."""
        try:
            (count,) = struct.unpack_from(">H", self._table(b"hhea"), 34)
            metrics = self._table(b"hmtx")
            units = self._units()
            return {
                char: struct.unpack_from(">H", metrics, 4 * min(glyph, count - 1))[0] / units
                for char, glyph in glyphs.items()
            }
        except (struct.error, IndexError) as error:
            raise ValueError("it is damaged") from error

    def height(self) -> float:
        """Return the height of a line relative to the font size, as libass measures it."""
        try:
            ascent = descent = 0
            if b"OS/2" in self._tables:
                ascent, descent = struct.unpack_from(">HH", self._table(b"OS/2"), 74)
            if not ascent + descent:
                up, down = struct.unpack_from(">hh", self._table(b"hhea"), 4)
                ascent, descent = up, -down
            height: float = (ascent + descent) / self._units()
        except struct.error as error:
            raise ValueError("it is damaged") from error
        if not 0.1 < height < 10:
            raise ValueError("it has no height")
        return height

    def family(self) -> str:
        """Return the name of its family, in English if it has one."""
        try:
            found = self._names()
        except (struct.error, UnicodeDecodeError) as error:
            raise ValueError("it is damaged") from error
        name = found.get(_ENGLISH) or next(iter(found.values()), "")
        if not name or _UNSAFE & set(name):
            raise ValueError("it has no name that can be used")
        return name

    def _names(self) -> dict[int, str]:
        table = self._table(b"name")
        count, start = struct.unpack_from(">HH", table, 2)
        found: dict[int, str] = {}
        for number in range(count):
            platform, _, language, kind, length, offset = struct.unpack_from(
                ">6H", table, 6 + 12 * number
            )
            if platform in {_WINDOWS, _UNICODE} and kind == _FAMILY:
                text = table[start + offset : start + offset + length]
                found.setdefault(language, text.decode("utf-16-be").strip())
        return found

    def _units(self) -> int:
        (units,) = struct.unpack_from(">H", self._table(b"head"), 18)
        if not units:
            raise ValueError("it is damaged")
        return int(units)

    def _is_colored(self) -> bool:
        if _PICTURES & self._tables.keys():
            return True
        # Version 1 draws its glyphs without the outlines, version 0 in addition to them.
        return b"COLR" in self._tables and self._table(b"COLR")[:2] != b"\0\0"

    def _directory(self) -> dict[bytes, tuple[int, int]]:
        start = 0
        if self._read(0, 4) == b"ttcf":
            (start,) = struct.unpack(">I", self._read(12, 4))
        (count,) = struct.unpack(">H", self._read(start + 4, 2))
        if count > _MOST_TABLES:
            raise ValueError("it is damaged")
        entries = self._read(start + 12, 16 * count)
        found = struct.iter_unpack(">4sIII", entries)
        return {tag: (offset, length) for tag, _, offset, length in found}

    def _table(self, tag: bytes) -> bytes:
        if tag not in self._tables:
            raise ValueError(f"it has no table {tag.decode('ascii', 'replace')}")
        return self._read(*self._tables[tag])

    def _read(self, offset: int, length: int) -> bytes:
        if length > _MOST_BYTES:
            raise ValueError("it is too large")
        self._file.seek(offset)
        return self._file.read(length)


class _Characters:
    """The table that maps characters to glyphs, in one of the two formats that fonts have today."""

    def __init__(self, table: bytes) -> None:
        self._table = table
        (count,) = struct.unpack_from(">H", table, 2)
        found: dict[int, int] = {}
        for number in range(count):
            platform, _, offset = struct.unpack_from(">HHI", table, 4 + 8 * number)
            (form,) = struct.unpack_from(">H", table, offset)
            if platform in {_WINDOWS, _UNICODE}:
                found.setdefault(form, offset)
        self._form = next((form for form in (12, 4) if form in found), None)
        if self._form is None:
            raise ValueError("it has no Unicode characters")
        self._start = found[self._form]
        self._ends = self._read_ends()

    def glyph(self, code: int) -> int:
        """Return the number of the glyph of a character, 0 if there is none."""
        place = bisect_left(self._ends, code)
        if place == len(self._ends):
            return 0
        return self._in_group(place, code) if self._form == 12 else self._in_segment(place, code)

    def _read_ends(self) -> list[int]:
        if self._form == 12:
            (count,) = struct.unpack_from(">I", self._table, self._start + 12)
            groups = self._table[self._start + 16 : self._start + 16 + 12 * count]
            return [end for _, end, _ in struct.iter_unpack(">III", groups)]
        (self._segments,) = struct.unpack_from(">H", self._table, self._start + 6)
        self._segments //= 2
        return [*struct.unpack_from(f">{self._segments}H", self._table, self._start + 14)]

    def _in_group(self, place: int, code: int) -> int:
        first, _, glyph = struct.unpack_from(">III", self._table, self._start + 16 + 12 * place)
        return int(glyph + code - first) if code >= first else 0

    def _in_segment(self, place: int, code: int) -> int:
        size = 2 * self._segments
        at = self._start + 16 + size + 2 * place
        (first,) = struct.unpack_from(">H", self._table, at)
        (delta,) = struct.unpack_from(">H", self._table, at + size)
        (offset,) = struct.unpack_from(">H", self._table, at + 2 * size)
        if code < first:
            return 0
        if not offset:
            return int(code + delta) & 0xFFFF
        (glyph,) = struct.unpack_from(
            ">H", self._table, at + 2 * size + offset + 2 * (code - first)
        )
        return int(glyph + delta) & 0xFFFF if glyph else 0
