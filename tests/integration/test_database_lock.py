"""Only one process works on a database, whatever the names of it and its data folder."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest
import sqlalchemy as sa

from stoat_ferret import database_lock
from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.database_lock import own_database
from stoat_ferret.errors import ConfigurationError, DatabaseError, DatabaseInUseError

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from pathlib import Path

FAILURE_SECONDS = 30
LOCK = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"


HOLDER = """
import asyncio, sys
from pathlib import Path
from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.database_lock import own_database

async def hold():
    database = Database(sqlite_url(sys.argv[1]))
    async with own_database(database, "stoat-ferret serve", Path(sys.argv[2])):
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(hold())
"""


@asynccontextmanager
async def other_process(file: Path, data_dir: Path) -> AsyncIterator[Process]:
    """Run a process that holds the lock until its standard input ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLDER, str(file), str(data_dir)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        with anyio.fail_after(FAILURE_SECONDS):
            assert await process.stdout.readline() == b"held\n"
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def test_a_second_name_of_the_file_leads_to_the_same_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "library.db"
    file.touch()
    (tmp_path / "link.db").symlink_to("library.db")
    (tmp_path / "folder").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    async with other_process(file, tmp_path / "one") as process:
        for name in (str(file), "library.db", "link.db", f"{tmp_path}/folder/./link.db"):
            second = Database(f"sqlite:///{name}")
            with pytest.raises(DatabaseInUseError) as refused:
                async with own_database(second, "scan", tmp_path / "two", wait_seconds=0):
                    raise AssertionError("both have it")
            sentence = str(refused.value)
            assert f"`stoat-ferret serve` (process {process.pid})" in sentence
            assert f"--data-dir {tmp_path / 'one'}" in sentence
        process.kill()
        await process.wait()
        async with own_database(second, "scan", tmp_path / "two", wait_seconds=0):
            pass


async def test_a_short_owner_is_waited_for(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "library.db"))

    async def wait() -> None:
        async with own_database(database, "serve", tmp_path, wait_seconds=FAILURE_SECONDS):
            pass

    async with other_process(tmp_path / "library.db", tmp_path) as process:
        waiting = asyncio.create_task(wait())
        assert process.stdin is not None
        process.stdin.close()
        with anyio.fail_after(FAILURE_SECONDS):
            await waiting


async def test_one_process_may_have_it_twice(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "library.db"))
    owner = tmp_path / "library.db.owner"
    async with own_database(database, "serve", tmp_path):
        async with own_database(database, "serve", tmp_path):
            pass
        assert await anyio.to_thread.run_sync(owner.exists)
    assert not await anyio.to_thread.run_sync(owner.exists)


async def test_a_file_with_two_hard_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "library.db").touch()
    os.link(tmp_path / "library.db", tmp_path / "other.db")
    for name in ("library.db", "other.db"):
        with pytest.raises(ConfigurationError, match="second name"):
            async with own_database(Database(sqlite_url(tmp_path / name)), "scan", tmp_path):
                raise AssertionError("it was not refused")


async def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="Check that its folder exists"):
        async with own_database(
            Database(sqlite_url(tmp_path / "no" / "library.db")), "scan", tmp_path
        ):
            raise AssertionError("it was not refused")


async def test_postgresql_refuses_the_second_one(tmp_path: Path, postgresql_url: str) -> None:
    first, second = Database(postgresql_url), Database(postgresql_url)
    try:
        async with own_database(first, "stoat-ferret serve", tmp_path):
            with pytest.raises(DatabaseInUseError, match=rf"serve \(process {os.getpid()} on "):
                async with own_database(second, "scan", tmp_path, wait_seconds=0):
                    raise AssertionError("both have it")
        async with own_database(second, "scan", tmp_path, wait_seconds=0):
            pass
    finally:
        await first.aclose()
        await second.aclose()


@pytest.mark.parametrize("is_taken", [False, True])
async def test_a_lost_session_is_noticed(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch, is_taken: bool
) -> None:
    """The server of PostgreSQL ends the session; the lock is taken again, if it is free."""
    monkeypatch.setattr(database_lock, "WATCH_SECONDS", 0.2)
    first, second = Database(postgresql_url), Database(postgresql_url)
    end = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    )
    try:
        async with AsyncExitStack() as stack:
            if is_taken:
                stack.enter_context(pytest.raises(DatabaseInUseError))
            await stack.enter_async_context(own_database(first, "serve", tmp_path))
            async with second.read() as connection:
                await connection.execute(end)
            if is_taken:
                await stack.enter_async_context(own_database(second, "other", tmp_path))
                await asyncio.sleep(FAILURE_SECONDS)  # until it is cancelled
            with anyio.fail_after(FAILURE_SECONDS):
                while not await _count_locks(second):  # noqa: ASYNC110  another process has it
                    await asyncio.sleep(0.05)
    finally:
        await first.aclose()
        await second.aclose()


async def _count_locks(database: Database) -> int:
    async with database.read() as connection:
        return int(await connection.scalar(sa.text(LOCK)) or 0)
