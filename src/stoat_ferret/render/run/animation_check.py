"""The check of a finished animation: how many frames it has, and how long they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, BinaryIO

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import OutputFaultError

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.render.plan.plan import PlannedOutput

_GIF_HEADER, _GIF_TRAILER = 13, 0x3B
_GIF_IMAGE, _GIF_EXTENSION, _GIF_CONTROL = 0x2C, 0x21, 0xF9
_GIF_IMAGE_HEADER = 9
_HAS_TABLE, _TABLE_SIZE = 0x80, 0x07
_WEBP_FRAME, _WEBP_PICTURES = b"ANMF", (b"VP8 ", b"VP8L")
_WEBP_DURATION = 12
"""The place of the duration in a frame."""
_WINDOW_BYTES = 2**20
_READING_SECONDS = 3600.0
"""The time limit for reading all of a large file from a slow disk."""


@dataclass(frozen=True, slots=True)
class Animation:
    """The frames of an animation, and the seconds for which all of them are shown."""

    frames: int
    seconds: Fraction


async def check_animation(path: Path, planned: PlannedOutput) -> None:
    """Raise `OutputFaultError` with what differs from the plan."""
    try:
        found = await run_on_disk_thread(read_animation, path, timeout_seconds=_READING_SECONDS)
    except TimeoutError as error:
        raise OutputFaultError(["it cannot be read: its disk does not answer"]) from error
    except (OSError, ValueError) as error:
        raise OutputFaultError([f"it cannot be read: {error}"]) from error
    if faults := animation_faults(planned, found):
        raise OutputFaultError(faults)


def read_animation(path: Path) -> Animation:
    """Read a GIF or WebP without decoding it. Blocking.

    Raises `OSError`, and `ValueError` if it is neither or broken.
    """
    with path.open("rb") as file:
        data = _FileBytes(file)
        start = data.piece(0, 12)
        try:
            if start[:3] == b"GIF":
                return _read_gif(data)
            if (start[:4], start[8:]) == (b"RIFF", b"WEBP"):
                return _read_webp(data)
        except IndexError as error:
            raise ValueError("it breaks off") from error
    raise ValueError("it is neither a GIF nor a WebP")


class _FileBytes:
    """The bytes of a file, of which a window is in memory.

    They are not mapped into memory: an error of the disk would then end the process.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start, self._window = 0, b""
        self.size = file.seek(0, 2)

    def byte(self, place: int) -> int:
        """Return one byte. Raises `IndexError` if the file is shorter."""
        at = place - self._start
        if not 0 <= at < len(self._window):
            self._file.seek(place)
            self._start, self._window, at = place, self._file.read(_WINDOW_BYTES), 0
        return self._window[at]

    def piece(self, place: int, count: int) -> bytes:
        """Return `count` bytes, or fewer if the file is shorter."""
        self._file.seek(place)
        return self._file.read(count)


def animation_faults(planned: PlannedOutput, found: Animation) -> list[str]:
    """Return the faults of an animation that was `found`, as parts of a sentence."""
    if not found.frames:
        return ["it has no frames"]
    should = planned.duration_seconds
    if should is None or (found.frames == 1 and not found.seconds):  # a still image says no time
        return []
    if abs(found.seconds - should) <= planned.tolerance_seconds:
        return []
    return [f"it lasts {float(found.seconds):.3f} s, not {float(should):.3f} s"]


def _read_gif(data: _FileBytes) -> Animation:
    place = _GIF_HEADER + _table_bytes(data.byte(10))
    frames = hundredths = 0
    while (kind := data.byte(place)) != _GIF_TRAILER:
        if kind == _GIF_IMAGE:
            frames += 1
            place += 1 + _GIF_IMAGE_HEADER
            place += _table_bytes(data.byte(place - 1)) + 1  # and the least size of a code
        elif kind == _GIF_EXTENSION:
            if data.byte(place + 1) == _GIF_CONTROL:
                hundredths += data.byte(place + 4) + 256 * data.byte(place + 5)
            place += 2
        else:
            raise ValueError("it has an unknown block")
        while length := data.byte(place):  # a chain of blocks with their lengths
            place += 1 + length
        place += 1
    return Animation(frames, Fraction(hundredths, 100))


def _table_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & _TABLE_SIZE) + 1) if flags & _HAS_TABLE else 0


def _read_webp(data: _FileBytes) -> Animation:
    frames = stills = milliseconds = 0
    place = 12
    while place + 8 <= data.size:
        header = data.piece(place, 8)
        kind, size = header[:4], int.from_bytes(header[4:], "little")
        body = place + 8
        if body + size > data.size:
            raise ValueError("it breaks off")
        if kind == _WEBP_FRAME:
            frames += 1
            at = body + _WEBP_DURATION
            milliseconds += int.from_bytes(data.piece(at, 3), "little")
        stills += kind in _WEBP_PICTURES
        place = body + size + size % 2
    return Animation(frames or stills, Fraction(milliseconds, 1000))
