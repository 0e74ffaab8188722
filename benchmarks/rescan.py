"""The time of a rescan of unchanged files, compared with `find`, in turn in one run.

python -m benchmarks.rescan [--files 200000] [--folders 2000] [--rounds 5] [--in FOLDER]

A seeded tree of empty files of different sizes is known to a library, as if each had been read.
Then, in each round: `find ROOT -type f -printf '%s %T@ %p\\n'`; a loop of `os.scandir` and `stat`,
which is the least that Python can do; a scan that knows no signatures of folders; one that does;
and one that trusts the times of folders (STOAT_TRUST_FOLDER_TIMES). Scans are jobs of the real
services, from their submission to their last event. Ratios are medians over the rounds; those below
1 are faster than `find`. Those of CPU time (of this process and of `find`) vary less on a busy
machine, on which a process with several threads waits more often for its turn than `find`.

The times of folders are trusted a minute after their last change, so the benchmark waits for that.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from benchmarks.library import scanned

from stoat_ferret.bootstrap import open_services
from stoat_ferret.config import load_settings
from stoat_ferret.data_folder import DataFolder
from stoat_ferret.library.reconcile.folders import forget_signatures
from stoat_ferret.library.reconcile.inventory import Inventory
from stoat_ferret.library.video import FoundFile
from stoat_ferret.media.picture_files import THUMBNAIL_VERSION
from stoat_ferret.media.prober import PROBE_VERSION
from stoat_ferret.scan.listing import FRESH_NS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from stoat_ferret.bootstrap import Services

SEED = 15
WORDS = "Holiday sea garden Film birthday Märchen concert 2019 walk snow trailer rough cut".split()


def make_tree(root: Path, files: int, folders: int) -> list[FoundFile]:
    """Make empty files of different sizes and times, in two levels of folders."""
    chance = random.Random(SEED)  # noqa: S311  no secret
    found: list[FoundFile] = []
    for number in range(folders):
        folder = f"Camera {number // 50:03}/{chance.choice(WORDS)} {number:05}"
        (root / folder).mkdir(parents=True)
        for _ in range(number * files // folders, (number + 1) * files // folders):
            name = " ".join(chance.choices(WORDS, k=chance.randrange(1, 5)))
            path = f"{folder}/{name} {len(found):07}.mp4"
            size_bytes = chance.randrange(1, 1 << 32)
            mtime_ns = chance.randrange(1_500_000_000 * 10**9, 1_700_000_000 * 10**9)
            descriptor = os.open(root / path, os.O_CREAT | os.O_WRONLY)
            os.ftruncate(descriptor, size_bytes)
            os.utime(descriptor, ns=(mtime_ns, mtime_ns))
            os.close(descriptor)
            found.append(FoundFile(path, size_bytes, mtime_ns))
    return found


@asynccontextmanager
async def services_for(root: Path, data_dir: Path, **settings: Any) -> AsyncIterator[Services]:
    """Open the services of a server, in this process, and scan no file."""
    loaded = load_settings(roots=(root,), data_dir=data_dir, port=0, **settings)
    async with (
        DataFolder(loaded.data_dir).own("benchmarks.rescan"),
        open_services(loaded) as services,
    ):
        # The first scan of a process compiles its statements.
        await scan_seconds(services, root, 0, recursive=False)
        yield services


async def fill(services: Services, files: list[FoundFile]) -> None:
    """Save records of `files`, as a scan would that has read them."""
    async with Inventory.open(
        services.database,
        scan_id="benchmark",
        root=services.roots[0],
        folder="",
        recursive=True,
        force=False,
        probe_version=PROBE_VERSION,
    ) as inventory:
        for start in range(0, len(files), 500):
            await inventory.save(
                [
                    scanned(
                        number,
                        file,
                        probe_version=PROBE_VERSION,
                        thumbnail_version=THUMBNAIL_VERSION,
                    )
                    for number, file in enumerate(files[start : start + 500], start)
                ]
            )


async def scan_seconds(
    services: Services, root: Path, files: int, *, recursive: bool = True
) -> float:
    """Time a scan that finds nothing to do."""
    with services.queue.subscribe() as jobs:
        start = time.perf_counter()
        submitted = await services.submit_scan(str(root), recursive=recursive)
        async for job in jobs:
            if job.id == submitted.id and job.finished_at is not None:
                seconds = time.perf_counter() - start
                break
    result = job.result or {}
    assert (result["found"], result["unchanged"]) == (files, files), job
    return seconds


def find_seconds(root: Path) -> float:
    """Time `find`."""
    start = time.perf_counter()
    command = ["find", str(root), "-type", "f", "-printf", "%s %T@ %p\n"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def loop_seconds(root: Path) -> float:
    """Time the least that Python can do."""
    start = time.perf_counter()
    stack = [str(root)]
    while stack:
        folder = stack.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    stack.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)
    return time.perf_counter() - start


@dataclass
class Times:
    """Wall time and CPU time of each way, by round."""

    wall: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    async def note(self, name: str, work: Awaitable[float]) -> None:
        """Await `work`, which returns its wall time."""
        before = sum(os.times()[:4])
        self.wall.setdefault(name, []).append(await work)
        self.cpu.setdefault(name, []).append(sum(os.times()[:4]) - before)


async def measure(folder: Path, arguments: argparse.Namespace) -> Times:
    """Return the times of each way."""
    root, data_dir, count = folder / "videos", folder / "data", arguments.files
    root.mkdir()
    files = make_tree(root, count, arguments.folders)
    is_old = time.monotonic() + FRESH_NS / 1e9 + 5
    times = Times()
    async with services_for(root, data_dir) as services:
        await fill(services, files)
    await asyncio.sleep(max(is_old - time.monotonic(), 0))
    async with services_for(root, data_dir, trust_folder_times=True) as services:
        await scan_seconds(services, root, count)
    others: dict[str, Callable[[Path], float]] = {"find": find_seconds, "scandir": loop_seconds}
    for _ in range(arguments.rounds):
        for name, other in others.items():
            await times.note(name, asyncio.to_thread(other, root))
        async with services_for(root, data_dir, trust_folder_times=True) as services:
            await times.note("scan, trusting times", scan_seconds(services, root, count))
        async with services_for(root, data_dir) as services:
            await times.note("scan", scan_seconds(services, root, count))
            async with services.database.write() as connection:
                await forget_signatures(connection)
            await times.note("scan, no signatures", scan_seconds(services, root, count))
        async with services_for(root, data_dir, trust_folder_times=True) as services:
            await scan_seconds(services, root, count)
    return times


def main() -> None:
    """Print a line for each way, with its median time and its ratio to `find`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--folders", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--in", dest="place", type=Path, help="where to make the tree")
    arguments = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    logging.disable()
    folder = Path(tempfile.mkdtemp(dir=arguments.place))
    try:
        times = asyncio.run(measure(folder, arguments))
    finally:
        shutil.rmtree(folder)
    for name, wall in times.wall.items():
        ratios = [
            statistics.median(
                mine / find for mine, find in zip(one[name], one["find"], strict=True)
            )
            for one in (times.wall, times.cpu)
        ]
        print(
            f"{name:22}{statistics.median(wall):7.3f} s (from {min(wall):.3f} to {max(wall):.3f}),"
            f" {ratios[0]:5.2f} times as long as find, {ratios[1]:5.2f} times its CPU time"
        )


if __name__ == "__main__":
    main()
