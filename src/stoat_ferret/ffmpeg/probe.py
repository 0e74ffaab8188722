"""Reading one media file with ffprobe."""

from __future__ import annotations

import errno
import json
import os
import re
from typing import TYPE_CHECKING, Any

import anyio

from stoat_ferret.disk import DISK_ERRORS
from stoat_ferret.errors import (
    InvalidMediaError,
    MediaError,
    MediaProcessError,
    ProbeCrashedError,
    ProbeTimeoutError,
    ProcessNotStartedError,
    ProcessTimeoutError,
)
from stoat_ferret.ffmpeg.binaries import find_ffprobe
from stoat_ferret.ffmpeg.executor import Completed, run_program
from stoat_ferret.ffmpeg.ffprobe_output import (
    most_frames,
    needs_first_picture,
    parse_ffprobe_output,
)
from stoat_ferret.media import reasons
from stoat_ferret.media.limits import (
    FIRST_PACKETS,
    OPEN_OPTIONS,
    TOO_MANY_PIXELS,
    has_counted_index,
)
from stoat_ferret.media.media_file import media_error
from stoat_ferret.processes.child_process import describe_end
from stoat_ferret.processes.worker_process import ANSWER_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.media.media_info import MediaInfo

__all__ = ["ffprobe_video", "parse_ffprobe_output"]

PROGRAM = "ffprobe"
_OPENING = [
    *("-v", "error", "-print_format", "json"),
    *(part for name, value in OPEN_OPTIONS.items() for part in (f"-{name}", value)),
]
_DESCRIPTION = ["-show_format", "-show_streams", "-show_chapters", "-show_error"]
_FIRST_PICTURE = [
    *("-skip_frame", "nokey", "-read_intervals", f"%+#{FIRST_PACKETS}"),
    *("-show_entries", "frame=stream_index:frame_side_data=side_data_type"),
]
# A demuxer reports an I/O error as damage, but FFmpeg prints its name.
_ERROR_NUMBERS = {
    os.strerror(number): number for number in (errno.EIO, errno.ESTALE, errno.ETIMEDOUT)
}
_LONG_BYTES = 64 * 1024
"""From this size on, parsing the output of ffprobe would block the event loop."""


async def ffprobe_video(
    path: str | os.PathLike[str],
    *,
    timeout_seconds: float = 30.0,
    ffprobe: Path | None = None,
    limiter: anyio.CapacityLimiter | None = None,
    memory_bytes: int | None = None,
) -> MediaInfo:
    """Return the facts of the file at `path`, using the program `ffprobe`, found if not given.

    The file name is never taken for an option or a protocol. The deadline counts from the start of
    the program; after it, and on cancellation, ffprobe is killed and reaped before this returns.
    Raises `MediaError`s with the last message of ffprobe; `BinaryNotFoundError` or
    `ProcessNotStartedError` if ffprobe cannot be run.
    """
    if ffprobe is None:
        ffprobe = await anyio.to_thread.run_sync(find_ffprobe, None)
    name = os.fsdecode(path)
    call = _Call(ffprobe, name, timeout_seconds, limiter, memory_bytes)
    document = await call.ask(*_DESCRIPTION)
    pictures: list[Any] = []
    try:
        for stream in needs_first_picture(document):
            answer = await call.ask(*_FIRST_PICTURE, "-select_streams", str(stream))
            pictures += answer.get("frames", [])
        info = parse_ffprobe_output({**document, "frames": pictures})
        frames = most_frames(document)
    except (ValueError, TypeError) as error:
        raise ProbeCrashedError(name, _malformed_output()) from error
    if frames > info.size_bytes and has_counted_index(info.container):
        raise InvalidMediaError(name, reasons.too_many_frames(frames))
    if call.has_too_many_pixels and info.main_video and not info.main_video.traits.is_seen:
        raise InvalidMediaError(name, reasons.too_many_pixels())
    return info


class _Call:
    """The runs of ffprobe on one file, under one deadline."""

    def __init__(
        self,
        ffprobe: Path,
        path: str,
        timeout_seconds: float,
        limiter: anyio.CapacityLimiter | None,
        memory_bytes: int | None,
    ) -> None:
        self._ffprobe = ffprobe
        self._path = path
        self._timeout_seconds = timeout_seconds
        self._left_seconds = timeout_seconds
        self._limiter = limiter
        self._memory_bytes = memory_bytes
        self.has_too_many_pixels = False

    async def ask(self, *options: str) -> dict[str, Any]:
        """Return the JSON that ffprobe prints with these options."""
        completed = await self._run(options)
        self._left_seconds = max(0.0, self._left_seconds - completed.elapsed_seconds)
        self.has_too_many_pixels |= TOO_MANY_PIXELS.encode() in completed.stderr_tail
        if len(completed.stdout) < _LONG_BYTES:
            document = _parsed(completed.stdout)
        else:
            document = await anyio.to_thread.run_sync(_parsed, completed.stdout)
        if completed.exit_code:
            raise self._failure(completed, document)
        if not isinstance(document, dict):
            raise ProbeCrashedError(self._path, _malformed_output())
        return document

    async def _run(self, options: tuple[str, ...]) -> Completed:
        try:
            return await run_program(
                [self._ffprobe, *_OPENING, *options, "-i", os.fsencode(f"file:{self._path}")],
                timeout_seconds=self._left_seconds,
                limiter=self._limiter,
                stdout_bytes=ANSWER_BYTES,
                memory_bytes=self._memory_bytes,
            )
        except ProcessTimeoutError as error:
            reason = reasons.timed_out(self._timeout_seconds)
            raise ProbeTimeoutError(self._path, reason) from error
        except ProcessNotStartedError:
            raise
        except MediaProcessError as error:
            raise ProbeCrashedError(self._path, reasons.crashed(PROGRAM, error.detail)) from error

    def _failure(self, completed: Completed, document: Any) -> MediaError:
        reported = document.get("error", {}) if isinstance(document, dict) else {}
        if not reported:
            detail = describe_end(completed.exit_code, completed.stderr_tail)
            return ProbeCrashedError(self._path, reasons.crashed(PROGRAM, detail))
        number = -reported.get("code", 0)
        lines = completed.stderr_tail.decode("utf-8", "replace").splitlines()
        found = next(
            (_ERROR_NUMBERS[end] for line in lines for end in _ERROR_NUMBERS if line.endswith(end)),
            number,
        )
        if (number := found) in DISK_ERRORS:
            return media_error(self._path, OSError(number, os.strerror(number)))
        if number == errno.ENOMEM:
            return InvalidMediaError(self._path, reasons.too_much_memory())
        detail = _error_message(completed.stderr_tail) or reported.get("string", "")
        return InvalidMediaError(self._path, reasons.not_understood(detail))


def _parsed(output: bytes) -> Any:
    """Parse the output of ffprobe; None if it is not JSON or is nested too deeply."""
    try:
        return json.loads(output.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _error_message(stderr_tail: bytes) -> str:
    """Return the last line that names a problem, without the prefix of FFmpeg's component."""
    lines = stderr_tail.decode("utf-8", "replace").splitlines()
    reported = [re.sub(r"^\[[^\]]* @ 0x[0-9a-f]+\] ", "", line).strip() for line in lines]
    return next((line for line in reversed(reported) if line and not line.startswith("file:")), "")


def _malformed_output() -> str:
    return reasons.crashed(PROGRAM, "printed what is not a description of a file")
