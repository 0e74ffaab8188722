"""One worker process as the server sees it: start it, call it, kill it."""

from __future__ import annotations

import asyncio
import builtins
import io
import os
import pickle
import signal
import socket
import sys
from contextlib import suppress
from typing import Any, Self, cast

import anyio

from stoat_ferret import errors
from stoat_ferret.errors import (
    ProcessCrashedError,
    ProcessNotStartedError,
    ProcessTimeoutError,
)
from stoat_ferret.media import worker
from stoat_ferret.media.process_end import describe_end

PROGRAM = "A media worker"
START_SECONDS = 30.0
"""A process that has not started by then will not, or no file would be read in time."""
REAP_SECONDS = 2.0
"""How long to wait for a killed process; one that hangs in the kernel is left to it."""
ECHO_SECONDS = 1.0
"""How long a worker that does nothing may take to say that it is there."""
TAIL_BYTES = 4096
MESSAGE_BYTES = 64 * 2**20


class WorkerProcess:
    """A process that runs functions, one at a time, until it is killed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._channel = _Channel()
        self._process = _Process()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone and collected."""
        return self._process.ended.is_set()

    @classmethod
    async def start(cls, module: str) -> Self:
        """A new process that has imported `module`. Raises `ProcessNotStartedError`."""
        self = cls(asyncio.get_running_loop())
        ours, theirs = socket.socketpair()
        try:
            await self._spawn(ours, theirs, pickle.dumps((sys.path, module)))
        except BaseException:
            ours.close()
            await self.kill()
            raise
        finally:
            theirs.close()
        return self

    async def _spawn(self, ours: socket.socket, theirs: socket.socket, hello: bytes) -> None:
        channel = str(theirs.fileno())
        try:
            await self._loop.subprocess_exec(
                lambda: self._process,
                *[sys.executable, "-I", "-S", worker.__file__, channel, str(os.getpid())],
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except OSError as error:
            raise ProcessNotStartedError(PROGRAM, f"could not be started: {error}") from error
        theirs.close()
        ours.setblocking(False)
        await self._loop.create_connection(lambda: self._channel, sock=ours)
        try:
            await self._exchange(hello, START_SECONDS)
        except errors.MediaProcessError as error:
            raise ProcessNotStartedError(PROGRAM, f"did not start: it {error.detail}") from error

    async def call(self, request: bytes, timeout_seconds: float) -> tuple[bool, Any]:
        """Run the pickled `(function, arguments)`: whether it succeeded, and value or error.

        `ProcessTimeoutError` and `ProcessCrashedError` say that the process is of no more use,
        and so does a cancellation: `kill` it.
        """
        return _load(await self._exchange(request, timeout_seconds))

    async def answers(self) -> bool:
        """Whether it is there and ready: it may have been stopped or killed from outside."""
        try:
            return not await self._exchange(b"", ECHO_SECONDS)
        except errors.MediaProcessError:
            return False

    async def _exchange(self, message: bytes, timeout_seconds: float) -> bytes:
        reply = self._channel.exchange(message, self._loop.create_future())
        timer = self._loop.call_later(timeout_seconds, self._expire, reply, timeout_seconds)
        try:
            return await reply
        except ConnectionError as error:
            raise ProcessCrashedError(PROGRAM, await self._last_words()) from error
        finally:
            timer.cancel()

    @staticmethod
    def _expire(reply: asyncio.Future[bytes], timeout_seconds: float) -> None:
        if not reply.done():
            detail = f"did not answer within {timeout_seconds:g} s"
            reply.set_exception(ProcessTimeoutError(PROGRAM, detail))

    async def _last_words(self) -> str:
        await self.kill()
        return self._process.describe_end()

    def kill_now(self) -> None:
        """Kill it without waiting for its end."""
        self._channel.close()
        self._process.kill()

    async def kill(self) -> None:
        """Kill it and wait for its end, but no longer than `REAP_SECONDS`."""
        self.kill_now()
        with anyio.move_on_after(REAP_SECONDS, shield=True):
            await self._process.ended.wait()


class _Process(asyncio.SubprocessProtocol):
    """Collects the last of what a process prints on standard error, and its end."""

    def __init__(self) -> None:
        self._transport: asyncio.SubprocessTransport | None = None
        self._tail = b""
        self.pid = 0
        self.ended = asyncio.Event()
        """Set when the process is gone and all that it printed was read."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self.pid = self._transport.get_pid()

    def pipe_data_received(
        self,
        fd: int,  # noqa: ARG002  asyncio's signature
        data: bytes | str,
    ) -> None:
        self._tail = (self._tail + cast("bytes", data))[-TAIL_BYTES:]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        self.ended.set()
        if self._transport:
            self._transport.close()

    def kill(self) -> None:
        if self._transport is None:
            self.ended.set()
        elif self._transport.get_returncode() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def describe_end(self) -> str:
        """How it ended, with the last of what it printed."""
        code = self._transport.get_returncode() if self._transport else None
        return describe_end(code, self._tail)


class _Channel(asyncio.Protocol):
    """Frames to and from the process, one answer for each message."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._reply: asyncio.Future[bytes] | None = None
        self._lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def exchange(self, message: bytes, reply: asyncio.Future[bytes]) -> asyncio.Future[bytes]:
        """Send `message`; `reply` gets the answer, or a `ConnectionError`."""
        if self._lost or self._transport is None:
            reply.set_exception(ConnectionResetError())
        else:
            self._reply = reply
            self._transport.write(len(message).to_bytes(4, "big") + message)
        return reply

    def data_received(self, data: bytes) -> None:
        self._received += data
        size = int.from_bytes(self._received[:4], "big")
        if size > MESSAGE_BYTES:
            self.close()
        elif len(self._received) >= 4 + size:
            message = bytes(self._received[4 : 4 + size])
            self._received.clear()
            if self._reply and not self._reply.done():
                self._reply.set_result(message)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        self._lost = True
        if self._reply and not self._reply.done():
            self._reply.set_exception(ConnectionResetError())

    def close(self) -> None:
        self._lost = True
        if self._transport:
            self._transport.abort()


class _PlainUnpickler(pickle.Unpickler):
    """Takes plain data and exceptions: a worker that a hostile file took over makes no objects."""

    def find_class(self, module: str, name: str) -> type[Exception]:
        found = getattr({"builtins": builtins, errors.__name__: errors}.get(module), name, None)
        if isinstance(found, type) and issubclass(found, Exception):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} does not come from a worker")


def _load(reply: bytes) -> tuple[bool, Any]:
    try:
        return cast("tuple[bool, Any]", _PlainUnpickler(io.BytesIO(reply)).load())
    except Exception as error:
        raise ProcessCrashedError(PROGRAM, f"gave an answer that is not one: {error}") from error
