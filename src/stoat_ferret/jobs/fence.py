"""Fences: only the newest attempt of a job, while its job is active, may change anything."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.database import Database
from stoat_ferret.errors import NoLongerMineError
from stoat_ferret.jobs.store import is_of_attempt, jobs

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.jobs.queue import Handler, JobContext
    from stoat_ferret.sqlite_engine import SqliteFile


# Made once: every write of a handler begins with it. In PostgreSQL, whoever takes the job away
# waits for the end of the transaction.
_OF_ATTEMPT = (
    sa.select(jobs.c.attempt)
    .where(*is_of_attempt(sa.bindparam("of_job"), sa.bindparam("number")))
    .with_for_update(read=True)
)


@dataclass(frozen=True, slots=True)
class Fence:
    """The condition of everything that an attempt of a job writes: that it is still on."""

    job_id: str
    attempt: int

    async def check(self, connection: AsyncConnection) -> None:
        """Raise `NoLongerMineError` unless the attempt is on until the end of the transaction.

        It must be the first statement of a write transaction.
        """
        mine = {"of_job": self.job_id, "number": self.attempt}
        if await connection.scalar(_OF_ATTEMPT, mine) is None:
            raise NoLongerMineError(self.job_id, self.attempt)


class FencedDatabase(Database):
    """A database whose write transactions begin with a check of a fence; it shares all else."""

    def __init__(self, database: Database, fence: Fence) -> None:
        """Create a view of `database`, which remains its owner's to close."""
        self.engine = database.engine
        self._database = database
        self._fence = fence

    @property
    def unfenced(self) -> Database:
        """The database itself."""
        return self._database.unfenced

    @property
    def file(self) -> SqliteFile | None:
        """The file of an SQLite database; None for PostgreSQL."""
        return self._database.file

    @asynccontextmanager
    async def write(self, *, durable: bool = True) -> AsyncGenerator[AsyncConnection]:
        """Open a write transaction. Raises `NoLongerMineError` if the attempt is over."""
        async with self._database.write(durable=durable) as connection:
            await self._fence.check(connection)
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """Open a read-only transaction, also if the attempt is over."""
        async with self._database.read() as connection:
            yield connection

    async def probe(self) -> None:
        """Raise `DatabaseError` if nothing can be written now."""
        await self._database.probe()

    @asynccontextmanager
    async def without_writers(self) -> AsyncGenerator[None]:
        """Block write transactions until the block ends."""
        async with self._database.without_writers():
            yield

    async def aclose(self) -> None:
        """Do nothing: the connections belong to the owner of the database."""


class FencedHandler:
    """A handler that is made for each attempt, of a database in which that is all it can write."""

    def __init__(self, database: Database, make: Callable[[Database], Handler]) -> None:
        self._database = database
        self._make = make

    async def __call__(self, context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        handler = self._make(FencedDatabase(self._database, context.fence))
        return await handler(context, params)
