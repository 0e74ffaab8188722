"""The speed of searches and lists over many videos, and the cost of the index in a scan.

python -m benchmarks.search [--videos 100000] [--calls 30] [--http]

The library is filled as a scan fills it, with and without the triggers that keep the index of
words, in one run. Nothing is read from disk but the database, in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
import sqlalchemy as sa
from benchmarks.running_server import running_server

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.library.migrations import migrate
from stoat_ferret.library.query import SortOrder, VideoQuery, VideoSort
from stoat_ferret.library.reconcile.inventory import Inventory
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.video import FoundFile, ScannedFile, VideoStatus
from stoat_ferret.media.media_info import AudioStream, MediaInfo, VideoStream
from stoat_ferret.media.media_record import MediaRecord

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

SAVED_AT_A_TIME = 100
PLACES = "family work films series archive".split()
WORDS = (
    "holiday beach summer winter wedding birthday christmas garden concert interview lecture "
    "project final drone camera export mountain river city paris london tokyo episode season "
    "part trailer backup été münchen"
).split()
CAMERAS = "IMG DSC GOPR VID MVI".split()
COUNTED = 20_000
"""Rows to save to measure the cost of the index."""

QUERIES = {
    "no words": "",
    "one word, every video": "mp4",
    "one word, common": "holiday",
    "one word, rare": "004242",
    "two words": "beach 2019",
    "three words, one of two letters": "wedding 20 mvi",
    "two letters": "ho",
    "one letter": "z",
    "accents": "ETE munchen",
    "no hit": "nowheretobefound",
    "a phrase": '"holiday beach"',
    "a word and not another": "beach -holiday",
    "not a word": "-holiday",
    "not a word that every video has": "-mp4",
    "a tag": "#sea",
}


OFFSETS = {
    "from 90,000 on, by name": VideoQuery(offset=90_000, limit=100),
    "from 90,000 on, by size": VideoQuery(
        offset=90_000, limit=100, sort=VideoSort.SIZE, order=SortOrder.DESC
    ),
    "from 90,000 on, every status": VideoQuery(
        offset=90_000, limit=100, status=frozenset(VideoStatus)
    ),
    "from 6,000 on, one word": VideoQuery(q="holiday", offset=6_000, limit=100),
}


def path(number: int, chance: random.Random) -> str:
    """Return a path as people choose them: place, year, day and event, name of the camera."""
    year = 2005 + number % 20
    day = f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    event = f"{day} {chance.choice(WORDS)} {chance.choice(WORDS)}"
    return f"{chance.choice(PLACES)}/{year}/{event}/{chance.choice(CAMERAS)}_{number:06}.mp4"


def scanned(number: int, chance: random.Random) -> ScannedFile:
    """Return what a scan would find in it."""
    height = (480, 720, 1080, 2160)[number % 4]
    video = VideoStream(
        index=0,
        codec=("h264", "hevc", "av1")[number % 3],
        coded_width=1920,
        coded_height=1080,
        width=height * 16 // 9,
        height=height,
    )
    audio = AudioStream(index=1, codec="aac", channels=2, sample_rate=48000)
    media_info = MediaInfo(
        container="mov,mp4,m4a,3gp,3g2,mj2",
        duration_seconds=float(number % 5000),
        size_bytes=10_000_000 + number,
        tags={"title": f"Day {number % 365}", "encoder": "Lavf61.7.100"},
        video=(video,),
        audio=(audio,),
    )
    return ScannedFile(
        file=FoundFile(
            path(number, chance), 10_000_000 + number, 1_700_000_000_000_000_000 + number
        ),
        status=VideoStatus.OK,
        reason=None,
        fingerprint=f"{number:064x}",
        media=MediaRecord.of(media_info),
        probe_version=1,
    )


FACETS = {
    "everything": VideoQuery(),
    "a common word": VideoQuery(q="holiday"),
    "a folder": VideoQuery(folder="family/2019"),
    "codec and height": VideoQuery(codec="av1", min_height=1080),
}


async def fill(database: Database, count: int) -> float:
    """Save `count` videos as a scan does; return the rate a second."""
    chance = random.Random(7)  # noqa: S311  the same names each time
    (root,) = await VideoRepository(database).ensure_roots(["/videos"])
    seconds = 0.0
    async with Inventory.open(
        database, scan_id="s", root=root, folder="", recursive=True, force=False, probe_version=1
    ) as inventory:
        for start in range(0, count, SAVED_AT_A_TIME):
            stop = min(start + SAVED_AT_A_TIME, count)
            files = [scanned(number, chance) for number in range(start, stop)]
            started = time.perf_counter()
            await inventory.save(files)
            seconds += time.perf_counter() - started
    return count / seconds


async def price_of_the_index(folder: Path) -> None:
    """Print saves a second, with the triggers and without them, in turn."""
    rates: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(4):
        indexed = turn % 2 == 0
        database = Database(sqlite_url(folder / f"price-{turn}.db"))
        await migrate(database)
        if not indexed:
            async with database.write() as connection:
                for moment in ("insert", "update", "delete"):
                    await connection.execute(sa.text(f"DROP TRIGGER video_search_{moment}"))
        rates[indexed].append(await fill(database, COUNTED))
        await database.aclose()
    with_index, without = (statistics.mean(rates[indexed]) for indexed in (True, False))
    print(f"save {COUNTED:,} rows: {with_index:,.0f}/s with the index, {without:,.0f}/s without")


async def measure(
    ask: Callable[[], Awaitable[int]], name: str, calls: int, *, is_here: bool = True
) -> None:
    """Print the times of some calls, and the CPU times if the work is in this process."""
    total = await ask()
    times, processor_times = [], []
    for _ in range(calls):
        started, processor = time.perf_counter(), time.process_time()
        await ask()
        times.append((time.perf_counter() - started) * 1000)
        processor_times.append((time.process_time() - processor) * 1000)
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    here = f"  processor {statistics.median(processor_times):7.1f} ms" if is_here else ""
    spread = f"p50 {cuts[9]:7.1f} ms  p95 {cuts[18]:7.1f} ms"
    print(f"{name:<42} {spread}{here}   of {total:,}", flush=True)


async def search(database: Database, calls: int) -> None:
    """Search the repository."""
    videos = VideoRepository(database)
    for name, q in QUERIES.items():

        async def ask(q: str = q) -> int:
            return (await videos.find(VideoQuery(q=q, limit=100))).total

        await measure(ask, f"find: {name}", calls)

    async def ask_for_many() -> int:
        return (await videos.find(VideoQuery(limit=500))).total

    await measure(ask_for_many, "find: 500 a page", calls)
    for name, query in OFFSETS.items():

        async def ask_in_the_middle(query: VideoQuery = query) -> int:
            return (await videos.find(query)).total

        await measure(ask_in_the_middle, f"find: {name}", calls)
    filtered = VideoQuery(codec="av1", min_height=1080, sort=VideoSort.SIZE)

    async def ask_filtered() -> int:
        return (await videos.find(filtered)).total

    await measure(ask_filtered, "find: codec and height, by size", calls)
    for name, query in FACETS.items():

        async def count(query: VideoQuery = query) -> int:
            facets = await videos.count_facets(query)
            return sum(one.count for one in facets.codecs)

        await measure(count, f"facets: {name}", max(5, calls // 3))


def search_over_http(folder: Path, calls: int) -> None:
    """Search a server of its own."""
    root = folder / "root"
    root.mkdir()
    with running_server(root, folder) as server:

        async def run() -> None:
            for name, parameters in requests():

                async def ask(parameters: dict[str, str] = parameters) -> int:
                    answer = await anyio.to_thread.run_sync(
                        lambda: server.client.get("/videos", params=parameters)
                    )
                    total: int = answer.json()["total"]
                    return total

                await measure(ask, f"HTTP: {name}", calls, is_here=False)

        asyncio.run(run())


def requests() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the same searches as HTTP parameters."""
    for name, q in QUERIES.items():
        yield name, {"q": q}
    yield "500 a page", {"limit": "500"}


async def fill_and_search(folder: Path, videos: int, calls: int) -> None:
    """Measure everything that needs no server."""
    await price_of_the_index(folder)
    database = Database(sqlite_url(folder / "library.db"))
    await migrate(database)
    print(f"save {videos:,} rows: {await fill(database, videos):,.0f}/s", flush=True)
    await search(database, calls)
    await database.aclose()


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=30)
    parser.add_argument("--http", action="store_true", help="ask a server, too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(fill_and_search(folder, arguments.videos, arguments.calls))
        if arguments.http:
            search_over_http(folder, arguments.calls)


if __name__ == "__main__":
    main()
