"""Which way up a picture is shown, from the display matrix that its file gives it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_MATRIX = struct.Struct("=9i")


@dataclass(frozen=True, slots=True)
class Orientation:
    """A picture is shown by swapping its axes, and then mirroring it."""

    is_transposed: bool = False
    is_mirrored: bool = False
    is_flipped: bool = False

    @property
    def filters(self) -> list[tuple[str, str]]:
        """FFmpeg's filters that do it, with their options; none where it is stored as shown."""
        chosen = (
            (self.is_transposed, ("transpose", "cclock_flip")),
            (self.is_mirrored, ("hflip", "")),
            (self.is_flipped, ("vflip", "")),
        )
        return [filter_ for is_needed, filter_ in chosen if is_needed]


UPRIGHT = Orientation()


def orientation(matrix: bytes) -> Orientation:
    """Of a display matrix as libav keeps it: nine integers, row by row, a point times matrix.

    Angles between the quarter turns are taken for the nearest one.
    """
    if len(matrix) != _MATRIX.size:
        return UPRIGHT
    a, b, _, c, d, *_ = _MATRIX.unpack(matrix)
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(is_mirrored=a < 0, is_flipped=d < 0)
    return Orientation(is_transposed=True, is_mirrored=c < 0, is_flipped=b < 0)
