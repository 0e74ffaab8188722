"""A detector of blocking calls on the event loop around every integration test, and a library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest
from tests.integration.blocking_calls import BlockingCalls
from tests.postgresql import end_shared_server, shared_server

from stoat_ferret.database import Database, sqlite_url
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
