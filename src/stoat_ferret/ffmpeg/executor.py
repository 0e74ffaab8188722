"""Running one program with a deadline, at low priority, and without leaving it behind."""

from __future__ import annotations

import math
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
from stoat_ferret.pause_gate import PauseGate
from stoat_ferret.processes.child_process import ChildProcess, readable_tail

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Argument = str | bytes | os.PathLike[str]

STDOUT_BYTES = 16 * 2**20
STALL_SECONDS = 60.0
ASK_SECONDS = 0.15
"""The seconds that ffmpeg has to end after each request: first a `q`, then SIGTERM."""

_CHECK_SECONDS = 2.0
_LONGEST_LINE = 4096
"""The bytes of a line of progress that are kept until it ends."""
# ffmpeg reads its standard input as often as it reports progress.
_GLOBAL_OPTIONS = (
    *("-hide_banner", "-nostats", "-v", "error", "-y"),
    *("-progress", "pipe:1", "-stats_period", "0.1"),
)
_NO_ROOM = ("No space left on device", "Disk quota exceeded", "File too large")


@dataclass(frozen=True, slots=True)
class Completed:
    """The result of a program: its exit code, its output, and the end of its standard error."""

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
    """Run a program to its end, with an empty standard input and at low priority.

    The deadline counts from its start, not from the wait for `limiter`. After it, on cancellation
    and on any other error, the program and its children are killed and reaped before this returns,
    unless they hang in the kernel.

    A nonzero exit code is no error. Raises `ProcessNotStartedError`, `ProcessTimeoutError`,
    `ProcessCrashedError` (it died by a signal), `ProcessOutputError` (it printed more than
    `stdout_bytes`).
    """
    if limiter is None:
        return await _run(argv, timeout_seconds, stdout_bytes, memory_bytes)
    borrower = object()  # the calling task may hold a token of its own
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
        message = readable_tail(child.stderr_tail)
        detail = f"did not end within {timeout_seconds:g} s"
        raise ProcessTimeoutError(program, f"{detail}: {message}" if message else detail) from error
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


@dataclass(frozen=True, slots=True)
class FfmpegOutcome:
    """The result of a successful run of ffmpeg: its last progress and the end of its stderr."""

    progress: FfmpegProgress
    stderr_tail: bytes
    elapsed_seconds: float


def ignore_progress(_: FfmpegProgress) -> None:
    """Ignore the progress of ffmpeg."""


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
    gate: PauseGate | None = None,
) -> FfmpegOutcome:
    """Run the program `ffmpeg` to its end, at low priority; existing files are overwritten.

    `arguments` are those from the first input on, with names relative to `cwd`. A run is stalled if
    for `stall_seconds` it neither makes progress nor writes to `outputs`. While `gate` is paused,
    it is suspended, which does not count as stalled. After a deadline, on
    cancellation and on any other error, ffmpeg is asked to end, then terminated, then killed,
    within half a second, and reaped with its children before this returns, unless they hang in the
    kernel.

    Raises `ProcessNotStartedError`, `ProcessTimeoutError`, `ProcessStalledError`, `DiskFullError`,
    and `ProcessCrashedError` if ffmpeg died or failed.
    """
    program = "ffmpeg"
    listener = _ProgressListener(on_progress)
    gate = gate or PauseGate()
    await gate.until_open()
    started = anyio.current_time()
    child = await ChildProcess.start(
        program,
        [*launcher_command(), ffmpeg, *_GLOBAL_OPTIONS, *arguments],
        on_stdout=listener.on_output,
        listens=True,
        cwd=cwd,
        pass_fds=pass_fds,
    )
    listener.child = child
    try:
        with anyio.fail_after(timeout_seconds), gate.listened_by(partial(_suspend, child)):
            await _watch(child, listener, outputs, stall_seconds, gate)
    except TimeoutError as error:
        detail = f"did not end within {timeout_seconds:g} s"
        raise ProcessTimeoutError(program, _with_stderr(detail, child)) from error
    finally:
        await _end(child)
    if listener.error is not None:
        raise listener.error
    _check(child)
    return FfmpegOutcome(listener.latest, child.stderr_tail, anyio.current_time() - started)


