"""Transactions, their cancellation, and the errors that they raise."""

from __future__ import annotations

import asyncio
import gc
import random
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import anyio
import pytest
import sqlalchemy as sa
from tests.examples import ARE_USUAL, examples

from stoat_ferret.database import READERS, Database, UtcDateTime, insert, sqlite_url
from stoat_ferret.database_errors import describe
from stoat_ferret.errors import ConfigurationError, DatabaseError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

FAILURE_SECONDS = 20
# Takes minutes, unless it is interrupted.
ENDLESS = """
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000)
    INSERT INTO notes (text) SELECT x FROM n
"""

tables = sa.MetaData()
notes = sa.Table(
    "notes",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, unique=True),
    sa.Column("at", UtcDateTime),
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    # So whatever one block leaves behind affects the next one at once.
    database = Database(sqlite_url(tmp_path / "notes.db"), busy_timeout_seconds=0)
    async with database.write() as connection:
        await connection.run_sync(tables.create_all)
    yield database
    await database.aclose()


async def add(connection: AsyncConnection, text: str) -> None:
    await connection.execute(sa.insert(notes).values(text=text))


async def texts(database: Database) -> list[str]:
    async with database.read() as connection:
        return list(await connection.scalars(sa.select(notes.c.text).order_by(notes.c.id)))


async def pragma(connection: AsyncConnection, name: str) -> object:
    return await connection.scalar(sa.text(f"PRAGMA {name}"))


async def test_a_block_is_committed_at_its_end_and_seen_by_others_only_then(
    database: Database,
) -> None:
    async with database.write() as connection:
        await add(connection, "one")
        assert await texts(database) == []
    assert await texts(database) == ["one"]


