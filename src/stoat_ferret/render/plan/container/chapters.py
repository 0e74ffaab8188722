"""The chapters of a result: those of its clips, moved to their places and clipped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.render.request.clip import Clip
from stoat_ferret.render.request.effects import Freeze, Reverse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.excerpt import Excerpt

_TICKS = 1_000_000
_LEAST = Fraction(1, 1000)
"""The seconds below which the rest of a chapter is left out; some files count milliseconds."""


@dataclass(frozen=True, slots=True)
class Stay:
    """An excerpt in the result: shown from `start` to `end`, in seconds, at `speed`.

    With `is_in_order`, it runs from its start to its end: it is neither reversed nor frozen.
    """

    excerpt: Excerpt
    start: Fraction
    end: Fraction
    speed: Fraction = Fraction(1)
    is_in_order: bool = True


@dataclass(frozen=True, slots=True)
class PlacedChapter:
    """A chapter of the result; times are in seconds."""

    start: Fraction
    end: Fraction
    title: str | None


def stays_in_order(parts: Iterable[Excerpt]) -> list[Stay]:
    """Return the parts one after the other, at their own speed."""
    stays, end = [], Fraction(0)
    for part in parts:
        start, end = end, end + part.length
        stays.append(Stay(part, start, end))
    return stays


def stays_of(assembly: Assembly) -> list[Stay]:
    """Return the clips of an assembly; during a transition, the second clip counts."""
    stays: list[Stay] = []
    frames = 0
    for segment in assembly.segments:
        frames -= segment.shared_frames
        start = frames / assembly.rate
        if segment.shared_frames and stays:
            stays[-1] = replace(stays[-1], end=min(stays[-1].end, start))
        frames += segment.frames
        if isinstance(segment.piece, Clip) and segment.excerpt:
            piece, end = segment.piece, frames / assembly.rate
            is_in_order = not any(isinstance(one, Reverse | Freeze) for one in piece.effects)
            speed = Fraction(repr(piece.speed))
            stays.append(Stay(segment.excerpt, start, end, speed, is_in_order))
    return stays


def chapters_of(stays: Iterable[Stay]) -> list[PlacedChapter]:
    """Return the chapters of the result in order; the last one of a clip ends with it.

    Those of a clip that does not run in order would mean other pictures.
    """
    found = [chapter for stay in stays if stay.is_in_order for chapter in _chapters_in(stay)]
    return sorted(found, key=lambda chapter: chapter.start)


def chapter_file(chapters: Iterable[PlacedChapter]) -> str:
    """Return the chapters as text in FFmpeg's metadata format."""
    lines = [";FFMETADATA1"]
    for chapter in chapters:
        start, end = int(chapter.start * _TICKS), int(chapter.end * _TICKS)
        lines += ["[CHAPTER]", f"TIMEBASE=1/{_TICKS}", f"START={start}", f"END={end}"]
        if chapter.title:
            lines.append(f"title={_escaped(chapter.title)}")
    return "\n".join(lines) + "\n"


def _chapters_in(stay: Stay) -> Iterable[PlacedChapter]:
    part = stay.excerpt
    for chapter in part.source.info.chapters:
        begin, stop = (Fraction(repr(t)) for t in (chapter.start_seconds, chapter.end_seconds))
        start = stay.start + max(begin - part.start, Fraction(0)) / stay.speed
        end = min(stay.start + (stop - part.start) / stay.speed, stay.end)
        if end - start >= _LEAST:
            yield PlacedChapter(start, end, chapter.title)


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in "=;#\\\n" else char for char in text).replace("\r", " ")
