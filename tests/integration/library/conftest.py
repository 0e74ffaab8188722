"""A library in a real database: in SQLite, or in PostgreSQL if the run asks for it."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio.to_thread
import pytest
import sqlalchemy as sa
from tests.postgresql import IS_USUAL

from stoat_ferret.database import Database, metadata, sqlite_url
from stoat_ferret.jobs.store import jobs
from stoat_ferret.library import tables as library_tables

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

ALL_TABLES = (library_tables.videos, jobs)
"""Listed so that both modules are imported: only then is `metadata` complete."""


@pytest.fixture
async def new_library(
    request: pytest.FixtureRequest, migrated_file: Path, tmp_path: Path
) -> AsyncIterator[Callable[[], AbstractAsyncContextManager[Database]]]:
    """Return a function that opens an empty library, one at a time.

    It is the same database each time: opening one, and compiling its statements again, takes longer
    than most examples of a property.
    """
    if IS_USUAL:
        database = Database(request.getfixturevalue("postgresql_url"))
    else:
        path = tmp_path / "library.db"
        await anyio.to_thread.run_sync(shutil.copy, migrated_file, path)
        database = Database(sqlite_url(path))

    is_used = False

    @asynccontextmanager
    async def empty() -> AsyncIterator[Database]:
        nonlocal is_used
        if is_used:
            await delete_rows(database)
        is_used = True
        yield database

    yield empty
    await database.aclose()


async def delete_rows(database: Database) -> None:
    """Delete every row of the library."""
    async with database.write(durable=False) as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(sa.delete(table))


@pytest.fixture
async def database(
    new_library: Callable[[], AbstractAsyncContextManager[Database]],
) -> AsyncIterator[Database]:
    """Open an empty library."""
    async with new_library() as opened:
        yield opened
