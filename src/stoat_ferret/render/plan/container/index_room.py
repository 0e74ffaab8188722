"""Room for the index before the data of a large file, so that the data is written only once.

The index of an MP4 or QuickTime file is complete when all packets are written. To have it at the
start, from where it can be read while the rest arrives, FFmpeg writes such a file at once and then
again, moved by the size of the index. A file of which the packets are known has room set aside
instead; what it does not need is a `free` box.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.media.limits import has_counted_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.render.plan.copying.copied_clips import CopiedClips
    from stoat_ferret.render.plan.copying.copied_streams import CopiedStreams
    from stoat_ferret.render.plan.excerpt import Excerpt

LEAST_BYTES = 256 * 2**20
"""The size from which writing the data twice takes long enough to avoid it."""
MOST_PART = Fraction(1, 100)
"""The part of the file that may be set aside; most of it is not needed."""
_MUXERS = frozenset({"mp4", "mov"})
_PICTURE_BYTES = 48
"""The most that a picture takes in all tables of the index: times, size, place and kind."""
_PACKET_BYTES = 36
"""The most that a packet of audio takes there."""
_OTHER_BYTES = 2**20
_SAMPLES = {"aac": 480, "mp3": 576, "ac3": 1536, "eac3": 256, "alac": 1024}
"""The least samples in a packet, of codecs in which it has not any number of them."""
_LEAD = 600
"""The pictures before a clip that its file may hold for the decoder."""
_SPARE = Fraction(5, 4)
_BYTES_OF_TEXT = 4
"""The copies of each tag and title, or the bytes of a character."""


def muxing_options(
    options: Sequence[str], copied: CopiedClips, streams: Sequence[CopiedStreams]
) -> list[str]:
    """Return muxer options with room for the index of `copied`, if that is known to suffice.

    `streams` are the other streams of each clip.
    """
    room = _room(copied, streams)
    if room is None:
        return [*options]
    kept: list[str] = []
    for word in options:
        flags = word.replace("+faststart", "")
        if flags:
            kept.append(flags)
        else:
            kept.pop()  # the name of the option, which sets nothing else
    return [*kept, "-moov_size", str(room)]


def _room(copied: CopiedClips, streams: Sequence[CopiedStreams]) -> int | None:
    if copied.container.muxer not in _MUXERS or copied.size_bytes < LEAST_BYTES:
        return None
    # How many packets of text or data there are is not known, nor how large a cover is.
    if any(one.subtitles or one.data or one.covers for one in streams):
        return None
    total = Fraction(_OTHER_BYTES)
    for part, one in zip(copied.parts, streams, strict=True):
        total += _BYTES_OF_TEXT * len(part.source.info.model_dump_json())
        pictures, packets = _pictures(part), _packets(part, one)
        if pictures is None or packets is None:
            return None
        total += _SPARE * ((pictures + _LEAD) * _PICTURE_BYTES + packets * _PACKET_BYTES)
    return math.ceil(total) if total <= MOST_PART * copied.size_bytes else None


def _pictures(part: Excerpt) -> Fraction | None:
    """Return at least as many pictures as the part has; None if that is not known."""
    info, known = part.source.info, part.source.timing.pictures
    count = known.count(part.start, part.end) if known else None
    if count is not None:
        return Fraction(count)
    # Parts that were not looked at may have many more in a second, as slow motion of phones has;
    # only where a file counts its pictures, the average says how many there are in all.
    video, seconds = info.main_video, info.duration_seconds
    if (
        video is None
        or not video.frame_rate
        or not seconds
        or not has_counted_index(info.container)
    ):
        return None
    return video.frame_rate * Fraction(seconds)


def _packets(part: Excerpt, streams: CopiedStreams) -> Fraction | None:
    packets = Fraction(0)
    for stream in streams.audio:
        samples = _SAMPLES.get(stream.codec)
        if samples is None or not stream.sample_rate:
            return None
        packets += Fraction(stream.sample_rate, samples) * part.length
    return packets
