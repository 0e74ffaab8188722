"""The size of the picture that subtitles of Blu-rays were made for, read with libav."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from stoat_ferret.media.libav import converted_errors, opened
from stoat_ferret.media.media_file import MediaFile

if TYPE_CHECKING:
    from stoat_ferret.media.media_file import MediaPath

_COMPOSITION = b"\x16"
_READ_BYTES = 128 * 2**20
"""Whoever watches waits for this."""


def canvas_size(path: MediaPath, index: int, seconds: float) -> tuple[int, int] | None:
    """Return the width and height in the first subtitle of a PGS stream from `seconds` on.

    The time is from the start of the file. None if there is no subtitle. Raises `MediaError`s, also
    if too much would have to be read.
    """
    with (
        MediaFile(path, read_bytes=_READ_BYTES) as file,
        opened(file) as container,
        converted_errors(file.path),
    ):
        if seconds > 0:
            container.seek((container.start_time or 0) + int(seconds * 1_000_000), backward=True)
        for packet in container.demux(container.streams[index]):
            data = bytes(packet)
            # A segment: its kind, its size in two bytes, and for a composition the size in pixels.
            if data[:1] == _COMPOSITION and len(data) >= struct.calcsize(">cHHH"):
                width, height = struct.unpack_from(">HH", data, 3)
                return int(width), int(height)
        return None
