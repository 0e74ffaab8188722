"""An excerpt of a file: a clip resolved to exact times, frames and samples."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.video.picture_times import STANDARD_RATES, standard_rate
from stoat_ferret.render.request.clip import Clip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stoat_ferret.media.media_info import AudioStream, VideoStream
    from stoat_ferret.render.plan.source import Source
    from stoat_ferret.render.request.clip import AudioClip

SAMPLE_RATE = 48_000
USUAL_RATE = Fraction(25)
"""The frame rate to assume for a file without one."""
_NEAR = Fraction(1, 2000)
_SLACK = Fraction(1, 2)
"""The seconds by which an out point may exceed the duration without a note."""
INDEXLESS = frozenset({"mpegts", "mpeg"})
"""The containers without an index: a seek only lands near its target."""
_LONG_LEAD = Fraction(12)
_VARIABLE_LEAD = Fraction(2)
_SHORT_LEAD = Fraction(1, 50)
_SOUND_LEAD = Fraction(1, 4)
_NEAR_START = Fraction(1, 2)
_FINE, _MICROSECOND = Fraction(1, 1000), Fraction(1, 1_000_000)
_MARGIN = Fraction(1)
_TOP_RATE = Fraction(60)
_OVERHANG = Fraction(1, 8)
"""The seconds by which the sound of a file is often longer than its pictures."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a file, from `start` to `end` in seconds from the start of the file.

    `origin` is the time that ffmpeg considers the start, and `with_sound` is true for a command
    that decodes its sound: see `reading`.
    """

    source: Source
    start: Fraction
    end: Fraction
    notes: tuple[str, ...] = ()
    origin: Fraction = Fraction(0)
    with_sound: bool = False

    @property
    def length(self) -> Fraction:
        """The duration in seconds, at normal speed."""
        return self.end - self.start

    @property
    def seek(self) -> Fraction:
        """The time to seek to, early enough to get the picture that is shown at `start`.

        A seek in a file without an index lands only near the target, and pictures start at the next
        key frame. With a variable frame rate, the picture shown at `start` may have begun earlier.
        Pictures that are shown before a key frame may be stored after it, and need those before it.
        With intra refresh, the decoder shows nothing until its pictures are whole. Audio decoders
        need packets before `start`, and a seek to a picture skips those stored before it. A seek to
        what is near the start of an AVI file fails, and saves nothing in others. FFmpeg counts time
        from there on in ticks of the file, so with coarse ones it must be a number of ticks.
        """
        info, timing = self.source.info, self.source.timing
        if info.container in INDEXLESS:
            lead = _LONG_LEAD
        elif timing.is_variable or (rate := even_rate(self.source)) is None:
            lead = _VARIABLE_LEAD
        else:
            lead = _SOUND_LEAD if self.with_sound else min(1 / (2 * rate), _SHORT_LEAD)
            lead = max(lead, timing.delay)
        seek = self.start - lead - timing.recovery - self.origin
        if seek < _NEAR_START:
            return self.origin
        pictures = timing.pictures
        is_coarse = pictures is not None and pictures.time_base > _FINE
        tick = pictures.time_base if pictures and is_coarse else _MICROSECOND
        return self.origin + seek // tick * tick

    @property
    def lead(self) -> Fraction:
        """The seconds from `seek` to `start`."""
        return self.start - self.seek

    @property
    def reach(self) -> Fraction:
        """The seconds to read from `seek` on."""
        return self.lead + self.length + _MARGIN


def excerpt(clip: Clip | AudioClip, source: Source) -> Excerpt:
    """Return the excerpt of `clip`, which begins and ends with pictures as far as they are known.

    Raises `RenderRefusedError` for a clip that lies after the end of the file.
    """
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
        # Audio continues slightly longer than the pictures; half a frame more would add a picture.
        end = duration - _end_margin(source) if end is None else min(end, duration)
    assert end is not None  # noqa: S101  one of the two is known, see above
    if isinstance(clip, Clip):
        start, end = _on_frames(source, start, end)
    return Excerpt(source, start, end, tuple(notes))


def reading(part: Excerpt, streams: Iterable[int]) -> Excerpt:
    """Return `part` for a command that uses only some streams.

    In files whose timestamps may jump, ffmpeg counts from the first timestamp of these streams.
    """
    streams = tuple(streams)
    sounds = {stream.index for stream in part.source.info.audio}
    part = replace(part, with_sound=not sounds.isdisjoint(streams))
    if part.source.info.container not in INDEXLESS:
        return part
    starts = part.source.timing.starts
    first = min((starts.get(stream, Fraction(0)) for stream in streams), default=Fraction(0))
    return replace(part, origin=max(first, Fraction(0)))


def even_rate(source: Source) -> Fraction | None:
    """Return the rate of the times at which pictures are shown; None without pictures.

    Without a timing, it is the stated rate, or the standard rate that this approximates.
    """
    timing, video = source.timing, source.info.main_video
    if known := timing.rate or timing.roomy_rate:
        # Interlaced pictures may come as two packets, one for each field.
        is_fields = (
            video is not None
            and video.field_order not in {None, "progressive"}
            and video.frame_rate == known / 2
        )
        return known / 2 if is_fields else known
    rate = video.frame_rate if video else None
    if not rate:
        return None
    if timing.is_variable:
        return min(STANDARD_RATES, key=lambda standard: abs(standard - rate))
    return standard_rate(rate) or rate


def frame_at(source: Source, moment: Fraction) -> Fraction:
    """Return the start of the picture that is shown at `moment`; `moment` itself if unknown."""
    rate = even_rate(source)
    if rate is None or source.timing.is_variable:
        return moment
    first = source.timing.video_start
    return first + max(math.floor((moment - first) * rate + _NEAR), 0) / rate


def main_video(source: Source, video_id: str) -> VideoStream:
    """Return the main video stream of a file; raise `RenderRefusedError` if it is unusable."""
    video = source.info.main_video
    if video is None or video.width <= 0 or video.height <= 0:
        raise RenderRefusedError(f"Video {video_id} has no picture that can be read.")
    if source.timing.is_encrypted:
        raise RenderRefusedError(
            f"The picture of video {video_id} is encrypted, and nothing here has the key: a copy "
            "could not be played either. Render from the file that it was made of."
        )
    return video


def pictures_in(source: Source, start: Fraction, end: Fraction) -> int | None:
    """Return the number of pictures that begin from `start` until `end`; None if unknown."""
    pictures, last = source.timing.pictures, source.timing.video_end
    end = end if last is None else min(end, last)
    if pictures is None:
        return round((end - start) * (even_rate(source) or 0))
    known = pictures.count(start, end)
    every = source.timing.all_pictures
    return every.count(start, end) if known is None and every is not None else known


def check_pictures(clip: Clip, source: Source) -> None:
    """Raise `RenderRefusedError` if `clip` has no usable picture, or begins after the last one."""
    main_video(source, clip.video_id)
    end = source.timing.video_end
    if end is not None and clip.start_seconds >= end:
        raise RenderRefusedError(
            f"The pictures of video {clip.video_id} end at {float(end):g} seconds, before the in "
            f"point at {float(clip.start_seconds):g}. Choose an earlier in point, or take the "
            "sound alone with the preset audio.",
            piece=clip,
            field="start_seconds",
        )


def audio_stream(clip: Clip | AudioClip, source: Source) -> AudioStream | None:
    """Return the audio stream that `clip` requests, or the first; None if the file has none."""
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
    """Return the nearest times at which pictures begin or end, with one picture at least."""
    begin, stop = _on_even_frames(source, start, end)
    pictures, last = source.timing.pictures, source.timing.video_end
    if pictures is None:
        return begin, stop
    known = pictures.nearest(start)
    begin = begin if known is None else known
    begin = max(begin, source.timing.video_start + source.timing.early)
    known = pictures.nearest(end)
    stop = stop if known is None else known
    rate = even_rate(source) or _TOP_RATE
    if last is not None and -1 / (2 * rate) < end - last < _OVERHANG:
        stop = last
    if stop <= begin:
        stop = pictures.after(begin) or begin + 1 / rate
    return begin, stop


def _on_even_frames(source: Source, start: Fraction, end: Fraction) -> tuple[Fraction, Fraction]:
    rate = even_rate(source)
    if rate is None or source.timing.is_variable:
        return start, end
    first = source.timing.video_start
    begin = max(_nearest((start - first) * rate), 0)
    duration = _duration(source)
    if duration is not None:  # the nearest frame may be the one after the last
        last = math.ceil((duration - _end_margin(source) - first) * rate) - 1
        begin = max(min(begin, last), 0)
    stop = max(_nearest((end - first) * rate), begin + 1)
    return first + begin / rate, first + stop / rate


def _nearest(frames: Fraction) -> int:
    """Return the nearest number, the lower one of two that are as near."""
    return math.ceil(frames - Fraction(1, 2))


def _end_margin(source: Source) -> Fraction:
    rate = even_rate(source)
    return min(1 / (4 * rate), _SHORT_LEAD) if rate else Fraction(0)


def _duration(source: Source) -> Fraction | None:
    seconds, timing = source.info.duration_seconds, source.timing
    if not seconds:
        return timing.video_end
    # That of a file whose timestamps jump is counted from its first picture.
    return Fraction(repr(seconds)) + (timing.video_start if timing.is_jumping else 0)


def _count(number: int, noun: str) -> str:
    return f"no {noun}s" if not number else f"1 {noun}" if number == 1 else f"{number} {noun}s"