class _ProgressListener:
    """A parser that passes ffmpeg's progress on; an error of the receiver ends the run."""

    def __init__(self, on_progress: Callable[[FfmpegProgress], None]) -> None:
        self.latest = FfmpegProgress()
        self.error: Exception | None = None
        self.child: ChildProcess | None = None
        self._on_progress = on_progress
        self._reader = ProgressReader()

    def on_output(self, data: bytes) -> None:
        """Parse what ffmpeg printed."""
        for progress in self._reader.feed(data):
            self.latest = progress
            if self.error is None:
                self._pass_on(progress)
        if self.error and self.child:
            self.child.kill_now()

    def _pass_on(self, progress: FfmpegProgress) -> None:
        try:
            self._on_progress(progress)
        except Exception as error:  # noqa: BLE001  asyncio would only log it; raised by the run
            self.error = error


def _suspend(child: ChildProcess, is_paused: bool) -> None:
    if is_paused:
        child.suspend_now()
    else:
        child.continue_now()


async def _watch(
    child: ChildProcess,
    listener: _ProgressListener,
    outputs: Sequence[Path],
    stall_seconds: float,
    gate: PauseGate,
) -> None:
    """Return when ffmpeg has ended; raise `ProcessStalledError` if it stalls."""
    check_seconds = min(_CHECK_SECONDS, stall_seconds / 4)
    newest, states, since = FfmpegProgress(), None, gate.seconds()
    while True:
        with anyio.move_on_after(check_seconds):
            await child.ended.wait()
            return
        await gate.until_open()
        # The rates change even if nothing else does.
        progress = replace(listener.latest, fps=None, speed=None)
        found = await _output_states(outputs, check_seconds) if progress == newest else states
        if progress != newest or found != states:
            newest, states, since = progress, found, gate.seconds()
        elif gate.seconds() - since >= stall_seconds:
            detail = f"got no further for {stall_seconds:g} s"
            raise ProcessStalledError(child.program, _with_stderr(detail, child))


async def _output_states(
    outputs: Sequence[Path], timeout_seconds: float
) -> list[tuple[int, int]] | None:
    """Return sizes and times of the outputs, which show progress while an index is moved."""

    def read_states() -> list[tuple[int, int]]:
        found = []
        for path in outputs:
            try:
                status = path.stat()
            except OSError:
                continue
            found.append((status.st_size, status.st_mtime_ns))
        return found

    try:
        return await run_on_disk_thread(read_states, timeout_seconds=timeout_seconds)
    except TimeoutError:
        return None


async def _end(child: ChildProcess) -> None:
    """End `child` and its children, gracefully if possible."""
    try:
        child.continue_now()  # suspended, it would not hear of it
        with anyio.CancelScope(shield=True):
            for ask in (partial(child.write_stdin, b"q"), child.terminate_now):
                if child.ended.is_set():
                    return
                ask()
                with anyio.move_on_after(ASK_SECONDS):
                    await child.ended.wait()
    finally:
        await child.kill()


def _check(child: ChildProcess) -> None:
    """Raise unless it succeeded; ffmpeg may report success for a file it could not finish."""
    stderr = child.stderr_tail.decode("utf-8", "replace")
    if any(message in stderr for message in _NO_ROOM):
        detail = f"ran out of room on the disk: {readable_tail(child.stderr_tail, 1)}"
        raise DiskFullError(child.program, detail)
    if child.exit_code == launcher.NOT_STARTED:
        raise ProcessNotStartedError(
            child.program, f"could not be started: {readable_tail(child.stderr_tail, 1)}"
        )
    if child.exit_code != 0:
        raise ProcessCrashedError(child.program, child.describe_end())


def launcher_command() -> tuple[str, ...]:
    """Return the start of a command line whose program ends with this process."""
    return (sys.executable, "-I", "-S", launcher.__file__, str(os.getpid()))


def _with_stderr(detail: str, child: ChildProcess) -> str:
    message = readable_tail(child.stderr_tail)
    return f"{detail}: {message}" if message else detail
