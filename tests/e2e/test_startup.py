"""The modules that commands load: only the needed ones, as loading is most of a start's cost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from generate_schema import make_by_migrations
from stoat_ferret.library.migrations import known_revisions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.stoat import Stoat

LISTENER = {"uvicorn", "prometheus_client"}
HTTP_SERVER = LISTENER | {"fastapi", "starlette"}
DATABASE = {"sqlalchemy", "aiosqlite", "sqlite3"}
MEDIA = {"av", "opentimelineio"}
TERMINAL = {"rich", "pygments", "click"}
FOR_DEVELOPERS = {"alembic", "mako"}
SERVER = HTTP_SERVER | DATABASE | MEDIA | FOR_DEVELOPERS
"""The top-level packages that only a server needs."""


@pytest.fixture
def watched(stoat: Stoat) -> Stoat:
    """Return the command, reporting its imports on standard error."""
    return stoat.unprepared().having(PYTHONPROFILEIMPORTTIME="1")


def imported(stderr: str) -> set[str]:
    """Return the names of the modules that a watched command imported, and of their packages."""
    names: set[str] = set()
    for line in stderr.splitlines():
        if line.startswith("import time:"):
            parts = line.rpartition("|")[2].strip().split(".")
            names.update(".".join(parts[:length]) for length in range(1, len(parts) + 1))
    assert "stoat_ferret.cli" in names
    return names


def imported_by(stoat: Stoat, *arguments: str | Path, code: int = 0) -> set[str]:
    result = stoat.run(*arguments)
    assert result.returncode == code, result.stderr
    return imported(result.stderr)


def test_the_version_loads_nothing_but_the_command_line(watched: Stoat) -> None:
    loaded = imported_by(watched, "--version")
    assert loaded & (SERVER | TERMINAL) == set()
    assert loaded & {"pydantic", "httpx", "anyio", "asyncio", "structlog"} == set()


@pytest.mark.parametrize("arguments", [["--help"], ["render", "--help"], ["timeline", "--help"]])
def test_help_loads_nothing_that_works(watched: Stoat, arguments: list[str]) -> None:
    loaded = imported_by(watched, *arguments)
    assert loaded & SERVER == set()
    assert loaded & {"httpx", "anyio", "asyncio", "structlog"} == set()


def test_a_server_and_the_commands_that_ask_it_load_what_they_need(watched: Stoat) -> None:
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("videos", "--json"),
        ("jobs",),
        ("scan", watched.root, "--json"),
        ("forget", "--missing-for", "1d", "--yes", "--json"),
    )
    with watched.serve() as serving:
        for command in commands:
            loaded = imported_by(watched, *command)
            assert "httpx" in loaded
            assert loaded & (SERVER | TERMINAL | {"structlog"}) == set(), command
        serving.running.send(signal.SIGTERM)
        assert serving.running.wait() == 0
    assert imported(serving.running.stderr) & (FOR_DEVELOPERS | MEDIA) == set()


def test_a_command_without_a_server_loads_the_calls_of_the_library_alone(watched: Stoat) -> None:
    # The first command in a new data folder.
    for command in (("videos", "--json"), ("jobs", "--json")):
        loaded = imported_by(watched, *command)
        assert {"sqlalchemy", "fastapi"} <= loaded
        assert loaded & (LISTENER | MEDIA | {"click"} | FOR_DEVELOPERS) == set(), command
        names = ("bootstrap", "api.app", "scan", "render", "ffmpeg")
        assert loaded & {f"stoat_ferret.{name}" for name in names} == set(), command


def test_a_scan_without_a_server_loads_nothing_that_listens(watched: Stoat) -> None:
    loaded = imported_by(watched, "scan", watched.root, "--json")
    assert loaded & (LISTENER | MEDIA | FOR_DEVELOPERS | {"stoat_ferret.api.app"}) == set()


def test_libraries_of_other_versions(watched: Stoat) -> None:
    watched.data_dir.mkdir()
    make_by_migrations(watched.data_dir / "library.db", known_revisions()[1])
    assert "alembic" in imported_by(watched, "videos", "--json")
    # From now on the library is of this version, which is read without alembic.
    assert watched.rows("SELECT version_num FROM alembic_version") == [(known_revisions()[0],)]
    with closing(sqlite3.connect(watched.data_dir / "library.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from 2031'")
    result = watched.having(PYTHONPROFILEIMPORTTIME="").run("videos")
    assert result.returncode == 1
    assert result.stderr.startswith("stoat-ferret: ")
    assert "from 2031" in result.stderr
    assert len(result.stderr.splitlines()) == 1


GARBAGE = """
import asyncio, gc, sys
from stoat_ferret.cli import startup
from stoat_ferret.cli import terminal

startup.start_fast()
assert not gc.isenabled()
terminal.STARTING_SECONDS = 0.01

async def work():
    async with asyncio.timeout(30):
        while not gc.isenabled():
            await asyncio.sleep(0.005)

terminal.run(work)
assert gc.get_freeze_count() > 1000
"""


def test_a_command_that_goes_on_looks_for_garbage() -> None:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run(
        [sys.executable, "-c", GARBAGE], env=environment, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
