"""The kinds of key frames of H.264, and the last picture of a file, read with libav.

A key frame of H.264 is an IDR picture, at which a decoder forgets all that came before, or one with
a recovery point, as in open GOPs and broadcasts: pictures after it may need parameter sets and
pictures from before it. With intra refresh, it is itself only whole some pictures later. Containers
flag all of them alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.media.libav import converted_errors, opened
from stoat_ferret.media.media_file import MediaFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoat_ferret.media.media_file import MediaPath

_TYPE = 0x1F
_IDR_SLICE, _SEI = 5, 6
_RECOVERY_POINT = 6
_START_CODE = b"\x00\x00\x01"
_LEAD_SECONDS = 3


def key_kinds(path: MediaPath, index: int, first: int, last: int) -> list[tuple[int, int | None]]:
    """Return the times of the key frames of stream `index` between two times, and their kinds.

    All times are in ticks of its time base, as they are in the file. The kind of an IDR picture is
    None; of another one, it is the number of pictures after which the decoder has recovered, which
    is 0 for most. Seeks are rough, so one at the edge may be missed. Raises `MediaError`s.
    """
    with MediaFile(path) as file, opened(file) as container, converted_errors(file.path):
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
                found.append((packet.pts, _kind(bytes(packet), length_bytes)))
        return found


def indexed_key_frames(path: MediaPath, index: int) -> list[float]:
    """Return the times of the key frames in the index of the file, of stream `index`, in seconds.

    They count from the start of the file. Where the index holds times of decoding, as in MP4, they
    are later by as much as the first picture is. Empty without an index. Raises `MediaError`s.
    """
    with MediaFile(path) as file, opened(file) as container, converted_errors(file.path):
        stream = container.streams[index]
        base, start = stream.time_base or 1, (container.start_time or 0) / 1_000_000
        # Some formats read their index for the first seek.
        container.seek(int(start / base), stream=stream, backward=True)
        entries = [one.timestamp for one in stream.index_entries if one.is_keyframe]
        first = next((one for one in container.demux(stream) if one.pts is not None), None)
        if entries and first is not None and first.pts is not None and entries[0] == first.dts:
            entries = [time + first.pts - entries[0] for time in entries]
        return sorted(float(time * base) - start for time in entries)


def _kind(packet: bytes, length_bytes: int) -> int | None:
    units = [*nal_units(packet, length_bytes)]
    if any(unit[0] & _TYPE == _IDR_SLICE for unit in units):
        return None
    messages = (recovery_frames(unit) for unit in units if unit[0] & _TYPE == _SEI)
    return max((count for count in messages if count is not None), default=0)


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


def nal_units(packet: bytes, length_bytes: int) -> Iterator[bytes]:
    """Yield the NAL units in a packet of H.264, as far as it is valid."""
    at = 0
    while at < len(packet):
        if length_bytes:
            size = int.from_bytes(packet[at : at + length_bytes], "big")
            at += length_bytes
            end = at + size
        else:
            code = packet.find(_START_CODE, at)
            if code < 0:
                return
            at = code + len(_START_CODE)
            following = packet.find(_START_CODE, at)
            end = len(packet) if following < 0 else following
        # A start code may have one more zero before it, which a unit never ends with.
        unit = packet[at:end] if length_bytes else packet[at:end].rstrip(b"\0")
        if unit:
            yield unit
        at = end


def recovery_frames(unit: bytes) -> int | None:
    """Return the number of pictures in the recovery point message of an SEI unit, if it has one.

    See ITU-T H.264, D.1.8. None for any other unit.
    """
    data = unit[1:].replace(b"\0\0\3", b"\0\0")
    at = 0
    while at + 2 < len(data):
        kind, at = _sum_of_bytes(data, at)
        size, at = _sum_of_bytes(data, at)
        if kind == _RECOVERY_POINT:
            return _exp_golomb(data[at : at + size])
        at += size
    return None


def _sum_of_bytes(data: bytes, at: int) -> tuple[int, int]:
    """Return a number that is written as a sum, and the place after it."""
    total = 0
    while at < len(data):
        byte = data[at]
        total, at = total + byte, at + 1
        if byte != 255:
            break
    return total, at


def _exp_golomb(data: bytes) -> int | None:
    bits = "".join(f"{byte:08b}" for byte in data[:8])
    zeros = len(bits) - len(bits.lstrip("0"))
    code = bits[zeros : 2 * zeros + 1]
    return int(code, 2) - 1 if len(code) == zeros + 1 else None
