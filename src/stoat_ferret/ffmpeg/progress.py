"""From what ffmpeg prints with `-progress` to how far it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

_LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True)
class FfmpegProgress:
    """How far ffmpeg is, by its own count; what it does not know yet is None.

    `out_seconds` is how much it has made, in the time of the output; before the first frame it
    may be negative. `speed` is that in proportion to real time, `fps` the frames made a second.
    """

    frame: int | None = None
    fps: float | None = None
    out_seconds: float | None = None
    size_bytes: int | None = None
    speed: float | None = None


class ProgressReader:
    """Puts the blocks of `key=value` lines together, wherever a pipe cuts them."""

    def __init__(self) -> None:
        self._rest = b""
        self._values: dict[str, str] = {}

    def feed(self, data: bytes) -> list[FfmpegProgress]:
        """The blocks that `data` completes; what is no such line is passed over."""
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
        microseconds = None  # how older versions write a time that they do not know
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