async def test_a_block_that_raises_leaves_nothing_behind(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as connection:
            await add(connection, "one")
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert await texts(database) == []


async def test_what_a_reading_block_writes_is_not_kept(database: Database) -> None:
    async with database.read() as connection:
        await add(connection, "one")
    assert await texts(database) == []


async def test_a_reading_block_sees_one_state_throughout(database: Database) -> None:
    count = sa.select(sa.func.count()).select_from(notes)
    async with database.read() as reading:
        assert await reading.scalar(count) == 0
        async with database.write() as connection:
            await add(connection, "one")
        assert await reading.scalar(count) == 0


@pytest.mark.parametrize("count", [0, 1, 127, 128, 129, 300])
async def test_all_rows_come_however_they_are_fetched(database: Database, count: int) -> None:
    expected = [f"{number}" for number in range(count)]
    statement = sa.select(notes.c.text).order_by(notes.c.id)
    async with database.write() as connection:
        if expected:
            await connection.execute(sa.insert(notes), [{"text": text} for text in expected])
    async with database.read() as connection:
        assert list(await connection.scalars(statement)) == expected
        for size in (1, 7, 128, 200, None):
            async with connection.stream_scalars(statement) as stream:
                parts = [part async for part in stream.partitions(size)]
            assert [text for part in parts for text in part] == expected
        async with connection.stream_scalars(statement) as stream:
            first = await stream.fetchmany(2)
            assert [*first, *await stream.all()] == expected
        # A stream that was left early does not keep the next statement from its rows.
        assert (await connection.execute(statement)).scalars().first() == next(iter(expected), None)
        assert len((await connection.execute(statement)).all()) == count
    async with database.write() as connection:
        changed = await connection.scalars(
            sa.update(notes).values(text=notes.c.text + "!").returning(notes.c.text)
        )
        assert sorted(changed) == sorted(f"{text}!" for text in expected)
        deleted = await connection.execute(sa.delete(notes))
        assert deleted.rowcount == count


async def test_a_small_statement_calls_the_thread_of_its_connection_once(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with database.write() as connection:
        await add(connection, "first")
        with caplog.at_level("DEBUG", "aiosqlite"):
            await add(connection, "one")
            assert await connection.scalar(sa.select(sa.func.count(notes.c.id))) == 2
    assert len(calls_of_threads(caplog)) == 2


async def test_a_reading_block_calls_the_thread_of_its_connection_once_more_than_it_reads(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await texts(database)
    with caplog.at_level("DEBUG", "aiosqlite"):
        await texts(database)
        assert len(calls_of_threads(caplog)) == 2
        async with database.read():
            pass  # what is not read needs no transaction
    assert len(calls_of_threads(caplog)) == 2


def calls_of_threads(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the calls of connections' threads, which the driver logs."""
    return [record.getMessage() for record in caplog.records if "executing" in record.msg]


async def test_writers_take_turns(database: Database) -> None:
    async def count_up() -> None:
        async with database.write() as connection:
            highest = await connection.scalar(sa.select(sa.func.max(notes.c.id))) or 0
            await connection.execute(sa.insert(notes).values(id=highest + 1))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(count_up)
    async with database.read() as connection:
        assert await connection.scalar(sa.select(sa.func.max(notes.c.id))) == 20


async def test_a_writing_block_keeps_other_programs_out_from_its_start(
    database: Database, tmp_path: Path
) -> None:
    count = sa.select(sa.func.count()).select_from(notes)
    with closing(sqlite3.connect(tmp_path / "notes.db", timeout=0)) as other:
        async with database.write() as connection:
            assert await connection.scalar(count) == 0
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("INSERT INTO notes (text) VALUES ('other')")
            await add(connection, "one")
    assert await texts(database) == ["one"]


async def test_a_writing_block_inside_another_is_refused(database: Database) -> None:
    async with database.write():
        with pytest.raises(RuntimeError):
            async with database.write():
                pass


async def test_any_number_of_readers_get_their_turn(database: Database) -> None:
    async def read() -> None:
        await texts(database)

    with anyio.fail_after(FAILURE_SECONDS):
        async with anyio.create_task_group() as tasks:
            for _ in range(5 * READERS):
                tasks.start_soon(read)


async def test_durable_blocks_wait_for_the_disk_and_others_do_not(database: Database) -> None:
    seen = []
    for durable in (True, False, True):
        async with database.write(durable=durable) as connection:
            seen.append(await pragma(connection, "synchronous"))
    assert seen == [2, 1, 2]


async def test_sqlite_lets_readers_pass_and_keeps_references(database: Database) -> None:
    async with database.read() as connection:
        assert await pragma(connection, "journal_mode") == "wal"
        assert await pragma(connection, "foreign_keys") == 1


async def endless(database: Database, started: asyncio.Event) -> None:
    async with database.write() as connection:
        await add(connection, "half")
        started.set()
        await connection.exec_driver_sql(ENDLESS)


async def test_cancelling_a_task_interrupts_its_statement(database: Database) -> None:
    started = asyncio.Event()
    task = asyncio.create_task(endless(database, started))
    await started.wait()
    with anyio.fail_after(FAILURE_SECONDS):
        task.cancel()
        await asyncio.wait({task})
    assert task.cancelled()
    assert await texts(database) == []


async def test_cancelling_a_scope_interrupts_its_statement(database: Database) -> None:
    started = asyncio.Event()
    with anyio.fail_after(FAILURE_SECONDS):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(endless, database, started)
            await started.wait()
            tasks.cancel_scope.cancel()
    assert await texts(database) == []


async def three_notes(database: Database, name: str) -> None:
    async with database.write() as connection:
        for part in "abc":
            await add(connection, f"{name}{part}")
            await connection.execute(sa.select(notes))


@pytest.mark.parametrize("how", ["task", "scope"])
async def test_cancelled_anywhere_a_block_is_whole_or_not_at_all(
    database: Database, how: str
) -> None:
    names: list[str] = []
    # A little later each time, until one is done before it is cancelled.
    growth = 1.04 if ARE_USUAL else 1.01
    while f"{len(names) - 1}c" not in await texts(database):
        steps = int(growth ** len(names)) - 1
        names.append(f"{len(names)}")
        if how == "task":
            task = asyncio.create_task(three_notes(database, names[-1]))
            await turns(steps)
            task.cancel()
            await asyncio.wait({task})
        else:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(three_notes, database, names[-1])
                await turns(steps)
                tasks.cancel_scope.cancel()
        async with database.write() as connection:
            await add(connection, f"after {names[-1]}")
        assert "Checked out connections: 0" in database.engine.pool.status()
    stored = await texts(database)
    for name in names:
        assert len([text for text in stored if text in {f"{name}{part}" for part in "abc"}]) in (
            0,
            3,
        )
        assert f"after {name}" in stored


async def turns(count: int) -> None:
    """Let the other tasks and the database's threads run a little."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_waiting_writer_can_be_cancelled(database: Database) -> None:
    async with database.write() as connection:
        waiting = asyncio.create_task(three_notes(database, "1"))
        await turns(3)
        waiting.cancel()
        with anyio.fail_after(FAILURE_SECONDS):
            await asyncio.wait({waiting})
        await add(connection, "one")
    assert await texts(database) == ["one"]


async def test_a_violated_constraint_is_an_error_of_ours(database: Database) -> None:
    async def add_twice() -> None:
        async with database.write() as connection:
            await add(connection, "one")
            await add(connection, "one")

    with pytest.raises(DatabaseError, match="UNIQUE") as caught:
        await add_twice()
    assert isinstance(caught.value.__cause__, sa.exc.IntegrityError)
    assert await texts(database) == []


async def test_a_full_disk_is_said_so(database: Database) -> None:
    async def fill() -> None:
        async with database.write() as connection:
            await connection.exec_driver_sql("PRAGMA max_page_count=8")
            await add(connection, "x" * 1_000_000)

    with pytest.raises(DatabaseError, match="the disk is full"):
        await fill()
    assert await texts(database) == []


async def test_a_locked_file_is_said_so(database: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "notes.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="another program holds it locked"):
            async with database.write() as connection:
                await add(connection, "one")
    async with database.write() as connection:
        await add(connection, "two")
    assert await texts(database) == ["two"]


async def test_a_block_that_outlives_the_database_leaves_nothing_open(database: Database) -> None:
    async def outlive() -> None:
        async with database.read() as connection:
            await pragma(connection, "user_version")
            await database.aclose()
            await pragma(connection, "user_version")

    with pytest.raises(DatabaseError):
        await outlive()
    with pytest.raises(DatabaseError, match="closed"):
        await texts(database)
    gc.collect()  # a connection that was never closed fails the run


async def test_tasks_may_close_a_connection_at_once(database: Database) -> None:
    async with database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        with anyio.fail_after(FAILURE_SECONDS):
            await asyncio.gather(driver.close(), database.aclose(), driver.close())


SLOW = "SELECT count(*) FROM n AS a, n AS b, n AS c, n AS d"
NUMBERS = """
    CREATE TABLE n AS
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200) SELECT x FROM n
"""


async def test_closing_ends_all_that_runs_with_an_error_that_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for seed in range(examples(25)):
        choice = random.Random(seed)  # noqa: S311  the same in each run
        database = Database(sqlite_url(tmp_path / f"{seed}.db"))
        async with database.write(durable=False) as connection:
            await connection.exec_driver_sql(NUMBERS)

        async def use(statement: str, database: Database = database) -> None:
            while True:
                async with database.read() if statement[0] == "S" else database.write() as used:
                    await used.exec_driver_sql(statement)

        statements = ["SELECT x FROM n ORDER BY x DESC", SLOW, "UPDATE n SET x = x + 1"]
        tasks = [
            asyncio.create_task(use(choice.choice(statements)))
            for _ in range(choice.randint(1, 2 * READERS))
        ]
        await asyncio.sleep(choice.random() * 0.02)
        for task in tasks if choice.random() < 0.5 else []:
            task.cancel()
        await turns(choice.randint(0, 5))
        with anyio.fail_after(FAILURE_SECONDS):
            await database.aclose()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            assert isinstance(end, (DatabaseError, asyncio.CancelledError)), f"{seed}: {end!r}"
            if isinstance(end, DatabaseError):
                assert re.search("it was closed|interrupted", str(end)), f"{seed}: {end}"
    gc.collect()
    assert caplog.messages == []


async def failure(url: str | sa.URL) -> str:
    """Return the message of the error that the database at `url` raises."""
    database = Database(url)
    try:
        with pytest.raises(DatabaseError) as caught:
            async with database.write() as connection:
                await connection.exec_driver_sql("CREATE TABLE other (id INTEGER)")
    finally:
        await database.aclose()
    return str(caught.value)


async def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(b"a letter to my aunt " * 1000)
    assert "not a database" in await failure(sqlite_url(path))
    assert path.read_bytes().startswith(b"a letter")


async def test_a_damaged_file_is_said_so(database: Database, tmp_path: Path) -> None:
    await database.aclose()
    path = tmp_path / "notes.db"
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xff" * 3996
    path.write_bytes(content)
    assert "damaged" in await failure(sqlite_url(path))


async def test_a_missing_folder_is_said_so(tmp_path: Path) -> None:
    assert "cannot be opened" in await failure(sqlite_url(tmp_path / "nowhere" / "library.db"))


def test_a_file_that_cannot_be_opened_leaves_no_thread_behind(tmp_path: Path) -> None:
    # A thread that outlives the loop fails the test by itself.
    for _ in range(50):
        anyio.run(failure, sqlite_url(tmp_path / "nowhere" / "library.db"))


async def test_a_file_that_may_not_be_written_is_said_so(
    database: Database, tmp_path: Path
) -> None:
    url = f"sqlite:///file:{tmp_path / 'notes.db'}?mode=ro&uri=true"
    assert "may not be written" in await failure(url)


class ForeignError(Exception):
    """An error that looks like one of psycopg."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("as the server puts it")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "sentence"),
    [
        ("08006", "does not answer"),
        ("28P01", "refuses the name or the password"),
        ("3D000", "no such database"),
        ("25006", "may not be written"),
        ("53100", "run out of disk"),
        ("57P01", "shutting down"),
        ("XX001", "damaged"),
        ("42601", "as the server puts it"),
    ],
)
def test_errors_of_postgresql_become_sentences_without_the_password(
    sqlstate: str, sentence: str
) -> None:
    url = sa.make_url("postgresql+psycopg://stoat:hush@example.org/library")
    said = describe(ForeignError(sqlstate), url)
    assert sentence in said
    assert "hush" not in said


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:///:memory:", "nosuch://host/name"]
)
def test_a_url_that_cannot_be_used_is_an_error_of_configuration(url: str) -> None:
    with pytest.raises(ConfigurationError, match="STOAT_DATABASE_URL"):
        Database(url)


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "what?.db", "#1.db", "ä€.db", "\udcff.db"])
async def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    database = Database(sqlite_url(tmp_path / name))
    async with database.write() as connection:
        await connection.run_sync(tables.create_all)
    await database.aclose()
    assert [path.name for path in sorted(tmp_path.iterdir())] == [name]  # noqa: ASYNC240  tmpfs


