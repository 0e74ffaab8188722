"""The choice of a representative frame of a video: not black, not flat, not in a fade."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import av
from av.video.reformatter import Interpolation, VideoReformatter

from stoat_ferret.errors import MediaError
from stoat_ferret.media.limits import DECODER_OPTIONS, FIRST_PACKETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from av import Packet, VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

_SEARCH_PACKETS = 2000
"""The number of packets after a position in which to search for a key frame."""
_STUCK_SECONDS = 4.0
_LEAD_SECONDS = 1.0
_LARGE_WIDTH = 1280
"""From this width on, thumbnails do not show that the loop filter was skipped."""


class KeyFrames:
    """A decoder of single frames of one stream of an open file, with one thread.

    Positions are in seconds from the start of the stream. Damaged parts are skipped; decoding stops
    after a while if it yields no frame at all.
    """

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._container = container
        self._stream = stream
        self._context = stream.codec_context
        self._last_frame_time = time.process_time()
        if not self._context.is_open:
            # Starting threads costs more than decoding one picture.
            self._context.thread_count = 1
            is_large = self._context.width >= _LARGE_WIDTH
            less = {"skip_loop_filter": "all"} if is_large else {}
            self._context.options = DECODER_OPTIONS | less

    def at(self, seconds: float) -> VideoFrame | None:
        """Return the last key frame up to this position, or the first one after it that decodes."""
        self._seek(seconds)
        self._context.skip_frame = "NONKEY"
        with suppress(av.FFmpegError):  # the file is damaged at this position
            return next(self._decoded(self._from_key_packet()), None)
        return None

    def following(self, seconds: float) -> Iterator[VideoFrame]:
        """Yield every frame from the last key frame up to this position on, in display order."""
        self._seek(seconds)
        self._context.skip_frame = "DEFAULT"
        return self._decoded(self._container.demux(self._stream), flush=False)

    def place(self, frame: VideoFrame) -> float | None:
        """Return the position of `frame`; None if the file does not contain it."""
        if frame.pts is None or frame.time_base is None:
            return None
        return float(frame.pts * frame.time_base) - self._start_seconds

    @property
    def _start_seconds(self) -> float:
        start, unit = self._stream.start_time, self._stream.time_base
        return float(start * unit) if start is not None and unit else 0.0

    def _seek(self, seconds: float) -> None:
        """Seek to this position; if that is not possible, to the start."""
        unit = self._stream.time_base
        # Seeks in transport streams land slightly late; a seek well before the start reaches it.
        for place in (seconds or -_LEAD_SECONDS, -_LEAD_SECONDS, 0.0):
            offset = round((place + self._start_seconds) / unit) if unit else 0
            with suppress(av.FFmpegError):
                self._container.seek(offset, stream=self._stream, backward=True)
                return
        with suppress(av.FFmpegError):  # raw streams have no timestamps
            self._container.seek(0, unsupported_byte_offset=True)

    def _from_key_packet(self) -> Iterator[Packet[VideoStream]]:
        found = 0
        for number, packet in enumerate(self._container.demux(self._stream)):
            found += packet.is_keyframe or found > 0
            if found:
                yield packet
            if found >= FIRST_PACKETS or number >= _SEARCH_PACKETS:
                return

    def _decoded(
        self, packets: Iterable[Packet[VideoStream]], *, flush: bool = True
    ) -> Iterator[VideoFrame]:
        """Yield the frames of `packets`; with `flush`, each before the next packet is read."""
        for packet in packets:
            yield from self._decode(packet)
            if self._is_stuck:
                return
            if flush and packet.is_keyframe:
                yield from self._decode(None)
                self._context.flush_buffers()

    def _decode(self, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
        try:
            frames = self._context.decode(packet)
        except av.FFmpegError:
            return []
        if frames:
            self._last_frame_time = time.process_time()
        return frames

    @property
    def _is_stuck(self) -> bool:
        """True if much CPU time gave no frame; waiting for a slow disk does not count."""
        return time.process_time() - self._last_frame_time > _STUCK_SECONDS


_to_rate = VideoReformatter()

_PLACES = (0.2, 0.35, 0.1, 0.5, 0.65, 0.8)
"""The moments to try, as fractions of the duration; the ends contain titles and credits."""
_FEW_PLACES = 3
_CHOICE_SECONDS = 3.0
"""The time limit for finding a better frame."""
_IN_ORDER_FRAMES = 400
_EVERY = 8
_DIMMEST, _BRIGHTEST, _FLATTEST = 60.0, 224.0, 18.0
"""Bounds of the mean and of the standard deviation of the brightness, from 0 to 255, for a frame
that is chosen without comparing others. A dim one may be in the middle of a fade."""
_DARKEST = 32.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A frame, the picture drawn from it, and its score."""

    frame: VideoFrame
    drawn: VideoFrame
    is_good: bool
    score: float


def choose(
    frames: KeyFrames, duration_seconds: float | None, draw: Callable[[VideoFrame], VideoFrame]
) -> VideoFrame | None:
    """Return the picture that `draw` makes of the first good frame, else of the best one.

    Returns None if there is no frame.
    """
    best: Candidate | None = None
    deadline = time.monotonic() + _CHOICE_SECONDS
    # An error at one position, or reaching the limit on bytes read, ends the search.
    with suppress(av.FFmpegError, OSError, MediaError):
        for frame in _candidates(frames, duration_seconds):
            candidate = rate(frame, draw(frame))
            if best is None or candidate.score > best.score:
                best = candidate
            if best.is_good or time.monotonic() > deadline:
                break
    return best.drawn if best else None


def rate(frame: VideoFrame, drawn: VideoFrame) -> Candidate:
    """Rate a frame: high contrast is good, near black and near white are not."""
    small = _to_rate.reformat(drawn, 32, 32, "gray", interpolation=Interpolation.AREA)
    values = bytes(small.planes[0])
    mean = sum(values) / len(values)
    deviation = (sum(value * value for value in values) / len(values) - mean * mean) ** 0.5
    is_good = _DIMMEST <= mean <= _BRIGHTEST and deviation >= _FLATTEST and not frame.is_corrupt
    score = deviation * min(1.0, mean / _DARKEST) / (4 if frame.is_corrupt else 1)
    return Candidate(frame, drawn, is_good, score)


def _candidates(frames: KeyFrames, duration_seconds: float | None) -> Iterator[VideoFrame]:
    """Yield key frames at several positions; if there are few, frames between them too."""
    seen = set()
    places = [part * duration_seconds for part in _PLACES] if duration_seconds else []
    for seconds in (*places, 0.0):
        frame = frames.at(seconds)
        if frame is not None and frame.pts not in seen:
            seen.add(frame.pts)
            yield frame
    if len(seen) < _FEW_PLACES:
        yield from islice(frames.following(0.0), 0, _IN_ORDER_FRAMES, _EVERY)
