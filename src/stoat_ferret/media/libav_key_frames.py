"""The kinds of key frames of H.264, and the last picture of a file, read with libav.

A key frame of H.264 is an IDR picture, at which a decoder forgets all that came before, or one with
a recovery point, as in open GOPs and broadcasts: pictures after it may need parameter sets and
pictures from before it. Containers flag both alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.media.libav import converted_errors, opened
from stoat_ferret.media.media_file import MediaFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoat_ferret.media.media_file import MediaPath

_IDR_SLICE = 5
_START_CODE = b"\x00\x00\x01"
_LEAD_SECONDS = 3


def idr_times(path: MediaPath, index: int, first: int, last: int) -> list[int]:
    """Return the presentation times of the IDR pictures of stream `index` between two times.

    All times are in ticks of its time base, as they are in the file. Seeks are rough, so one at the
    edge may be missed. Raises `MediaError`s.
    """
    with (
        MediaFile(path) as file,
        opened(file) as container,
        converted_errors(file.path),
    ):
        stream = container.streams[index]
        length_bytes = nal_length_bytes(stream.codec_context.extradata)
        target = first - int(_LEAD_SECONDS / (stream.time_base or 1))
        # A file without an index may not go back to its very start.
        if target > (stream.start_time or 0):
            container.seek(target, stream=stream, backward=True)
        found = []
        for packet in container.demux(stream):
            if packet.dts is not None and packet.dts > last:
                break
            if packet.is_keyframe and packet.pts is not None and first <= packet.pts <= last:
                types = nal_types(bytes(packet), length_bytes)
                found += [packet.pts] if _IDR_SLICE in types else []
        return found


def last_end(path: MediaPath, index: int) -> int | None:
    """Return the end of the last picture of stream `index`, in ticks of its time base.

    Reads all of its packets: for files that do not say how long they are. None if there are none.
    Raises `MediaError`s.
    """
    with MediaFile(path) as file, opened(file) as container, converted_errors(file.path):
        last, before, duration = None, None, 0
        for packet in container.demux(container.streams[index]):
            if packet.pts is not None and (last is None or packet.pts > last):
                last, before, duration = packet.pts, last, packet.duration or 0
        if last is None:
            return None
        return last + (duration or (last - before if before is not None else 0))


def nal_length_bytes(extradata: bytes | None) -> int:
    """Return the size of the length before each NAL unit; 0 if start codes separate them.

    MP4 and Matroska store lengths, and their size in byte 4 of the configuration (ISO/IEC
    14496-15).
    """
    if extradata and len(extradata) > 6 and extradata[0] == 1:
        return (extradata[4] & 3) + 1
    return 0


def nal_types(packet: bytes, length_bytes: int) -> Iterator[int]:
    """Yield the types of the NAL units in a packet of H.264, as far as it is valid."""
    at = 0
    while at < len(packet):
        if length_bytes:
            size = int.from_bytes(packet[at : at + length_bytes], "big")
            at += length_bytes
        else:
            code = packet.find(_START_CODE, at)
            if code < 0:
                return
            at, size = code + len(_START_CODE), 0
        if at < len(packet):
            yield packet[at] & 0x1F
        at += size
