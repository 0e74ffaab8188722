"""What the result of a cut must be: decoded without an error, and in sync."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from tests.integration.render.numbered import WIDTH, beeps, decoded

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe

if TYPE_CHECKING:
    from pathlib import Path

_OWN_OUTPUT = "non monotonically increasing dts to muxer"
"""What ffmpeg says if two pictures come sooner than its constant rate for no file allows."""


def complaints(ffmpeg: Path, path: Path) -> str:
    """Return what the decoders say about a file."""
    command = [str(ffmpeg), "-v", "error", "-i", str(path), "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stderr
    return "\n".join(line for line in said.splitlines() if _OWN_OUTPUT not in line)


def picture_times(path: Path) -> list[float]:
    """Return when each picture is shown, in seconds from the start of the file."""
    found = _ask(
        path, "-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp_time"
    )
    start = float(_ask(path, "-show_entries", "format=start_time")["format"]["start_time"])
    return [float(frame["best_effort_timestamp_time"]) - start for frame in found["frames"]]


def sound_offsets(ffmpeg: Path, path: Path) -> list[float]:
    """Return how much later than each flash its beep begins, in milliseconds.

    The first picture is left out: its beep may be cut.
    """
    lit = [frame[WIDTH * 20 + WIDTH // 2] > 130 for frame in decoded(ffmpeg, path)]
    sounds = beeps(ffmpeg, path)
    flashes = [
        time
        for place, (time, now) in enumerate(zip(picture_times(path), lit, strict=True))
        if now and place and not lit[place - 1]
    ]
    return [min((beep - flash for beep in sounds), key=abs) * 1000 for flash in flashes]


def assert_in_sync(ffmpeg: Path, path: Path, *, milliseconds: float = 20) -> None:
    """Check that a beep begins with each flash."""
    offsets = sound_offsets(ffmpeg, path)
    assert offsets
    assert max(map(abs, offsets)) <= milliseconds, offsets


def _ask(path: Path, *options: str) -> dict[str, Any]:
    ffprobe = packaged_ffprobe()
    assert ffprobe
    command = [str(ffprobe), "-v", "error", *options, "-of", "json", str(path)]
    said = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    document: dict[str, Any] = json.loads(said)
    return document
