"""Cuts between packets: where a copy can begin and end, and how ffmpeg gets exactly that."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.excerpt import Excerpt, even_rate, excerpt
from stoat_ferret.render.plan.filter_graph import has_times, microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stoat_ferret.render.plan.source import Materials, Source
    from stoat_ferret.render.request.clip import Clip

HIDING = frozenset({"mp4", "mov"})
"""The muxers whose edit lists hide pictures that are only there for the decoder."""
_NEAR = Fraction(1, 100)
_SLACK = Fraction(1, 500)
_LAST, _LAST_PICTURES = Fraction(1), 5
"""The seconds and the pictures before the end of a file in which no other end may be clean."""
_LEAST_TICKS = 90_000
_MOST_TICKS = 100_000_000


def cut_at_key_frame(
    clip: Clip, materials: Materials, *, may_hide: bool
) -> tuple[Excerpt, list[str]]:
    """Return the part of `clip` to copy, from the last key frame before its in point, and notes.

    If the file hides the pictures after its first key frame, so does the copy if it `may_hide`
    them; otherwise it begins at the next key frame.
    """
    source = materials.videos[clip.video_id]
    part = excerpt(clip, source)
    timing = source.timing
    keys = [key.seconds for key in timing.key_frames]
    before = [key for key in keys if key <= part.start + near_of(source)]
    if timing.is_hidden_start and not before:
        return _cut_near_hidden_start(clip, part, keys, may_hide=may_hide)
    if part.start <= timing.video_start:
        return _extend_to_clean_end(clip, part)
    if not before:
        raise RenderRefusedError(
            f"No key frame was found near {float(part.start):g} seconds of video "
            f"{clip.video_id}, so it cannot be copied from there. Use smart-cut, or encode it.",
            piece=clip,
            field="start_seconds",
        )
    begins = before[-1]
    if abs(begins - part.start) < near_of(source):
        return _extend_to_clean_end(clip, part)
    note = (
        f"Video {clip.video_id} is cut at its key frame at {float(begins):.3f} seconds, "
        f"{float(part.start - begins):.3f} before the in point. The next one is "
        f"{_next(keys, part.start)}. Use smart-cut to cut to the frame."
    )
    part, notes = _extend_to_clean_end(clip, replace(part, start=begins))
    return part, [note, *notes]


def _cut_near_hidden_start(
    clip: Clip, part: Excerpt, keys: list[Fraction], *, may_hide: bool
) -> tuple[Excerpt, list[str]]:
    first = part.source.timing.video_start
    begins = first if may_hide else min(keys, default=None)
    if begins is None or begins >= part.end:
        raise RenderRefusedError(
            f"The first pictures of video {clip.video_id} need others, which the file hides, so "
            "they cannot be copied like this. Use smart-cut, or encode it.",
            piece=clip,
        )
    notes = []
    if abs(begins - part.start) >= near_of(part.source):
        direction = "before" if begins < part.start else "after"
        notes.append(
            f"Video {clip.video_id} is cut at {float(begins):.3f} seconds, "
            f"{float(abs(part.start - begins)):.3f} {direction} the in point: its first pictures "
            "need others, which the file hides. Use smart-cut to cut to the frame."
        )
    part, more = _extend_to_clean_end(clip, replace(part, start=begins))
    return part, [*notes, *more]


def _extend_to_clean_end(clip: Clip, part: Excerpt) -> tuple[Excerpt, list[str]]:
    """Extend `part` by the pictures that are needed to decode the last ones of the clip."""
    ends = ends_of(part.source, part.start)
    last = part.source.timing.video_end
    rate = even_rate(part.source)
    after = max(_LAST, _LAST_PICTURES / rate) if rate else _LAST
    if last is not None and part.end < last < part.end + after:
        ends.append(last)
    near = near_of(part.source)
    end = next((end for end in ends if end >= part.end - near), part.end)
    if abs(end - part.end) < near:
        return replace(part, end=end), []
    note = (
        f"Video {clip.video_id} goes on {float(end - part.end):.3f} seconds after the out point: "
        "the last pictures need those after them."
    )
    return replace(part, end=end), [note]


def ends_of(source: Source, start: Fraction) -> list[Fraction]:
    """Return the clean ends of a copy that begins at `start`, in order.

    ffmpeg stops by decoding times, from the start on: an end that is decoded earlier is out of
    reach.
    """
    near = near_of(source)
    return [end.seconds for end in source.timing.clean_ends if end.decoded_at > start + near]


def near_of(source: Source) -> Fraction:
    """Return the seconds by which times of the same picture may differ."""
    rate = even_rate(source)
    return min(1 / (2 * rate), _NEAR) if rate else _NEAR


def _next(keys: list[Fraction], start: Fraction) -> str:
    later = [key for key in keys if key > start]
    return f"at {float(later[0]):.3f}" if later else "more than ten seconds later"


@dataclass(frozen=True, slots=True)
class PacketCut:
    """The packets of an excerpt as ffmpeg reads them: from `seek` on, in seconds, for `length`.

    The length is by decoding times. Audio is decoded when it is heard, and needs `audio_length`.
    The first picture to show comes after `lead` seconds. Those before it may be there only for the
    decoder: then it `hides` them.
    """

    seek: Fraction
    length: Fraction
    audio_length: Fraction
    lead: Fraction
    hides: bool

    @property
    def video_filters(self) -> list[str]:
        """The bitstream filters that end the pictures when they are read for `audio_length`."""
        if self.length >= self.audio_length:
            return []
        return [rf"noise=drop=gte(dts*tb\,{microseconds(self.length)})"]


def packet_cut(part: Excerpt) -> PacketCut:
    """Return the cut for `part`, which begins at a key frame and ends at a clean end.

    Seeks slightly before the key frame, so that rounding cannot skip it; ffmpeg drops the packets
    before it, and stops by decoding times.
    """
    source = part.source
    rate = even_rate(source)
    slack = min(1 / (4 * rate), _SLACK) if rate else _SLACK
    # Without presentation times, packets are dropped by their decoding times.
    early = slack if has_times(source.info) else slack + delay_of(source)
    # A file without an index may not find its very start.
    is_start = part.start <= source.timing.video_start
    seek = part.origin if is_start else max(part.start - early, part.origin)
    stops = (end.decoded_at for end in source.timing.clean_ends if end.seconds == part.end)
    stop = next(stops, part.end)
    hides = source.timing.is_hidden_start and part.start <= source.timing.video_start
    length, whole = (max(moment - seek - slack, near_of(source)) for moment in (stop, part.end))
    return PacketCut(seek, length, max(length, whole), part.start - seek, hides)


def delay_of(source: Source) -> Fraction:
    """Return the seconds from the decoding to the display of the key frames of a file.

    It is the same for all of them, but the first packets may have no decoding times.
    """
    return max((key.delay for key in source.timing.key_frames), default=Fraction(0))


def decoded_earlier(seconds: Fraction) -> str:
    """Return the bitstream filter that decodes packets earlier, and shows them as before.

    Decoding times must go on at a seam: a player takes a jump for a pause.
    """
    return f"setts=pts=PTS:dts=round(DTS-{microseconds(seconds)}/TB)"


def common_ticks(parts: Iterable[Excerpt]) -> int:
    """Return a number of ticks a second that gives the pictures of all parts exact times."""
    numerators = [rate.numerator for part in parts if (rate := part.source.timing.rate)]
    common = math.lcm(*numerators)
    return common * math.ceil(_LEAST_TICKS / common) if common < _MOST_TICKS else _LEAST_TICKS
