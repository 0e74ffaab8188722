"""The check of a finished animation: how many frames it has, and how long they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class Animation:
    """The frames of an animation, and the seconds for which all of them are shown."""

    frames: int
    seconds: Fraction


async def check_animation(path: Path, planned: PlannedOutput) -> None:
    """Raise `OutputFaultError` with what differs from the plan."""
    try:
        found = await run_on_disk_thread(read_animation, path)
    except (OSError, ValueError) as error:
        raise OutputFaultError([f"it cannot be read: {error}"]) from error
    if faults := animation_faults(planned, found):
        raise OutputFaultError(faults)


def read_animation(path: Path) -> Animation:
    """Read a GIF or WebP without decoding it. Blocking.

    Raises `OSError`, and `ValueError` if it is neither or broken.
    """
    data = memoryview(path.read_bytes())
    try:
        if bytes(data[:3]) == b"GIF":
            return _read_gif(data)
        if (bytes(data[:4]), bytes(data[8:12])) == (b"RIFF", b"WEBP"):
            return _read_webp(data)
    except IndexError as error:
        raise ValueError("it breaks off") from error
    raise ValueError("it is neither a GIF nor a WebP")


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


def _read_gif(data: memoryview) -> Animation:
    place = _GIF_HEADER + _table_bytes(data[10])
    frames = hundredths = 0
    while data[place] != _GIF_TRAILER:
        kind = data[place]
        if kind == _GIF_IMAGE:
            frames += 1
            place += 1 + _GIF_IMAGE_HEADER
            place += _table_bytes(data[place - 1]) + 1  # and the least size of a code
        elif kind == _GIF_EXTENSION:
            if data[place + 1] == _GIF_CONTROL:
                hundredths += int.from_bytes(data[place + 4 : place + 6], "little")
            place += 2
        else:
            raise ValueError("it has an unknown block")
        while data[place]:  # a chain of blocks with their lengths
            place += 1 + data[place]
        place += 1
    return Animation(frames, Fraction(hundredths, 100))


def _table_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & _TABLE_SIZE) + 1) if flags & _HAS_TABLE else 0


def _read_webp(data: memoryview) -> Animation:
    frames = stills = milliseconds = 0
    place = 12
    while place + 8 <= len(data):
        kind = bytes(data[place : place + 4])
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        body = place + 8
        if body + size > len(data):
            raise ValueError("it breaks off")
        if kind == _WEBP_FRAME:
            frames += 1
            at = body + _WEBP_DURATION
            milliseconds += int.from_bytes(data[at : at + 3], "little")
        stills += kind in _WEBP_PICTURES
        place = body + size + size % 2
    return Animation(frames or stills, Fraction(milliseconds, 1000))
