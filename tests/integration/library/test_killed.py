"""A process killed in the middle of writing loses nothing that was saved."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import anyio
from tests.integration.library.scans import Content, records, scan

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.library.reconcile.inventory import purge_inventories
from stoat_ferret.library.repository import VideoRepository

FAILURE_SECONDS = 60

WRITER = """
import asyncio, sys
from tests.integration.library.scans import open_inventory, scanned
from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.library.migrations import migrate
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.video import FoundFile

async def main():
    database = Database(sqlite_url(sys.argv[1]))
    await migrate(database)
    (root,) = await VideoRepository(database).ensure_roots(["/one"])
    async with open_inventory(database, root) as inventory:
        for batch in range(100_000):
            files = [FoundFile(f"{batch:06}-{n}.mp4", 1 + n, 1) for n in range(10)]
            await inventory.add(files)
            await inventory.save([scanned(file, f"{batch}-{n}") for n, file in enumerate(files)])
            print(batch, flush=True)

asyncio.run(main())
"""


async def test_whatever_was_saved_is_there_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    for batches in (1, 10):
        saved = await _write_until_killed(path, batches)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database = Database(sqlite_url(path))
        try:
            names = {row.path for row in await records(database)}
            assert {f"{batch:06}-{n}.mp4" for batch in range(saved + 1) for n in range(10)} <= names
            assert len(names) % 10 == 0
            await purge_inventories(database)
            (root,) = await VideoRepository(database).roots()
            disk = {(root.id, name): Content("x", 1 + int(name[7]), 1) for name in names}
            outcome = await scan(database, root, disk)
            assert (outcome.comparison.unchanged, outcome.read) == (len(names), [])
        finally:
            await database.aclose()


async def _write_until_killed(path: Path, batches: int) -> int:
    """Kill a process that saves after so many batches; return the last batch that it saved."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        WRITER,
        str(path),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert process.stdout is not None
    saved = -1
    try:
        with anyio.fail_after(FAILURE_SECONDS):
            while saved < batches:
                saved = int(await process.stdout.readline())
    finally:
        process.kill()
        rest = (await process.stdout.read()).split()
        await process.wait()
    return int(rest[-1]) if rest else saved
