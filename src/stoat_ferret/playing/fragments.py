"""Fragments of MP4, cut from the stream that FFmpeg writes to a pipe.

See ISO/IEC 14496-12: a header (`ftyp`, `moov`), then fragments of a `moof` and an `mdat` each.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_BOX = 256 * 2**20
"""The bytes of the largest box: a fragment is kept in memory until it is whole."""
LATER_SECONDS = 10
"""The time by which FFmpeg writes all times later than they are.

Pictures are decoded before they are shown, the first ones before 0, which the format cannot store.
"""
_HEAD = 8
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"moof", b"traf"})


class FragmentError(ValueError):
    """A stream is not fragmented MP4."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A fragment, and the time at which its video begins; None if it has none."""

    start: Fraction | None
    data: bytes


class FragmentReader:
    """A reader of the header and the fragments in pieces of any size.

    Their times are made earlier by `LATER_SECONDS`, or 0: encoded audio begins earlier, by the
    samples that its decoder drops.
    """

    def __init__(self) -> None:
        self.header: bytes | None = None
        """The header as soon as all of it was read."""
        self._buffer = bytearray()
        self._before = b""
        self._scales: dict[int, int] = {}
        self._video: int | None = None

    def feed(self, data: bytes) -> list[Fragment]:
        """Return the fragments that `data` completes. Raises `FragmentError`."""
        try:
            return self._read(data)
        except (struct.error, IndexError) as error:
            raise FragmentError("a box is shorter than its content") from error

    def _read(self, data: bytes) -> list[Fragment]:
        self._buffer += data
        found = []
        while (box := self._take()) is not None:
            kind, content = box
            if kind == b"moov":
                self._read_tracks(content)
                self.header = self._before + content
                self._before = b""
            elif kind == b"ftyp":
                self._before = content
            elif kind == b"moof":
                if self.header is None:
                    raise FragmentError("a fragment comes before the header")
                self._before = content
            elif kind == b"mdat" and self._before:
                found.append(self._fragment(bytearray(self._before), content))
                self._before = b""
        return found

    def _take(self) -> tuple[bytes, bytes] | None:
        """Remove the next box from the buffer if all of it is there."""
        if len(self._buffer) < 2 * _HEAD:
            return None
        size, kind = struct.unpack_from(">I4s", self._buffer)
        if size == 1:
            (size,) = struct.unpack_from(">Q", self._buffer, _HEAD)
        if not _HEAD <= size <= LARGEST_BOX:
            raise FragmentError(f"a box has {size} bytes")
        if len(self._buffer) < size:
            return None
        content = bytes(self._buffer[:size])
        del self._buffer[:size]
        return kind, content

    def _read_tracks(self, moov: bytes) -> None:
        track = 0
        for kind, start, _ in _boxes(moov, 0, len(moov)):
            if kind == b"tkhd":
                (track,) = struct.unpack_from(">I", moov, start + (20 if moov[start] else 12))
            elif kind == b"mdhd":
                (scale,) = struct.unpack_from(">I", moov, start + (20 if moov[start] else 12))
                self._scales[track] = scale
            elif kind == b"hdlr" and moov[start + 8 : start + 12] == b"vide":
                self._video = track

    def _fragment(self, moof: bytearray, mdat: bytes) -> Fragment:
        track, found = 0, None
        for kind, start, _ in _boxes(bytes(moof), 0, len(moof)):
            if kind == b"tfhd":
                (track,) = struct.unpack_from(">I", moof, start + 4)
            elif kind == b"tfdt":
                layout = ">Q" if moof[start] else ">I"
                (time,) = struct.unpack_from(layout, moof, start + 4)
                scale = self._scales.get(track) or 1
                time = max(time - LATER_SECONDS * scale, 0)
                struct.pack_into(layout, moof, start + 4, time)
                if track == self._video:
                    found = Fraction(time, scale)
        return Fragment(found, bytes(moof) + mdat)


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind of each box, and where its content starts and ends; containers first."""
    while start + _HEAD <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < _HEAD or start + size > end:
            raise FragmentError(f"the box {kind!r} is longer than what contains it")
        yield kind, start + _HEAD, start + size
        if kind in _CONTAINERS:
            yield from _boxes(data, start + _HEAD, start + size)
        start += size
