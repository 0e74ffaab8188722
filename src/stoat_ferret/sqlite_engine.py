"""Connections to an SQLite file: setup, waiting for locks, and detection of a lost file."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakSet

import aiosqlite
from sqlalchemy import event
from sqlalchemy.ext.asyncio import create_async_engine

from stoat_ferret.folded_text import folder_chain, folder_key, folder_parent
from stoat_ferret.text import letter_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import sqlalchemy as sa
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.ext.asyncio import AsyncEngine

_SHORT_BUSY_MILLISECONDS = 20
"""The time that SQLite itself waits for another writer; that wait cannot be interrupted."""
_WAL_RETRY_SECONDS = 0.01
_INTERRUPT_SECONDS = 0.02
_FIRST_ROWS = 128
"""The number of rows that are fetched together with the execution of their statement.

A page of videos of the default length fits.
"""


def create_sqlite_engine(
    url: sa.URL, connections: int, busy_timeout_seconds: float, opened: OpenConnections
) -> AsyncEngine:
    """Create an engine for the file in `url` with at most `connections`, tracked in `opened`.

    Raises `ValueError` for an in-memory database.
    """
    if not url.database or url.database == ":memory:":
        raise ValueError("SQLite needs a file: readers and the writer are separate connections")
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        connect_args={
            "timeout": busy_timeout_seconds,
            # The driver must not begin transactions on its own; `_begin_sqlite` does.
            "isolation_level": None,
            "async_creator_fn": partial(_connect_sqlite, opened),
        },
    )
    event.listen(
        engine.sync_engine,
        "connect",
        lambda connection, record: _prepare_sqlite(connection, record, busy_timeout_seconds),
    )
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


class _SqliteConnection(aiosqlite.Connection):
    """A connection that several tasks may close at once, while others use it.

    The driver's own would let the second of them wait for ever. Here what runs already ends before
    the connection does, and what comes later fails.
    """

    stopped: asyncio.Future[Any] | None = None
    must_begin = False
    """Whether a transaction begins with the next statement, in the same call of the thread."""

    def stop(self) -> asyncio.Future[Any] | None:
        """Close it once all that runs has ended; return a future of the end, unless collected."""
        if self._running:
            self.stopped = super().stop()
        # A cancelled task cancels the future that it awaits, but others await the end as well.
        return None if self.stopped is None else asyncio.shield(self.stopped)

    async def close(self) -> None:
        if self._connection is None:
            return
        end = self.stop()  # blocking-ok: the thread of the connection closes it
        if end is not None:
            await end

    async def interrupt(self) -> None:
        with suppress(sqlite3.ProgrammingError):  # it is not open, or no longer
            await super().interrupt()

    @property
    def _conn(self) -> sqlite3.Connection:
        if self._connection is None:
            raise _closed()
        return self._connection

    async def rollback(self) -> None:
        self.must_begin = False
        if self._running and self._conn.in_transaction:  # closing rolls back as well
            await super().rollback()

    async def _execute(self, fn: Any, *args: Any, **options: Any) -> Any:
        if not self._running:
            raise _closed()
        in_thread = cast("Any", super())._execute  # noqa: SLF001  of its own class
        return await in_thread(fn, *args, **options)

    def cursor(self) -> _Cursor:  # type: ignore[override]  # only SQLAlchemy calls it
        return _Cursor(self)


def _closed() -> sqlite3.ProgrammingError:
    return sqlite3.ProgrammingError("it was closed")


class _Cursor(aiosqlite.Cursor):
    """A cursor that usually calls the thread of its connection once per statement.

    The driver's own cursor calls it to be created, to execute, to fetch and to be closed, and each
    call costs more than a small statement.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        super().__init__(connection, cast("sqlite3.Cursor", None))
        self._rows: list[Any] = []
        self._has_more = False

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> _Cursor:
        return await self._run(sqlite3.Cursor.execute, sql, parameters or ())

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> _Cursor:
        return await self._run(sqlite3.Cursor.executemany, sql, parameters)

    async def _run(
        self, method: Callable[..., object], sql: str, parameters: Iterable[Any]
    ) -> _Cursor:
        connection = cast("_SqliteConnection", self._conn)

        def run() -> None:
            self._cursor = connection._conn.cursor()  # noqa: SLF001  the thread's own connection
            if connection.must_begin:
                connection.must_begin = False
                self._cursor.execute("BEGIN")
            method(self._cursor, sql, parameters)
            if self._cursor.description:
                self._rows = self._cursor.fetchmany(_FIRST_ROWS)
                # SQLite resets a statement after its last row, so it need not be closed.
                self._has_more = len(self._rows) == _FIRST_ROWS

        in_thread = cast("Any", self)._execute  # noqa: SLF001  of its own class
        await in_thread(run)  # blocking-ok: the thread of the connection runs it
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        if self._has_more:
            rows += await super().fetchall()
            self._has_more = False
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = size or self.arraysize
        rows, self._rows = self._rows[:wanted], self._rows[wanted:]
        if self._has_more and not rows:
            rows = list(await super().fetchmany(wanted))
            self._has_more = bool(rows)
        return rows

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def close(self) -> None:
        self._rows = []
        if self._has_more:
            self._has_more = False
            with suppress(sqlite3.ProgrammingError):  # the database is closed already
                await super().close()


