"""A small stream of Blu-ray subtitles (PGS), which FFmpeg can read but not make."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SIDE = 8
_COMPOSITION, _WINDOWS, _PALETTE, _OBJECT, _END = 0x16, 0x17, 0x14, 0x15, 0x80


def make_pgs(path: Path, shown: Iterable[tuple[float, float]]) -> Path:
    """Write a `.sup` file with a white square that is shown from each time to the other."""
    sets = []
    for number, (start, end) in enumerate(shown):
        sets.append(_display_set(start, 2 * number, is_shown=True))
        sets.append(_display_set(end, 2 * number + 1, is_shown=False))
    path.write_bytes(b"".join(sets))
    return path


def _display_set(seconds: float, number: int, *, is_shown: bool) -> bytes:
    state = 0x80 if is_shown else 0
    composition = struct.pack(">HHBHBBBB", 320, 240, 0x10, number, state, 0, 0, int(is_shown))
    window = struct.pack(">BBHHHH", 1, 0, 10, 10, _SIDE, _SIDE)
    segments = [(_COMPOSITION, composition), (_WINDOWS, window), (_END, b"")]
    if is_shown:
        segments[0] = (_COMPOSITION, composition + struct.pack(">HBBHH", 0, 0, 0, 10, 10))
        line = bytes([0, 0x80 | _SIDE, 1, 0, 0])
        head = struct.pack(">HBBBHHH", 0, 0, 0xC0, 0, 4 + _SIDE * len(line), _SIDE, _SIDE)
        palette = bytes([0, 0, 1, 235, 128, 128, 255])
        segments[2:2] = [(_PALETTE, palette), (_OBJECT, head + line * _SIDE)]
    ticks = round(seconds * 90_000)
    return b"".join(
        b"PG" + struct.pack(">IIBH", ticks, 0, kind, len(payload)) + payload
        for kind, payload in segments
    )
