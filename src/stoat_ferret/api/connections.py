"""Connections of clients: no more than there are descriptors for, and none that is too slow."""

from __future__ import annotations

import asyncio
import resource
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import h11
import structlog
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from stoat_ferret.api.problems import (
    NOT_HTTP,
    PROBLEM_MEDIA_TYPE,
    TOO_SLOW,
    ProblemKind,
    problem_body,
)
from stoat_ferret.errors import ConfigurationError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Collection, Sequence

    from uvicorn.config import Config
    from uvicorn.server import ServerState

LEAST_DESCRIPTORS = 64
"""The smallest limit of descriptors that the server runs with."""
MOST_CONNECTIONS = 1000
_LEAST_CONNECTIONS = 8
_RESERVED_DESCRIPTORS = 96
"""The descriptors reserved for the database, media processes, logs and renders."""
_DESCRIPTORS_EACH = 2
"""One for the connection itself, one for the file that it sends."""

_LOOK_AGAIN_SECONDS = 1.0
_WARN_SECONDS = 60.0

log = structlog.get_logger(__name__)


def most_connections() -> int:
    """Return how many connections this process may hold, by its limit of descriptors.

    Raises `ConfigurationError` if that limit is too low.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit != resource.RLIM_INFINITY and limit < LEAST_DESCRIPTORS:
        raise ConfigurationError(
            f"This process may have only {limit} files open, and the server needs "
            f"{LEAST_DESCRIPTORS} at least, better 1,024. Raise the limit (ulimit -n)."
        )
    if limit == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    fitting = (limit - _RESERVED_DESCRIPTORS) // _DESCRIPTORS_EACH
    return max(_LEAST_CONNECTIONS, min(fitting, MOST_CONNECTIONS))


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Limits for slow clients and for their number; None for what the descriptors allow."""

    most: int | None = None
    head_seconds: float = 20.0
    """The time for the head of a request."""
    body_seconds: float = 30.0
    """The time for its body; each byte that arrives extends it."""
    body_bytes_per_second: float = 1000.0
    idle_seconds: int = 5
    """The time without a request after one was answered."""
    stalled_seconds: float = 60.0
    """The time without reading after which a client makes room; a paused player reads nothing."""


