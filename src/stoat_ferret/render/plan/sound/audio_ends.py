"""The earliest times at which the audio streams of a result may end: sound before them is lost."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.media.media_info import AudioStream
    from stoat_ferret.render.plan.excerpt import Excerpt

_PACKET = Fraction(1, 4)
"""The seconds that the last packet of encoded audio may lack."""
_ROUGHLY = Fraction(1)
"""The seconds by which the end that a file states may differ from that of its packets."""


def encoded_ends(count: int, seconds: Fraction) -> tuple[Fraction | None, ...]:
    """Return those of `count` streams that are encoded to last for `seconds`."""
    return (max(seconds - _PACKET, Fraction(0)),) * count


def copied_ends(
    parts: Sequence[Excerpt], audio: Sequence[AudioStream]
) -> tuple[Fraction | None, ...]:
    """Return those of streams copied from `parts`, which are `audio` in the last of them.

    None for one whose file does not state where it ends, or which ends before the last part.
    """
    return tuple(_copied_end(parts, stream) for stream in audio)


def _copied_end(parts: Sequence[Excerpt], stream: AudioStream) -> Fraction | None:
    *earlier, last = parts
    header = last.source.timing.streams.get(stream.index)
    end, whole = header.end if header else None, last.source.info.duration_seconds
    # If it states more than there is, the file was cut off.
    if end is None or not whole or end > Fraction(whole) + _ROUGHLY:
        return None
    least = min(last.end, end) - last.start - _ROUGHLY
    return sum((part.length for part in earlier), least) if least > 0 else None
