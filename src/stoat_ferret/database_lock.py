"""Exclusive ownership of a database, regardless of data folders and file names."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from stoat_ferret.data_folder import LockInUseError, Owner, OwnerLock, entered
from stoat_ferret.database_errors import own_errors, shown_url
from stoat_ferret.errors import ConfigurationError, DatabaseError, DatabaseInUseError, reason_of
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from stoat_ferret.database import Database

WAIT_SECONDS = 1.0
"""The maximum wait for a short command that uses the database."""
WATCH_SECONDS = 5.0
"""The interval between checks of the connection that holds the PostgreSQL lock."""
_RETRY_SECONDS = 0.05
_LOCK_CLASS = 0x53544F41
"""The first of the two keys of the lock; the second is the hash of the schema name."""


@asynccontextmanager
async def own_database(
    database: Database, purpose: str, data_dir: Path, *, wait_seconds: float = WAIT_SECONDS
) -> AsyncIterator[None]:
    """Own `database` exclusively until the block ends.

    Readers need no ownership. `purpose` is the command shown to other processes. Raises
    `DatabaseInUseError`, also in the middle of the block if the PostgreSQL server lost the lock and
    another process has taken it; the block is then cancelled.
    """
    if database.is_sqlite:
        owner = Owner(purpose, os.getpid(), data_dir=str(data_dir))
        block = _own_file(Path(database.engine.url.database or ""), owner, wait_seconds)
        async with entered(block):
            yield
    else:
        async with _PostgresqlLock(database, purpose).held(wait_seconds):
            yield


@contextmanager
def _own_file(path: Path, owner: Owner, wait_seconds: float) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            # The lock file is at the same place for every name and link of the database.
            file = path.resolve()
            file.parent.stat()  # locking would create the folder
            _refuse_second_name(file)
            paths = (file.with_name(f"{file.name}.{end}") for end in ("lock", "owner"))
            lock = OwnerLock(*paths, is_of_process=True)
            stack.enter_context(lock.acquire(owner, wait_seconds=wait_seconds))
        except LockInUseError as error:
            name = str(error.owner or "another stoat-ferret process")
            data_dir = error.owner.data_dir if error.owner else None
            raise DatabaseInUseError(for_display(path), name, data_dir) from error
        except OSError as error:
            raise DatabaseError(
                f"The database {for_display(path)} cannot be used: there can be no lock beside it "
                f"({reason_of(error)}). Check that its folder exists and may be written."
            ) from error
        yield


def _refuse_second_name(file: Path) -> None:
    # Each name would have its own WAL and lock: https://sqlite.org/howtocorrupt.html
    if file.exists() and file.stat().st_nlink > 1:
        raise ConfigurationError(
            f"The database {for_display(file)} has a second name (a hard link), and a database "
            "that is used by two names is damaged. Remove the other one; this finds it: "
            f"find / -xdev -samefile {for_display(file)}"
        )


class _PostgresqlLock:
    """An advisory lock in a separate session; PostgreSQL frees it when the session ends."""

    def __init__(self, database: Database, purpose: str) -> None:
        self._url = database.engine.url
        self._name = f"{purpose} (process {os.getpid()} on {socket.gethostname()})"
        self._engine: AsyncEngine = create_async_engine(
            self._url, poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        self._connection: AsyncConnection | None = None

    @asynccontextmanager
    async def held(self, wait_seconds: float) -> AsyncIterator[None]:
        task = asyncio.current_task()
        try:
            with own_errors(self._url):
                await self._acquire(wait_seconds)
            watch = asyncio.create_task(self._watch())
            if task is not None:
                watch.add_done_callback(lambda ended: ended.cancelled() or task.cancel())
            try:
                yield
            finally:
                await _end(watch)
        finally:
            await self._close()

    async def _acquire(self, wait_seconds: float) -> None:
        end = time.monotonic() + wait_seconds
        self._connection = connection = await self._engine.connect()
        name = sa.text("SELECT set_config('application_name', :name, false)")
        await connection.execute(name, {"name": self._name})
        lock = sa.text("SELECT pg_try_advisory_lock(:kind, hashtext(current_schema()))")
        while not await connection.scalar(lock, {"kind": _LOCK_CLASS}):
            if time.monotonic() > end:
                owner = await _holder(connection)
                raise DatabaseInUseError(shown_url(self._url), owner)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _watch(self) -> None:
        """Detect a lost session and lock again; raise if another process was faster."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                if self._connection is None:
                    await self._acquire(0)
                else:
                    await self._connection.execute(sa.text("SELECT 1"))
            except (sa.exc.DBAPIError, OSError):  # no process can take the lock meanwhile
                await self._close()

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sa.exc.DBAPIError, OSError):
                await connection.close()


async def _end(watch: asyncio.Task[None]) -> None:
    """End the watch; raise its error."""
    watch.cancel()
    await asyncio.wait([watch])
    if not watch.cancelled():
        watch.result()


async def _holder(connection: AsyncConnection) -> str:
    """Return the application name of the session that holds the lock."""
    found = sa.text(
        "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)"
        " JOIN pg_database ON pg_database.oid = pg_locks.database"
        " WHERE pg_database.datname = current_database() AND locktype = 'advisory' AND granted"
        " AND classid = CAST(:kind AS oid) AND objsubid = 2"
        " AND pg_locks.objid = CAST(hashtext(current_schema())::bigint & 4294967295 AS oid)"
    )
    name = await connection.scalar(found, {"kind": _LOCK_CLASS})
    return str(name or "another stoat-ferret process")
