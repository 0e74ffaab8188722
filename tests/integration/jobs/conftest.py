"""The queues that satisfy the contract, each over a database of its own."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Protocol

import pytest

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.store import JobStore, jobs

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping
    from pathlib import Path

    from stoat_ferret.jobs.queue import JobQueue, JobRunner


class Backend(Protocol):
    """Opens a queue; each further call is the next process over the same records."""

    def __call__(self, kinds: Mapping[str, JobRunner]) -> AbstractAsyncContextManager[JobQueue]: ...


def _asyncio_on_sqlite(folder: Path) -> Backend:
    @asynccontextmanager
    async def open_queue(kinds: Mapping[str, JobRunner]) -> AsyncGenerator[JobQueue]:
        database = Database(sqlite_url(folder / "jobs.db"))
        async with database.write() as connection:
            await connection.run_sync(jobs.create, checkfirst=True)
        store = JobStore(database)
        try:
            async with AsyncioJobQueue(kinds, store, shutdown_grace_seconds=0) as queue:
                yield queue
        finally:
            await database.aclose()

    return open_queue


BACKENDS: dict[str, Callable[[Path], Backend]] = {"asyncio": _asyncio_on_sqlite}


@pytest.fixture(params=sorted(BACKENDS))
def open_queue(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    return BACKENDS[request.param](tmp_path)
