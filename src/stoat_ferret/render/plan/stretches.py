"""The stretches of a smart cut: the parts of a clip that are copied, and those that are encoded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.excerpt import even_rate

if TYPE_CHECKING:
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
    """Split a clip: encode up to the first clean key frame, copy to the last, encode the rest.

    What follows encoded pictures is copied from an IDR picture on: others of H.264 need the
    parameter sets, and maybe pictures, that were before them in the file. The clip that `is_first`
    may begin as its file does.
    """
    rate = even_rate(part.source) or Fraction(25)
    half = 1 / (2 * rate)
    timing = part.source.timing
    inside = [
        key
        for key in timing.key_frames
        if key.is_clean and part.start - half < key.seconds < part.end + half
    ]
    starts = [key.seconds for key in inside if key.is_idr]
    ends = [key.seconds for key in inside]
    begins_with_file = timing.video_start >= part.start - half
    if begins_with_file and (is_first or not inside or inside[0].seconds > timing.video_start):
        starts, ends = [timing.video_start, *starts], [timing.video_start, *ends]
    duration = part.source.info.duration_seconds
    is_whole_end = duration is not None and part.end > Fraction(repr(duration)) - 1 / rate
    stop = part.end if is_whole_end else max(ends, default=part.start)
    begin = min(starts, default=part.end)
    if stop - begin < 1 / rate:
        return [Stretch(part.start, part.end, is_copied=False)]
    parts = [
        Stretch(part.start, begin, is_copied=False),
        Stretch(begin, stop, is_copied=True),
        Stretch(stop, part.end, is_copied=False),
    ]
    return [one for one in parts if one.length > half]
