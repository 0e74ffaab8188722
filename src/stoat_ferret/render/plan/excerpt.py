"""A clip with all that follows from its file: exact moments, frames and samples."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.request.clip import Clip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stoat_ferret.media.media_info import AudioStream, VideoStream
    from stoat_ferret.render.plan.source import Source
    from stoat_ferret.render.request.clip import AudioClip

SAMPLE_RATE = 48_000
_STANDARD_RATES = [
    *(Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30)),
    *(Fraction(50), Fraction(60000, 1001), Fraction(60), Fraction(120000, 1001), Fraction(120)),
]
_NEAR = Fraction(1, 2000)
_SLACK = Fraction(1, 2)
"""By how much an out point may lie behind the end without a word."""
_INDEXLESS = {"mpegts", "mpeg"}
_LONG_LEAD = Fraction(12)
_VARIABLE_LEAD = Fraction(2)
_SHORT_LEAD = Fraction(1, 50)
_MARGIN = Fraction(1)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a file, from `start` to `end` in seconds from the start of the file.

    `origin` is what ffmpeg takes for the start: see `reading`.
    """

    source: Source
    start: Fraction
    end: Fraction
    notes: tuple[str, ...] = ()
    origin: Fraction = Fraction(0)

    @property
    def length(self) -> Fraction:
        """In seconds, at ordinary speed."""
        return self.end - self.start

    @property
    def seek(self) -> Fraction:
        """Where reading begins: early enough for what is shown at `start`.

        A file without an index is entered somewhere near, and its pictures begin with the next
        key frame; where pictures come at any time, the one that is still shown began earlier.
        """
        info, timing = self.source.info, self.source.timing
        if info.container in _INDEXLESS:
            lead = _LONG_LEAD
        elif timing.is_variable or (rate := even_rate(self.source)) is None:
            lead = _VARIABLE_LEAD
        else:
            lead = min(1 / (2 * rate), _SHORT_LEAD)
        early = max(self.start - lead - self.origin, Fraction(0))
        return self.origin + Fraction(int(early * 1_000_000), 1_000_000)

    @property
    def lead(self) -> Fraction:
        """How long after `seek` it starts."""
        return self.start - self.seek

    @property
    def reach(self) -> Fraction:
        """How long from `seek` on must be read."""
        return self.lead + self.length + _MARGIN


def excerpt(clip: Clip | AudioClip, source: Source) -> Excerpt:
    """What `clip` takes of its file; where its pictures come evenly, to the frame."""
    start, end, notes = clip.start_seconds, clip.end_seconds, []
    duration = _duration(source)
    if duration is None and end is None:
        raise RenderRefusedError(
            f"The file of video {clip.video_id} does not say how long it is. Give end_seconds.",
            piece=clip,
            field="end_seconds",
        )
    if duration is not None:
        if start >= duration:
            raise RenderRefusedError(
                f"Video {clip.video_id} ends at {float(duration):g} seconds, before the in point "
                f"at {float(start):g}. Choose an earlier in point.",
                piece=clip,
                field="start_seconds",
            )
        if end is not None and end > duration + _SLACK:
            notes.append(
                f"Video {clip.video_id} ends at {float(duration):g} seconds, before the out point "
                f"at {float(end):g}: all of the rest was taken."
            )
        # Sound goes on a little longer than pictures; half a picture more would be one too many.
        end = duration - _sliver(source) if end is None else min(end, duration)
    assert end is not None  # noqa: S101  one of the two is known, see above
    if isinstance(clip, Clip):
        start, end = _on_frames(source, start, end)
    return Excerpt(source, start, end, tuple(notes))


def reading(part: Excerpt, streams: Iterable[int]) -> Excerpt:
    """`part` for a command that makes use of some streams only.

    In files whose times may jump ffmpeg counts from the first of these streams.
    """
    if part.source.info.container not in _INDEXLESS:
        return part
    starts = part.source.timing.starts
    first = min((starts.get(stream, Fraction(0)) for stream in streams), default=Fraction(0))
    return replace(part, origin=max(first, Fraction(0)))


def even_rate(source: Source) -> Fraction | None:
    """Pictures a second, or the standard rate that is meant; None without pictures."""
    video = source.info.main_video
    rate = video.frame_rate if video else None
    if not rate:
        return None
    nearest = min(_STANDARD_RATES, key=lambda standard: abs(standard - rate))
    if abs(nearest - rate) <= nearest * _NEAR or source.timing.is_variable:
        return nearest
    return rate


def frame_at(source: Source, moment: Fraction) -> Fraction:
    """When the picture that is shown at `moment` began; `moment` where that is not known."""
    rate = even_rate(source)
    if rate is None or source.timing.is_variable:
        return moment
    first = source.timing.video_start
    return first + max(math.floor((moment - first) * rate + _NEAR), 0) / rate


def main_video(source: Source, video_id: str) -> VideoStream:
    """The moving picture of a file."""
    video = source.info.main_video
    if video is None or video.width <= 0 or video.height <= 0:
        raise RenderRefusedError(f"Video {video_id} has no picture that can be read.")
    if source.timing.is_encrypted:
        raise RenderRefusedError(
            f"The picture of video {video_id} is encrypted, and nothing here has the key: a copy "
            "could not be played either. Render from the file that it was made of."
        )
    return video


def audio_stream(clip: Clip | AudioClip, source: Source) -> AudioStream | None:
    """The sound that `clip` asks for, or the first; None where a file is silent."""
    streams = source.info.audio
    number = clip.audio_stream
    if number is not None and number >= len(streams):
        raise RenderRefusedError(
            f"Video {clip.video_id} has {_count(len(streams), 'audio stream')}, "
            f"so there is no audio stream {number} (they are counted from 0).",
            piece=clip,
            field="audio_stream",
        )
    if not streams:
        return None
    return streams[number or 0]


def _on_frames(source: Source, start: Fraction, end: Fraction) -> tuple[Fraction, Fraction]:
    rate = even_rate(source)
    if rate is None or source.timing.is_variable:
        return start, end
    first = source.timing.video_start
    begin = max(round((start - first) * rate), 0)
    duration = _duration(source)
    if duration is not None:  # the nearest frame may be the one after the last
        last = math.ceil((duration - _sliver(source) - first) * rate) - 1
        begin = max(min(begin, last), 0)
    stop = max(round((end - first) * rate), begin + 1)
    return first + begin / rate, first + stop / rate


def _sliver(source: Source) -> Fraction:
    rate = even_rate(source)
    return min(1 / (4 * rate), _SHORT_LEAD) if rate else Fraction(0)


def _duration(source: Source) -> Fraction | None:
    seconds = source.info.duration_seconds
    return Fraction(repr(seconds)) if seconds else None


def _count(number: int, noun: str) -> str:
    return f"no {noun}s" if not number else f"1 {noun}" if number == 1 else f"{number} {noun}s"
