"""Running the server as the owner of its data folder."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret import __version__
from stoat_ferret.api.app import create_app
from stoat_ferret.api.connections import most_connections
from stoat_ferret.api.metrics import Metrics
from stoat_ferret.api.server import listen, serve
from stoat_ferret.bootstrap import open_services
from stoat_ferret.cli.logs import logging_to_stderr
from stoat_ferret.cli.output import print_err, print_out
from stoat_ferret.cli.sample_clips import offer_samples, samples_folder, with_samples
from stoat_ferret.cli.startup import collect_garbage
from stoat_ferret.cli.terminal import accept_cancellation, run
from stoat_ferret.data_folder import COMMAND_SECONDS, DataFolder
from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import ConfigurationError
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.stored_settings import with_stored
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence
    from pathlib import Path

    from stoat_ferret.bootstrap import Services
    from stoat_ferret.config import Settings

_ROOT_SECONDS = 3.0


def serve_until_stopped(settings: Settings, *, as_json: bool) -> None:
    """Serve until a signal stops it. Raises `ConfigurationError`, `DataFolderInUseError`."""
    most_connections()  # raises before anything has started
    data_folder = DataFolder(settings.data_dir)
    with data_folder.acquire("stoat-ferret serve", wait_seconds=COMMAND_SECONDS):
        listener = listen(settings.host, settings.port)
        try:
            _require_token(settings, listener)
            are_new_samples = not as_json and offer_samples(settings)
            greeting = Greeting.prepare(with_samples(settings), _url(listener), as_json=as_json)
            # From now on, commands call the server; early ones wait in its backlog.
            data_folder.publish_server(greeting.url)
            with logging_to_stderr(settings):
                run(lambda: _serve(greeting, listener, scan_samples=are_new_samples))
        finally:
            listener.close()


async def _serve(greeting: Greeting, listener: socket.socket, *, scan_samples: bool) -> None:
    metrics = Metrics()
    async with open_services(greeting.settings, observe_probe=metrics.observe_probe) as services:
        if scan_samples:
            await services.submit_scan(str(samples_folder(greeting.settings)))
        is_empty = not scan_samples and await _is_empty(services)

        def start() -> None:
            collect_garbage()
            greeting.print(library_is_empty=is_empty)

        try:
            await serve(create_app(services, metrics=metrics), listener, on_started=start)
        except asyncio.CancelledError:
            accept_cancellation()  # a request to stop: the rest is closed in order
    if not greeting.as_json:
        print_out("Stopped.")


def _require_token(settings: Settings, listener: socket.socket) -> None:
    if settings.token or _address(listener).is_loopback:
        return
    raise ConfigurationError(
        f"Listening on {settings.host} lets other machines in, and for that a token is needed. "
        "Set STOAT_TOKEN (or --token) to a long secret, or listen on 127.0.0.1."
    )


def _url(listener: socket.socket) -> str:
    """Return the URL at which programs on this machine reach the server."""
    address = _address(listener)
    if address.is_unspecified:
        address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    host = str(address) if address.version == 4 else f"[{address}]"
    return f"http://{host}:{listener.getsockname()[1]}"


def _address(listener: socket.socket) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    host: str = listener.getsockname()[0]
    return ipaddress.ip_address(host.partition("%")[0])


async def _is_empty(services: Services) -> bool:
    page = await services.videos.find(VideoQuery(status=frozenset(VideoStatus), limit=1))
    return page.total == 0


async def unreadable(
    folders: Sequence[Path], *, timeout_seconds: float = _ROOT_SECONDS
) -> tuple[Path, ...]:
    """Return those of `folders` that do not exist, cannot be read, or do not respond in time."""
    checks = (
        run_on_disk_thread(_is_readable, one, timeout_seconds=timeout_seconds) for one in folders
    )
    answers = await asyncio.gather(*checks, return_exceptions=True)
    return tuple(one for one, answer in zip(folders, answers, strict=True) if answer is not True)


def _is_readable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)


@dataclass(frozen=True, slots=True)
class Greeting:
    """The message when the server starts; `absent` are those of its `roots` that cannot be read."""

    settings: Settings
    url: str
    as_json: bool
    roots: tuple[Path, ...]
    absent: tuple[Path, ...]

    @classmethod
    def prepare(cls, settings: Settings, url: str, *, as_json: bool) -> Greeting:
        """Check the roots, for a few seconds at most."""
        roots = with_stored(settings).roots
        return cls(settings, url, as_json, roots, asyncio.run(unreadable(roots)))

    def print(self, *, library_is_empty: bool) -> None:
        """Print the message on standard output."""
        if self.as_json:
            self._print_json()
        else:
            self._print_text(library_is_empty=library_is_empty)
        sys.stdout.flush()

    def _print_json(self) -> None:
        roots = [{"path": for_display(r), "readable": r not in self.absent} for r in self.roots]
        document = {"url": self.url, "pid": os.getpid(), "version": __version__, "roots": roots}
        sys.stdout.write(json.dumps(document) + "\n")

    def _print_text(self, *, library_is_empty: bool) -> None:
        print_out(f"stoat-ferret {__version__} serves {self.url} (Ctrl-C stops it)")
        why = " (the default; name others as arguments or in STOAT_ROOTS)"
        for root in self.roots:
            is_default = self.settings.roots_are_default and root in self.settings.roots
            print_out(f"  root: {for_display(root)}{why if is_default else ''}")
        for root in self.absent:
            print_err(
                f"warning: the root {for_display(root)} cannot be read, or does not answer. Is "
                "its disk "
                "plugged in and mounted? Its videos stay in the library."
            )
        if library_is_empty:
            print_out(
                "The library is empty. Fill it from the page, or with: stoat-ferret scan FOLDER"
            )
            print_out("To try it with clips made for it: stoat-ferret samples")
