"""The stretches of a smart cut: the parts of a clip that are copied, and those that are encoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.copying.packet_cut import ends_of
from stoat_ferret.render.plan.excerpt import USUAL_RATE, even_rate

if TYPE_CHECKING:
    from fractions import Fraction

    from stoat_ferret.render.plan.excerpt import Excerpt


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a clip that is either copied or encoded."""

    start: Fraction
    end: Fraction
    is_copied: bool

    @property
    def length(self) -> Fraction:
        """The duration in seconds."""
        return self.end - self.start


def split_into_stretches(part: Excerpt, *, is_first: bool) -> list[Stretch]:
    """Split a clip: encode up to a clean key frame, copy to the last clean end, encode the rest.

    What follows encoded pictures is copied from an IDR picture on: others of H.264 need the
    parameter sets, and maybe pictures, that were before them in the file. The clip that `is_first`
    may begin as its file does, if that is with a key frame: an edit list may hide it.
    """
    rate = even_rate(part.source) or USUAL_RATE
    half = 1 / (2 * rate)
    timing = part.source.timing
    inside = [
        key
        for key in timing.key_frames
        if key.is_clean and part.start - half < key.seconds < part.end + half
    ]
    starts = [key.seconds for key in inside if key.is_idr]
    opening = next(
        (key for key in timing.key_frames if abs(key.seconds - timing.video_start) < half), None
    )
    begins_with_file = opening is not None and timing.video_start >= part.start - half
    if begins_with_file and (is_first or not inside or inside[0].seconds > timing.video_start):
        starts = [timing.video_start, *starts]
    is_whole_end = timing.video_end is not None and part.end > timing.video_end - half
    begin = min(starts, default=part.end)
    ends = [end for end in ends_of(part.source, begin) if end < part.end + half]
    stop = part.end if is_whole_end else min(max(ends, default=part.start), part.end)
    if stop - begin < 1 / rate:
        return [Stretch(part.start, part.end, is_copied=False)]
    parts = [
        Stretch(part.start, begin, is_copied=False),
        Stretch(begin, stop, is_copied=True),
        Stretch(stop, part.end, is_copied=False),
    ]
    return [one for one in parts if one.length > half]