class ClientConnection(H11Protocol):
    """A connection that is closed if a request does not arrive in time.

    Between requests the keep-alive time of the server counts; the time that an answer takes is
    not limited.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        limits: ConnectionLimits,
    ) -> None:
        super().__init__(config, server_state, app_state)
        self.timeout_keep_alive = limits.idle_seconds
        self._limits = limits

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.stalled_since: float | None = None
        self.idle_since = self.loop.time()
        self._due: float | None = self.idle_since + self._limits.head_seconds
        self._timer = self.loop.call_at(self._due, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._timer.cancel()
        super().connection_lost(exc)

    @property
    def is_answering(self) -> bool:
        """True if a request has arrived and its answer is not complete."""
        if self.cycle is None:
            return False  # type: ignore[unreachable]  # before the first request
        return not self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        """Receive data; only the body of a request extends its deadline."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is before and self.is_answering and self._due is not None:
            self._due += len(data) / self._limits.body_bytes_per_second
        self._wait(is_new=self.cycle is not before)

    def on_response_complete(self) -> None:
        """Wait for the next request, which may be here already."""
        before = self.cycle
        self.idle_since = self.loop.time()
        self._due = None
        super().on_response_complete()
        if self.cycle is not before:
            self._wait(is_new=True)

    def pause_writing(self) -> None:
        """Note since when the client has read nothing."""
        self.stalled_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client reads on."""
        self.stalled_since = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, as every error is answered."""
        self._refuse(NOT_HTTP, f"{msg.removesuffix('.')}: this is an HTTP server.")

    def _wait(self, *, is_new: bool) -> None:
        if self.is_answering and not self.cycle.more_body:
            self._due = None
        elif is_new:
            self._due = self.loop.time() + self._limits.body_seconds
        elif self._due is None:
            self._due = self.loop.time() + self._limits.head_seconds
        if self._due is not None and (self._timer.cancelled() or self._timer.when() > self._due):
            self._timer.cancel()
            self._timer = self.loop.call_at(self._due, self._look)

    def _look(self) -> None:
        """Close the connection where what is waited for is overdue."""
        self._timer.cancel()  # so that it is known not to run any more
        if self._due is None or self.transport.is_closing():
            return
        if self.flow.read_paused:  # it is the server that does not read
            self._due = max(self._due, self.loop.time() + self._limits.body_seconds)
        if self.loop.time() >= self._due:
            self._refuse(TOO_SLOW, "The request did not come in time. Send it again, faster.")
        else:
            self._timer = self.loop.call_at(self._due, self._look)

    def _refuse(self, kind: ProblemKind, detail: str) -> None:
        """Answer with a problem where no answer has begun, and close the connection."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            body = problem_body(kind, detail)
            headers = [
                (b"content-type", PROBLEM_MEDIA_TYPE.encode()),
                (b"content-length", str(len(body)).encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"connection", b"close"),
            ]
            head = h11.Response(
                status_code=kind.status, headers=headers, reason=STATUS_PHRASES[kind.status]
            )
            events = (head, h11.Data(data=body), h11.EndOfMessage())
            self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        if self.is_answering:
            self.cycle.disconnected = True  # who waits for the body is told
            self.cycle.message_event.set()
        self.transport.close()


class ConnectionAcceptor:
    """Takes connections from `listener`, only so many at a time.

    One more than that takes the place of the one that has been without a request for longest, or
    of one whose client has not read for long; where all are busy it waits in the kernel.
    `connections` are those that are open now.
    """

    def __init__(
        self,
        listener: socket.socket,
        connect: Callable[[], ClientConnection],
        connections: Collection[object],
        limits: ConnectionLimits,
    ) -> None:
        self._listener = listener
        self._connect = connect
        self._connections = connections
        self._most = most_connections() if limits.most is None else limits.most
        self._stalled_seconds = limits.stalled_seconds
        self._full = SeldomWarning("connections_full")
        self._failed = SeldomWarning("connection_not_accepted")

    async def run(self) -> None:
        """Accept until the task is cancelled, whatever goes wrong with one connection."""
        while True:
            try:
                await self._accept_one()
            except Exception as error:  # noqa: BLE001  the server must not go deaf
                # Most often there are no descriptors left: some are free soon, or now.
                self._failed.warn(reason=str(error), connections=len(self._open()))
                self._close_one()
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _accept_one(self) -> None:
        loop = asyncio.get_running_loop()
        client, _ = await loop.sock_accept(self._listener)
        try:
            await self._make_room()
            await loop.connect_accepted_socket(self._connect, client)
        except BaseException:
            client.close()
            raise

    async def _make_room(self) -> None:
        while len(self._open()) >= self._most:
            self._full.warn(connections=self._most)
            if not self._close_one():
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    def _close_one(self) -> bool:
        connection = self._dispensable()
        if connection is not None:
            connection.transport.abort()
        return connection is not None

    def _open(self) -> Sequence[ClientConnection]:
        held = cast("Collection[ClientConnection]", self._connections)
        return [one for one in held if not one.transport.is_closing()]

    def _dispensable(self) -> ClientConnection | None:
        """Return the connection whose loss harms least; None if all are busy."""
        idle = [one for one in self._open() if not one.is_answering]
        if idle:
            return min(idle, key=lambda one: one.idle_since)
        now = asyncio.get_running_loop().time()
        stalled = {
            one: one.stalled_since
            for one in self._open()
            if one.stalled_since is not None and now - one.stalled_since > self._stalled_seconds
        }
        return min(stalled, key=lambda one: stalled[one]) if stalled else None


class SeldomWarning:
    """A warning that is logged once a minute, however often it is given."""

    def __init__(self, event: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._event = event
        self._clock = clock
        self._next = -float("inf")
        self._kept_back = 0

    def warn(self, **facts: Any) -> None:
        """Log it, unless it was just logged; `kept_back` says how often that was so."""
        now = self._clock()
        if now < self._next:
            self._kept_back += 1
            return
        log.warning(self._event, kept_back=self._kept_back, **facts)
        self._next = now + _WARN_SECONDS
        self._kept_back = 0
