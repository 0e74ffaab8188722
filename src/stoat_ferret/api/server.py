"""The web server: serves until its task is cancelled, and then shuts down quickly."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import uvicorn

from stoat_ferret.api.connections import ClientConnection, ConnectionAcceptor, ConnectionLimits
from stoat_ferret.errors import ConfigurationError, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fastapi import FastAPI

_SHUTDOWN_SECONDS = 3
"""The grace for responses in progress; streams of events end at once."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host` and `port`; port 0 chooses a free one.

    Raises `ConfigurationError`. Looking up a name may take a moment.
    """
    listener: socket.socket | None = None
    try:
        found = socket.getaddrinfo(  # blocking-ok: called before there is a loop
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise ConfigurationError(
            f"Cannot listen on {host}, port {port} ({reason_of(error)}). Choose another "
            "address with --host and --port (STOAT_HOST, STOAT_PORT); port 0 takes a free one."
        ) from error
    listener.setblocking(False)
    return listener


async def serve(
    app: FastAPI,
    listener: socket.socket,
    *,
    on_started: Callable[[], None] | None = None,
    limits: ConnectionLimits | None = None,
) -> None:
    """Serve `app`, made by `create_app`, on `listener` until this task is cancelled.

    Then streams of events end, responses in progress get a short grace, the listener is closed, and
    `CancelledError` propagates. A second cancellation skips the grace. Signals are up to the
    caller.
    """
    queue = app.state.services.queue
    server = _Server(app, listener, limits or ConnectionLimits(), on_started)
    running = asyncio.create_task(server.serve(sockets=[]), name="http")
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        server.should_exit = True
        queue.begin_close()  # while responses end: both have the same grace
        while not running.done():
            try:
                await asyncio.wait([running])
            except asyncio.CancelledError:
                server.force_exit = True
                queue.begin_close(hurried=True)
        if not running.cancelled() and (error := running.exception()):
            raise error from None
        raise


def _config(app: FastAPI) -> uvicorn.Config:
    settings = app.state.services.settings
    trusted = settings.trusted_proxies
    seconds = min(_SHUTDOWN_SECONDS, settings.shutdown_grace_seconds / 2)
    return uvicorn.Config(
        app,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted),
        forwarded_allow_ips=with_mapped_addresses(trusted),
        timeout_graceful_shutdown=seconds,
    )


def with_mapped_addresses(proxies: Sequence[str]) -> list[str]:
    """Return `proxies`, also in the form in which a dual-stack socket shows IPv4 addresses."""
    addresses = list(proxies)
    for proxy in proxies:
        network = ipaddress.ip_network(proxy)
        if network.version == 4:
            addresses.append(f"::ffff:{network.network_address}/{96 + network.prefixlen}")
    return addresses


class _Server(uvicorn.Server):
    """A uvicorn server that accepts connections with `ConnectionAcceptor`.

    On shutdown, it asks its open streams to end before it waits for them.
    """

    def __init__(
        self,
        app: FastAPI,
        listener: socket.socket,
        limits: ConnectionLimits,
        on_started: Callable[[], None] | None,
    ) -> None:
        super().__init__(_config(app))
        self._app = app
        self._listener = listener
        self._limits = limits
        self._on_started = on_started
        self._accepting: asyncio.Task[None] | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        acceptor = ConnectionAcceptor(
            self._listener,
            self._connect,
            self.server_state.connections,
            self._limits,
        )
        self._accepting = asyncio.create_task(acceptor.run(), name="accept")
        if self._on_started is not None:
            self._on_started()

    def _connect(self) -> ClientConnection:
        return ClientConnection(self.config, self.server_state, self.lifespan.state, self._limits)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
            with suppress(asyncio.CancelledError):
                await self._accepting
        self._listener.close()
        self._app.state.events.close()
        await super().shutdown(sockets)
        if self.force_exit:  # uvicorn skips it then, and the end of the loop would break it off
            await self.lifespan.shutdown()
