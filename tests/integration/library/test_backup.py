"""Backups of the library, made and restored while it is in use."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest
import sqlalchemy as sa
from tests.integration.library.scans import Content, records, scan

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.errors import BackupError
from stoat_ferret.library.backup import back_up, inspect_library, require_room
from stoat_ferret.library.migrations import migrate
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.restore import put_in_place, put_in_place_of_nothing, stage
from stoat_ferret.library.tables import videos

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from stoat_ferret.library.video import Root

ACTIVE = ("queued", "running", "paused")
FAILURE_SECONDS = 60


@asynccontextmanager
async def library(path: Path, count: int = 0) -> AsyncIterator[Database]:
    """Open a library with so many videos."""
    path.parent.mkdir(exist_ok=True)
    database = Database(sqlite_url(path))
    await migrate(database)
    try:
        if count:
            await fill(database, count)
        yield database
    finally:
        await database.aclose()


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


async def fill(database: Database, count: int) -> Root:
    (root,) = await VideoRepository(database).ensure_roots(["/films"])
    disk = {(root.id, f"film-{n}.mp4"): Content(str(n), 100 + n, 1) for n in range(count)}
    await scan(database, root, disk, page_size=100)
    return root


async def make_big(database: Database) -> None:
    """Add 20 MB, so that copying takes several steps."""
    async with database.write() as connection:
        count = await connection.scalar(sa.select(sa.func.count()).select_from(videos)) or 1
        await connection.execute(sa.update(videos).values(reason="x" * (20_000_000 // count)))


async def back_up_in_steps(path: Path, target: Path) -> list[int]:
    """Back up; return the number of pages done after each step."""
    done: list[int] = []
    await back_up(path, target, on_progress=lambda pages, _: done.append(pages))
    return done


async def insert_job(database: Database, status: str) -> None:
    async with database.write() as connection:
        await connection.execute(
            sa.text(
                "INSERT INTO jobs (id, kind, status, params, progress, priority, attempt,"
                " cancel_requested, created_at) VALUES (:id, 'scan', :status, '{}', '{}', 0, 1, 0,"
                " '2026-01-01')"
            ),
            {"id": f"job-{status}", "status": status},
        )


async def test_a_backup_is_the_library_and_no_other_file_is_touched(tmp_path: Path) -> None:
    target = tmp_path / os.fsdecode(b"caf\xe9 library.db")
    async with library(tmp_path / "data" / "library.db", 5):
        pages: list[tuple[int, int]] = []
        summary = await back_up(
            tmp_path / "data" / "library.db",
            target,
            on_progress=lambda done, total: pages.append((done, total)),
        )
        assert (summary.videos, summary.missing, summary.tags) == (5, 0, 0)
        assert pages
        assert pages[-1][0] == pages[-1][1]
        assert target.stat().st_mode & 0o777 == 0o600
        before = target.read_bytes()
        with pytest.raises(BackupError, match="there already"):
            await back_up(tmp_path / "data" / "library.db", target)
        assert target.read_bytes() == before
        await back_up(tmp_path / "data" / "library.db", target, replace=True)
    assert names(tmp_path) == sorted([target.name, "data"])
    async with library(target) as copy:
        assert len(await records(copy)) == 5


@pytest.mark.parametrize("suffix", ["", "-journal", "-wal", "-shm"])
async def test_a_backup_never_takes_the_place_of_the_library(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "data" / "library.db"
    (tmp_path / "link").symlink_to("data")
    async with library(path, 2) as database:
        for folder in ("data", "link", "data/../link"):
            target = tmp_path / folder / (path.name + suffix)
            with pytest.raises(BackupError, match="the library itself"):
                await back_up(path, target, replace=True)
        await fill(database, 3)
    async with library(path) as database:
        assert len(await records(database)) == 3


async def test_a_folder_is_no_backup(tmp_path: Path) -> None:
    async with library(tmp_path / "library.db"):
        for replace in (False, True):
            with pytest.raises(BackupError, match=r"is a folder\. Name a file in it\."):
                await back_up(tmp_path / "library.db", tmp_path, replace=replace)
    with pytest.raises(BackupError, match="it is a folder"):
        inspect_library(tmp_path)


async def test_a_backup_made_while_others_write_is_one_moment(tmp_path: Path) -> None:
    """Each of the transactions meanwhile gives every video another size."""
    path = tmp_path / "data" / "library.db"
    async with library(path, 40) as database:
        await make_big(database)
        written = asyncio.Event()
        stop = asyncio.Event()
        rounds = 0

        async def write_on() -> None:
            nonlocal rounds
            while not stop.is_set():
                async with database.write(durable=False) as connection:
                    await connection.execute(sa.update(videos).values(size_bytes=rounds))
                rounds += 1
                written.set()

        writing = asyncio.create_task(write_on())
        beside = 0
        try:
            for number in range(3):
                written.clear()
                await asyncio.wait_for(written.wait(), FAILURE_SECONDS)
                before = rounds
                done = await back_up_in_steps(path, tmp_path / f"{number}.db")
                beside += rounds - before
                assert done == sorted(done), "it began again"
                assert len(done) > 2
                with closing(sqlite3.connect(tmp_path / f"{number}.db")) as copy:
                    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                    sizes = copy.execute("SELECT DISTINCT size_bytes FROM videos").fetchall()
                assert len(sizes) == 1
        finally:
            stop.set()
            await writing
        assert beside > 0, "nobody wrote beside a backup"


async def test_a_backup_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "data" / "library.db"
    async with library(path, 50):
        for _ in range(3):
            task = asyncio.create_task(back_up(path, tmp_path / "copy.db"))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert names(tmp_path) in (["data"], ["copy.db", "data"])
            (tmp_path / "copy.db").unlink(missing_ok=True)


async def test_what_is_no_library_is_refused(tmp_path: Path) -> None:
    rubbish, empty, other = (tmp_path / name for name in ("rubbish", "empty", "other"))
    rubbish.write_bytes(os.urandom(5000))
    empty.touch()
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE videos (id INTEGER)")
    for path in (rubbish, empty, other, tmp_path / "none", tmp_path):
        with pytest.raises(BackupError):
            inspect_library(path)
        with pytest.raises(BackupError):
            await stage(path, tmp_path)
    assert names(tmp_path) == ["empty", "other", "rubbish"]


async def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    async with library(tmp_path / "data" / "library.db", 200):
        await back_up(tmp_path / "data" / "library.db", tmp_path / "copy.db")
    data = bytearray((tmp_path / "copy.db").read_bytes())
    for page in range(8, len(data) // 4096, 3):
        data[page * 4096 : page * 4096 + 100] = os.urandom(100)
    (tmp_path / "copy.db").write_bytes(data)
    with pytest.raises(BackupError, match=r"damaged|malformed"):
        inspect_library(tmp_path / "copy.db")
    with pytest.raises(BackupError):
        await stage(tmp_path / "copy.db", tmp_path / "data")
    assert names(tmp_path / "data") == ["library.db"]


async def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    newer = library(tmp_path / "data" / "library.db", 1)
    async with newer as database, database.write() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BackupError, match=r"newer stoat-ferret.*9999"):
        inspect_library(tmp_path / "data" / "library.db")


def test_a_disk_without_room_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="not enough room"):
        require_room(tmp_path, 2**60)


async def test_a_restored_library_is_the_old_one_for_all_who_have_it_open(tmp_path: Path) -> None:
    path = tmp_path / "data" / "library.db"
    async with library(path, 4) as database:
        await back_up(path, tmp_path / "copy.db")
        repository = VideoRepository(database)
        (root,) = await repository.roots()
        (film, *_) = (await repository.find(VideoQuery(q="film-0"))).items
        await scan(database, root, {(root.id, "other.mp4"): Content("other", 7, 1)})
        await insert_job(database, "succeeded")
        assert (await repository.find(VideoQuery())).total == 1
        staged = await stage(tmp_path / "copy.db", path.parent)
        kept = await put_in_place(
            database, path, staged, roots=[replace(root, path="/its place here")], active=ACTIVE
        )
        assert {record.path for record in await records(database)} == {
            f"film-{n}.mp4" for n in range(4)
        }
        assert (await repository.get(film.id)).path == "film-0.mp4"
        assert (await repository.find(VideoQuery(q="film"))).total == 4
        async with database.write() as connection:
            jobs = await connection.execute(sa.text("SELECT id FROM jobs"))
            assert jobs.scalars().all() == ["job-succeeded"]
            await connection.execute(sa.update(videos).values(reason="it can be written"))
        # And back again.
        assert inspect_library(kept).videos == 5
        again = await stage(kept, path.parent)
        await put_in_place(database, path, again, roots=[root], active=ACTIVE)
        assert (await repository.find(VideoQuery())).total == 1


@pytest.mark.parametrize("status", ACTIVE)
async def test_a_restore_does_not_change_the_library_under_a_job(
    tmp_path: Path, status: str
) -> None:
    path = tmp_path / "data" / "library.db"
    async with library(path, 2) as database:
        await back_up(path, tmp_path / "copy.db")
        await fill(database, 3)
        await insert_job(database, status)
        staged = await stage(tmp_path / "copy.db", path.parent)
        with pytest.raises(BackupError, match="Jobs are queued, running or paused"):
            await put_in_place(database, path, staged, roots=[], active=ACTIVE)
        assert len(await records(database)) == 3


async def test_roots_keep_the_numbers_by_which_a_server_knows_them(tmp_path: Path) -> None:
    path = tmp_path / "data" / "library.db"
    async with library(tmp_path / "other" / "library.db") as other:
        await VideoRepository(other).ensure_roots(["/else", "/films"])
        await back_up(tmp_path / "other" / "library.db", tmp_path / "other.db")
    async with library(tmp_path / "none" / "library.db"):
        await back_up(tmp_path / "none" / "library.db", tmp_path / "none.db")
    async with library(path, 1) as database:
        roots = await VideoRepository(database).roots()
        staged = await stage(tmp_path / "other.db", path.parent)
        with pytest.raises(BackupError, match="Stop the server"):
            await put_in_place(database, path, staged, roots=roots, active=ACTIVE)
        assert len(await records(database)) == 1
        staged = await stage(tmp_path / "none.db", path.parent)
        await put_in_place(database, path, staged, roots=roots, active=ACTIVE)
        assert await VideoRepository(database).roots() == roots
        assert await records(database) == []


async def test_a_library_that_cannot_be_read_is_replaced_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "data" / "library.db"
    async with library(path, 3):
        await back_up(path, tmp_path / "copy.db")
    path.write_bytes(b"damaged")
    path.with_name("library.db-wal").write_bytes(b"its log")
    staged = await stage(tmp_path / "copy.db", path.parent)
    kept = await put_in_place_of_nothing(path, staged)
    assert kept is not None
    assert kept.read_bytes() == b"damaged"
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"its log"
    async with library(path) as database:
        assert len(await records(database)) == 3


async def test_a_backup_becomes_the_library_where_there_is_none(tmp_path: Path) -> None:
    async with library(tmp_path / "old" / "library.db", 3) as database:
        await insert_job(database, "running")
        await back_up(tmp_path / "old" / "library.db", tmp_path / "copy.db")
    path = tmp_path / "new" / "library.db"
    path.parent.mkdir()
    staged = await stage(tmp_path / "copy.db", path.parent)
    assert await put_in_place_of_nothing(path, staged) is None
    assert names(path.parent) == ["library.db"]
    async with library(path) as database, database.read() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(videos)) == 3
        assert await connection.scalar(sa.text("SELECT count(*) FROM jobs")) == 0


RESTORER = """
import asyncio, sys
from pathlib import Path
from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.library import restore

