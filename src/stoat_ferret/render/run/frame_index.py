"""The frame index of a file: timestamps of pictures and key frames, near the places asked for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from stoat_ferret.render.plan.excerpt import USUAL_RATE
from stoat_ferret.render.plan.source import CleanEnd, KeyFrame, Timing
from stoat_ferret.render.plan.video.picture_times import PictureTimes, even_rate_of, roomy_rate_of
from stoat_ferret.render.request.clip import Clip
from stoat_ferret.render.request.request import PresetName
from stoat_ferret.render.run.packets import merged

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Iterator, Sequence

    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.render.request.request import RenderRequest
    from stoat_ferret.render.run.header import Header

WINDOW = Fraction(12)
"""The seconds to search around a place; encoders rarely put key frames more than ten apart."""


def places(request: RenderRequest) -> dict[str, tuple[Fraction, ...]]:
    """Return the times around which key frames must be known, by video id."""
    found: dict[str, list[Fraction]] = {video_id: [] for video_id in request.video_ids}
    if request.preset in {PresetName.COPY, PresetName.SMART_CUT}:
        for piece in request.clips:
            if isinstance(piece, Clip):
                found[piece.video_id] += _cuts(piece, request.preset)
    return {video_id: tuple(moments) for video_id, moments in found.items()}


def counts_pictures(request: RenderRequest) -> bool:
    """Return whether the plan of `request` says how many pictures are copied."""
    return request.preset in {PresetName.COPY, PresetName.SMART_CUT}


def _cuts(clip: Clip, preset: PresetName) -> Iterator[Fraction]:
    """Yield the cuts of `clip`; the key frames at the start of the file are known anyway."""
    if clip.start_seconds or preset is PresetName.SMART_CUT:
        yield clip.start_seconds
    if clip.end_seconds is not None:
        yield clip.end_seconds


@dataclass(frozen=True, slots=True)
class CutPlaces:
    """The places in a part of a file at which it can be cut, in order, and its pictures."""

    keys: tuple[KeyFrame, ...]
    ends: tuple[CleanEnd, ...]
    shown: array[int]

    @property
    def count(self) -> int:
        """The number of facts that it contains."""
        return 1 + len(self.keys) + len(self.ends) + len(self.shown) // 8


@dataclass(frozen=True, slots=True)
class Edges:
    """The pictures at the start and at the end of a file; see `Timing`.

    `length` is that of the file in seconds, if the one in its header is wrong. `picture_bytes` is
    the mean size of the pictures, which are all of the file if it `is_whole`.
    """

    runs: tuple[array[int], ...]
    end: Fraction | None
    length: Fraction | None = None
    keys: tuple[KeyFrame, ...] = ()
    recovery: int = 0
    early: Fraction = Fraction(0)
    delay: Fraction = Fraction(0)
    hides_packets: bool = False
    is_hidden_start: bool = False
    is_jumping: bool = False
    picture_bytes: float | None = None
    is_whole: bool = False

    @property
    def count(self) -> int:
        """The number of facts that it contains."""
        return 2 + len(self.keys) + sum(map(len, self.runs)) // 8


@dataclass(frozen=True, slots=True)
class AllPictures:
    """The times of all pictures of a file, sorted; None if no index lists them."""

    shown: array[int] | None

    @property
    def count(self) -> int:
        """The number of facts that it contains."""
        return 1 + len(self.shown or ()) // 64  # 512 bytes

    def times(self, header: Header, known: Sequence[array[int]]) -> PictureTimes | None:
        """Return them if they agree with all that is `known` from packets."""
        shown = self.shown
        if not shown:
            return None
        for run in known:
            first, last = bisect_left(shown, run[0]), bisect_right(shown, run[-1])
            if shown[first:last] != run:
                return None
        return PictureTimes(header.time_base, header.file_start, (shown,))


def put_together(
    header: Header,
    edges: Edges,
    found: Sequence[CutPlaces],
    listed: AllPictures | None = None,
) -> Timing:
    """Combine the parts that were read into one timing, in order and without duplicates.

    `listed` are the pictures that an index lists, if it was read.
    """
    runs = merged([*edges.runs, *(one.shown for one in found)])
    rate = even_rate_of(runs, header.time_base, header.rates)
    return Timing(
        video_start=header.video_start,
        video_end=edges.end,
        is_variable=header.is_variable if rate is None else False,
        rate=rate,
        roomy_rate=roomy_rate_of(runs, header.time_base) if rate is None else None,
        recovery=edges.recovery / (rate or USUAL_RATE),
        early=edges.early,
        delay=max([edges.delay, *(key.delay for one in found for key in one.keys)]),
        hides_packets=edges.hides_packets,
        is_hidden_start=edges.is_hidden_start,
        is_jumping=edges.is_jumping,
        pictures=PictureTimes(header.time_base, header.file_start, runs),
        key_frames=_once(chain(edges.keys, *(one.keys for one in found))),
        clean_ends=_once(end for one in found for end in one.ends),
        starts=header.starts,
        is_encrypted=header.is_encrypted,
        streams=header.streams,
        picture_bytes=edges.picture_bytes,
        is_whole=edges.is_whole,
        all_pictures=listed.times(header, runs) if listed else None,
    )


Found = TypeVar("Found", KeyFrame, CleanEnd)


def _once(found: Iterable[Found]) -> tuple[Found, ...]:
    """Return what was found in order, without duplicate times."""
    by_moment = {one.seconds: one for one in found}
    return tuple(by_moment[moment] for moment in sorted(by_moment))


def intervals(around: Iterable[Fraction], info: MediaInfo) -> Iterator[tuple[Fraction, Fraction]]:
    """Return the intervals to read around times of a file, merged if little is between them.

    Times after its end count as its end: there is nothing to find at them.
    """
    last = Fraction(info.duration_seconds) if info.duration_seconds else None
    start = end = None
    for moment in sorted(around if last is None else {min(one, last) for one in around}):
        if start is not None and end is not None and moment - 2 * WINDOW <= end:
            end = moment + WINDOW
            continue
        if start is not None and end is not None:
            yield start, end
        start, end = max(moment - WINDOW, Fraction(0)), moment + WINDOW
    if start is not None and end is not None:
        yield start, end
