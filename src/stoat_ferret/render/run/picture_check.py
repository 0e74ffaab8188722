"""The check of a finished video against its plan: its pictures, and their decoding at the seams."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from stoat_ferret.disk import in_thread, run_on_disk_thread
from stoat_ferret.errors import MediaProcessError, OutputFaultError
from stoat_ferret.ffmpeg.executor import run_program
from stoat_ferret.media.limits import OPEN_OPTIONS
from stoat_ferret.render.plan.copying.packet_cut import HIDING
from stoat_ferret.render.run.movie_index import ListedPictures, read_pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from stoat_ferret.render.plan.plan import PlannedOutput, Seam

AROUND = Fraction(1, 2)
"""The seconds to decode on each side of a seam."""
_TICKS = 90_000
_NEAR = 450  # ticks, 5 ms: containers round times; less where pictures are nearer to each other
_SHORT = 20 * _TICKS
"""The length up to which all of a file is decoded, if it has a seam beyond its start."""
_LEAD, _MARGIN = 2 * _TICKS, _TICKS
_IN_ORDER = "setts=pts=PTS:dts=N-1000000000"
"""The filter that keeps presentation times, which FFmpeg changes if decoding times are a guess."""
_SEEKABLE = frozenset({"mp4", "mov", "matroska", "webm"})
_AT_ONCE = 8
_LIST_BYTES = 128 * 2**20
_SECONDS = 600.0
_HARMLESS = "mmco: unref short failure"
"""What the decoder of H.264 says if it must forget a picture that it has not seen.

