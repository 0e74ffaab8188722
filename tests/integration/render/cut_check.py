"""What the result of a cut must be: decoded without an error, and in sync."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.integration.render.numbered import WIDTH, beeps, decoded

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe

if TYPE_CHECKING:
    from pathlib import Path

_START = ("-show_entries", "format=start_time", "-of", "csv=p=0")
_OWN_OUTPUT = "non monotonically increasing dts to muxer"
"""What ffmpeg says if two pictures come sooner than its constant rate for no file allows."""


def complaints(ffmpeg: Path, path: Path) -> str:
    """Return what the decoders say about a file."""
    command = [str(ffmpeg), "-v", "error", "-i", str(path), "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stderr
    return "\n".join(line for line in said.splitlines() if _OWN_OUTPUT not in line)


def picture_times(ffmpeg: Path, path: Path) -> list[float]:
    """Return when each picture is shown, in seconds from the start of the file."""
    ffprobe = packaged_ffprobe()
    assert ffprobe
    start = _said([str(ffprobe), *_START, str(path)]).strip()
    times = ["-copyts", "-i", str(path), "-map", "0:v:0", "-fps_mode", "passthrough"]
    lines = _said([str(ffmpeg), *times, "-enc_time_base", "1:90000", "-f", "framecrc", "-"])
    shown = [line.split(",")[2] for line in lines.splitlines() if not line.startswith("#")]
    return [int(ticks) / 90_000 - float(start) for ticks in shown]


def sound_offsets(ffmpeg: Path, path: Path) -> list[float]:
    """Return how much later than each flash its beep begins, in milliseconds.

    The first picture is left out: its beep may be cut.
    """
    lit = [frame[WIDTH * 20 + WIDTH // 2] > 130 for frame in decoded(ffmpeg, path)]
    sounds = beeps(ffmpeg, path)
    flashes = [
        time
        for place, (time, now) in enumerate(zip(picture_times(ffmpeg, path), lit, strict=True))
        if now and place and not lit[place - 1]
    ]
    return [min((beep - flash for beep in sounds), key=abs) * 1000 for flash in flashes]


def assert_in_sync(ffmpeg: Path, path: Path, *, milliseconds: float = 20) -> None:
    """Check that a beep begins with each flash."""
    offsets = sound_offsets(ffmpeg, path)
    assert offsets
    assert max(map(abs, offsets)) <= milliseconds, offsets


def _said(command: list[str]) -> str:
    command = [command[0], "-v", "error", *command[1:]]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
