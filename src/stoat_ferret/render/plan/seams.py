"""The seams of a result, where copied or encoded parts meet, and how many pictures it has."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.excerpt import USUAL_RATE, even_rate, pictures_in
from stoat_ferret.render.plan.plan import Seam

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.parts import Part
    from stoat_ferret.render.plan.source import Source

_AROUND = Fraction(1, 2)


def seams_of(parts: Sequence[Excerpt]) -> tuple[Seam, ...]:
    """Return the seams of `parts` that follow each other, and the start and end of the result.

    None if its packets are not one picture each, so that they cannot be compared.
    """
    if not all(_has_a_packet_each(part.source) for part in parts):
        return ()
    starts = [Fraction(0)]
    for part in parts:
        starts.append(starts[-1] + part.length)
    whole = list(zip(starts, parts, strict=False))
    first, last = parts[0], parts[-1]
    seams = [Seam(Fraction(0), _shown(whole[:1], Fraction(0)), ((first.source.path, first.start),))]
    for (_, before), (at, after) in pairwise(whole):
        sources = ((before.source.path, before.end), (after.source.path, after.start))
        seams.append(Seam(at, _shown(whole, at), sources))
    end = Seam(
        starts[-1],
        _shown(whole[-1:], starts[-1]),
        ((last.source.path, last.end),),
        is_cut=not _is_whole_to_the_end(last),
    )
    return (*seams, end)


def copied_pictures(parts: Sequence[Excerpt]) -> int | None:
    """Return the number of pictures in `parts`, which are copied; None if some are unknown.

    Those of a file whose timestamps start anew are not in order, and are not counted either.
    """
    count = 0
    for part in parts:
        timing = part.source.timing
        if timing.pictures is None or timing.is_jumping or not _has_a_packet_each(part.source):
            return None
        known = pictures_in(part.source, part.start, part.end)
        if known is None:
            return None
        count += known
    return count


def spare_pictures(parts: Sequence[Excerpt]) -> int:
    """Return how many packets of `parts` may make no picture of their own.

    Of a file that was cut off, that is the one after its last whole picture; where a picture may
    have several packets, or times start anew, it is the first or last one of a part.
    """
    return sum(
        _is_whole_to_the_end(part)
        or part.source.timing.is_jumping
        or not _has_a_packet_each(part.source)
        for part in parts
    )


def seams_between(parts: Sequence[Part]) -> tuple[Seam, ...]:
    """Return the seams between `parts` that are encoded one by one; none if there is only one."""
    frames = sum(part.frames for part in parts)
    seams = []
    for part in parts[1:]:
        rate, first = part.assembly.rate, part.start_frame
        around = int(_AROUND * rate)
        shown = range(max(first - around, 0), min(first + around, frames))
        seams.append(Seam(first / rate, tuple(number / rate for number in shown)))
    return tuple(seams)


def _has_a_packet_each(source: Source) -> bool:
    """Return whether each picture is a packet: not with invisible ones, nor with one a field."""
    video = source.info.main_video
    progressive = {None, "progressive"}
    return video is not None and video.codec != "vp8" and video.field_order in progressive


def _is_whole_to_the_end(part: Excerpt) -> bool:
    last = part.source.timing.video_end
    return last is not None and part.end >= last


def _shown(parts: Sequence[tuple[Fraction, Excerpt]], at: Fraction) -> tuple[Fraction, ...]:
    """Return the times in the result of the pictures within half a second of `at`.

    None of them if some are unknown.
    """
    shown: list[Fraction] = []
    for offset, part in parts:
        first, last = max(at - _AROUND, offset), min(at + _AROUND, offset + part.length)
        if first >= last:
            continue
        pictures = part.source.timing.pictures
        start, end = first - offset + part.start, last - offset + part.start
        if pictures is None or pictures.count(start, end) is None:
            return ()
        half = 1 / (2 * (even_rate(part.source) or USUAL_RATE))
        # A part begins and ends exactly with a picture, but its time may be rounded.
        known = pictures.between(start - half / 2, end - half / 2)
        shown += [moment - part.start + offset for moment in known]
    return tuple(shown)
