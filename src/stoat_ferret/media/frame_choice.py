"""Finds a frame that shows something: not black, not flat, not in the middle of a fade."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import av
from av.video.reformatter import Interpolation, VideoReformatter

from stoat_ferret.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from av import VideoFrame

    from stoat_ferret.media.key_frames import KeyFrames

_to_judge = VideoReformatter()

_PLACES = (0.2, 0.35, 0.1, 0.5, 0.65, 0.8)
"""Where to look, as parts of the duration; the ends are titles and credits."""
_FEW_PLACES = 3
_CHOICE_SECONDS = 3.0
"""How long to look for something better."""
_IN_ORDER_FRAMES = 400
_EVERY = 8
_DIMMEST, _BRIGHTEST, _FLATTEST = 60.0, 224.0, 18.0
"""Bounds of the mean and of the standard deviation of the brightness, which is 0 to 255, of
a frame that is taken without a look at others. A dim one may be in the middle of a fade."""
_DARKEST = 32.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A frame, what was drawn of it, and how much it shows."""

    frame: VideoFrame
    drawn: VideoFrame
    is_good: bool
    score: float


def choose(
    frames: KeyFrames, duration_seconds: float | None, draw: Callable[[VideoFrame], VideoFrame]
) -> VideoFrame | None:
    """What `draw` makes of the first good frame, else of the best one; None where there is none."""
    best: Candidate | None = None
    deadline = time.monotonic() + _CHOICE_SECONDS
    # What goes wrong at one place, or past the bound on what is read, ends the search.
    with suppress(av.FFmpegError, OSError, MediaError):
        for frame in _offered(frames, duration_seconds):
            candidate = judged(frame, draw(frame))
            if best is None or candidate.score > best.score:
                best = candidate
            if best.is_good or time.monotonic() > deadline:
                break
    return best.drawn if best else None


def judged(frame: VideoFrame, drawn: VideoFrame) -> Candidate:
    """How much a frame shows: much contrast is good, near black and near white are not."""
    small = _to_judge.reformat(drawn, 32, 32, "gray", interpolation=Interpolation.AREA)
    values = bytes(small.planes[0])
    mean = sum(values) / len(values)
    deviation = (sum(value * value for value in values) / len(values) - mean * mean) ** 0.5
    is_good = _DIMMEST <= mean <= _BRIGHTEST and deviation >= _FLATTEST and not frame.is_corrupt
    score = deviation * min(1.0, mean / _DARKEST) / (4 if frame.is_corrupt else 1)
    return Candidate(frame, drawn, is_good, score)


def _offered(frames: KeyFrames, duration_seconds: float | None) -> Iterator[VideoFrame]:
    """Key frames here and there; where there are few, the frames between them too."""
    seen = set()
    places = [part * duration_seconds for part in _PLACES] if duration_seconds else []
    for seconds in (*places, 0.0):
        frame = frames.at(seconds)
        if frame is not None and frame.pts not in seen:
            seen.add(frame.pts)
            yield frame
    if len(seen) < _FEW_PLACES:
        yield from islice(frames.following(0.0), 0, _IN_ORDER_FRAMES, _EVERY)
