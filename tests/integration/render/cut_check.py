"""What the result of a cut must be: decoded without an error, and in sync."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
from tests.integration.render.numbered import (
    SMALL_HEIGHT,
    SMALL_WIDTH,
    beeps,
    is_lit,
    number_of,
    pictures_of,
)

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe

if TYPE_CHECKING:
    from pathlib import Path

_START = ("-show_entries", "format=start_time", "-of", "csv=p=0")
_OWN_OUTPUT = "non monotonically increasing dts to muxer"
"""What ffmpeg says if two pictures come sooner than its constant rate for no file allows."""
_RECOVERY = "mmco: unref short failure"
"""What the decoder of H.264 says, without harm, after a start at a key frame that is no IDR."""


@dataclass(frozen=True)
class Decoded:
    """The frames of a file in a small size, and what the decoders of all its tracks say."""

    frames: list[bytes]
    complaints: str

    @property
    def numbers(self) -> list[int]:
        """The numbers that the frames show."""
        return [number_of(frame) for frame in self.frames]

    @property
    def complaints_of_copy(self) -> str:
        """The complaints about a copy, which may begin anywhere."""
        return "\n".join(line for line in self.complaints.splitlines() if _RECOVERY not in line)


def decode(ffmpeg: Path, path: Path) -> Decoded:
    """Decode all tracks of a file, once."""
    size = SMALL_WIDTH * SMALL_HEIGHT
    shape = f"scale={SMALL_WIDTH}:{SMALL_HEIGHT}:flags=area,format=gray"
    pictures = ["-map", "0:v:0", "-vf", shape, "-fps_mode", "passthrough", "-f", "rawvideo", "-"]
    # With a track of silence, for files that have no other track.
    others = ["-map", "0", "-map", "-0:v:0", "-map", "1", "-f", "null", "-"]
    silence = ["-f", "lavfi", "-t", "0.1", "-i", "anullsrc"]
    # To start threads takes longer than to decode small pictures.
    inputs = ["-threads", "1", "-i", str(path), *silence]
    command = [str(ffmpeg), "-v", "error", "-nostdin", *inputs, *pictures, *others]
    made = subprocess.run(command, check=True, capture_output=True, timeout=60)
    said = made.stderr.decode("utf-8", "replace").splitlines()
    return Decoded(
        [made.stdout[start : start + size] for start in range(0, len(made.stdout), size)],
        "\n".join(line for line in said if _OWN_OUTPUT not in line),
    )


def picture_times(ffmpeg: Path, path: Path) -> list[float]:
    """Return when each picture is shown, in seconds from the start of the file."""
    if path.suffix != ".avi":
        with av.open(str(path)) as container:
            begin = (container.start_time or 0) / av.time_base
            return [float(frame.time or 0) - begin for frame in pictures_of(container)]
    # FFmpeg derives the times that such a file does not have.
    ffprobe = packaged_ffprobe()
    assert ffprobe
    start = _said([str(ffprobe), *_START, str(path)]).strip()
    times = ["-copyts", "-threads", "1", "-i", str(path)]
    times += ["-map", "0:v:0", "-fps_mode", "passthrough"]
    lines = _said([str(ffmpeg), *times, "-enc_time_base", "1:90000", "-f", "framecrc", "-"])
    shown = [line.split(",")[2] for line in lines.splitlines() if not line.startswith("#")]
    return [int(ticks) / 90_000 - float(start) for ticks in shown]


def sound_offsets(ffmpeg: Path, path: Path, frames: list[bytes]) -> list[float]:
    """Return how much later than each flash in `frames` its beep begins, in milliseconds.

    The first picture is left out: its beep may be cut.
    """
    lit = [is_lit(frame) for frame in frames]
    sounds = beeps(ffmpeg, path)
    flashes = [
        time
        for place, (time, now) in enumerate(zip(picture_times(ffmpeg, path), lit, strict=True))
        if now and place and not lit[place - 1]
    ]
    return [min((beep - flash for beep in sounds), key=abs) * 1000 for flash in flashes]


def assert_in_sync(
    ffmpeg: Path, path: Path, frames: list[bytes], *, milliseconds: float = 20, case: str = ""
) -> None:
    """Check that a beep begins with each flash in `frames`, which are those of the file."""
    offsets = sound_offsets(ffmpeg, path, frames)
    assert offsets
    assert max(map(abs, offsets)) <= milliseconds, (offsets, case)


def _said(command: list[str]) -> str:
    command = [command[0], "-v", "error", *command[1:]]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
