"""A detector of blocking calls on the event loop around every integration test, and a library.

What the packaged ffmpeg can do is listed once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest
from tests.integration.blocking_calls import BlockingCalls
from tests.postgresql import end_shared_server, shared_server

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.ffmpeg import capabilities
from stoat_ferret.ffmpeg.binaries import packaged_ffmpeg
from stoat_ferret.library.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.postgresql import PostgresqlServer


@pytest.fixture(scope="session")
def blocking_calls() -> Iterator[BlockingCalls]:
    """Run the detector until the end of the test run."""
    with BlockingCalls() as calls:
        yield calls


@pytest.fixture(autouse=True)
def _nothing_blocks_the_loop(blocking_calls: BlockingCalls) -> Iterator[None]:
    """Fail the test in which the package made a blocking call on an event loop.

    A blocking call that a shared server makes between two tests fails the second one.
    """
    blocking_calls.raise_all()
    yield
    blocking_calls.raise_all()


@pytest.fixture(scope="session", autouse=True)
def _abilities_are_listed_once() -> Iterator[None]:
    """Keep the list of what the packaged ffmpeg can do, for which each server runs it six times."""
    list_abilities, packaged = capabilities.list_abilities, packaged_ffmpeg()
    known: list[capabilities.FfmpegAbilities] = []

    async def list_once(ffmpeg: Path) -> capabilities.FfmpegAbilities:
        if ffmpeg != packaged:
            return await list_abilities(ffmpeg)
        if not known:
            known.append(await list_abilities(ffmpeg))
        return known[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(capabilities, "list_abilities", list_once)
        yield


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty library, to be copied: migrating takes longer than many tests."""
    path = tmp_path_factory.mktemp("migrated") / "library.db"

    async def make() -> None:
        database = Database(sqlite_url(path))
        await migrate(database)
        await database.aclose()

    anyio.run(make)
    return path


@pytest.fixture(scope="session", autouse=True)
def _no_server_stays() -> Iterator[None]:
    yield
    end_shared_server()


@pytest.fixture(scope="session")
def postgresql() -> PostgresqlServer:
    """Return a PostgreSQL server that runs until the end of the test run."""
    return shared_server()


@pytest.fixture
def postgresql_url(postgresql: PostgresqlServer) -> Iterator[str]:
    """Return the URL of a new, empty library in PostgreSQL."""
    url = postgresql.new_library()
    yield url
    postgresql.drop(url)
