"""Running one program: with a deadline, out of the way, and never left behind."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import (
    DiskFullError,
    ProcessCrashedError,
    ProcessNotStartedError,
    ProcessOutputError,
    ProcessStalledError,
    ProcessTimeoutError,
)
from stoat_ferret.ffmpeg import launcher
from stoat_ferret.ffmpeg.progress import FfmpegProgress, ProgressReader
from stoat_ferret.processes.child_process import ChildProcess, readable_tail

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Argument = str | bytes | os.PathLike[str]

STDOUT_BYTES = 16 * 2**20
STALL_SECONDS = 60.0
ASK_SECONDS = 0.15
"""How long ffmpeg gets to end by itself when it is asked to, and again when it is told to."""

_LOOK_SECONDS = 2.0
# It looks for what it is told as often as it says how far it is.
_GLOBAL_OPTIONS = (
    *("-hide_banner", "-nostats", "-v", "error", "-y"),
    *("-progress", "pipe:1", "-stats_period", "0.1"),
)
_NO_ROOM = ("No space left on device", "Disk quota exceeded", "File too large")


@dataclass(frozen=True, slots=True)
class Completed:
    """What a program left: its exit code, what it printed, the last of its standard error."""

    exit_code: int
    stdout: bytes
    stderr_tail: bytes
    elapsed_seconds: float


async def run_program(
    argv: Sequence[str | bytes | os.PathLike[str]],
    *,
    timeout_seconds: float,
    limiter: anyio.CapacityLimiter | None = None,
    stdout_bytes: int = STDOUT_BYTES,
    memory_bytes: int | None = None,
) -> Completed:
    """Run a program to its end, with nothing on standard input and at low priority.

    The deadline counts from its start, not from the wait for `limiter`. Past it, on
    cancellation and on any other error, the program and its children are killed and collected
    before this returns, unless they hang in the kernel.

    An exit code is no error. Raises `ProcessNotStartedError`, `ProcessTimeoutError`,
    `ProcessCrashedError` (it died by a signal), `ProcessOutputError` (it printed more than
    `stdout_bytes`).
    """
    if limiter is None:
        return await _run(argv, timeout_seconds, stdout_bytes, memory_bytes)
    borrower = object()  # The calling task may hold a token of its own.
    await limiter.acquire_on_behalf_of(borrower)
    try:
        return await _run(argv, timeout_seconds, stdout_bytes, memory_bytes)
    finally:
        limiter.release_on_behalf_of(borrower)


async def _run(
    argv: Sequence[str | bytes | os.PathLike[str]],
    timeout_seconds: float,
    stdout_bytes: int,
    memory_bytes: int | None,
) -> Completed:
    program = Path(os.fsdecode(argv[0])).name
    started = anyio.current_time()
    child = await ChildProcess.start(
        program, argv, stdout_bytes=stdout_bytes, memory_bytes=memory_bytes
    )
    try:
        with anyio.fail_after(timeout_seconds):
            await child.ended.wait()
    except TimeoutError as error:
        words = readable_tail(child.stderr_tail)
        detail = f"did not end within {timeout_seconds:g} s"
        raise ProcessTimeoutError(program, f"{detail}: {words}" if words else detail) from error
    finally:
        await child.kill()
    return _outcome(child, stdout_bytes, anyio.current_time() - started)


def _outcome(child: ChildProcess, stdout_bytes: int, elapsed_seconds: float) -> Completed:
    if child.overflowed:
        raise ProcessOutputError(child.program, f"printed more than {stdout_bytes} bytes")
    if child.exit_code is None or child.exit_code < 0:
        raise ProcessCrashedError(child.program, child.describe_end())
    return Completed(child.exit_code, bytes(child.stdout), child.stderr_tail, elapsed_seconds)


@dataclass(frozen=True, slots=True)
class FfmpegOutcome:
    """What a run of ffmpeg that succeeded leaves: how far it came, and its last words."""

    progress: FfmpegProgress
    stderr_tail: bytes
    elapsed_seconds: float


def ignore_progress(_: FfmpegProgress) -> None:
    """Take no note of how far ffmpeg is."""


async def run_ffmpeg(
    ffmpeg: Path,
    arguments: Sequence[Argument],
    *,
    on_progress: Callable[[FfmpegProgress], None] = ignore_progress,
    outputs: Sequence[Path] = (),
    cwd: Path | None = None,
    pass_fds: Sequence[int] = (),
    timeout_seconds: float | None = None,
    stall_seconds: float = STALL_SECONDS,
) -> FfmpegOutcome:
    """Run the program `ffmpeg` to its end, at low priority; files in its way are overwritten.

    `arguments` are those from the first input on, names in them relative to `cwd`. Stalled is
    one that for `stall_seconds` neither gets further nor writes to `outputs`. Past a deadline,
    on cancellation and on any other error it is asked to end, then told to, then killed, within
    half a second, and collected with its children before this returns, unless they hang in the
    kernel.

    Raises `ProcessNotStartedError`, `ProcessTimeoutError`, `ProcessStalledError`,
    `DiskFullError`, and `ProcessCrashedError` for one that died or ended with a failure.
    """
    program = "ffmpeg"
    listener = _Listener(on_progress)
    started = anyio.current_time()
    child = await ChildProcess.start(
        program,
        [*_launcher(), ffmpeg, *_GLOBAL_OPTIONS, *arguments],
        on_stdout=listener.hear,
        listens=True,
        cwd=cwd,
        pass_fds=pass_fds,
    )
    listener.child = child
    try:
        with anyio.fail_after(timeout_seconds):
            await _watch(child, listener, outputs, stall_seconds)
    except TimeoutError as error:
        detail = f"did not end within {timeout_seconds:g} s"
        raise ProcessTimeoutError(program, _with_words(detail, child)) from error
    finally:
        await _end(child)
    if listener.error is not None:
        raise listener.error
    _check(child)
    return FfmpegOutcome(listener.newest, child.stderr_tail, anyio.current_time() - started)


class _Listener:
    """Hears how far ffmpeg is, and passes it on; who cannot take it ends the run."""

    def __init__(self, on_progress: Callable[[FfmpegProgress], None]) -> None:
        self.newest = FfmpegProgress()
        self.error: Exception | None = None
        self.child: ChildProcess | None = None
        self._on_progress = on_progress
        self._reader = ProgressReader()

    def hear(self, data: bytes) -> None:
        """Take what ffmpeg printed."""
        for progress in self._reader.feed(data):
            self.newest = progress
            if self.error is None:
                self._pass_on(progress)
        if self.error and self.child:
            self.child.kill_now()

    def _pass_on(self, progress: FfmpegProgress) -> None:
        try:
            self._on_progress(progress)
        except Exception as error:  # noqa: BLE001  asyncio would only log it; raised by the run
            self.error = error


async def _watch(
    child: ChildProcess, listener: _Listener, outputs: Sequence[Path], stall_seconds: float
) -> None:
    """Return when it has ended. Raises `ProcessStalledError` when it gets no further."""
    look_seconds = min(_LOOK_SECONDS, stall_seconds / 4)
    newest, traces, since = FfmpegProgress(), None, anyio.current_time()
    while True:
        with anyio.move_on_after(look_seconds):
            await child.ended.wait()
            return
        # The rates move on while nothing else does.
        progress = replace(listener.newest, fps=None, speed=None)
        found = await _traces(outputs, look_seconds) if progress == newest else traces
        if progress != newest or found != traces:
            newest, traces, since = progress, found, anyio.current_time()
        elif anyio.current_time() - since >= stall_seconds:
            detail = f"got no further for {stall_seconds:g} s"
            raise ProcessStalledError(child.program, _with_words(detail, child))


async def _traces(outputs: Sequence[Path], timeout_seconds: float) -> list[tuple[int, int]] | None:
    """What changes when ffmpeg writes; all there is to see while it moves an index to the front."""

    def look() -> list[tuple[int, int]]:
        found = []
        for path in outputs:
            try:
                status = path.stat()
            except OSError:
                continue
            found.append((status.st_size, status.st_mtime_ns))
        return found

    try:
        return await run_on_disk_thread(look, timeout_seconds=timeout_seconds)
    except TimeoutError:
        return None


async def _end(child: ChildProcess) -> None:
    """See to it that nothing of `child` is left, the gentle way first."""
    try:
        with anyio.CancelScope(shield=True):
            for ask in (partial(child.tell, b"q"), child.terminate_now):
                if child.ended.is_set():
                    return
                ask()
                with anyio.move_on_after(ASK_SECONDS):
                    await child.ended.wait()
    finally:
        await child.kill()


def _check(child: ChildProcess) -> None:
    """Raise unless it succeeded, which ffmpeg says also of files it could not write to the end."""
    said = child.stderr_tail.decode("utf-8", "replace")
    if any(words in said for words in _NO_ROOM):
        detail = f"ran out of room on the disk: {readable_tail(child.stderr_tail, 1)}"
        raise DiskFullError(child.program, detail)
    if child.exit_code == launcher.NOT_STARTED:
        raise ProcessNotStartedError(
            child.program, f"could not be started: {readable_tail(child.stderr_tail, 1)}"
        )
    if child.exit_code != 0:
        raise ProcessCrashedError(child.program, child.describe_end())


def _launcher() -> tuple[str, ...]:
    """What starts a program so that it ends with this process, also by `kill -9`."""
    return (sys.executable, "-I", "-S", launcher.__file__, str(os.getpid()))


def _with_words(detail: str, child: ChildProcess) -> str:
    words = readable_tail(child.stderr_tail)
    return f"{detail}: {words}" if words else detail
