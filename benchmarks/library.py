"""The speed of the library: staging, comparing and saving files, and finding videos.

Run `python benchmarks/library.py [FILES]`, 100,000 files by default; nothing is read from disk
but the database, which is created in a temporary folder.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.library.migrations import migrate
from stoat_ferret.library.query import SortOrder, VideoQuery, VideoSort
from stoat_ferret.library.reconcile.inventory import Inventory
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.video import FoundFile, ScannedFile, VideoStatus
from stoat_ferret.media.media_info import MediaInfo, VideoStream
from stoat_ferret.media.media_record import MediaRecord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from contextlib import AbstractAsyncContextManager

    from stoat_ferret.library.video import Root

STAGED_AT_A_TIME = 1000
SAVED_AT_A_TIME = 100


def found(number: int, prefix: str = "camera") -> FoundFile:
    """Return the file of this number: 500 to a folder, each with its own size and time."""
    path = f"{prefix}/{number // 500:05}/Holiday at the sea {number:07}.mp4"
    return FoundFile(path, 10_000_000 + number, 1_700_000_000_000_000_000 + number * 1000)


def scanned(
    number: int,
    file: FoundFile | None = None,
    *,
    probe_version: int = 1,
    thumbnail_version: int = 0,
) -> ScannedFile:
    """Return what a scan would find in it, or in `file`."""
    file = file or found(number)
    video = VideoStream(
        index=0,
        codec=("h264", "hevc", "av1")[number % 3],
        coded_width=1920,
        coded_height=1080,
        width=1920,
        height=(480, 720, 1080, 2160)[number % 4],
    )
    media_info = MediaInfo(
        container="mov,mp4,m4a,3gp,3g2,mj2",
        duration_seconds=float(number % 5000),
        size_bytes=file.size_bytes,
        tags={"title": f"Day {number % 365}", "encoder": "Lavf61.7.100"},
        video=(video,),
    )
    return ScannedFile(
        file=file,
        status=VideoStatus.BAD if number % 1000 == 0 else VideoStatus.OK,
        reason="moov atom not found" if number % 1000 == 0 else None,
        fingerprint=f"{number:064x}",
        media=MediaRecord.of(media_info),
        probe_version=probe_version,
        thumbnail_version=thumbnail_version,
    )


@contextmanager
def measured(what: str, count: int) -> Iterator[None]:
    """Print how long the block took, and the rate a second."""
    started = time.perf_counter()
    yield
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rate = f"{count / seconds:,.0f}/s" if seconds > 0.01 else ""
    print(f"{what:<44}{seconds:9.2f} s{rate:>14}   peak {memory} MB", flush=True)


def inventory(database: Database, root: Root) -> AbstractAsyncContextManager[Inventory]:
    """Open an inventory of the whole root."""
    return Inventory.open(
        database,
        scan_id="benchmark",
        root=root,
        folder="",
        recursive=True,
        force=False,
        probe_version=1,
    )


async def stage(scan: Inventory, count: int, prefix: str = "camera") -> None:
    """Add all files."""
    for start in range(0, count, STAGED_AT_A_TIME):
        stop = min(start + STAGED_AT_A_TIME, count)
        await scan.add([found(number, prefix) for number in range(start, stop)])


async def first_scan(database: Database, root: Root, count: int) -> None:
    """Scan when everything is new."""
    async with inventory(database, root) as scan:
        with measured("stage, nothing known", count):
            await stage(scan, count)
        with measured("compare, nothing known", count):
            print(await scan.compare())
        with measured("move candidates, nothing known", count):
            assert not await scan.move_candidates(after=None, limit=500)
        with measured(f"save, {SAVED_AT_A_TIME} a transaction", count):
            for start in range(0, count, SAVED_AT_A_TIME):
                stop = min(start + SAVED_AT_A_TIME, count)
                await scan.save([scanned(number) for number in range(start, stop)])
        with measured("pending, all saved", count):
            assert not await scan.pending(after=None, limit=500)


async def rescan(database: Database, root: Root, count: int) -> None:
    """Scan when nothing has changed."""
    async with inventory(database, root) as scan:
        with measured("stage again", count):
            await stage(scan, count)
        with measured("compare, all known", count):
            print(await scan.compare())
        with measured("settle, candidates, missing, pending", count):
            await scan.settle_unchanged()
            assert not await scan.move_candidates(after=None, limit=500)
            assert not await scan.pending(after=None, limit=500)
            assert not await scan.mark_missing()
        closing = time.perf_counter()
    print(f"close {time.perf_counter() - closing:.2f} s")


async def cancel(database: Database, root: Root, count: int) -> None:
    """Cancel in the middle of a comparison."""

    async def scan_all() -> None:
        async with inventory(database, root) as scan:
            await stage(scan, count)
            staged.set()
            await scan.compare()

    staged = asyncio.Event()
    task = asyncio.create_task(scan_all())
    await staged.wait()
    await asyncio.sleep(0.1)
    task.cancel()
    with measured("cancelled while comparing: until it ended", count):
        await asyncio.wait({task})


async def renamed_folder(database: Database, root: Root, count: int) -> None:
    """Scan when every file is in another folder."""
    async with inventory(database, root) as scan:
        await stage(scan, count, "archive")
        with measured("compare, the whole folder renamed", count):
            print(await scan.compare())
        with measured("candidates and their fingerprints", count):
            after, number = None, 0
            while files := await scan.move_candidates(after=after, limit=500):
                after = files[-1].path
                await scan.set_fingerprints(
                    {file.path: f"{number + place:064x}" for place, file in enumerate(files)}
                )
                number += len(files)
        moved = 0
        with measured("match and move", count):
            async for moves in scan.move_batches():
                moved += await scan.apply_moves(moves)
        assert moved == count
        with measured("mark missing", count):
            await scan.mark_missing()


async def find(videos: VideoRepository) -> None:
    """List videos as a person would."""
    queries = {
        f"by {sort} {order}": VideoQuery(sort=sort, order=order)
        for sort in VideoSort
        for order in SortOrder
    }
    queries |= {
        "q, many": VideoQuery(q="holiday sea"),
        "q, one": VideoQuery(q="0000777.mp4"),
        "q, none": VideoQuery(q="nowhere to be found"),
        "bad": VideoQuery(status=frozenset({VideoStatus.BAD})),
        "every status": VideoQuery(status=frozenset(VideoStatus)),
        "missing": VideoQuery(status=frozenset({VideoStatus.MISSING})),
        "folder": VideoQuery(folder="camera/00010"),
        "codec and height": VideoQuery(codec="av1", min_height=1080, sort=VideoSort.SIZE),
        "500 a page": VideoQuery(limit=500),
    }
    for name, query in queries.items():
        await times(name, videos, query)
    last = queries["by name asc"]
    async for page_cursor in cursors(videos, last):
        last = VideoQuery(cursor=page_cursor)
    await times("by name, page 20", videos, last)


async def cursors(videos: VideoRepository, query: VideoQuery) -> AsyncIterator[str]:
    """Yield the cursors of the first pages."""
    for _ in range(20):
        page = await videos.find(query)
        if page.next_cursor is None:
            return
        query = VideoQuery(cursor=page.next_cursor)
        yield page.next_cursor


async def times(name: str, videos: VideoRepository, query: VideoQuery) -> None:
    """Print the median time of some calls of `find`."""
    seconds = []
    total = 0
    for _ in range(7):
        started = time.perf_counter()
        total = (await videos.find(query)).total
        seconds.append(time.perf_counter() - started)
    print(f"find {name:<28}{statistics.median(seconds) * 1000:9.1f} ms of {total:,}", flush=True)


def megabytes(folder: Path) -> int:
    """Return the size of all files in `folder`."""
    return sum(file.stat().st_size for file in folder.iterdir()) // 2**20


async def main() -> None:
    """Measure everything."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        database = Database(sqlite_url(Path(folder) / "library.db"))
        try:
            await migrate(database)
            videos = VideoRepository(database)
            (root,) = await videos.ensure_roots(["/videos"])
            await first_scan(database, root, count)
            print(f"database {await asyncio.to_thread(megabytes, Path(folder)):,} MB")
            await rescan(database, root, count)
            await find(videos)
            await cancel(database, root, count)
            await renamed_folder(database, root, count)
        finally:
            await database.aclose()


if __name__ == "__main__":
    asyncio.run(main())
