"""Text subtitles of a file as WebVTT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.errors import ProcessCrashedError
from stoat_ferret.ffmpeg.executor import run_program
from stoat_ferret.media.limits import OPEN_OPTIONS
from stoat_ferret.processes.child_process import describe_end

if TYPE_CHECKING:
    from pathlib import Path

TEXT_SUBTITLES = frozenset(
    "ass ssa subrip srt mov_text webvtt text eia_608 jacosub microdvd mpl2 pjs realtext sami stl "
    "subviewer subviewer1 vplayer".split()
)
"""The codecs of subtitles that are text, by FFmpeg's names; the others are pictures."""
READ_SECONDS = 120.0
"""The time to read all of a file, which subtitles are spread over."""


async def read_subtitles(ffmpeg: Path, path: str, index: int) -> bytes:
    """Return the subtitles of stream `index` as WebVTT, with times from the start of the file.

    Raises the errors of `run_program`.
    """
    opening = [text for name, value in OPEN_OPTIONS.items() for text in (f"-{name}", value)]
    command: list[str | Path] = [
        ffmpeg,
        "-hide_banner",
        "-nostdin",
        "-v",
        "error",
        *opening,
        "-i",
        f"file:{path}",
    ]
    command += ["-map", f"0:{index}", "-c:s", "webvtt", "-f", "webvtt", "pipe:1"]
    completed = await run_program(command, timeout_seconds=READ_SECONDS)
    if completed.exit_code:
        end = describe_end(completed.exit_code, completed.stderr_tail)
        raise ProcessCrashedError("ffmpeg", end)
    return completed.stdout
