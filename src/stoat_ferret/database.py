"""A SQLite or PostgreSQL database with cancellation-safe transactions."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import quote_from_bytes

import anyio
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from stoat_ferret.database_errors import describe, is_trouble, own_errors
from stoat_ferret.errors import ConfigurationError, DatabaseError
from stoat_ferret.sqlite_engine import SHORTER, OpenConnections, create_sqlite_engine, is_busy

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        Awaitable,
        Callable,
        Coroutine,
        Mapping,
        Sequence,
    )

    import aiosqlite
    from sqlalchemy.dialects import postgresql

    from stoat_ferret.sqlite_engine import SqliteFile

T = TypeVar("T")

SLICE = 5000
"""Rows per transaction, kept short so that other writers never wait long."""
READERS = 8
"""The maximum number of concurrent read transactions; others wait."""
BUSY_TIMEOUT_SECONDS = 10.0
_INTERRUPT_SECONDS = 0.02
_BUSY_RETRY_SECONDS = 0.02
_PROBE_SECONDS = 2.0

_ONE_SNAPSHOT: Mapping[str, Any] = {"isolation_level": "REPEATABLE READ"}
"""The options of a reader: by default, each statement of PostgreSQL sees a newer state."""
_ASYNC_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All tables of the program, whichever package defines them."""


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware datetime in UTC, on every database. Naive datetimes are rejected."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the time in UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the time as aware, whatever the database stores."""
        del dialect
        if value is None:
            return None
        # SQLite stores no time zone, but `process_bind_param` has converted the time to UTC.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Return a function that reads one value; a page of videos has hundreds of times."""
        general = super().result_processor(dialect, coltype)
        if dialect.name != "sqlite" or general is None:
            return general

        def read_text(text: str | None) -> Any:
            try:
                return None if text is None else datetime.fromisoformat(f"{text}+00:00")
            except ValueError:  # it has a time zone
                return general(text)

        return read_text


def sqlite_url(path: str | os.PathLike[str]) -> sa.URL:
    """Return the URL of the SQLite file at `path`, whose name may contain any characters."""
    return sa.URL.create("sqlite+aiosqlite", database=str(path))


def open_to_read(path: str | os.PathLike[str]) -> sqlite3.Connection:
    """Open an SQLite file read-only; the caller closes the connection. Blocking."""
    name = quote_from_bytes(os.fsencode(path))
    return sqlite3.connect(f"file:{name}?mode=ro", uri=True, isolation_level=None)


