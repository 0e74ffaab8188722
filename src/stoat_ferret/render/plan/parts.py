"""Parts of an assembly of many clips, rendered one after the other so that few files are open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.filter_graph import Inputs
from stoat_ferret.render.request.clip import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from stoat_ferret.render.plan.assembly import Assembly, Segment
    from stoat_ferret.render.plan.filter_graph import FilterGraph
    from stoat_ferret.render.plan.source import Tools

MOST_FILES = 8
"""The clips that one command opens; one more if the last of them begins with a transition."""
_LEAST_FRAMES = 8
"""The frames that encoders which reorder them need to settle the decoding times."""


@dataclass(frozen=True, slots=True)
class Part:
    """The frames of the result from `start_frame` on, and the segments that are shown in them.

    `first` is the index of the first segment in the result. If a part begins within a chain of
    transitions, its first segment is also the last of the part before, which shows it up to the end
    of its transition: those `skipped_frames` are left out here.
    """

    number: int
    assembly: Assembly
    first: int
    start_frame: int
    frames: int
    skipped_frames: int
    samples: int
    skipped_samples: int

    @property
    def seconds(self) -> Fraction:
        """The duration in seconds."""
        return self.frames / self.assembly.rate

    def trimmed_pictures(self, graph: FilterGraph, pad: str) -> str:
        """Return a pad of exactly the part's frames and one more, at their times in the result."""
        end = self.skipped_frames + self.frames
        filters = [
            f"trim=start_frame={self.skipped_frames}:end_frame={end}",
            # The filters of `untimed` may drop the last frame, whose duration is unknown.
            "tpad=stop_mode=clone:stop=1",
            f"settb={1 / self.assembly.rate}",
            f"setpts=N+{self.start_frame}",
        ]
        return graph.chain(pad, filters)

    @property
    def untimed(self) -> list[str]:
        """The filters that count the times of the pictures from the start of the part again."""
        rate = self.assembly.rate
        return ["setpts=N", f"fps={rate}", f"trim=end_frame={self.frames}"]

    @property
    def trimmed_sound(self) -> list[str]:
        """The filters that yield exactly the part's samples, counted from its start."""
        start, end = self.skipped_samples, self.skipped_samples + self.samples
        return ["apad", f"atrim=start_sample={start}:end_sample={end}", "asetpts=N/SR/TB"]


def split_into_parts(assembly: Assembly, least_frames: int = _LEAST_FRAMES) -> list[Part]:
    """Split `assembly` into parts of at most `MOST_FILES` clips; a single one if it has no more.

    A part ends where a clip begins, or where the transition into the clip is over. It has at least
    `least_frames`.
    """
    segments = assembly.segments
    files = count_files(segments)
    count = -(-files // MOST_FILES)
    starts = [0]
    for number in range(1, len(segments)):
        inside, rest = segments[starts[-1] : number], segments[number:]
        is_full = count > 1 and count_files(inside) * count >= files
        is_long = min(_frames(inside), _frames(rest)) >= least_frames
        if is_full and is_long and count_files(rest):
            starts.append(number)
    ends = [*starts[1:], len(segments)]
    parts: list[Part] = []
    for start, end in zip(starts, ends, strict=True):
        parts.append(_part(assembly, len(parts), start, end))
    return parts


def count_files(segments: Iterable[Segment]) -> int:
    """Return how many of `segments` have a file: all but gaps."""
    return sum(not isinstance(one.piece, Gap) for one in segments)


def decoder_threads(files: int, cores: int) -> int | None:
    """Return the threads for the decoder of each of `files`; None leaves a single one to FFmpeg."""
    return None if files <= 1 else max(cores // files, 1)


def open_files(assembly: Assembly, tools: Tools) -> tuple[Inputs, list[int | None]]:
    """Return the inputs of a command for `assembly`, and the number of each segment's file."""
    inputs = Inputs(tools, decoder_threads(count_files(assembly.segments), tools.cores))
    opened = [
        inputs.add_excerpt(segment.excerpt) if segment.excerpt else None
        for segment in assembly.segments
    ]
    return inputs, opened


def _part(assembly: Assembly, number: int, start: int, end: int) -> Part:
    """Return the part that begins after the transition into segment `start`."""
    segments = assembly.segments
    inside = segments[start:end]
    opened = (replace(inside[0], shared_frames=0), *inside[1:])
    if end < len(segments) and segments[end].shared_frames:
        opened = (*opened, segments[end])
    # Audio that is mixed in belongs to the whole.
    sounds = assembly.sounds if inside == segments else ()
    return Part(
        number=number,
        assembly=replace(assembly, segments=opened, sounds=sounds),
        first=start,
        start_frame=_frames(segments[:start]),
        frames=_frames(inside),
        skipped_frames=inside[0].shared_frames,
        samples=sum(one.samples - one.shared_samples for one in inside),
        skipped_samples=inside[0].shared_samples,
    )


def _frames(segments: Iterable[Segment]) -> int:
    return sum(one.frames - one.shared_frames for one in segments)
