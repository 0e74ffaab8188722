"""Small real programs that replace ffprobe: slow, printing garbage, dying."""

from __future__ import annotations

import os
import re
import signal
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import anyio
import psutil

if TYPE_CHECKING:
    from types import TracebackType


@dataclass(frozen=True)
class FakeProgram:
    """A program in a file of its own that records the process id of each of its runs."""

    path: Path

    @property
    def pids(self) -> list[int]:
        """The process ids of all runs so far, and of the children that they started."""
        log = self.path.with_suffix(".pids")
        return [int(line) for line in log.read_text().split()] if log.exists() else []

    @property
    def running(self) -> list[int]:
        """The processes among `pids` that are still alive."""
        return [pid for pid in self.pids if is_running(pid)]

    def starts(self) -> Starts:
        """Open a context in which `Starts.wait` waits for the next run."""
        return Starts(self.path.with_suffix(".starts"))


class Starts:
    """Reports without polling when a fake program starts: the program writes to a named pipe."""

    def __init__(self, pipe: Path) -> None:
        self.pipe = pipe
        self._lines = b""

    def __enter__(self) -> Self:
        self._descriptor = os.open(self.pipe, os.O_RDONLY | os.O_NONBLOCK)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    async def wait(self, timeout_seconds: float = 20) -> int:
        """Return the process id of the next run. Raises `TimeoutError` if there is none."""
        with anyio.fail_after(timeout_seconds):
            while b"\n" not in self._lines:
                await anyio.wait_readable(self._descriptor)
                # The pipe can report the end of one writer only when the next writer has opened it.
                with suppress(BlockingIOError):
                    self._lines += os.read(self._descriptor, 4096)
        line, _, self._lines = self._lines.partition(b"\n")
        return int(line)


def slow_program(folder: Path, seconds: float = 60) -> FakeProgram:
    """Return a program that does nothing for `seconds`, in a child process, as a wrapper would."""
    return _write(folder, "slow", f'sleep {seconds} &\necho $! >> "$0.pids"\nwait')


def rubbish_program(folder: Path) -> FakeProgram:
    """Return a program that prints text which is not JSON, and succeeds."""
    return _write(folder, "rubbish", "echo 'this is {not JSON'")


def failing_program(folder: Path, message: str = "nothing works today") -> FakeProgram:
    """Return a program that prints `message` on standard error and exits with 1."""
    return _write(folder, "failing", f"echo '{message}' >&2\nexit 1")


def dying_program(folder: Path, number: signal.Signals = signal.SIGSEGV) -> FakeProgram:
    """Return a program that prints half an answer and a last line, then dies by a signal."""
    return _write(folder, "dying", f"echo '{{'\necho 'last words' >&2\nkill -{number.value} $$")


def endless_program(folder: Path) -> FakeProgram:
    """Return a program that prints without end."""
    return _write(folder, "endless", "exec yes '0123456789 0123456789 0123456789 0123456789'")


def program_that(folder: Path, name: str, body: str) -> FakeProgram:
    """Return a program that runs the shell commands in `body`."""
    return _write(folder, name, body)


def is_running(pid: int) -> bool:
    """Return whether the process is alive.

    A killed process counts as dead, even if it has not died yet or nobody has collected it: a
    grandchild of a test is neither waited for nor collected by the test.
    """
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and not _was_killed(pid)
    except psutil.NoSuchProcess:
        return False


def _was_killed(pid: int) -> bool:
    if sys.platform != "linux":
        return False
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
    pending = re.findall(r"^(?:Sig|Shd)Pnd:\s*([0-9a-f]+)", status, re.MULTILINE)
    return any(int(mask, 16) >> (signal.SIGKILL - 1) & 1 for mask in pending)


def _write(folder: Path, name: str, body: str) -> FakeProgram:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    os.mkfifo(path.with_suffix(".starts"))
    # A named pipe opened for reading and writing does not wait for the other side.
    path.write_text(f'#!/bin/sh\necho $$ >> "$0.pids"\necho $$ 1<> "$0.starts"\n{body}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return FakeProgram(path)
