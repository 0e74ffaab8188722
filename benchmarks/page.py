"""The speed of the page with very many videos, in a real Chromium on a real server.

python -m benchmarks.page [--videos 100000] [--folder FOLDER] [--chromium /usr/bin/chromium]

The library is filled as a scan fills it, each video with a small thumbnail. FOLDER is kept, and
used again where it holds a library already. Printed are the bytes of a first visit, the time until
the first cards are seen and a search is answered, the frames while scrolling, the time until a
place far down is filled, and the longest task of the main thread.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import sqlalchemy as sa
from benchmarks.running_server import running_server
from benchmarks.search import fill
from playwright.async_api import async_playwright

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.library.migrations import migrate
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import videos
from stoat_ferret.media.frames import encode
from stoat_ferret.media.picture_files import THUMBNAIL_VERSION, PictureFiles

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

PICTURES = 32
"""Number of different pictures; file systems limit the number of links to one."""
LONG_FRAME_MILLISECONDS = 50

OBSERVE = """
window.tasks = []; window.frames = [];
new PerformanceObserver(list => list.getEntries().forEach(entry => tasks.push(entry.duration)))
  .observe({type: 'longtask', buffered: true});
window.record = () => {
  frames.length = 0; let last = performance.now(); window.recording = true;
  const frame = now => {
    frames.push(now - last); last = now;
    if (recording) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
};
window.filled = () => {
  const seen = [...document.querySelectorAll('[data-index]')].filter(card => {
    const box = card.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  });
  return seen.length > 0 && seen.every(card => card.querySelector('img')?.complete);
};
"""
ONE = "document.querySelectorAll('[data-index]').length === 1 && filled()"
MANY = "document.querySelectorAll('[data-index]').length > 10 && filled()"
UNTIL_FILLED = """new Promise(resolve => {
  const started = performance.now();
  const look = () => filled() ? resolve(performance.now() - started) : requestAnimationFrame(look);
  requestAnimationFrame(look);
})"""


def picture(variant: int) -> bytes:
    """Return a picture of 320x180 pixels, as large in bytes as that of a usual video."""
    frame = av.VideoFrame(320, 180, "yuv420p")
    for number, plane in enumerate(frame.planes):
        rows = range(plane.height)
        cells = bytes(
            (x * (variant + 3) // 7 + y * y // (variant + 5) + number * 40 * variant) % 256
            for y in rows
            for x in range(plane.line_size)
        )
        plane.update(cells)
    return encode(frame)


async def fill_library(folder: Path, count: int) -> None:
    """Fill a library with `count` videos with thumbnails, in `folder`."""
    database = Database(sqlite_url(folder / "library.db"))
    await migrate(database)
    if not (await VideoRepository(database).find(VideoQuery())).total:
        print(f"save {count:,} rows: {await fill(database, count):,.0f}/s", flush=True)
    async with database.write() as connection:
        await connection.execute(sa.update(videos).values(thumbnail_version=THUMBNAIL_VERSION))
    await database.aclose()
    await asyncio.to_thread(link_pictures, folder, count)


def link_pictures(folder: Path, count: int) -> None:
    """Give each video one of a few pictures."""
    files = PictureFiles(str(folder / "pictures"))
    if files.has_thumbnail(f"{count - 1:064x}"):
        return
    made = []
    for variant in range(PICTURES):
        made.append(folder / f"picture-{variant}.webp")
        made[-1].write_bytes(picture(variant))
    files.thumbnail(f"{0:064x}", 320).parent.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        target = files.thumbnail(f"{number:064x}", 320)
        target.unlink(missing_ok=True)
        os.link(made[number % PICTURES], target)


async def first_visit(page: Page, url: str) -> None:
    """Print the bytes by type, and the time until the page can be used."""
    await page.goto(url)
    await page.wait_for_function("filled()")
    seen = await page.evaluate("performance.now()")
    sizes: Counter[str] = Counter()
    for entry in await page.evaluate(
        "['navigation', 'resource'].flatMap(type => performance.getEntriesByType(type))"
        ".map(entry => [new URL(entry.name).pathname, entry.transferSize])"
    ):
        sizes[kind_of(entry[0])] += entry[1]
    for kind, size in sizes.most_common():
        print(f"first visit, {kind:<12}{size / 1000:9.1f} kB")
    of_page = sum(size for kind, size in sizes.items() if kind not in {"pictures", "API"})
    print(f"first visit, the page    {of_page / 1000:5.1f} kB without pictures and answers")
    print(f"first cards with pictures{seen:9.0f} ms after the start of the navigation")
    box = page.get_by_role("searchbox")
    await box.focus()
    started = await page.evaluate("performance.now()")
    await page.keyboard.type("004242")
    await page.wait_for_function(ONE)
    ended = await page.evaluate("performance.now()")
    print(
        f"search typed and answered{ended - started:9.0f} ms, of which 150 ms wait for the next key"
    )
    await page.keyboard.press("Escape")
    await page.wait_for_function(MANY)


def kind_of(path: str) -> str:
    """Return the kind of an address."""
    if "/thumbnail" in path:
        return "pictures"
    return "API" if path.startswith("/api/") else path.rpartition(".")[2] if "." in path else "HTML"


async def scroll(page: Page) -> None:
    """Print the frames while the wheel turns."""
    await page.mouse.move(640, 500)
    for name, pixels in (("slowly", 60), ("fast", 600)):
        await page.evaluate("record()")
        for _ in range(120):
            await page.mouse.wheel(0, pixels)
            await asyncio.sleep(0.016)
        frames: list[float] = await page.evaluate("(recording = false, frames)")
        cuts = statistics.quantiles(frames, n=100, method="inclusive")
        long = sum(frame > LONG_FRAME_MILLISECONDS for frame in frames)
        print(
            f"scrolling {name:<7}{len(frames):4} frames  p50 {cuts[49]:5.1f} ms  "
            f"p95 {cuts[94]:5.1f} ms  max {max(frames):5.1f} ms  {long} longer than 50 ms"
        )
        print(f"  cards in the document {await page.locator('[data-index]').count()}")


async def jump(page: Page) -> None:
    """Print how long places far down take to fill."""
    for name, part in (("the middle", 0.5), ("the end", 1.0), ("three quarters", 0.75)):
        await page.evaluate(f"scrollTo(0, document.documentElement.scrollHeight * {part})")
        milliseconds = await page.evaluate(UNTIL_FILLED)
        print(f"jump to {name:<16}{milliseconds:9.0f} ms until every card has its picture")


async def measure(browser: Browser, url: str) -> None:
    """Measure everything, in the grid and in the table."""
    for view in ("grid", "table"):
        print(f"-- {view}")
        # For the waiting functions of Playwright, which are evaluated.
        context = await browser.new_context(
            viewport={"width": 1280, "height": 800}, bypass_csp=True
        )
        context.set_default_timeout(60_000)
        page = await context.new_page()
        await page.add_init_script(OBSERVE)
        await first_visit(page, f"{url}/?view={view}")
        await page.evaluate("tasks.length = 0")
        await scroll(page)
        await jump(page)
        tasks: list[float] = await page.evaluate("tasks")
        longest = max(tasks, default=0)
        print(f"tasks of the main thread over 50 ms: {len(tasks)}, the longest {longest:.0f} ms")
        await context.close()


async def run(folder: Path, count: int, chromium: str) -> None:
    """Fill, serve, visit."""
    await fill_library(folder, count)
    root = folder / "root"
    root.mkdir(exist_ok=True)
    with running_server(root, folder) as server:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"]
            )
            await measure(browser, str(server.client.base_url).removesuffix("/api/v1/"))
            await browser.close()


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    given: Any = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.folder or Path(name)
        asyncio.run(run(folder, given.videos, given.chromium))


if __name__ == "__main__":
    main()
