"""The page over a slow link, and scrolled for long.

python -m benchmarks.page_long [--videos 100000 1000000] [--chromium PATH]

The libraries are those of `benchmarks.big_library`, the same for the same count, with a small
thumbnail for each video. Printed are, over a link of 50 kB/s with a latency of 400 ms, when the
shell and the first cards are seen and what was loaded; the frames while scrolling at two speeds,
the time until far places are filled, and the memory and the nodes of the document after each of
ten parts of five minutes of scrolling. Needs a page that was built (scripts/build_page.py).
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sqlite3
import statistics
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.big_library import write_library
from benchmarks.page import LONG_FRAME_MILLISECONDS, OBSERVE, UNTIL_FILLED, kind_of, link_pictures
from benchmarks.running_server import running_server
from playwright.async_api import async_playwright

from stoat_ferret.library.derived import rebuild
from stoat_ferret.media.picture_files import THUMBNAIL_VERSION
from stoat_ferret.sqlite_engine import add_functions

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Page

BYTES_PER_SECOND = 50_000
LATENCY_MILLISECONDS = 400
PICTURED = 1000
"""Videos with the same remainder by this have the same picture."""
SCROLLED_SECONDS = 300
TURNS_PER_SECOND = 3
"""How often, and by how much, people turn the wheel."""
PIXELS_PER_TURN = 1200
PARTS = 10
NAMED = "document.querySelector('.shell-list a, [data-index] a[href]') !== null"
CARD = "document.querySelector('[data-index] a[href]') !== null"


def write(folder: Path, videos: int) -> None:
    """Write a library with thumbnails into `folder`, unless it is there."""
    path = folder / "library.db"
    if path.exists():
        return
    write_library(path, videos)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        add_functions(connection)
        connection.execute("BEGIN")
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'videos'"
        ).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(
            "UPDATE videos SET thumbnail_version = ?, fingerprint = printf('%064x', number % ?)",
            (THUMBNAIL_VERSION, PICTURED),
        )
        for _, sql in triggers:
            connection.execute(sql)
        rebuild(connection)
        connection.execute("COMMIT")
    link_pictures(folder, PICTURED)


async def counts(session: CDPSession) -> tuple[float, int]:
    """Return the memory of scripts in MB, and the nodes that are kept."""
    await session.send("HeapProfiler.collectGarbage")
    heap = await session.send("Runtime.getHeapUsage")
    nodes = await session.send("Memory.getDOMCounters")
    return heap["usedSize"] / 1e6, nodes["nodes"]


def print_frames(name: str, frames: list[float]) -> None:
    """Print the quantiles of the times between frames, in ms."""
    cuts = statistics.quantiles(frames, n=100, method="inclusive")
    long = sum(frame > LONG_FRAME_MILLISECONDS for frame in frames)
    print(
        f"{name:<26}{len(frames):5} frames  p50 {cuts[49]:5.1f} ms  p95 {cuts[94]:5.1f} ms  "
        f"p99 {cuts[98]:5.1f} ms  max {max(frames):5.1f} ms  {long} longer than 50 ms",
        flush=True,
    )


async def open_page(browser: Browser) -> tuple[Page, CDPSession]:
    """Open a page that is not loaded yet, and what measures it."""
    # For the waiting functions of Playwright, which are evaluated.
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    context.set_default_timeout(120_000)
    page = await context.new_page()
    await page.add_init_script(OBSERVE)
    session = await context.new_cdp_session(page)
    return page, session


async def slow_visit(browser: Browser, url: str) -> None:
    """Print what a first visit over the slow link takes."""
    page, session = await open_page(browser)
    await session.send("Network.enable")
    await session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MILLISECONDS,
            "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )
    await page.goto(url, wait_until="commit")
    await page.wait_for_function(NAMED)
    names = await page.evaluate("performance.now()")
    await page.wait_for_function(CARD)
    cards = await page.evaluate("performance.now()")
    await page.wait_for_function("filled()")
    pictures = await page.evaluate("performance.now()")
    shell = await page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    )
    await page.wait_for_load_state("networkidle")
    loaded = await page.evaluate(
        "['navigation', 'resource'].flatMap(type => performance.getEntriesByType(type))"
        ".map(entry => [new URL(entry.name).pathname, entry.transferSize])"
    )
    of_page = sum(size for name, size in loaded if kind_of(name) not in {"pictures", "API"})
    answers = sum(size for name, size in loaded if kind_of(name) == "API")
    print(
        f"slow link: shell {shell / 1000:.1f} s, cards with names {names / 1000:.1f} s, "
        f"the whole page {cards / 1000:.1f} s, "
        f"with pictures {pictures / 1000:.1f} s; page {of_page / 1000:.0f} kB, "
        f"answers {answers / 1000:.0f} kB",
        flush=True,
    )
    await page.context.close()


async def long_scroll(browser: Browser, url: str) -> None:
    """Print frames, far jumps, and the memory over five minutes' worth of scrolling."""
    page, session = await open_page(browser)
    await page.goto(url)
    await page.wait_for_function("filled()")
    memory, nodes = await counts(session)
    print(f"opened: {memory:.1f} MB, {nodes:,} nodes", flush=True)
    await page.mouse.move(640, 500)
    for name, pixels in (("slowly", 60), ("fast", 600)):
        await page.evaluate("record()")
        for _ in range(200):
            await page.mouse.wheel(0, pixels)
            await asyncio.sleep(0.016)
        print_frames(f"scrolling {name}", await page.evaluate("(recording = false, frames)"))
    for name, part in (("the middle", 0.5), ("the end", 1.0), ("the start", 0.0)):
        await page.evaluate(f"scrollTo(0, document.documentElement.scrollHeight * {part})")
        print(f"jump to {name}: {await page.evaluate(UNTIL_FILLED):.0f} ms until filled")
    frames: list[float] = []
    turns = SCROLLED_SECONDS * TURNS_PER_SECOND // PARTS
    for part in range(1, PARTS + 1):
        await page.evaluate("record()")
        for _ in range(turns):
            await page.mouse.wheel(0, PIXELS_PER_TURN)
            await asyncio.sleep(0.03)
        frames += await page.evaluate("(recording = false, frames)")
        memory, nodes = await counts(session)
        print(
            f"after {part * SCROLLED_SECONDS // PARTS} s of scrolling: {memory:.1f} MB, "
            f"{nodes:,} nodes",
            flush=True,
        )
    print_frames("five minutes", frames)
    await page.context.close()


async def run(given: Any, folder: Path) -> None:
    """Write, serve, visit."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=given.chromium, args=["--no-sandbox"]
        )
        for videos in given.videos:
            data = folder / f"videos-{videos}"
            data.mkdir(exist_ok=True)
            await asyncio.to_thread(write, data, videos)
            print(f"-- {videos:,} videos", flush=True)
            with running_server(folder, data) as server:
                url = str(server.client.base_url).removesuffix("/api/v1/")
                await slow_visit(browser, url)
                await long_scroll(browser, url)
        await browser.close()


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.folder or Path(name)
        folder.mkdir(exist_ok=True)
        asyncio.run(run(given, folder))


if __name__ == "__main__":
    main()
