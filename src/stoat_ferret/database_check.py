"""A health check of the database: its file exists, is undamaged and is writable."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.database import open_to_read
from stoat_ferret.database_errors import describe
from stoat_ferret.disk import in_thread, run_on_disk_thread
from stoat_ferret.errors import DatabaseError

if TYPE_CHECKING:
    from stoat_ferret.database import Database
    from stoat_ferret.sqlite_engine import SqliteFile

_FIRST_SECONDS = 10.0
"""The time from the start of the program to the first check of the pages."""
_MOST_PART = 0.01
"""The maximum fraction of time spent on checking pages."""
_WAIT_SECONDS = 2.0
_ANSWER_SECONDS = 2.0
_LEAST_FREE_BYTES = 1024 * 1024

Signature = tuple[int, ...]


class DatabaseCheck:
    """A check for `HealthMonitor`; raises `DatabaseError` with the fault.

    The pages of an SQLite file are checked (`PRAGMA quick_check`) if the file has changed, in a
    thread, for at most a hundredth of the time: damage to a file of a gigabyte is found within
    minutes, to a small file immediately.
    """

    def __init__(self, database: Database, *, first_seconds: float = _FIRST_SECONDS) -> None:
        self._database = database
        self._not_before = time.monotonic() + first_seconds
        self._checking: asyncio.Future[tuple[str | None, float]] | None = None
        self._checked: Signature | None = None

    async def __call__(self) -> str:
        """Query the database, check its file, then check that it is writable."""
        async with self._database.read() as connection:
            await connection.execute(sa.text("SELECT 1"))
        if self._database.file is not None:
            await self._check_file(self._database.file)
        await self._database.probe()
        return f"{self._database.engine.dialect.name} answers"

    async def _check_file(self, file: SqliteFile) -> None:
        fault = await run_on_disk_thread(file.loss, timeout_seconds=_ANSWER_SECONDS)
        if fault is None:  # a second connection could make a loss worse
            await self._check_pages(file)
            fault = await run_on_disk_thread(file.fault, timeout_seconds=_ANSWER_SECONDS)
        cause = sqlite3.DatabaseError(fault or self._database.damage or "")
        if not fault and not self._database.damage:
            room = await run_on_disk_thread(_free_bytes, file.path, timeout_seconds=_ANSWER_SECONDS)
            if room >= _LEAST_FREE_BYTES:
                return
            cause = sqlite3.OperationalError(f"{room:,} bytes are free")
            cause.sqlite_errorname = "SQLITE_FULL"
        raise DatabaseError(describe(cause, self._database.engine.url))

    async def _check_pages(self, file: SqliteFile) -> None:
        if self._checking is None and time.monotonic() >= self._not_before:
            signature = await run_on_disk_thread(
                _signature, file.path, timeout_seconds=_ANSWER_SECONDS
            )
            if signature != self._checked:
                self._checked = signature
                self._checking = in_thread(_quick_check, file.path)
        if self._checking is None:
            return
        await asyncio.wait([self._checking], timeout=_WAIT_SECONDS)
        if not self._checking.done():
            return
        found, seconds = self._checking.result()
        self._checking = None
        self._not_before = time.monotonic() + seconds / _MOST_PART
        self._database.damage = found
        if found is None:
            file.forget_size()  # the file is shorter but undamaged
        else:
            self._checked = None


def _signature(path: str) -> Signature:
    """Return a value that changes with every write to the file or its WAL."""
    found: list[int] = []
    for name in (path, f"{path}-wal"):
        try:
            status = os.stat(name)  # noqa: PTH116  a name that may not be UTF-8
        except OSError:
            continue
        found += (status.st_ino, status.st_size, status.st_mtime_ns)
    return tuple(found)


def _quick_check(path: str) -> tuple[str | None, float]:
    """Return the damage as part of a sentence, if any, and the seconds that the check took."""
    started = time.monotonic()
    damage: str | None = None
    try:
        with closing(open_to_read(path)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        damage = None if found == "ok" else " ".join(str(found).split())
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            damage = str(error)
    if damage is not None:
        damage = f"its file is damaged ({damage}). Stop the server, and restore a backup"
    return damage, time.monotonic() - started


def _free_bytes(path: str) -> int:
    disk = os.statvfs(os.path.dirname(path))  # noqa: PTH120  as above
    # The superuser may also use the reserved blocks.
    return disk.f_frsize * (disk.f_bfree if os.geteuid() == 0 else disk.f_bavail)