path, staged = Path(sys.argv[1]), Path(sys.argv[2])
replace = restore._replace
def told(*arguments):
    print("now", flush=True)
    replace(*arguments)
    print("done", flush=True)
restore._replace = told
asyncio.run(restore.put_in_place(Database(sqlite_url(path)), path, staged, roots=(), active=()))
"""


async def test_a_restore_that_is_killed_leaves_one_library_or_the_other(tmp_path: Path) -> None:
    path = tmp_path / "data" / "library.db"
    async with library(tmp_path / "new" / "library.db", 30) as database:
        await make_big(database)
        await back_up(tmp_path / "new" / "library.db", tmp_path / "new.db")
    async with library(path, 10):
        await back_up(path, tmp_path / "old.db")
    outcomes = []
    for seconds in (0, 0.02, 0.06):
        async with library(path) as database:
            old = await stage(tmp_path / "old.db", path.parent)
            await put_in_place(database, path, old, roots=(), active=())
            staged = await stage(tmp_path / "new.db", path.parent)
        outcomes.append(await _kill_restore(path, staged, seconds=seconds))
        async with library(path) as database:
            assert len(await records(database)) in (10, 30)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert "now" in outcomes  # killed in the middle at least once


async def _kill_restore(path: Path, staged: Path, *, seconds: float) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RESTORER,
        str(path),
        str(staged),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert process.stdout is not None
    with anyio.fail_after(FAILURE_SECONDS):
        assert await process.stdout.readline() == b"now\n"
        await asyncio.sleep(seconds)  # the moment of the kill, not a wait for something
        process.send_signal(signal.SIGKILL)
        rest = (await process.stdout.read()).decode().split()
        await process.wait()
    return rest[-1] if rest else "now"
