"""Running one program: with a deadline, out of the way, and never left behind."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from stoat_ferret.errors import (
    ProcessCrashedError,
    ProcessOutputError,
    ProcessTimeoutError,
)
from stoat_ferret.media.child_process import ChildProcess
from stoat_ferret.media.process_end import readable_tail

if TYPE_CHECKING:
    from collections.abc import Sequence

STDOUT_BYTES = 16 * 2**20


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
        return await _run(argv, timeout_seconds, stdout_bytes)
    borrower = object()  # The calling task may hold a token of its own.
    await limiter.acquire_on_behalf_of(borrower)
    try:
        return await _run(argv, timeout_seconds, stdout_bytes)
    finally:
        limiter.release_on_behalf_of(borrower)


async def _run(
    argv: Sequence[str | bytes | os.PathLike[str]], timeout_seconds: float, stdout_bytes: int
) -> Completed:
    program = Path(os.fsdecode(argv[0])).name
    started = anyio.current_time()
    child = await ChildProcess.start(program, argv, stdout_bytes=stdout_bytes)
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
