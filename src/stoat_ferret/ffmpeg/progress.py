"""The parser of ffmpeg's `-progress` output."""

from __future__ import annotations

import math
from dataclasses import dataclass

_LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True)
class FfmpegProgress:
    """The progress of ffmpeg, as reported; values that are not known yet are None.

    `out_seconds` is the position in the output; before the first frame it may be negative. `speed`
    is relative to real time, `fps` the frames encoded a second.
    """

    frame: int | None = None
    fps: float | None = None
    out_seconds: float | None = None
    size_bytes: int | None = None
    speed: float | None = None


class ProgressReader:
    """A reader of blocks of `key=value` lines from pieces of any size."""

    def __init__(self) -> None:
        self._rest = b""
        self._values: dict[str, str] = {}

    def feed(self, data: bytes) -> list[FfmpegProgress]:
        """Return the blocks that `data` completes; other lines are ignored."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._rest = self._rest[-_LONGEST_LINE:]
        blocks = []
        for line in lines:
            key, _, value = line.decode("utf-8", "replace").partition("=")
            if key.strip() == "progress":
                blocks.append(_progress(self._values))
                self._values = {}
            else:
                self._values[key.strip()] = value.strip()
        return blocks


def _progress(values: dict[str, str]) -> FfmpegProgress:
    microseconds = _number(values.get("out_time_us"))
    if microseconds is not None and abs(microseconds) >= 2**62:
        microseconds = None  # older versions write an unknown time this way
    frame, size_bytes = _number(values.get("frame")), _number(values.get("total_size"))
    return FfmpegProgress(
        frame=None if frame is None else int(frame),
        fps=_number(values.get("fps")),
        out_seconds=None if microseconds is None else microseconds / 1e6,
        size_bytes=None if size_bytes is None or size_bytes < 0 else int(size_bytes),
        speed=_number(values.get("speed", "").removesuffix("x")),
    )


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:  # N/A
        return None
    return number if math.isfinite(number) else None
