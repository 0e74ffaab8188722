"""The web server: listens, serves until its task is cancelled, and then stops without waiting."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from stoat_ferret.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

    from stoat_ferret.api.events import LiveEvents

_SHUTDOWN_SECONDS = 3
"""What answers that are under way get; streams of events are ended at once."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections at `host` and `port`; port 0 takes a free one.

    Raises `ConfigurationError`. A name may take a moment to look up.
    """
    listener: socket.socket | None = None
    try:
        found = socket.getaddrinfo(  # blocking-ok: asked before there is a loop
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
            f"Cannot listen on {host}, port {port} ({error.strerror or error}). Choose another "
            "address with --host and --port (STOAT_HOST, STOAT_PORT); port 0 takes a free one."
        ) from error
    listener.setblocking(False)
    return listener


async def serve(
    app: FastAPI, listener: socket.socket, *, on_started: Callable[[], None] | None = None
) -> None:
    """Serve `app`, made by `create_app`, on `listener` until this task is cancelled.

    Then streams of events end, answers under way get a moment, the listener is closed, and
    `CancelledError` goes on. A second cancellation waits for nothing. Signals are the caller's.
    """
    config = uvicorn.Config(
        app,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    server = _Server(config, app.state.events, on_started)
    running = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        server.should_exit = True
        while not running.done():
            try:
                await asyncio.wait([running])
            except asyncio.CancelledError:
                server.force_exit = True
        if not running.cancelled() and (error := running.exception()):
            raise error from None
        raise


class _Server(uvicorn.Server):
    """Uvicorn, which asks its open streams to end before it waits for them to end."""

    def __init__(
        self,
        config: uvicorn.Config,
        events: LiveEvents,
        on_started: Callable[[], None] | None,
    ) -> None:
        super().__init__(config)
        self._events = events
        self._on_started = on_started

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._on_started is not None:
            self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._events.close()
        await super().shutdown(sockets)
        if self.force_exit:  # uvicorn then leaves it out, and the end of the loop breaks it off
            await self.lifespan.shutdown()