So it does after each seek to a key frame that is no IDR picture, and after a cut there. No picture
is damaged by it.
"""
_ROUGHLY = ("-skip_loop_filter", "all")
"""The options of a decoder that need not smooth its pictures, which hides no error."""
_OPENING = [part for name, value in OPEN_OPTIONS.items() for part in (f"-{name}", value)]


@dataclass(frozen=True, slots=True)
class PictureCheck:
    """A check with `ffmpeg` of the file at `path`, which is planned as `planned`.

    `written` is the number of frames that were written to it, if they were counted; it is only
    needed if the plan does not say how many there are.
    """

    ffmpeg: Path
    path: Path
    planned: PlannedOutput
    written: int | None = None

    async def run(self) -> None:
        """Raise `OutputFaultError` with what differs from the plan."""
        frames, seams = self.planned.frames, self.planned.seams
        written = self.written if frames is None else None
        if frames is None and not seams and written is None:
            return
        listed = await self._listed()
        if written is not None:
            least = written - self.planned.spare_frames
            # In other files, parsers find the packets anew: each field may be one.
            is_too_many = self.planned.muxer in _SEEKABLE and len(listed.pictures) > written
            if len(listed.pictures) < least or is_too_many:
                raise OutputFaultError(
                    [f"it has {len(listed.pictures)} pictures, and {written} were copied"]
                )
        shown = await self._shown(listed)
        if frames is not None and len(shown) != frames:
            raise OutputFaultError([f"it has {len(shown)} pictures, not {frames}"])
        for seam in seams:
            self._compare(seam, shown)
        if not shown:
            return
        cuts = [seam for seam in seams if seam.is_cut]
        is_beyond_start = any(seam.at for seam in cuts)
        is_whole = is_beyond_start and shown[-1] < _SHORT
        if is_beyond_start and not is_whole and self.planned.muxer not in _SEEKABLE:
            return
        most = len(cuts) if is_whole else _AT_ONCE
        for first in range(0, len(cuts), most):
            await self._decode(cuts[first : first + most], shown, is_whole=is_whole)

    async def _shown(self, listed: ListedPictures) -> list[int]:
        """Return the times of all pictures, sorted, in ticks from the start of the file."""

        def sort() -> list[int]:
            # What comes before the start is only there for the decoder, and what is shown before
            # the first key frame needs pictures that are not there. In other files, FFmpeg takes
            # the start of the audio for that of the file if they last less than 0.3 seconds.
            hides = self.planned.muxer in HIDING
            packets, base = listed.pictures, listed.time_base
            is_hidden = hides and any(time < 0 for time, _ in packets)
            first = next((time for time, is_key in packets if is_key and not is_hidden), 0)
            shown = sorted(time for time, _ in packets if time >= first)
            ticks, of = (base * _TICKS).as_integer_ratio()
            return [(2 * time * ticks + of) // (2 * of) for time in shown]  # rounded

        return await in_thread(sort)

    async def _listed(self) -> ListedPictures:
        """Return all pictures: from the index, or else from all packets of the file."""
        indexed = None
        if self.planned.muxer in HIDING:
            with suppress(OSError):  # ffmpeg says what is wrong with it
                indexed = await run_on_disk_thread(read_pictures, self.path)
        if indexed and indexed.is_shifted:
            indexed = indexed.shifted_to((await self._copied("-t", "1")).pictures)
        return indexed or await self._copied()

    async def _copied(self, *options: str) -> ListedPictures:
        """Return the pictures that ffmpeg copies; with `options`, not all of them."""
        copying = ["-i", f"file:{self.path}", "-map", "0:v:0", "-c", "copy", "-bsf:v", _IN_ORDER]
        listing, _ = await self._ask([*options, *copying, "-f", "framecrc", "-"])

        def parse() -> ListedPictures:
            pictures = [(time, is_key) for _, time, is_key in _pictures(listing)]
            return ListedPictures(_time_base(listing), pictures)

        return await in_thread(parse)

    def _compare(self, seam: Seam, shown: list[int]) -> None:
        expected = [shown[0] + round(moment * _TICKS) for moment in seam.shown]
        if not expected:
            return
        gaps = (after - before for before, after in pairwise(expected))
        near = min(_NEAR, max(min(gaps, default=2 * _NEAR) // 2, 1))
        first = bisect_left(shown, expected[0] - near)
        found = shown[first : bisect_right(shown, expected[-1] + near)]
        is_alike = len(found) == len(expected) and all(
            abs(one - other) <= near for one, other in zip(found, expected, strict=True)
        )
        if not is_alike:
            raise OutputFaultError(
                [f"around {float(seam.at):.3f} s it has pictures at other times than planned"]
            )

    async def _decode(self, seams: Sequence[Seam], shown: list[int], *, is_whole: bool) -> None:
        spans = [_span(seam, shown) for seam in seams]
        parts = [(0, shown[-1])] if is_whole else _parts_around(spans)
        known = [bisect_left(shown, end) - bisect_left(shown, start) for start, end in parts]
        most = None if is_whole else known
        listing, complaint = await self._ask(_decoding(str(self.path), parts, most))
        found: list[list[int]] = [[] for _ in parts]
        for number, time, _ in _pictures(listing):
            found[number].append(parts[number][0] + time)
        counts = [
            max(sum(start <= time < end for time in one) for one in found) for start, end in spans
        ]
        for seam, (start, end), count in zip(seams, spans, counts, strict=True):
            expected = bisect_left(shown, end) - bisect_left(shown, start)
            if count != expected:
                raise OutputFaultError(
                    [f"around {float(seam.at):.3f} s {count} of {expected} pictures can be decoded"]
                )
        if complaint and not await self._complains_about_sources(seams):
            raise OutputFaultError([f"its pictures cannot be decoded at a seam: {complaint}"])

    async def _complains_about_sources(self, seams: Sequence[Seam]) -> bool:
        """Return whether the decoder finds faults in what was copied, too."""
        for seam in seams:
            for path, moment in seam.sources:
                start = max(round((moment - AROUND) * _TICKS), 0)
                span = (start, start + round(2 * AROUND * _TICKS))
                _, complaint = await self._ask(_decoding(path, _parts_around([span])))
                if complaint:
                    return True
        return False

    async def _ask(self, arguments: Sequence[str]) -> tuple[str, str]:
        """Return what ffmpeg prints, and the first fault that it reports."""
        argv: list[str | Path] = [self.ffmpeg, "-v", "error", "-nostdin", *arguments]
        try:
            completed = await run_program(argv, timeout_seconds=_SECONDS, stdout_bytes=_LIST_BYTES)
        except MediaProcessError as error:
            raise OutputFaultError([f"it could not be checked: {error.detail}"]) from error
        complaint = completed.stderr_tail.decode("utf-8", "replace").strip()
        if completed.exit_code:
            raise OutputFaultError([f"it cannot be read: {complaint[:200]}"])
        faults = (line for line in complaint.splitlines() if _HARMLESS not in line)
        return completed.stdout.decode("ascii", "replace"), next(faults, "")[:200]


def _time_base(listing: str) -> Fraction:
    lines = (line for line in listing.splitlines() if line.startswith("#tb"))
    return next((Fraction(line.split()[-1]) for line in lines), Fraction(1, _TICKS))


def _pictures(listing: str) -> Iterator[tuple[int, int, bool]]:
    """Yield the stream and the time of each picture that FFmpeg lists, and whether it is key."""
    for line in listing.splitlines():
        if not line.startswith("#"):
            number, _, time, *more = line.split(",")
            # Flags are only listed if they are not those of a key frame.
            yield int(number), int(time), not any("F=" in word for word in more)


def _decoding(
    path: str, parts: Sequence[tuple[int, int]], most: Sequence[int] | None = None
) -> list[str]:
    """Return arguments that decode parts of a file, each as a stream that begins at its start.

    With `most`, each stream ends after so many pictures.
    """
    inputs: list[str] = []
    maps: list[str] = []
    for number, (start, end) in enumerate(parts):
        length = f"{(end - start + _MARGIN) / _TICKS:.6f}"
        inputs += [*_OPENING, *_ROUGHLY, *(("-ss", f"{start / _TICKS:.6f}") if start else ())]
        inputs += ["-t", length, "-i", f"file:{path}"]
        maps += ["-map", f"{number}:v:0"]
        # `-frames` would end the other streams, too.
        maps += [f"-filter:v:{number}", f"trim=end_frame={most[number]}"] if most else []
    # Only times are looked at, so the pictures are not copied.
    timing = ["-fps_mode", "passthrough", "-enc_time_base", f"1:{_TICKS}"]
    return [*inputs, *maps, *timing, "-c:v", "wrapped_avframe", "-f", "framecrc", "-"]


def _parts_around(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the parts of a file to decode for `spans`, from early enough for each of them.

    Spans that are near each other share one, so that nothing is decoded twice.
    """
    parts: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        seek = max(start - _LEAD, 0)
        if parts and seek <= parts[-1][1] + _MARGIN:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((seek, end))
    return parts


def _span(seam: Seam, shown: list[int]) -> tuple[int, int]:
    """Return the part of the file to decode around a seam, with its edges between pictures."""
    at, around = shown[0] + round(seam.at * _TICKS), round(AROUND * _TICKS)
    first = bisect_left(shown, at - around)
    last = bisect_left(shown, at + around)
    start = (shown[first - 1] + shown[first]) // 2 if 0 < first < len(shown) else min(shown[0], 0)
    end = (shown[last - 1] + shown[last]) // 2 if 0 < last < len(shown) else shown[-1] + around
    return start, end
