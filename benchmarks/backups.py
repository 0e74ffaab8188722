"""Back up, remove and restore in a running server, and time its answers meanwhile.

python -m benchmarks.backups [--videos 100000]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import sqlalchemy as sa
from benchmarks.library import first_scan
from benchmarks.running_server import running_server

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.library.migrations import migrate
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import videos

if TYPE_CHECKING:
    from collections.abc import Iterator


async def fill(data_dir: Path, root: Path, count: int) -> None:
    """Fill a library with so many videos, every second of which is missing."""
    database = Database(sqlite_url(data_dir / "library.db"))
    await migrate(database)
    (known,) = await VideoRepository(database).ensure_roots([str(root)])
    await first_scan(database, known, count)
    async with database.write() as connection:
        missing = sa.update(videos).where(videos.c.number % 2 == 0)
        await connection.execute(missing.values(missing_since=sa.func.datetime("2020-01-01")))
    await database.aclose()


@contextmanager
def polled(base_url: str, what: str) -> Iterator[None]:
    """Ask for the list of videos during the block, and print how long the answers took."""
    times: list[float] = []
    stop = threading.Event()

    def poll() -> None:
        with httpx.Client(base_url=base_url, timeout=60) as client:
            while not stop.is_set():
                started = time.perf_counter()
                client.get("/videos", params={"limit": 1, "q": "holiday 00042"}).raise_for_status()
                times.append((time.perf_counter() - started) * 1000)
                time.sleep(0.01)

    thread = threading.Thread(target=poll)
    thread.start()
    started = time.perf_counter()
    yield
    seconds = time.perf_counter() - started
    stop.set()
    thread.join()
    p99 = statistics.quantiles(times, n=100)[98] if len(times) > 1 else times[0]
    print(
        f"{what:28} {seconds:6.1f} s; a search meanwhile: p99 {p99:.0f} ms, most {max(times):.0f}"
    )


def command(data_dir: Path, *arguments: str | Path) -> None:
    """Run a command to its end."""
    subprocess.run(
        [sys.executable, "-m", "stoat_ferret", *arguments],
        env={**os.environ, "STOAT_DATA_DIR": str(data_dir)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def main() -> None:
    """Fill a library, and do each once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data_dir, root, target = (Path(folder) / name for name in ("data", "root", "backup.db"))
        root.mkdir()
        data_dir.mkdir()
        asyncio.run(fill(data_dir, root, arguments.videos))
        with running_server(root, data_dir) as server:
            url = str(server.client.base_url)
            with polled(url, "nothing"):
                time.sleep(5)
            with polled(url, "backup"):
                command(data_dir, "backup", target)
            with polled(url, "forget half of them"):
                command(data_dir, "forget", "--missing-for", "1d", "--yes")
            with polled(url, "restore"):
                command(data_dir, "restore", target, "--yes")
        print(f"the backup has {target.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
