"""Subtitle files as text: read into cues, cut to a clip, and written again.

What is written is made anew from the cues, so FFmpeg sees only well-formed files, whatever the
original contains. The formats are SubRip, WebVTT (W3C), and ASS with its predecessor SSA.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_CUES = 20_000
_TIME = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?")
_ARROW = re.compile(rf"\s*({_TIME.pattern})\s*-->\s*({_TIME.pattern})(?:\s.*)?")
_ASS_TIME = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2})\.(\d{1,2})")
_MARKUP = re.compile(r"</?(?!/?(?:b|i|u|s|font)\b)[^<>]*>", re.IGNORECASE)
_BLANK = re.compile(r"\n[ \t]*\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = re.compile(r"\s*\d+\s*")
_COMMAND = re.compile(r"\{[^}]*\}|<[^>]*>|\\[NnhH]")
_ASS = ("ass", "ssa")


@dataclass(frozen=True, slots=True)
class Cue:
    """A subtitle, shown from `start` to `end` in seconds.

    `text` is in the file's own format. Of ASS it is a whole line, with `{start}` and `{end}` in
    place of the times.
    """

    start: Fraction
    end: Fraction
    text: str


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of a file in order.

    `header` is all that is before the events of ASS, and `columns` the number of values of an event
    before its text.
    """

    found: tuple[Cue, ...]
    header: str | None = None
    columns: int = 0

    @property
    def extension(self) -> str:
        """The extension of the file that `written` makes."""
        return ".srt" if self.header is None else ".ass"

    @property
    def muxer(self) -> str:
        """FFmpeg's name of the format that `written` makes."""
        return self.extension[1:]

    def cut(self, start: Fraction, end: Fraction) -> Cues:
        """Return what is shown between two times, counted from the first of them."""
        kept = (
            replace(cue, start=max(cue.start, start) - start, end=min(cue.end, end) - start)
            for cue in self.found
            if cue.start < end and cue.end > start
        )
        return replace(self, found=tuple(kept))

    def placed(self, at: Fraction, speed: Fraction) -> Cues:
        """Return the cues at a speed, and later by `at` seconds."""
        moved = (
            replace(cue, start=cue.start / speed + at, end=cue.end / speed + at)
            for cue in self.found
        )
        return replace(self, found=tuple(moved))

    def words(self) -> list[str]:
        """Return the texts without their commands."""
        return [_COMMAND.sub(" ", self.spoken(cue)) for cue in self.found]

    def written(self) -> str:
        """Return a file with the cues: ASS if they were, else SubRip."""
        if self.header is not None:
            lines = (
                cue.text.replace("{start}", _ass_clock(cue.start), 1).replace(
                    "{end}", _ass_clock(cue.end), 1
                )
                for cue in self.found
            )
            return self.header + "\n".join(lines) + "\n"
        return "\n".join(
            f"{number}\n{_clock(cue.start)} --> {_clock(cue.end)}\n{cue.text}\n"
            for number, cue in enumerate(self.found, 1)
        )

    def spoken(self, cue: Cue) -> str:
        """Return the text of a cue, with its commands."""
        return cue.text if self.header is None else cue.text.split(",", self.columns)[-1]


def joined(parts: Iterable[Cues]) -> Cues:
    """Return the cues of all parts, which must have the same header."""
    listed = [*parts]
    found = sorted((cue for one in listed for cue in one.found), key=lambda cue: cue.start)
    return replace(listed[0], found=tuple(found))