class SqliteFile:
    """The file of a database as it was when opened; its methods block briefly.

    After a file is removed or replaced, open connections continue to use it: their writes are lost
    when they close it.
    """

    def __init__(self) -> None:
        self.path = ""
        self._identity: tuple[int, int] | None = None
        self._size_bytes = 0
        self._has_log = False
        self.found_bytes = 0
        """The size of the file when it was last checked."""

    def remember(self, connection: sqlite3.Connection) -> None:
        """Store the file of `connection` as the file of the database, unless one is stored."""
        if self._identity is not None:
            return
        connection.text_factory = os.fsdecode
        self.path = connection.execute("PRAGMA database_list").fetchone()[2]
        connection.text_factory = str
        found = _stat(self.path)
        self._identity = (found.st_dev, found.st_ino)

    def forget_size(self) -> None:
        """Accept that the file may have become shorter."""
        self._size_bytes = 0

    def fault(self) -> str | None:
        """Return the fault of the file as part of a sentence; None if there is none."""
        fault = self.loss()
        if fault is None and self.found_bytes < self._size_bytes:
            return SHORTER
        self._size_bytes = self.found_bytes
        return fault

    def loss(self) -> str | None:
        """Like `fault`, but return None if the file only became shorter and is not empty."""
        if self._identity is None:
            return None
        try:
            found = _stat(self.path)
            self._has_log = self._look_at_log()
        except FileNotFoundError as error:
            return f"{error.filename} was removed while it was in use. {_MEND}"
        except OSError as error:
            return f"its file cannot be accessed ({error.strerror})"
        if (found.st_dev, found.st_ino) != self._identity:
            return f"another file was put in its place while it was in use. {_MEND}"
        self.found_bytes = found.st_size
        return SHORTER if self._size_bytes > 0 == self.found_bytes else None

    def refuse_another(self) -> None:
        """Raise if the file was replaced, or was lost so that connecting would create a new one."""
        if self._identity is not None and (loss := self.loss()):
            raise sqlite3.OperationalError(loss)

    def _look_at_log(self) -> bool:
        try:
            _stat(f"{self.path}-wal")
        except FileNotFoundError:
            if self._has_log:
                raise
            return False
        return True


def _stat(path: str) -> os.stat_result:
    return os.stat(path)  # noqa: PTH116  a name that may not be UTF-8


_MEND = "Stop the server, and restore a backup (`stoat-ferret restore`)"
SHORTER = f"its file was cut short from outside. {_MEND}"
"""The fault of a file that became shorter, perhaps because of VACUUM."""


@dataclass(slots=True)
class OpenConnections:
    """The connections of one database; a closed pool forgets its checked-out connections."""

    file: SqliteFile | None = None
    connections: WeakSet[_SqliteConnection] = field(default_factory=WeakSet)
    is_over: bool = False

    async def close(self) -> None:
        """Interrupt and close open connections; one that is being opened checks `is_over`."""
        await asyncio.gather(*map(_close_soon, self.connections))


