"""Small fonts for the tests, whose glyphs are rectangles: no font needs to be installed."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

UNITS = 1000
Box = tuple[int, int, int, int]
"""A rectangle from left and bottom to right and top, in thousandths of the font size."""
FULL: Box = (50, 0, 950, 700)
LOW: Box = (50, 0, 950, 200)


def make_font(
    path: Path, family: str, glyphs: Mapping[str, Box], *, form: int = 12, colored: bool = False
) -> Path:
    """Write a TrueType font with these characters, each of the width of the font size.

    `form` is the format of its table of characters, 4 or 12. A colored one says that it has
    pictures.
    """
    characters = sorted(glyphs)
    outlines = [_rectangle((100, 0, 200, 100)), *(_rectangle(glyphs[char]) for char in characters)]
    count = len(outlines)
    places = [0]
    for outline in outlines:
        places.append(places[-1] + len(outline))
    tables = {
        b"OS/2": struct.pack(
            ">HhHHH10hh10s4I4sHHHhhhHH", 4, UNITS, 400, 5, 0, *[0] * 10, 0, bytes(10), *[0] * 4,
            b"TEST", 64, 0x20, 0xFFFF, 800, -200, 0, 800, 200,
        ) + struct.pack(">IIhhHHH", 0, 0, 500, 700, 0, 32, 0),
        b"cmap": _characters(characters, form),
        b"glyf": b"".join(outlines),
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, UNITS, 0, 0, 0, -200, 1000,
            800, 0, 8, 2, 1, 0,
        ),
        b"hhea": struct.pack(">IhhhHhhhhhh8xhH", 0x10000, 800, -200, 0, UNITS, 0, 0, 1000, 1, 0, 0,
                             0, count),
        b"hmtx": struct.pack(">HH", UNITS, 0) * count,
        b"loca": struct.pack(f">{count + 1}I", *places),
        b"maxp": struct.pack(">IH13H", 0x10000, count, 4, 1, 0, 0, 2, *[0] * 8),
        b"name": _names(family),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 0, 0, 0, 0, 0),
    }  # fmt: skip
    if colored:
        tables[b"CBDT"] = bytes(4)
    path.write_bytes(_file(tables))
    return path


def _file(tables: Mapping[bytes, bytes]) -> bytes:
    directory, content = b"", b""
    start = 12 + 16 * len(tables)
    for tag in sorted(tables):
        table = tables[tag]
        padded = table + bytes(-len(table) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4sIII", tag, total, start + len(content), len(table))
        content += padded
    return struct.pack(">IHHHH", 0x10000, len(tables), 0, 0, 0) + directory + content


def _rectangle(box: Box) -> bytes:
    left, bottom, right, top = box
    xs, ys = (left, 0, right - left, 0), (bottom, top - bottom, 0, bottom - top)
    outline = struct.pack(">hhhhhHH4B", 1, left, bottom, right, top, 3, 0, 1, 1, 1, 1)
    outline += struct.pack(">8h", *xs, *ys)
    return outline + bytes(-len(outline) % 4)


def _characters(characters: list[str], form: int) -> bytes:
    codes = [ord(char) for char in characters]
    if form == 12:
        groups = b"".join(struct.pack(">III", code, code, 1 + n) for n, code in enumerate(codes))
        table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(codes)) + groups
        return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table
    ends, count = [*codes, 0xFFFF], len(codes) + 1
    deltas = [*((1 + n - code) & 0xFFFF for n, code in enumerate(codes)), 1]
    body = struct.pack(
        f">{count}HH{count}H{count}H{count}H", *ends, 0, *ends, *deltas, *[0] * count
    )
    table = struct.pack(">HHHHHHH", 4, 14 + len(body), 0, 2 * count, 0, 0, 0) + body
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + table


def _names(family: str) -> bytes:
    texts = {1: family, 2: "Regular", 4: family, 6: family.replace(" ", "")}
    records, content = b"", b""
    for kind, text in texts.items():
        raw = text.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, kind, len(raw), len(content))
        content += raw
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + content