def read_cues(text: str, extension: str) -> Cues:
    """Return the cues in a file with this extension, with its dot.

    Raises `ValueError` with a reason, as a part of a sentence.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kind = extension.lower().removeprefix(".")
    found = _read_ass(plain) if kind in _ASS else _read_plain(plain, is_web=kind == "vtt")
    if not found.found:
        raise ValueError("no subtitle with a time was found in it")
    if len(found.found) > MOST_CUES:
        raise ValueError(f"it has more than {MOST_CUES:,} subtitles")
    return found


def _read_plain(text: str, *, is_web: bool) -> Cues:
    """Read SubRip or WebVTT: a line with the times, before the lines of the text."""
    blocks = _web_blocks(text) if is_web else _timed_blocks(text)
    found = []
    for match, lines in blocks:
        start, end = _seconds(match.groups()[1:5]), _seconds(match.groups()[6:10])
        said = "\n".join(line for line in lines if line.strip())
        if is_web:
            said = html.unescape(_MARKUP.sub("", said)).replace("\0", "")
        if said and end > start:
            found.append(Cue(start, end, said))
    return Cues(tuple(sorted(found, key=lambda cue: cue.start)))


def _web_blocks(text: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    """Yield the times and the lines of the blocks that have times, which blank lines separate."""
    for block in _BLANK.split(text):
        lines = [_CONTROL.sub("", line) for line in block.split("\n")]
        for place, line in enumerate(lines[:3]):
            if match := _ARROW.fullmatch(line):
                yield match, lines[place + 1 :]
                break


def _timed_blocks(text: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    """Yield the times and the lines of each subtitle, even if a blank line is missing or too many.

    A number before times is theirs, and one after a blank line ends the subtitle before it.
    """
    times, lines = None, list[str]()
    for raw in text.split("\n"):
        line = _CONTROL.sub("", raw)
        match = _ARROW.fullmatch(line) if "-->" in line else None
        if match is None:
            lines.append(line)
            continue
        if times:
            has_number = bool(lines) and _NUMBER.fullmatch(lines[-1])
            yield times, _until_number(lines[:-1] if has_number else lines)
        times, lines = match, []
    if times:
        yield times, _until_number(lines)


def _until_number(lines: list[str]) -> list[str]:
    for place, (before, line) in enumerate(pairwise(lines)):
        if not before.strip() and _NUMBER.fullmatch(line):
            return lines[:place]
    return lines


def _read_ass(text: str) -> Cues:
    header, events, columns = [], [], 0
    order: list[str] = []
    is_in_events = False
    for line in text.split("\n"):
        name, _, value = line.partition(":")
        if line.strip().startswith("["):
            is_in_events = line.strip().lower() == "[events]"
            if is_in_events:
                header.append("[Events]")
        if not is_in_events:
            header.append(_CONTROL.sub("", line))
        elif name.strip().lower() == "format":
            order = [one.strip().lower() for one in value.split(",")]
            columns = len(order) - 1
            header.append(line)
        elif name.strip().lower() == "dialogue" and {"start", "end"} <= {*order}:
            events.append(_event([*value.split(",", columns)], order))
    if "[Events]" not in header:
        raise ValueError("it has no section [Events]")
    # FFmpeg wants the events at the end.
    tail = next(n for n, line in enumerate(header) if line == "[Events]")
    moved = [*header[:tail], *header[tail + 2 :], "", *header[tail : tail + 2]]
    cues = tuple(sorted(filter(None, events), key=lambda cue: cue.start))
    return Cues(cues, "\n".join(moved) + "\n", columns)


def _event(values: list[str], order: list[str]) -> Cue | None:
    if len(values) != len(order):
        return None
    start, end = (order.index(name) for name in ("start", "end"))
    times = [_ASS_TIME.fullmatch(values[place].strip()) for place in (start, end)]
    if not times[0] or not times[1]:
        return None
    first, last = (_seconds(match.groups()) for match in times if match)
    if last <= first:
        return None
    shown = [_CONTROL.sub("", value) for value in values]
    # The text comes last, and may contain the same words.
    shown[start], shown[end] = "{start}", "{end}"
    return Cue(first, last, "Dialogue: " + ",".join(shown).lstrip())


def _seconds(parts: Iterable[str | None]) -> Fraction:
    hours, minutes, seconds, fraction = parts
    whole = 3600 * int(hours or 0) + 60 * int(minutes or 0) + int(seconds or 0)
    return Fraction(whole) + Fraction(int(fraction or 0), 10 ** len(fraction or ""))


def _clock(moment: Fraction) -> str:
    seconds, rest = divmod(round(moment * 1000), 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d},{rest:03d}"


def _ass_clock(moment: Fraction) -> str:
    seconds, rest = divmod(round(moment * 100), 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:02d}"
