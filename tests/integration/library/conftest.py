"""A library in a real database: in SQLite, or in PostgreSQL if the run asks for it."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import pytest
from tests.postgresql import IS_USUAL

from stoat_ferret.database import Database, metadata, sqlite_url
from stoat_ferret.jobs.store import jobs
from stoat_ferret.library import tables as library_tables

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from tests.postgresql import PostgresqlServer

ALL_TABLES = (library_tables.videos, jobs)
"""Listed so that both modules are imported: only then is `metadata` complete."""


@pytest.fixture(scope="module")
async def database_of_module(
    request: pytest.FixtureRequest, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Database]:
    """Open a library for the tests of a module.

    Opening one, and compiling its statements again, takes longer than most tests and examples.
    """
    if IS_USUAL:
        postgresql: PostgresqlServer = request.getfixturevalue("postgresql")
        database = Database(postgresql.new_library())
    else:
        path = tmp_path_factory.mktemp("library") / "library.db"
        await anyio.to_thread.run_sync(shutil.copy, migrated_file, path)
        database = Database(sqlite_url(path))
    yield database
    await database.aclose()


@pytest.fixture
def new_library(
    database_of_module: Database,
) -> Callable[[], AbstractAsyncContextManager[Database]]:
    """Return a function that empties the library of the module, and yields it."""

    @asynccontextmanager
    async def empty() -> AsyncIterator[Database]:
        await delete_rows(database_of_module)
        yield database_of_module

    return empty


async def delete_rows(database: Database) -> None:
    """Delete every row of the library."""
    statements = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]  # noqa: S608  our own names
    async with database.write(durable=False) as connection:
        if not database.is_sqlite:
            await connection.exec_driver_sql("; ".join(statements))
            return
        driver: Any = (await connection.get_raw_connection()).driver_connection

        def delete() -> None:
            for statement in statements:
                driver._conn.execute(statement)

        # In one call of its thread: a test takes as long as a few of them.
        await driver._execute(delete)


@pytest.fixture
async def database(
    new_library: Callable[[], AbstractAsyncContextManager[Database]],
) -> AsyncIterator[Database]:
    """Open an empty library."""
    async with new_library() as opened:
        yield opened
