"""A server that is asked to stop does so, whoever is still connected."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import fastapi.routing
import httpx
import pytest
from tests.integration.api.server import NO_CERTIFICATES, running_server
from tests.integration.api.streams import event_stream

from stoat_ferret.api.server import listen
from stoat_ferret.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.config import Settings

PROGRAM = """
import asyncio, signal
from stoat_ferret.api.app import create_app
from stoat_ferret.api.server import listen, serve
from stoat_ferret.bootstrap import open_services
from stoat_ferret.config import Settings

async def main() -> None:
    task = asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    async with open_services(Settings()) as services:
        listener = listen("127.0.0.1", 0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        await serve(create_app(services), listener, on_started=lambda: print(url, flush=True))

try:
    asyncio.run(main())
except asyncio.CancelledError:
    print("stopped", flush=True)
"""


def test_open_streams_end_with_the_server(settings: Settings) -> None:
    with (
        running_server(settings) as server,
        server.client() as client,
        event_stream(client) as events,
    ):
        server.stop()
        assert list(events) == []


def test_a_stream_on_which_nothing_happens_is_kept_alive(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.01)
    with (
        running_server(settings) as server,
        server.client() as client,
        event_stream(client) as events,
    ):
        assert next(events).name == "comment"


def test_a_process_with_open_streams_ends_at_a_signal(tmp_path: Path) -> None:
    """The other signal is sent to the real command, with a scan under way, by the tests of it."""
    (tmp_path / "films").mkdir()
    environment = os.environ | {
        "STOAT_ROOTS": str(tmp_path / "films"),
        "STOAT_DATA_DIR": str(tmp_path / "data"),
        "STOAT_LOG_LEVEL": "error",
    }
    (tmp_path / "data").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with (
            httpx.Client(
                base_url=url, timeout=30, trust_env=False, verify=NO_CERTIFICATES
            ) as client,
            event_stream(client) as one,
            event_stream(client) as other,
        ):
            process.send_signal(signal.SIGINT)
            assert list(one) == []
            assert list(other) == []
        assert process.stdout.read().splitlines()[-1] == "stopped"
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_port_that_is_taken_is_a_sentence() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Cannot listen on 127.0.0.1, port {port}"):
            listen("127.0.0.1", port)


def test_a_host_that_is_no_address_is_a_sentence() -> None:
    with pytest.raises(ConfigurationError, match="Cannot listen on no such host"):
        listen("no such host", 0)
