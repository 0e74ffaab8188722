"""Child processes in groups of their own, with bounded output, and killed as whole groups."""

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
    """Return `died by SIGSEGV: …` or `ended with exit code 1: …`, with its last output.

    `exit_code` is as in `subprocess`: negative for a signal, None if unknown.
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
    """Return the last lines of a program's output, joined into one line."""
    text = stderr_tail.decode("utf-8", "replace")
    return " / ".join([line.strip() for line in text.splitlines() if line.strip()][-lines:])


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


REAP_SECONDS = 2.0
"""The maximum wait for a killed process; a process that hangs in the kernel is left alone."""
STDERR_TAIL_BYTES = 4096
NICENESS = 15
"""The niceness of a child process, unless that of this process is greater."""
_CODE_BYTES = 64 * 2**20
"""The memory of a process for its code, which the system counts separately."""


class ChildProcess(asyncio.SubprocessProtocol):
    """A running program; keeps the tail of its standard error.

    Standard input is empty, unless it was started with `listens`. Standard output is kept up to a
    limit, or passed on as it arrives. A program that exceeds the limit is killed, and `overflowed`
    is set.
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
        """Set when the process has ended and all its output was read."""
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
        niceness: int = NICENESS,
    ) -> Self:
        """Start `argv` at low priority; error messages call it `program`.

        Without `stdout_bytes` and `on_stdout`, standard output is discarded. `on_stdout` must not
        raise. With `listens`, standard input is a pipe. Memory is limited if the system supports
        it. Raises `ProcessNotStartedError`.
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
                # Not a new session: Linux shares the processor equally among sessions (autogroups),
                # where niceness counts only within each.
                process_group=0,
            )
        )
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            await self._abandon(starting)
            raise
        except (OSError, ValueError) as error:
            raise ProcessNotStartedError(program, f"could not be started: {error}") from error
        with suppress(OSError):  # it may have ended already
            usual = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PGRP, self.pid, max(usual, niceness))
        if memory_bytes is not None:
            _bound_memory(self.pid, memory_bytes)
        return self

    async def _abandon(self, starting: asyncio.Task[Any]) -> None:
        """Kill the process as soon as it has started.

        Cancelling the start would leave behind child processes that the program has started by
        then.
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
        """The exit code as in `subprocess`: negative for a signal, None if unknown."""
        return self._transport.get_returncode() if self._transport else None

    def describe_end(self) -> str:
        """Return how the process ended, with its last output."""
        return describe_end(self.exit_code, self.stderr_tail)

    def write_stdin(self, data: bytes) -> None:
        """Write `data` to standard input if it is a pipe."""
        pipe = self._transport and self._transport.get_pipe_transport(0)
        if isinstance(pipe, asyncio.WriteTransport) and not pipe.is_closing():
            pipe.write(data)

    def pause_stdout(self) -> None:
        """Read no more of standard output, so that the process waits when its pipe is full."""
        if pipe := self._stdout_pipe:
            pipe.pause_reading()  # as often as wanted; Python 3.11.2 has no `is_reading` to ask

    def resume_stdout(self) -> None:
        """Read standard output again."""
        if pipe := self._stdout_pipe:
            pipe.resume_reading()

    @property
    def _stdout_pipe(self) -> asyncio.ReadTransport | None:
        pipe = self._transport and self._transport.get_pipe_transport(1)
        return pipe if isinstance(pipe, asyncio.ReadTransport) else None

    def terminate_now(self) -> None:
        """Ask the process and its children to terminate, without waiting."""
        self._signal(signal.SIGTERM)

    def suspend_now(self) -> None:
        """Stop the process and its children where they are; they use no processor any more."""
        self._signal(signal.SIGSTOP)

    def continue_now(self) -> None:
        """Let the process and its children go on, if they were suspended."""
        self._signal(signal.SIGCONT)

    def kill_now(self) -> None:
        """Kill the process and its children without waiting."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._transport and not self.ended.is_set():
            # Even if it has ended: a child may still hold its output pipes open.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    async def kill(self) -> None:
        """Kill the process and wait for its end, at most `REAP_SECONDS`."""
        self.kill_now()
        with anyio.move_on_after(REAP_SECONDS, shield=True):
            await self.ended.wait()
        if self._transport and not self.ended.is_set():
            # A process of another session may hold its pipes open: nobody reads them any more.
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store the transport; called by asyncio when the process has started."""
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self.pid = self._transport.get_pid()

    def pipe_data_received(self, fd: int, data: bytes | str) -> None:
        """Handle output of the process; called by asyncio."""
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
        """Note the end; called by asyncio when the process is gone and its pipes are closed."""
        self.ended.set()
        if self._transport:
            self._transport.close()


def _bound_memory(pid: int, memory_bytes: int) -> None:
    """Limit writable memory, not the address space, which threads reserve without using it.

    Done from outside, because no Python code may run between fork and exec.
    """
    if sys.platform == "linux":
        limit = max(memory_bytes - _CODE_BYTES, 0)
        with suppress(OSError):  # it may have ended already
            resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))
