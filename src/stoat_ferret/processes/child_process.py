"""A child process in its own session: bounded output, and an end that takes all of it."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self, cast

import anyio

from stoat_ferret.errors import ProcessNotStartedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


def describe_end(exit_code: int | None, stderr_tail: bytes) -> str:
    """`died by SIGSEGV: …` or `ended with exit code 1: …`, with the last that it printed.

    `exit_code` is as `subprocess` gives it: negative for a signal, None while it is not known.
    """
    if exit_code is None:
        end = "does not end"
    elif exit_code < 0:
        end = f"died by {_signal_name(-exit_code)}"
    else:
        end = f"ended with exit code {exit_code}"
    words = readable_tail(stderr_tail)
    return f"{end}: {words}" if words else end


def readable_tail(stderr_tail: bytes, lines: int = 5) -> str:
    """The last lines of what a program printed, on one line."""
    text = stderr_tail.decode("utf-8", "replace")
    return " / ".join([line.strip() for line in text.splitlines() if line.strip()][-lines:])


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


REAP_SECONDS = 2.0
"""How long to wait for a killed process; one that hangs in the kernel is left to it."""
STDERR_TAIL_BYTES = 4096
NICENESS = 10
_CODE_BYTES = 64 * 2**20
"""The part of a process's memory for its code, which the system counts elsewhere."""


class ChildProcess(asyncio.SubprocessProtocol):
    """A running program; keeps the tail of standard error.

    Standard input is empty, unless it was started to be told something. Standard output is kept
    up to a bound, or handed on as it comes: a program that prints more is killed, and
    `overflowed` is set.
    """

    def __init__(
        self, program: str, stdout_bytes: int, on_stdout: Callable[[bytes], None] | None = None
    ) -> None:
        self.program = program
        self.pid = 0
        self.stdout = bytearray()
        self.stderr_tail = b""
        self.overflowed = False
        self.ended = asyncio.Event()
        """Set when the process is gone and all that it printed was read."""
        self._stdout_bytes = stdout_bytes
        self._on_stdout = on_stdout
        self._transport: asyncio.SubprocessTransport | None = None

    @classmethod
    async def start(
        cls,
        program: str,
        argv: Sequence[str | bytes | os.PathLike[str]],
        *,
        stdout_bytes: int = 0,
        on_stdout: Callable[[bytes], None] | None = None,
        listens: bool = False,
        cwd: str | os.PathLike[str] | None = None,
        pass_fds: Iterable[int] = (),
        memory_bytes: int | None = None,
    ) -> Self:
        """Start `argv` at low priority; `program` is what errors call it.

        With neither room nor a reader for it, standard output goes nowhere. `on_stdout` must not
        raise. One that `listens` has a pipe on standard input. What it may have of memory is
        bounded where the system can do that. Raises `ProcessNotStartedError`.
        """
        self = cls(program, stdout_bytes, on_stdout)
        pipe = asyncio.subprocess.PIPE
        loop = asyncio.get_running_loop()
        starting = loop.create_task(
            loop.subprocess_exec(
                lambda: self,
                *(os.fspath(argument) for argument in argv),
                stdin=pipe if listens else asyncio.subprocess.DEVNULL,
                stdout=pipe if stdout_bytes or on_stdout else asyncio.subprocess.DEVNULL,
                stderr=pipe,
                cwd=cwd,
                pass_fds=tuple(pass_fds),
                start_new_session=True,
            )
        )
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            await self._abandon(starting)
            raise
        except (OSError, ValueError) as error:
            raise ProcessNotStartedError(program, f"could not be started: {error}") from error
        with suppress(OSError):  # It may have ended already.
            os.setpriority(os.PRIO_PGRP, self.pid, NICENESS)
        if memory_bytes is not None:
            _bound_memory(self.pid, memory_bytes)
        return self

    async def _abandon(self, starting: asyncio.Task[Any]) -> None:
        """Kill the process as soon as it is there.

        A cancelled start would leave behind what the program itself has started by then.
        """

        def kill(task: asyncio.Task[Any]) -> None:
            if not task.cancelled() and task.exception() is None:
                self.kill_now()

        starting.add_done_callback(kill)
        with anyio.CancelScope(shield=True):
            await asyncio.wait([starting], timeout=REAP_SECONDS)
        if self._transport:
            await self.kill()

    @property
    def exit_code(self) -> int | None:
        """As `subprocess` gives it: negative for a signal, None while it is not known."""
        return self._transport.get_returncode() if self._transport else None

    def describe_end(self) -> str:
        """How it ended, with the last of what it printed."""
        return describe_end(self.exit_code, self.stderr_tail)

    def tell(self, words: bytes) -> None:
        """Write `words` to its standard input, where it listens."""
        pipe = self._transport and self._transport.get_pipe_transport(0)
        if isinstance(pipe, asyncio.WriteTransport) and not pipe.is_closing():
            pipe.write(words)

    def terminate_now(self) -> None:
        """Ask it and its children to end, without waiting for that."""
        self._signal(signal.SIGTERM)

    def kill_now(self) -> None:
        """Kill it and its children without waiting for their end."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._transport and not self.ended.is_set():
            # Also when it has ended itself: a child of it still holds what it printed to.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    async def kill(self) -> None:
        """Kill it and wait for its end, but no longer than `REAP_SECONDS`."""
        self.kill_now()
        with anyio.move_on_after(REAP_SECONDS, shield=True):
            await self.ended.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio when the process was started."""
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self.pid = self._transport.get_pid()

    def pipe_data_received(self, fd: int, data: bytes | str) -> None:
        """Called by asyncio with what the process printed."""
        part = cast("bytes", data)
        if fd != 1:
            self.stderr_tail = (self.stderr_tail + part)[-STDERR_TAIL_BYTES:]
        elif self._on_stdout:
            self._on_stdout(part)
        elif len(self.stdout) + len(part) <= self._stdout_bytes:
            self.stdout += part
        elif not self.overflowed:
            self.overflowed = True
            self.kill_now()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        """Called by asyncio when the process is gone and its pipes are closed."""
        self.ended.set()
        if self._transport:
            self._transport.close()


def _bound_memory(pid: int, memory_bytes: int) -> None:
    """Bound what a process may write to, and not the address space, of which threads only reserve.

    From outside, for what runs between a fork and the start of a program must not be Python.
    """
    if sys.platform == "linux":
        most = max(memory_bytes - _CODE_BYTES, 0)
        with suppress(OSError):  # It may have ended already.
            resource.prlimit(pid, resource.RLIMIT_DATA, (most, most))
