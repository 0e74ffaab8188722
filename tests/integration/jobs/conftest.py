"""The queues that satisfy the contract, each over a database of its own."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Protocol

import pytest

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.store import JobStore, jobs

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    import sqlalchemy as sa

    from stoat_ferret.jobs.queue import JobQueue, JobRunner


class Backend(Protocol):
    """Opens a queue; each further call is the next process over the same records."""

    def __call__(self, kinds: Mapping[str, JobRunner]) -> AbstractAsyncContextManager[JobQueue]: ...


def _asyncio_in(url: str | sa.URL) -> Backend:
    @asynccontextmanager
    async def open_queue(kinds: Mapping[str, JobRunner]) -> AsyncGenerator[JobQueue]:
        database = Database(url)
        async with database.write() as connection:
            await connection.run_sync(jobs.create, checkfirst=True)
        store = JobStore(database)
        try:
            async with AsyncioJobQueue(kinds, store, shutdown_grace_seconds=0) as queue:
                yield queue
        finally:
            await database.aclose()

    return open_queue


@pytest.fixture(params=["sqlite", "postgresql"])
def open_queue(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    if request.param == "sqlite":
        return _asyncio_in(sqlite_url(tmp_path / "jobs.db"))
    return _asyncio_in(request.getfixturevalue("postgresql_url"))
