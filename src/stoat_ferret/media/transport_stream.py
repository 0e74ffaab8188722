"""The duration of an MPEG transport stream with timestamp jumps, such as joined recordings.

libav takes the difference of the last timestamp and the first for the duration. This module samples
the timestamps of the first video stream at a few places of the file, and searches for jumps only
between samples that do not advance evenly, so that it reads little of a long file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoat_ferret.media.media_file import MediaFile

TRANSPORT_STREAM = "mpegts"
"""FFmpeg's name of the format."""

_TICKS = 90_000
_WRAP = 2**33
_SYNC = 0x47
_PICTURE = re.compile(rb"\x00\x00\x01[\xe0-\xef\xfd]")
"""The start of a packet of MPEG video, or of later kinds (VC-1), that a program stream has too."""
_PACKETS = {188: 0, 192: 4, 204: 0}
"""The packet sizes with the offset of the sync byte; AVCHD packets have a prefix of four bytes."""
_WHOLE_BYTES = 2 * 2**20
"""Files up to this size are read completely."""
_PLACES = 32
_MANY = 8
_LONG_BYTES = 64 * 2**20
"""Files up to this size are read completely if their times jump more than `_MANY` times."""
_FIRST_WINDOW_BYTES, _WINDOW_BYTES = 16 * 1024, 64 * 1024
_SEARCH_BYTES = 4 * 2**20
"""The distance from a position within which to search for a timestamp."""
_MOST_WINDOWS = 2000
"""The most windows to read: some 130 MB."""
_BACK_TICKS = -_TICKS // 10
_FORWARD_TICKS = 10 * _TICKS
"""A step back or forward of more than this between two pictures is a jump."""
_UNEVEN = 4
"""The factor by which a step may exceed the usual one before it is searched for jumps."""


class Moment(NamedTuple):
    """A position in a file, and when the picture that begins there is decoded and shown."""

    place: int
    decoded: int
    shown: int


class _TooMuchError(Exception):
    """The error if the result would require reading too much."""


def jumping_seconds(file: MediaFile) -> float | None:
    """Return the duration of a transport stream; None if its times do not jump or are unknown."""
    stream = _Stream.of(file)
    if stream is None:
        return None
    try:
        parts = stream.parts()
    except (_TooMuchError, OSError):
        return None
    if len(parts) < 2:
        return None
    frame = stream.frame_ticks()
    return sum(part.ticks + frame for part in parts) / _TICKS


@dataclass
class _Part:
    """A part of a file without a jump."""

    first: int
    last: int

    @property
    def ticks(self) -> int:
        return (self.last - self.first) % _WRAP


