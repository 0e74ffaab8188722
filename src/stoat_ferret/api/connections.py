"""Client connections, with limits on their number and on slow clients."""

from __future__ import annotations

import asyncio
import resource
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import h11
import structlog
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from stoat_ferret.api.coalescing_transport import CoalescingTransport
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
"""One for the connection, one for the file that it sends."""

_RETRY_SECONDS = 1.0
_WARN_SECONDS = 60.0

log = structlog.get_logger(__name__)


def most_connections() -> int:
    """Return the most connections for this process, from its limit of descriptors.

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
    """The limits on connections; `most` is None for as many as the descriptors allow."""

    most: int | None = None
    head_seconds: float = 20.0
    """The time limit for the head of a request."""
    body_seconds: float = 30.0
    """The time limit for its body; each byte that arrives extends it."""
    body_bytes_per_second: float = 1000.0
    idle_seconds: int = 5
    """The time limit between requests on one connection."""
    stalled_seconds: float = 60.0
    """The time after which a client that does not read, such as a paused player, may be dropped."""


class ClientConnection(H11Protocol):
    """A connection that is closed if a request does not arrive in time.

    Between requests, the keep-alive time of the server applies; the time for a response is not
    limited.
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
        """Start waiting for a request."""
        super().connection_made(CoalescingTransport(transport, self.loop))
        self.stalled_since: float | None = None
        self.idle_since = self.loop.time()
        self._due: float | None = self.idle_since + self._limits.head_seconds
        self._timer = self.loop.call_at(self._due, self._check_deadline)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._timer.cancel()
        super().connection_lost(exc)

    @property
    def is_answering(self) -> bool:
        """True if a request has arrived and its response is not complete."""
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
        """Wait for the next request, which may have been received already."""
        before = self.cycle
        self.idle_since = self.loop.time()
        self._due = None
        super().on_response_complete()
        if self.cycle is not before:
            self._wait(is_new=True)

    def pause_writing(self) -> None:
        """Record since when the client has not read."""
        self.stalled_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Record that the client reads again."""
        self.stalled_since = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Respond with problem details to a request that is not HTTP."""
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
            self._timer = self.loop.call_at(self._due, self._check_deadline)

    def _check_deadline(self) -> None:
        """Close the connection if the request is overdue."""
        self._timer.cancel()  # marks it as not running
        if self._due is None or self.transport.is_closing():
            return
        if self.flow.read_paused:  # the server itself does not read
            self._due = max(self._due, self.loop.time() + self._limits.body_seconds)
        if self.loop.time() >= self._due:
            self._refuse(TOO_SLOW, "The request was not received in time. Send it again, faster.")
        else:
            self._timer = self.loop.call_at(self._due, self._check_deadline)

    def _refuse(self, kind: ProblemKind, detail: str) -> None:
        """Respond with a problem if no response has begun, and close the connection."""
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
            self.cycle.disconnected = True  # wakes up the reader of the body
            self.cycle.message_event.set()
        self.transport.close()


class ConnectionAcceptor:
    """An acceptor of connections from `listener`, up to a limit.

    At the limit, a new connection replaces the one that has been idle for longest, or one whose
    client has not read for long; if all are busy, it waits in the kernel's queue. `connections` are
    the open ones.
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
        self._full = RateLimitedWarning("connections_full")
        self._failed = RateLimitedWarning("connection_not_accepted")

    async def run(self) -> None:
        """Accept until the task is cancelled, whatever happens to one connection."""
        while True:
            try:
                await self._accept_one()
            except Exception as error:  # noqa: BLE001  the server must keep accepting
                # Usually there are no descriptors left: some will be free soon.
                self._failed.warn(reason=str(error), connections=len(self._open()))
                self._close_one()
                await asyncio.sleep(_RETRY_SECONDS)

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
                await asyncio.sleep(_RETRY_SECONDS)

    def _close_one(self) -> bool:
        connection = self._least_needed()
        if connection is not None:
            connection.transport.abort()
        return connection is not None

    def _open(self) -> Sequence[ClientConnection]:
        held = cast("Collection[ClientConnection]", self._connections)
        return [one for one in held if not one.transport.is_closing()]

    def _least_needed(self) -> ClientConnection | None:
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


class RateLimitedWarning:
    """A warning that is logged at most once a minute."""

    def __init__(self, event: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._event = event
        self._clock = clock
        self._next = -float("inf")
        self._kept_back = 0

    def warn(self, **facts: Any) -> None:
        """Log the warning unless it was just logged; `kept_back` counts the suppressed ones."""
        now = self._clock()
        if now < self._next:
            self._kept_back += 1
            return
        log.warning(self._event, kept_back=self._kept_back, **facts)
        self._next = now + _WARN_SECONDS
        self._kept_back = 0
