"""A single worker process, seen from the server: start, call, kill."""

from __future__ import annotations

import asyncio
import builtins
import io
import os
import pickle
import socket
import sys
from collections import deque
from typing import Any, NamedTuple, Self, cast

from stoat_ferret import errors
from stoat_ferret.errors import (
    MediaProcessError,
    ProcessCrashedError,
    ProcessNotStartedError,
    ProcessTimeoutError,
)
from stoat_ferret.processes import worker
from stoat_ferret.processes.child_process import ChildProcess

PROGRAM = "A media worker"
ANSWER_BYTES = 32 * 2**20
"""The maximum size of an answer from a process."""
_MOST_FRAMES, _MOST_BYTES = 16, 2**20
"""The answers to keep until they are asked for; the process waits before it sends many more."""
ECHO_SECONDS = 1.0
"""The maximum time that an idle worker may take to answer a ping."""


class WorkerKilledError(ProcessNotStartedError):
    """A signal ended the process before it was ready; another start may succeed."""


class Answer(NamedTuple):
    """An answer of a worker: a value or an error, and whether more answers follow."""

    succeeded: bool
    value: Any
    has_more: bool


class WorkerProcess:
    """A process that runs functions, one at a time, until it is killed."""

    def __init__(self, process: ChildProcess, channel: _Channel) -> None:
        self._process = process
        self._channel = channel

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """True if the process has ended and was reaped."""
        return self._process.ended.is_set()

    @property
    def is_silent(self) -> bool:
        """True if it has said nothing that was not asked for."""
        return self._channel.is_empty

    @classmethod
    async def start(
        cls, module: str, timeout_seconds: float, memory_bytes: int | None = None
    ) -> Self:
        """Start a process and import `module` in it. Raises `ProcessNotStartedError`."""
        try:
            channel, theirs = await _open_channel()
        except OSError as error:  # too many open files, for example, not a fault of the media
            raise ProcessNotStartedError(PROGRAM, f"could not be started: {error}") from error
        try:
            argv = [sys.executable, "-I", "-S", worker.__file__]
            argv += [str(theirs.fileno()), str(os.getpid())]
            process = await ChildProcess.start(
                PROGRAM, argv, pass_fds=[theirs.fileno()], memory_bytes=memory_bytes
            )
        except BaseException:
            channel.close()
            raise
        finally:
            theirs.close()
        self = cls(process, channel)
        try:
            await self._exchange(pickle.dumps((sys.path, module)), timeout_seconds)
        except MediaProcessError as error:
            kind = WorkerKilledError if (process.exit_code or 0) < 0 else ProcessNotStartedError
            await self.kill()
            raise kind(PROGRAM, f"did not start: it {error.detail}") from error
        except BaseException:
            await self.kill()
            raise
        return self

    async def call(self, request: bytes | None, timeout_seconds: float) -> Answer:
        """Run the pickled `(function, arguments)`, or continue the last call with `GO_ON`.

        After a request that begins with `STREAM`, None waits for the next of its answers.

        After `ProcessTimeoutError`, `ProcessCrashedError` or a cancellation the process is
        unusable: `kill` it.
        """
        return _load(await self._exchange(request, timeout_seconds))

    async def answers(self) -> bool:
        """Return whether it responds: it may have been stopped or killed from outside."""
        try:
            return not await self._exchange(b"", ECHO_SECONDS)
        except MediaProcessError:
            return False

    async def _exchange(self, message: bytes | None, timeout_seconds: float) -> bytes:
        loop = asyncio.get_running_loop()
        if message is not None:
            self._channel.write(message)
        if (waiting := self._channel.take()) is not None:
            return waiting
        reply = self._channel.receive(loop.create_future())
        timer = loop.call_later(timeout_seconds, _expire, reply, timeout_seconds)
        try:
            return await reply
        except ConnectionError as error:
            await self.kill()
            raise ProcessCrashedError(PROGRAM, self._process.describe_end()) from error
        finally:
            timer.cancel()

    def kill_now(self) -> None:
        """Kill the process without waiting."""
        self._channel.close()
        self._process.kill_now()

    async def kill(self) -> None:
        """Kill the process and wait for its end, for a limited time."""
        self._channel.close()
        await self._process.kill()


def _expire(reply: asyncio.Future[bytes], timeout_seconds: float) -> None:
    if not reply.done():
        detail = f"did not answer within {timeout_seconds:g} s"
        reply.set_exception(ProcessTimeoutError(PROGRAM, detail))


async def _open_channel() -> tuple[_Channel, socket.socket]:
    """Return our end of a new channel, ready for use, and the end for the process."""
    ours, theirs = socket.socketpair()
    try:
        ours.setblocking(False)
        _, channel = await asyncio.get_running_loop().create_connection(_Channel, sock=ours)
    except BaseException:
        ours.close()
        theirs.close()
        raise
    return channel, theirs


class _Channel(asyncio.Protocol):
    """Frames to and from the process; a few that arrive before they are asked for are kept."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._frames: deque[bytes] = deque()
        self._reply: asyncio.Future[bytes] | None = None
        self._lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def write(self, message: bytes) -> None:
        """Write `message`, unless the connection is lost: then `receive` says so."""
        if not self._lost and self._transport is not None:
            self._transport.write(len(message).to_bytes(4, "big") + message)

    def take(self) -> bytes | None:
        """Return a frame that has arrived already; None if there is none."""
        if not self._frames:
            return None
        frame = self._frames.popleft()
        if not self._is_full and self._transport and not self._lost:
            self._transport.resume_reading()
        return frame

    @property
    def is_empty(self) -> bool:
        """True if everything that has arrived was taken."""
        return not self._frames and not self._received

    @property
    def _is_full(self) -> bool:
        return len(self._frames) >= _MOST_FRAMES or sum(map(len, self._frames)) >= _MOST_BYTES

    def receive(self, reply: asyncio.Future[bytes]) -> asyncio.Future[bytes]:
        """Let `reply` receive the next frame, or a `ConnectionError`."""
        if self._lost or self._transport is None:
            reply.set_exception(ConnectionResetError())
        else:
            self._reply = reply
        return reply

    def data_received(self, data: bytes) -> None:
        self._received += data
        at = 0
        while at + 4 <= len(self._received):
            end = at + 4 + int.from_bytes(self._received[at : at + 4], "big")
            if end - at > 4 + ANSWER_BYTES:
                self.close()
                return
            if len(self._received) < end:
                break
            self._deliver(bytes(self._received[at + 4 : end]))
            at = end
        del self._received[:at]

    def _deliver(self, frame: bytes) -> None:
        if self._reply and not self._reply.done():
            self._reply.set_result(frame)
            return
        self._frames.append(frame)
        if self._is_full and self._transport:
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        self._lost = True
        if self._reply and not self._reply.done():
            self._reply.set_exception(ConnectionResetError())

    def close(self) -> None:
        self._lost = True
        if self._transport:
            self._transport.abort()


class _PlainUnpickler(pickle.Unpickler):
    """Accepts only plain data and exceptions, so a compromised worker cannot create objects."""

    def find_class(self, module: str, name: str) -> type[Exception]:
        found = getattr({"builtins": builtins, errors.__name__: errors}.get(module), name, None)
        if isinstance(found, type) and issubclass(found, Exception):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} does not come from a worker")


def _load(reply: bytes) -> Answer:
    try:
        return Answer(*_PlainUnpickler(io.BytesIO(reply)).load())
    except Exception as error:
        raise ProcessCrashedError(PROGRAM, f"returned an invalid answer: {error}") from error