@dataclass
class _Stream:
    """The timestamps of the first video stream of an open file."""

    file: MediaFile
    size: int
    start: int
    pid: int
    windows: int = field(default=0)

    @classmethod
    def of(cls, file: MediaFile) -> _Stream | None:
        head = file.peek(0, _WINDOW_BYTES)
        for size, start in _PACKETS.items():
            if all(head[start + n * size : start + n * size + 1] == b"G" for n in range(8)):
                for reach in (_WINDOW_BYTES, _SEARCH_BYTES):
                    for pid, _ in _times(file.peek(0, reach), 0, size, start):
                        return cls(file, size, start, pid)
                return None
        return None

    def frame_ticks(self) -> int:
        """Return the usual duration of a picture; 0 if it is unknown."""
        shown = sorted(moment.shown for moment in self._moments(0, _SEARCH_BYTES))
        steps = [after - before for before, after in pairwise(shown)]
        usual = [step for step in steps if 0 < step < _TICKS]
        return round(median(usual)) if usual else 0

    def parts(self) -> list[_Part]:
        """Return the parts of the file between jumps."""
        size = self.file.size_bytes
        if size <= _WHOLE_BYTES:
            return self._all_parts()
        parts = self._found_parts()
        # With so many, several jumps may lie between two samples and look like one.
        return self._all_parts() if len(parts) > _MANY and size <= _LONG_BYTES else parts

    def _all_parts(self) -> list[_Part]:
        return _split(list(self._moments(0, self.file.size_bytes)))

    def _found_parts(self) -> list[_Part]:
        step = self.file.size_bytes // _PLACES
        places = [self._after(number * step) for number in range(_PLACES)]
        moments = [one for one in places if one] + [*self._last()]
        if len(moments) < 3:
            return []
        self._usual = self._ticks_a_byte(moments)
        parts = [_Part(moments[0].shown, moments[0].shown)]
        for before, after in pairwise(moments):
            for last, first in self._jumps(before, after):
                parts[-1].last = last.shown
                parts.append(_Part(first.shown, first.shown))
            parts[-1].last = after.shown
        return parts

    def _ticks_a_byte(self, moments: list[Moment]) -> float:
        return median(
            abs(_step(one, other)) / max(other.place - one.place, 1)
            for one, other in pairwise(moments)
        )

    def _jumps(self, before: Moment, after: Moment) -> Iterator[tuple[Moment, Moment]]:
        """Yield the moments around each jump between two moments, if their step is unusual."""
        length = after.place - before.place
        usual = length * self._usual
        if 0 <= _step(before, after) <= _UNEVEN * usual + _TICKS:
            return
        if length <= 4 * _WINDOW_BYTES:
            near = [*self._moments(before.place, length + _WINDOW_BYTES)]
            yield from (pair for pair in _pairs(near) if pair[0].place < after.place)
            return
        middle = self._after(before.place + length // 2)
        if middle is None or not before.place < middle.place < after.place:
            near = [*self._moments(before.place, length + _WINDOW_BYTES)]
            yield from (pair for pair in _pairs(near) if pair[0].place < after.place)
            return
        yield from self._jumps(before, middle)
        yield from self._jumps(middle, after)

    def _after(self, place: int) -> Moment | None:
        """Return the first moment from `place` on."""
        return next(self._moments(place, _SEARCH_BYTES), None)

    def _last(self) -> list[Moment]:
        """Return the last moment of the file, as a list of at most one."""
        for reach in (_WINDOW_BYTES * 4, _SEARCH_BYTES):
            found = [*self._moments(max(self.file.size_bytes - reach, 0), reach)]
            if found:
                return found[-1:]
        return []

    def _moments(self, place: int, length: int) -> Iterator[Moment]:
        """Yield every moment in a range of the file."""
        place -= place % self.size
        end = min(place + length, self.file.size_bytes)
        window = _FIRST_WINDOW_BYTES  # often, the first moment is all that is asked for
        while place < end:
            step = window - window % self.size
            window = min(2 * window, _WINDOW_BYTES)
            self.windows += 1
            if self.windows > _MOST_WINDOWS:
                raise _TooMuchError
            data = self.file.peek(place, step)
            for pid, moment in _times(data, place, self.size, self.start):
                if pid == self.pid:
                    yield moment
            place += step


def _times(data: bytes, place: int, size: int, start: int) -> Iterator[tuple[int, Moment]]:
    """Yield the timestamps in `data`, which begins at `place` of a file, with their stream."""
    # Far quicker than to look at each packet: a picture begins in few of them.
    for found in _PICTURE.finditer(data, start):
        begin = found.start()
        at = begin - (begin - start) % size
        if at + 188 > len(data):
            return
        # A packet that has a payload, and in which a picture begins.
        if data[at] != _SYNC or not data[at + 1] & 0x40 or not data[at + 3] & 0x10:
            continue
        if begin != at + 4 + (data[at + 4] + 1 if data[at + 3] & 0x20 else 0):
            continue
        header = data[begin : min(begin + 19, at + 188)]
        if len(header) < 14:
            continue
        if header[7] & 0x80:
            shown = _time(header[9:14])
            has_both = header[7] & 0x40 and len(header) >= 19
            decoded = _time(header[14:19]) if has_both else shown
            pid = (data[at + 1] & 0x1F) << 8 | data[at + 2]
            yield pid, Moment(place + at, decoded, shown)


def _time(data: bytes) -> int:
    """Decode a 33-bit timestamp from five bytes with marker bits; ISO/IEC 13818-1."""
    return (
        (data[0] >> 1 & 7) << 30
        | data[1] << 22
        | (data[2] >> 1) << 15
        | data[3] << 7
        | data[4] >> 1
    )


def _step(before: Moment, after: Moment) -> int:
    """Return the ticks from one moment to another; timestamps wrap around after 26 hours."""
    return (after.decoded - before.decoded + _WRAP // 2) % _WRAP - _WRAP // 2


def _pairs(moments: list[Moment]) -> Iterator[tuple[Moment, Moment]]:
    """Yield the moments before and after each jump."""
    for before, after in pairwise(moments):
        if not _BACK_TICKS <= _step(before, after) <= _FORWARD_TICKS:
            yield before, after


def _split(moments: list[Moment]) -> list[_Part]:
    """Split the complete list of a file's moments into parts."""
    parts: list[list[Moment]] = [[]]
    for before, after in zip([None, *moments], moments, strict=False):
        if before and not _BACK_TICKS <= _step(before, after) <= _FORWARD_TICKS:
            parts.append([])
        parts[-1].append(after)
    return [_extent(part) for part in parts if part]


def _extent(moments: list[Moment]) -> _Part:
    first = moments[0]
    places = [(one.shown - first.shown + _WRAP // 2) % _WRAP for one in moments]
    return _Part(
        (first.shown + min(places) - _WRAP // 2) % _WRAP,
        (first.shown + max(places) - _WRAP // 2) % _WRAP,
    )
