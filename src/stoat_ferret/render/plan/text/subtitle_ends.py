"""The ends of copied subtitles, which must not last beyond the clip that they are part of.

Text and the pictures of DVDs end after the duration of their packet. Those of Blu-ray and DVB are
shown until another packet takes them away: if it lies after the out point, it is moved there.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.excerpt import reading
from stoat_ferret.render.plan.filter_graph import microseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.media.media_info import SubtitleStream
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.filter_graph import Inputs

ENDED_BY_PACKETS = frozenset({"hdmv_pgs_subtitle", "dvb_subtitle"})
_LONGEST_SECONDS = Fraction(30)
"""The seconds after the out point in which the packet that ends a subtitle is looked for."""
_SHORTEST_SECONDS = Fraction(1, 500)
_EMPTY_BYTES = 64
"""The size between that of a packet without a picture, which only ends one, and all others."""


def subtitle_end_arguments(
    streams: Sequence[SubtitleStream], end: Fraction, start: Fraction = Fraction(0)
) -> list[str]:
    """Return arguments that keep subtitles, which are all of the output, within a time of it.

    Those that FFmpeg reads from just before the start are shown from there on: in MP4, a negative
    time would move all others.
    """
    first, last = (f"{microseconds(moment)}/TB" for moment in (start, end))
    begin = rf"max(TS\,{first})"
    duration = rf"duration=max(min(DURATION+min(TS-{first}\,0)\,{last}-{begin})\,0)"
    arguments = []
    for number, stream in enumerate(streams):
        after = rf"gte(pts*tb\,{microseconds(end)})"
        if stream.codec in ENDED_BY_PACKETS:
            kept = rf"noise=drop='{after}*gt(size\,{_EMPTY_BYTES})'"
            moved = rf"setts=ts=min({begin}\,{last}):{duration}"
        else:
            over = rf"lt((pts+d)*tb\,{microseconds(start + _SHORTEST_SECONDS)})"
            kept, moved = f"noise=drop='{after}+{over}'", f"setts=ts={begin}:{duration}"
        arguments += [f"-bsf:s:{number}", f"{kept},{moved}"]
    return arguments


def open_longer(
    inputs: Inputs, part: Excerpt, streams: Sequence[SubtitleStream], seek: Fraction
) -> dict[int, int]:
    """Open a file beyond the out point for those streams that need it; return their inputs."""
    needed = [one.index for one in streams if one.codec in ENDED_BY_PACKETS]
    if not needed:
        return {}
    read = reading(part, needed)
    length = part.end - seek + _LONGEST_SECONDS
    number = inputs.add_packets(part.source, seek - read.origin, length)
    return dict.fromkeys(needed, number)