def insert(connection: AsyncConnection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that supports `on_conflict_do_update` and `on_conflict_do_nothing`."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    return sqlite.insert(table)


def slices(values: Sequence[T]) -> list[Sequence[T]]:
    """Split `values` into parts that fit into one statement."""
    return [values[start : start + SLICE] for start in range(0, len(values), SLICE)]


class Database:
    """Transactions on one database; readers and the writer never wait for each other.

    A cancelled or failed block is rolled back completely, its running statement is interrupted, and
    its connection remains usable. Driver errors leave a block as `DatabaseError`; inside the block
    they are SQLAlchemy errors. A connection belongs to the block and the task that opened it.
    """

    engine: AsyncEngine

    def __init__(
        self,
        url: str | sa.URL,
        *,
        busy_timeout_seconds: float = BUSY_TIMEOUT_SECONDS,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Create an unconnected database. Raises `ConfigurationError` for an unusable URL.

        `options` are execution options of all transactions, for those who read rows of them.
        `busy_timeout_seconds` is how long SQLite waits for another process (a backup, a shell) that
        has locked the file.
        """
        self._options = dict(options or {})
        self._busy_timeout_seconds = busy_timeout_seconds
        self._busy_since: float | None = None
        self._opened = OpenConnections()
        self.engine = _create_engine(url, busy_timeout_seconds, self._opened)
        self._writer = anyio.Lock(fast_acquire=True)
        self._readers = anyio.Semaphore(READERS, fast_acquire=True)

    trouble: str | None = None
    """Why the last write failed, if the database or its disk is to blame."""
    on_trouble: Callable[[], None] = staticmethod(lambda: None)
    """A function that is called when a transaction fails for such a reason."""
    damage: str | None = None
    """A description of known damage; nothing is written until it is reset to None."""

    @property
    def file(self) -> SqliteFile | None:
        """The file of an SQLite database; None for PostgreSQL."""
        return self._opened.file

    @property
    def unfenced(self) -> Database:
        """The database without the conditions that a view of it adds to its writes."""
        return self

    @property
    def is_sqlite(self) -> bool:
        """True if the database is an SQLite file on this machine."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def write(self, *, durable: bool = True) -> AsyncGenerator[AsyncConnection]:
        """Open a write transaction that commits at the end of the block; one at a time.

        After the block, the data is on disk and survives a power failure. With `durable=False`,
        which is cheaper, it survives the end of this process but perhaps not a power failure.
        Raises `RuntimeError` for a block inside a block of the same task. A write into a file that
        no longer exists or is known to be damaged fails.
        """
        try:
            async with self._writer, self._transaction(writes=True, durable=durable) as connection:
                yield connection
        except DatabaseError as error:
            if is_trouble(error):
                self.trouble = str(error)
                self.on_trouble()
            raise
        self.trouble = None

    async def probe(self) -> None:
        """Raise `DatabaseError` if nothing can be written now; writes only after a failure."""
        failed = self.trouble
        try:
            async with asyncio.timeout(_PROBE_SECONDS), self.write(durable=False) as connection:
                if failed is not None:
                    await _write_the_same(connection)
        except TimeoutError:
            if self._busy_since is not None:
                cause = sqlite3.OperationalError("database is locked")
                cause.sqlite_errorname = "SQLITE_BUSY"
                raise DatabaseError(describe(cause, self.engine.url)) from None
            # Otherwise a transaction of this process is in progress.

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """Open a read-only transaction that sees one consistent snapshot."""
        try:
            async with self._readers, self._transaction(writes=False, durable=False) as connection:
                yield connection
        except DatabaseError as error:
            if is_trouble(error):
                self.on_trouble()
            raise

    @asynccontextmanager
    async def without_writers(self) -> AsyncGenerator[None]:
        """Block write transactions of this object until the block ends; readers continue."""
        async with self._writer:
            yield
            # The contents of the file may have been replaced.
            self.damage = None
            if self.file is not None:
                self.file.forget_size()

    async def aclose(self) -> None:
        """Close all connections; all blocks should have ended.

        With SQLite, unfinished blocks lose their connections, and no new block can start.
        """
        await finish(self._close())

    async def _close(self) -> None:
        self._opened.is_over = True
        await self.engine.dispose()
        await self._opened.close()

    @asynccontextmanager
    async def _transaction(self, *, writes: bool, durable: bool) -> AsyncGenerator[AsyncConnection]:
        connection = _SqliteTransaction(self.engine) if self.is_sqlite else self.engine.connect()
        with own_errors(self.engine.url):
            try:
                connection = await finish(connection.start())
                connection = await connection.execution_options(
                    stoat_writes=writes,
                    stoat_durable=durable,
                    postgresql_readonly=not writes,
                    **({} if self.is_sqlite or writes else _ONE_SNAPSHOT),
                    **self._options,
                )
                if self.is_sqlite and writes:
                    await self._begin(connection)
                elif writes and not durable:
                    await connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")
                yield connection
                if self.is_sqlite and writes:
                    await self._verify(connection)
            except BaseException:
                await finish(_abandon(connection))
                raise
            await finish(_end(connection, commit=writes))

    async def _begin(self, connection: AsyncConnection) -> None:
        """Begin a write transaction as soon as no other process writes.

        The timeout starts with the first waiting transaction, so that queued transactions time out
        together. A cancellation ends the wait immediately, whereas SQLite would sleep through it.
        """
        while True:
            try:
                await finish(_started(connection))
            except sa.exc.OperationalError as error:
                if not is_busy(error.orig):
                    raise
                self._busy_since = since = self._busy_since or time.monotonic()
                if time.monotonic() - since > self._busy_timeout_seconds:
                    raise
            else:
                self._busy_since = None
                return
            await asyncio.sleep(_BUSY_RETRY_SECONDS)

    async def _verify(self, connection: AsyncConnection) -> None:
        """Raise if the written data would be lost together with the file."""
        if self.damage is not None:
            raise sqlite3.DatabaseError(self.damage)
        if self.file is None:
            return
        fault = await _in_driver(connection, self.file.fault)
        if fault == SHORTER and await _size(connection) <= self.file.found_bytes:
            self.file.forget_size()  # caused by VACUUM in another process
        elif fault:
            raise sqlite3.OperationalError(fault)


async def finish(
    work: Coroutine[Any, Any, T], *, interrupt: Callable[[], Awaitable[None]] | None = None
) -> T:
    """Await `work` to completion even if the task is cancelled; re-raise the cancellation after it.

    After a cancellation, `interrupt` is called repeatedly until the work has ended.
    """
    task = asyncio.ensure_future(work)
    cancellation: asyncio.CancelledError | None = None
    if interrupt is not None:
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancellation = error
    # The scope shields from anyio cancellation, the loop from asyncio cancellation.
    with anyio.CancelScope(shield=True):
        while not task.done():
            if cancellation is not None and interrupt is not None:
                await interrupt()
            try:
                await asyncio.wait({task}, timeout=_INTERRUPT_SECONDS if interrupt else None)
            except asyncio.CancelledError as error:
                cancellation = error
    if cancellation is not None:
        raise cancellation from task.exception()
    return task.result()


class _SqliteTransaction(AsyncConnection):
    """A connection whose statements are not cancelled.

    A cancelled task would leave its statement running in the driver's thread, and SQLAlchemy would
    then close the connection, which waits for the statement. Here the statement finishes or is
    interrupted before the cancellation continues.
    """

    __slots__ = ()

    async def execute(self, *args: Any, **options: Any) -> Any:
        return await finish(super().execute(*args, **options), interrupt=self._interrupt)

    async def exec_driver_sql(self, *args: Any, **options: Any) -> Any:
        return await finish(super().exec_driver_sql(*args, **options), interrupt=self._interrupt)

    async def run_sync(self, *args: Any, **options: Any) -> Any:
        return await finish(super().run_sync(*args, **options), interrupt=self._interrupt)

    async def _interrupt(self) -> None:
        connection = self.sync_connection
        if connection is not None and not connection.invalidated:
            driver = connection.connection.driver_connection
            # Called repeatedly, because it has no effect between two statements.
            await cast("aiosqlite.Connection", driver).interrupt()


async def _in_driver(connection: AsyncConnection, function: Callable[[], T]) -> T:
    """Call `function` in the thread of the connection and return its result."""
    driver = (await connection.get_raw_connection()).driver_connection
    execute = cast("Any", driver)._execute  # noqa: SLF001  the driver offers no other way
    return cast("T", await finish(execute(function)))  # blocking-ok: in the thread of the driver


async def _size(connection: AsyncConnection) -> int:
    """Return the minimum file size in bytes after the whole WAL has been written back."""
    pages = await connection.scalar(sa.text("PRAGMA page_count")) or 0
    return int(pages) * int(await connection.scalar(sa.text("PRAGMA page_size")) or 0)


async def _started(connection: AsyncConnection) -> None:
    _ = await connection.begin().start()


async def _write_the_same(connection: AsyncConnection) -> None:
    if connection.dialect.name == "sqlite":
        version = await connection.scalar(sa.text("PRAGMA user_version"))
        await connection.exec_driver_sql(f"PRAGMA user_version = {version}")


async def _end(connection: AsyncConnection, *, commit: bool) -> None:
    try:
        await (connection.commit() if commit else connection.rollback())
    except BaseException:
        await _abandon(connection)
        raise
    await connection.close()


async def _abandon(connection: AsyncConnection) -> None:
    """Roll back and release the connection; discard it if the rollback fails."""
    if connection.sync_connection is None:
        return
    try:
        await connection.rollback()
    except Exception:  # noqa: BLE001  whatever the reason, this connection is not used again
        await connection.invalidate()
    finally:
        await connection.close()


def _create_engine(
    url: str | sa.URL, busy_timeout_seconds: float, opened: OpenConnections
) -> AsyncEngine:
    try:
        parsed = make_url(url)
        parsed = parsed.set(drivername=_ASYNC_DRIVERS.get(parsed.drivername, parsed.drivername))
        if parsed.get_backend_name() == "sqlite":
            return create_sqlite_engine(parsed, READERS + 1, busy_timeout_seconds, opened)
        # In another time zone, the first hours of year 1 would precede it, which Python's datetime
        # cannot represent.
        options = f"{parsed.query.get('options', '')} -c timezone=UTC"
        parsed = parsed.update_query_dict({"options": options})
        # A server that was restarted has closed the connections that wait for their next use.
        return create_async_engine(
            parsed, pool_size=READERS + 1, max_overflow=0, pool_pre_ping=True
        )
    except ImportError as error:
        raise ConfigurationError(
            f"The database URL (STOAT_DATABASE_URL) cannot be used: {error}. The driver of "
            "PostgreSQL comes with the extra: pip install 'stoat-ferret[postgresql]'"
        ) from error
    except (sa.exc.ArgumentError, sa.exc.InvalidRequestError, ValueError) as error:
        raise ConfigurationError(
            f"The database URL (STOAT_DATABASE_URL) cannot be used: {error}"
        ) from error
