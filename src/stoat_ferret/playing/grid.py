"""The division of a video into segments, and the playlists that list them (RFC 8216)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ENCODED_SECONDS = 3.0
"""The length of an encoded segment: whoever seeks waits until the first one is encoded."""
COPIED_SECONDS = 6.0
"""The least length of a copied segment; RFC 8216bis recommends it."""
LONGEST_SECONDS = 20.0
"""The longest segment of copied video; a video with fewer key frames is encoded."""
_TOLERANCE = 0.02
"""Seconds by which a segment may begin before its place: times of containers are rounded."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The times at which segments start, in seconds from the start of the file, and the end.

    Segments keep their numbers, whichever is made first.
    """

    starts: tuple[float, ...]
    end: float

    @classmethod
    def fixed(cls, length: float) -> Grid:
        """Return segments of the same length; the last one may be shorter."""
        count = max(1, ceil((length - _TOLERANCE) / ENCODED_SECONDS))
        return cls(tuple(ENCODED_SECONDS * number for number in range(count)), length)

    @classmethod
    def aligned(cls, key_frames: Iterable[float], length: float) -> Grid | None:
        """Return segments that start at key frames, as copied video must be cut.

        None if any would be longer than `LONGEST_SECONDS`.
        """
        starts = [0.0]
        for time in key_frames:
            if time - starts[-1] >= COPIED_SECONDS and length - time > _TOLERANCE:
                starts.append(time)
        grid = cls(tuple(starts), length)
        return grid if max(grid.lengths) <= LONGEST_SECONDS else None

    @property
    def lengths(self) -> Sequence[float]:
        """The length of each segment in seconds."""
        return [end - start for start, end in pairwise((*self.starts, self.end))]

    def until(self, number: int) -> Grid:
        """Return the segments before one with a number."""
        if number >= len(self.starts):
            return self
        return Grid(self.starts[:number], self.starts[number])

    def number_at(self, seconds: float) -> int:
        """Return the number of the segment that something at `seconds` belongs to."""
        return max(0, bisect_right(self.starts, seconds + _TOLERANCE) - 1)


def media_playlist(grid: Grid, query: str) -> str:
    """Return the playlist of all segments; `query` is added to the address of each."""
    lengths = grid.lengths
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(1, round(max(lengths)))}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="init.mp4?{query}"',
    ]
    for number, length in enumerate(lengths):
        lines += [f"#EXTINF:{max(length, 0.001):.6f},", f"{number}.m4s?{query}"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """A quality in the list of qualities: its size, bits a second, codecs and address."""

    width: int
    height: int
    bandwidth: int
    codecs: str | None
    query: str


def multivariant_playlist(entries: Iterable[StreamEntry]) -> str:
    """Return the playlist that lists the qualities, the best first."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for one in entries:
        facts = f"BANDWIDTH={one.bandwidth},RESOLUTION={one.width}x{one.height}"
        codecs = f',CODECS="{one.codecs}"' if one.codecs else ""
        lines += [f"#EXT-X-STREAM-INF:{facts}{codecs}", f"index.m3u8?{one.query}"]
    return "\n".join([*lines, ""])