async def test_moments_come_back_aware_and_in_utc(database: Database) -> None:
    summer = datetime(2026, 7, 1, 12, 30, 15, 123456, tzinfo=timezone(timedelta(hours=2)))
    async with database.write() as connection:
        await connection.execute(sa.insert(notes).values(id=1, at=summer))
        stored = await connection.scalar(sa.select(notes.c.at))
    assert stored == summer
    assert stored is not None
    assert stored.tzinfo is UTC
    with pytest.raises(sa.exc.StatementError, match="without a time zone"):
        async with database.write() as connection:
            await connection.execute(sa.insert(notes).values(at=summer.replace(tzinfo=None)))


@pytest.mark.parametrize("text", ["2026-07-01 10:30:15.5", "2026-07-01T12:30:15.5+02:00"])
async def test_moments_that_another_program_has_written_are_read(
    database: Database, text: str
) -> None:
    async with database.write() as connection:
        await connection.execute(sa.text("INSERT INTO notes (at) VALUES (:at)"), {"at": text})
        stored = await connection.scalar(sa.select(notes.c.at))
    assert stored == datetime(2026, 7, 1, 10, 30, 15, 500_000, tzinfo=UTC)
    assert stored.tzinfo is UTC


async def test_an_insert_can_give_way(database: Database) -> None:
    async with database.write() as connection:
        for _ in range(2):
            statement = insert(connection, notes).on_conflict_do_nothing()
            await connection.execute(statement, {"id": 1, "text": "one"})
    assert await texts(database) == ["one"]