async def _close_soon(connection: _SqliteConnection) -> None:
    end = asyncio.ensure_future(connection.close())
    while not end.done():
        # Called repeatedly, because it has no effect before the statement begins.
        await connection.interrupt()
        await asyncio.wait({end}, timeout=_INTERRUPT_SECONDS)
    await end


async def _connect_sqlite(
    opened: OpenConnections, path: str, **options: Any
) -> aiosqlite.Connection:
    file = opened.file = opened.file or SqliteFile()

    def connect() -> sqlite3.Connection:
        file.refuse_another()
        made: sqlite3.Connection = sqlite3.connect(path, **options)
        add_functions(made)
        file.remember(made)
        return made

    connection = _SqliteConnection(connect, iter_chunk_size=64)
    # A connection left open must not keep the process from exiting.
    connection._thread.daemon = True  # noqa: SLF001  the driver offers no other way
    opened.connections.add(connection)
    try:
        ready = await connection
    except BaseException as error:
        # Otherwise its thread would call a loop that may be closed by then.
        if connection.stopped is not None:
            await connection.stopped
        # The last connection removes the log when it closes, which is no loss.
        if opened.is_over and isinstance(error, sqlite3.Error):
            raise _closed() from error
        raise
    if opened.is_over:
        await ready.close()
        raise _closed()
    return ready


def add_functions(connection: sqlite3.Connection) -> None:
    """Define the functions that triggers call; without them, nothing is written to the library."""
    for function in (letter_pairs, folder_chain, folder_parent, folder_key):
        connection.create_function(function.__name__, 1, function, deterministic=True)


def _prepare_sqlite(
    connection: DBAPIConnection, record: sa.pool.ConnectionPoolEntry, busy_timeout_seconds: float
) -> None:
    record.info["busy_timeout_full"] = int(busy_timeout_seconds * 1000)
    cast("sa.engine.AdaptedConnection", connection).run_async(
        lambda driver: _set_pragmas(driver, busy_timeout_seconds)
    )


async def _set_pragmas(connection: aiosqlite.Connection, busy_timeout_seconds: float) -> None:
    await _use_wal(connection, busy_timeout_seconds)
    for pragma in ("foreign_keys=ON", "cache_size=-16384"):
        await _run_pragma(connection, pragma)


async def _run_pragma(connection: aiosqlite.Connection, pragma: str) -> None:
    cursor = await connection.execute(f"PRAGMA {pragma}")
    await cursor.close()


async def _use_wal(connection: aiosqlite.Connection, busy_timeout_seconds: float) -> None:
    """Switch to WAL mode; retry while other processes lock the file.

    SQLite does not wait here: the last connection to close locks the file exclusively for a moment,
    and opening it then fails immediately.
    """
    end = time.monotonic() + busy_timeout_seconds
    while True:
        try:
            await _run_pragma(connection, "journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > end:
                raise
            await asyncio.sleep(_WAL_RETRY_SECONDS)
        else:
            return


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("stoat_writes", True):
        _set_pragma(connection, "busy_timeout", connection.info["busy_timeout_full"])
        driver = cast("_SqliteConnection", connection.connection.driver_connection)
        driver.must_begin = True  # a call of the thread costs more than the statement
        return
    # With NORMAL, a commit in WAL mode skips the sync; the file stays consistent either way.
    _set_pragma(
        connection, "synchronous", "FULL" if options.get("stoat_durable", True) else "NORMAL"
    )
    _set_pragma(connection, "busy_timeout", _SHORT_BUSY_MILLISECONDS)
    # A transaction that starts with a read cannot always be upgraded to a write.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _set_pragma(connection: sa.Connection, name: str, value: object) -> None:
    if connection.info.get(name) != value:
        connection.exec_driver_sql(f"PRAGMA {name}={value}")
        connection.info[name] = value


def is_busy(error: BaseException | None) -> bool:
    """Return whether a driver error means that another connection has locked the file."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
