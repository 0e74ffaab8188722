"""A database with a table of jobs, in a file as in production."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.jobs.fake_clock import FakeClock
from tests.unit.jobs.observed_store import ObservedStore

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.jobs.store import jobs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(sqlite_url(tmp_path / "jobs.db"))
    async with database.write() as connection:
        await connection.run_sync(jobs.create)
    yield database
    await database.aclose()


@pytest.fixture
async def store(database: Database) -> ObservedStore:
    return ObservedStore(database)


@pytest.fixture
async def clock() -> FakeClock:
    return FakeClock()
