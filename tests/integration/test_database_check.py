"""Changes to a database's file are detected, so that no acknowledged write is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest
import sqlalchemy as sa

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.database_check import DatabaseCheck
from stoat_ferret.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

FAILURE_SECONDS = 60


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "library.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    """Open a database of 2 MB whose log has been written back to the file."""
    database = Database(sqlite_url(file))
    async with database.write() as connection:
        await connection.execute(sa.text("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)"))
        rows = [{"text": f"{number:02}" * 1000} for number in range(1000)]
        await connection.execute(sa.text("INSERT INTO notes (text) VALUES (:text)"), rows)
    await anyio.to_thread.run_sync(checkpoint, file)
    await write(database)
    yield database
    await database.aclose()


def checkpoint(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


async def write(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(sa.text("UPDATE notes SET text = text || 'x' WHERE id = 1"))


async def check(database: Database) -> str:
    with anyio.fail_after(FAILURE_SECONDS):
        return await DatabaseCheck(database, first_seconds=0)()


def remove(file: Path) -> None:
    file.unlink()


def remove_all(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink()


def remove_log(file: Path) -> None:
    file.with_name(f"{file.name}-wal").unlink()


def replace(file: Path) -> None:
    shutil.copy(file, file.with_name("copy.db"))
    file.with_name("copy.db").replace(file)


def truncate(file: Path) -> None:
    os.truncate(file, 1_000_000)


def empty(file: Path) -> None:
    os.truncate(file, 0)


def overwrite_middle(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(500_000)
        opened.write(os.urandom(400_000))


def overwrite_start(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.write(b"this is no database" * 1000)


async def test_a_database_that_is_well_is_said_to_be(database: Database) -> None:
    assert await check(database) == "sqlite answers"


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (remove, "was removed"),
        (remove_all, "was removed"),
        (remove_log, "library.db-wal was removed"),
        (replace, "another file"),
        (truncate, "damaged|cut short"),
        (empty, "damaged|cut short"),
        (overwrite_middle, "damaged"),
        (overwrite_start, "damaged"),
    ],
)
async def test_harm_is_noticed_and_then_nothing_is_acknowledged(
    database: Database, file: Path, harm: Callable[[Path], None], word: str
) -> None:
    assert await check(database) == "sqlite answers"
    await anyio.to_thread.run_sync(harm, file)
    with pytest.raises(DatabaseError, match=word) as found:
        await check(database)
    assert str(file) in str(found.value)
    with pytest.raises(DatabaseError, match=f"{word}|malformed"):
        await write(database)


@pytest.mark.parametrize("harm", [remove, remove_all, remove_log, replace, truncate, empty])
async def test_a_file_that_is_not_what_it_was_is_noticed_by_the_next_write(
    database: Database, file: Path, harm: Callable[[Path], None]
) -> None:
    await anyio.to_thread.run_sync(harm, file)
    with pytest.raises(DatabaseError):
        await write(database)
    if harm is remove_all:
        assert not file.exists()  # noqa: ASYNC240  no connection made a new one


@pytest.mark.parametrize("is_written_first", [True, False])
async def test_a_file_that_became_shorter_and_is_whole_is_none_the_worse(
    database: Database, file: Path, is_written_first: bool
) -> None:
    def shrink() -> None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("DELETE FROM notes WHERE id > 10")
            connection.commit()
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    assert await check(database) == "sqlite answers"
    await anyio.to_thread.run_sync(shrink)
    if is_written_first:
        await write(database)
    assert await check(database) == "sqlite answers"
    await write(database)


async def test_pages_are_looked_at_again_only_after_a_change(database: Database) -> None:
    looks = DatabaseCheck(database, first_seconds=0)
    await looks()
    looks._not_before = 0
    await looks()
    assert looks._checking is None
    assert looks._not_before == 0, "it looked at an unchanged file"
    await write(database)
    await looks()
    assert looks._not_before > 0


@contextmanager
def locked(file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


async def test_a_lock_of_another_program_is_said_and_over_when_it_is(
    database: Database, file: Path
) -> None:
    with locked(file), pytest.raises(DatabaseError, match="another program holds it locked"):
        await check(database)
    assert await check(database) == "sqlite answers"


async def test_all_who_wait_for_a_lock_are_told_together(file: Path, database: Database) -> None:
    patient = Database(sqlite_url(file), busy_timeout_seconds=1)
    refused = 0

    async def try_to_write() -> None:
        nonlocal refused
        with pytest.raises(DatabaseError, match="locked"):
            await write(patient)
        refused += 1

    started = time.monotonic()
    with locked(file):
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(try_to_write)
    assert refused == 20
    assert time.monotonic() - started < 10  # not a second for each
    assert "locked" in str(patient.trouble)
    await write(patient)
    assert str(patient.trouble) == "None"
    await patient.aclose()


async def test_who_waits_for_a_lock_can_be_cancelled(file: Path, database: Database) -> None:
    started = time.monotonic()
    with locked(file), anyio.move_on_after(0.2):
        await write(database)
    assert time.monotonic() - started < 5  # of the ten that it would wait
    await write(database)


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser may mount")
async def test_a_full_disk_is_said_and_over_when_there_is_room(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if (await anyio.run_process(mount, check=False)).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        database = Database(sqlite_url(folder / "library.db"))
        async with database.write() as connection:
            await connection.execute(
                sa.text("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
            )
        assert await check(database) == "sqlite answers"
        filler = folder / "filler"
        with pytest.raises(OSError, match="space"):
            await anyio.to_thread.run_sync(filler.write_bytes, bytes(9_000_000))
        with pytest.raises(DatabaseError, match="the disk is full"):
            await check(database)
        await anyio.to_thread.run_sync(filler.unlink)
        assert await check(database) == "sqlite answers"
        await database.aclose()
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: ASYNC221  the test is over
