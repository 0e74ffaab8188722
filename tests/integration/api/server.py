"""A real server for the tests: uvicorn on loopback, in a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

import httpx
from tests.postgresql import with_usual_library

from stoat_ferret.api.app import create_app
from stoat_ferret.api.server import listen, serve
from stoat_ferret.api.web_page import STATIC
from stoat_ferret.bootstrap import Services, open_services

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from stoat_ferret.api.connections import ConnectionLimits
    from stoat_ferret.config import Settings
    from stoat_ferret.health import HealthReport

START_SECONDS = 30.0
STOP_SECONDS = 15.0
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of plain HTTP: loading the certificates of all authorities is slow."""

T = TypeVar("T")


@dataclass(frozen=True)
class RunningServer:
    """A running server; its services live in another thread, so reach them with `call`."""

    url: str
    services: Services
    loop: asyncio.AbstractEventLoop
    task: asyncio.Task[None]

    def client(self, **options: object) -> httpx.Client:
        """Open a client whose time-out suits a busy machine."""
        usual = {
            "timeout": 30.0,
            "trust_env": False,
            "verify": NO_CERTIFICATES,
            # Less than the server's, which could close a connection just when it is used again.
            "limits": httpx.Limits(keepalive_expiry=2.0),
        }
        return httpx.Client(base_url=self.url, **usual | options)  # type: ignore[arg-type]  # options of Client

    def stop(self) -> None:
        """Ask the server to stop, as a signal does; does not wait for it."""
        self.loop.call_soon_threadsafe(self.task.cancel)

    def call(self, function: Callable[[Services], Awaitable[T]]) -> T:
        """Await `function` in the thread of the services, and return its result."""

        async def run() -> T:
            return await function(self.services)

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(START_SECONDS)

    def check_health(self, condition: Callable[[HealthReport], bool] = attrgetter("ok")) -> None:
        """Check its health until `condition` holds; on a busy machine a check may time out."""
        deadline = time.monotonic() + START_SECONDS
        while not condition(report := self.call(lambda services: services.health.refresh())):
            assert time.monotonic() < deadline, report


@contextmanager
def running_server(
    settings: Settings, *, page_folder: Path = STATIC, limits: ConnectionLimits | None = None
) -> Iterator[RunningServer]:
    """Run a server with `settings` on a free port, and stop it at the end of the block.

    It reads media in one process, unless the settings name a number: to start another one takes
    longer than to read the few files of a test.
    """
    if "media_processes" not in settings.model_fields_set:
        settings = settings.model_copy(update={"media_processes": 1})
    thread = _ServerThread(with_usual_library(settings), page_folder, limits)
    thread.start()
    try:
        yield thread.wait_until_started()
    finally:
        thread.stop()


class _ServerThread(threading.Thread):
    def __init__(
        self, settings: Settings, page_folder: Path, limits: ConnectionLimits | None
    ) -> None:
        super().__init__(name="server", daemon=True)
        self._settings = settings
        self._page_folder = page_folder
        self._limits = limits
        self._ready = threading.Event()
        self._server: RunningServer | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            asyncio.run(self._serve())
        except asyncio.CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001  raised again in the thread of the test
            self._error = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        async with open_services(self._settings) as services:
            listener = listen(self._settings.host, self._settings.port)
            port = listener.getsockname()[1]
            self._server = RunningServer(
                f"http://127.0.0.1:{port}", services, asyncio.get_running_loop(), task
            )
            app = create_app(services, page_folder=self._page_folder)
            await serve(app, listener, on_started=self._ready.set, limits=self._limits)

    def wait_until_started(self) -> RunningServer:
        assert self._ready.wait(START_SECONDS), "the server did not start"
        self._raise_error()
        assert self._server is not None
        return self._server

    def stop(self) -> None:
        if self._server is not None and self.is_alive():
            with contextlib.suppress(RuntimeError):  # its loop has just been closed
                self._server.stop()
        self.join(STOP_SECONDS)
        assert not self.is_alive(), "the server did not stop"
        self._raise_error()

    def _raise_error(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error
