"""The pictures that the index of an MP4 or MOV file names, without reading the rest of the file.

ISO/IEC 14496-12 describes the index. Everything that results of renders do not have, or of which
FFmpeg's demuxer makes something else, is left to FFmpeg.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, chain, islice, repeat
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_WHOLE_PACKETS = frozenset(
    {b"avc1", b"avc3", b"hvc1", b"hev1", b"av01", b"mp4v"}
    | {b"apco", b"apcs", b"apcn", b"apch", b"ap4h", b"ap4x"}
)
"""The kinds of pictures whose samples FFmpeg passes on as they are."""
_GROUPS = b"sbgp"
"""The box with groups of samples, by which FFmpeg finds further key frames."""
_LARGEST = 256 * 2**20
_MOST_SAMPLES = 1_000_000
"""Reading that many takes some 160 MB; the pictures of longer files are listed by FFmpeg."""
_NOTHING, _NORMAL_RATE = -1, 0x10000


class _UnsupportedError(Exception):
    """The file has something that is left to FFmpeg."""


@dataclass(frozen=True, slots=True)
class ListedPictures:
    """The pictures of a stream: the time of each in ticks, and whether it is a key frame.

    They are in the order of the file, and `time_base` is the length of a tick in seconds. Times
    count from the start of the file, or, if it `is_shifted`, from an unknown time.
    """

    time_base: Fraction
    pictures: list[tuple[int, bool]]
    is_shifted: bool = False

    def shifted_to(self, first: Sequence[tuple[int, bool]]) -> ListedPictures | None:
        """Return them at the times of their `first` few; None if those are others."""
        shift = first[0][0] - self.pictures[0][0] if first else 0
        pictures = [(time + shift, is_key) for time, is_key in self.pictures]
        is_alike = bool(first) and pictures[: len(first)] == [*first]
        return ListedPictures(self.time_base, pictures) if is_alike else None


def read_pictures(path: Path) -> ListedPictures | None:
    """Return the pictures of the first video stream as FFmpeg's demuxer would; None if unsure.

    They are shifted if the first one is not shown at once. Blocking. Raises `OSError`.
    """
    try:
        with path.open("rb") as file:
            movie, size_bytes = _movie(file)
        scale = _scale(_inside(movie)[b"mvhd"])
        tracks = [_Track.parse(body, scale) for body in _all(movie, b"trak")]
        videos = [track for track in tracks if track.handler == b"vide"]
        return videos[0].listed(size_bytes)
    except (_UnsupportedError, KeyError, ValueError, IndexError, struct.error):
        return None


def _movie(file: BinaryIO) -> tuple[memoryview, int]:
    """Return the body of the only `moov` box, and the size of the file."""
    place, movie = 0, None
    end = file.seek(0, 2)
    while place < end:
        file.seek(place)
        size, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            (size,), header = struct.unpack(">Q", file.read(8)), 16
        if size == 0:
            size = end - place
        if size < header or place + size > end or (movie and kind == b"moov"):
            raise _UnsupportedError
        if kind == b"moov":
            if size > _LARGEST:
                raise _UnsupportedError
            movie = memoryview(file.read(size - header))
        place += size
    if movie is None or b"mvex" in _inside(movie):  # more of the index is in fragments
        raise _UnsupportedError
    return movie, end


def _boxes(body: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    place = 0
    while place + 8 <= len(body):
        size, kind = struct.unpack_from(">I4s", body, place)
        if size < 8 or place + size > len(body):
            raise _UnsupportedError
        yield kind, body[place + 8 : place + size]
        place += size


def _all(body: memoryview, kind: bytes) -> Iterator[memoryview]:
    return (inner for found, inner in _boxes(body) if found == kind)


def _inside(body: memoryview, *kinds: bytes) -> dict[bytes, memoryview]:
    """Return the boxes at the end of a path of boxes, by kind."""
    boxes = dict(_boxes(body))
    for kind in kinds:
        boxes = dict(_boxes(boxes[kind]))
    return boxes


@dataclass(frozen=True, slots=True)
class _Track:
    """A track with times in ticks, `scale` of which are a second."""

    handler: bytes
    scale: int
    edit: _Edit | None
    tables: Mapping[bytes, memoryview]

    @classmethod
    def parse(cls, body: memoryview, movie_scale: int) -> _Track:
        media = _inside(body, b"mdia")
        scale = _scale(media[b"mdhd"])
        edits = [edit for one in _all(body, b"edts") for edit in _all(one, b"elst")]
        return cls(
            bytes(media[b"hdlr"][8:12]),
            scale,
            _Edit.parse(edits[0], scale, movie_scale) if edits else None,
            _inside(body, b"mdia", b"minf", b"stbl"),
        )

    def listed(self, size_bytes: int) -> ListedPictures:
        """Return the pictures, all of which are within the `size_bytes` of the file."""
        self._check_kind()
        count = self._check_sizes(size_bytes)
        decoded = [*accumulate(_runs(self.tables[b"stts"], count), initial=0)]
        offsets: Iterator[int] = repeat(0)
        if b"ctts" in self.tables:
            offsets = _runs(self.tables[b"ctts"], count, signed=True)
        start = self.edit.start if self.edit else 0
        starts = decoded[:-1]
        times = [at + offset - start for at, offset in zip(starts, offsets, strict=False)]
        keys = self._keys(count)
        # FFmpeg discards pictures that an edit list hides, before its start and after its end.
        ends_early = self.edit is not None and max(times) + 1 >= self.edit.length
        if len(times) != count or min(times) < 0 or ends_early:
            raise _UnsupportedError
        pictures = [(time, at in keys) for at, time in enumerate(times, start=1)]
        is_late = min(times) > 0 or (self.edit is not None and self.edit.is_late)
        return ListedPictures(Fraction(1, self.scale), pictures, is_shifted=is_late)

    def _check_kind(self) -> None:
        (kinds,) = struct.unpack_from(">I", self.tables[b"stsd"], 4)
        code = bytes(self.tables[b"stsd"][12:16])
        if kinds != 1 or code not in _WHOLE_PACKETS or _GROUPS in self.tables:
            raise _UnsupportedError

    def _check_sizes(self, size_bytes: int) -> int:
        """Return how many samples there are; each has bytes of its own in the file."""
        same: int
        count: int
        same, count = struct.unpack_from(">II", self.tables[b"stsz"], 4)
        if not 0 < count <= _MOST_SAMPLES:
            raise _UnsupportedError
        sizes = [same] * count if same else _numbers(self.tables[b"stsz"], 8)
        chunks, per_chunk = self.tables[b"stsc"], struct.unpack_from(">I", self.tables[b"stsc"], 4)
        *_, (_, in_last, _) = struct.iter_unpack(">III", chunks[8 : 8 + 12 * per_chunk[0]])
        if b"co64" in self.tables:
            starts = _numbers(self.tables[b"co64"], form="Q")
        else:
            starts = _numbers(self.tables[b"stco"])
        end = max(starts[-1] + sum(sizes[-in_last:]), *starts)
        if not all(sizes) or sum(sizes) > size_bytes or end > size_bytes:
            raise _UnsupportedError
        return count

    def _keys(self, count: int) -> set[int]:
        """Return the numbers of key frames, from 1."""
        if b"stss" not in self.tables:
            return set(range(1, count + 1))
        return set(_numbers(self.tables[b"stss"]))


def _scale(header: memoryview) -> int:
    """Return the ticks a second of the movie or of a track."""
    (scale,) = struct.unpack_from(">I", header, 20 if header[0] else 12)
    if not scale:
        raise _UnsupportedError
    return int(scale)


@dataclass(frozen=True, slots=True)
class _Edit:
    """The part of a track that is shown, in ticks; nothing is before that if it `is_late`."""

    start: int
    length: int
    is_late: bool

    @classmethod
    def parse(cls, edits: memoryview, scale: int, movie_scale: int) -> _Edit:
        form = ">QqI" if edits[0] else ">IiI"
        (count,) = struct.unpack_from(">I", edits, 4)
        found = [*struct.iter_unpack(form, edits[8 : 8 + count * struct.calcsize(form)])]
        is_late = len(found) > 1 and found[0][1] == _NOTHING
        ((length, start, rate),) = found[is_late:]
        if start < 0 or rate != _NORMAL_RATE:
            raise _UnsupportedError
        return cls(start, length * scale // movie_scale, is_late)


def _numbers(table: memoryview, start: int = 4, form: str = "I") -> tuple[int, ...]:
    """Return the numbers that follow their count."""
    (count,) = struct.unpack_from(">I", table, start)
    return struct.unpack_from(f">{count}{form}", table, start + 4)


def _runs(table: memoryview, most: int, *, signed: bool = False) -> Iterator[int]:
    """Return the values of a table of counts and values, `most` of them at most."""
    (count,) = struct.unpack_from(">I", table, 4)
    pairs = struct.iter_unpack(">Ii" if signed else ">II", table[8 : 8 + 8 * count])
    return islice(chain.from_iterable(repeat(value, number) for number, value in pairs), most)
