"""The clicks and keys that frequent tasks take in the page, on a real server with real files.

python -m benchmarks.clicks [--chromium PATH]

Each task is done in a real Chromium and its effect asked of the server. A click, a key and a typed
word count one each. The files are made by ffmpeg: twenty clips three folders deep, and two of them
long enough to cut.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.running_server import running_server
from playwright.async_api import async_playwright, expect

from stoat_ferret.ffmpeg.binaries import find_ffmpeg

if TYPE_CHECKING:
    import httpx
    from playwright.async_api import Locator, Page

CLIPS = 20
DEEP = Path("holidays/2024/island")


class Hand:
    """Does what a person does, and counts it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    async def click(self, target: Locator, **options: Any) -> None:
        """Click, once."""
        self.count += 1
        await target.click(**options)

    async def press(self, *keys: str) -> None:
        """Press keys, each of which counts."""
        for key in keys:
            self.count += 1
            await self.page.keyboard.press(key)

    async def type(self, word: str) -> None:
        """Type a word, which counts once."""
        self.count += 1
        await self.page.keyboard.type(word)

    def report(self, task: str) -> None:
        """Print the count of a task, and start anew."""
        print(f"{self.count:3}  {task}", flush=True)
        self.count = 0


def make_files(root: Path) -> None:
    """Make the clips; all but two last a second."""
    folder = root / DEEP
    folder.mkdir(parents=True)
    for number in range(CLIPS):
        seconds = 20 if number < 2 else 1
        source = f"testsrc2=size=320x180:rate=10:duration={seconds}"
        output = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p"]
        subprocess.run(
            [
                *(str(find_ffmpeg()), "-v", "error", "-f", "lavfi", "-i", source, *output),
                *("-metadata", f"comment={number}", str(folder / f"clip {number:02}.mp4")),
            ],
            check=True,
        )


def ask(server: httpx.Client, path: str, **params: Any) -> dict[str, Any]:
    """Return what the server answers."""
    answer: dict[str, Any] = server.get(path, params=params).json()
    return answer


def scan(server: httpx.Client, root: Path) -> None:
    """Scan the files, and wait for the end."""
    job = server.post("scans", json={"path": str(root)}).json()
    while ask(server, f"jobs/{job['id']}")["finished_at"] is None:
        time.sleep(0.2)


async def tasks(page: Page, server: httpx.Client) -> None:
    """Do the tasks, one after the other."""
    hand = Hand(page)
    cards = page.get_by_role("grid", name="Videos").locator("[data-index] a")
    bar = page.get_by_role("toolbar", name="Selected videos")

    def total(**filters: Any) -> int:
        return int(ask(server, "videos", **filters)["total"])

    await page.goto("/")
    await expect(cards).not_to_have_count(0)
    for name in DEEP.parts:
        tree = page.get_by_role("tree")
        if name == DEEP.parts[0]:
            await hand.click(tree.get_by_role("treeitem").first)
        await hand.click(page.get_by_role("link", name=name).first)
    await expect(page.get_by_text(f"{CLIPS} videos").first).to_be_visible()
    hand.report("open a folder three deep, and see its videos")
    boxes = page.get_by_role("grid", name="Videos").get_by_role("checkbox")
    await cards.first.hover()
    await hand.click(boxes.first)
    await hand.click(bar.get_by_role("button", name=f"Select all {CLIPS}"))
    await hand.click(bar.get_by_role("button", name="Rate the selected videos"))
    await hand.click(page.get_by_role("menuitem", name="4 stars"))
    await expect(page.get_by_text(f"{CLIPS} videos rated.")).to_be_visible()
    hand.report("rate 20 videos")
    await hand.click(page.get_by_role("button", name="Undo"))
    await expect(page.get_by_text(f"Undone for {CLIPS} videos.")).to_be_visible()
    assert total(min_rating=4) == 0
    hand.report("take that back")
    await hand.click(bar.get_by_role("button", name="Tags", exact=True))
    await expect(page.get_by_role("dialog").locator("[data-autofocus]")).to_be_focused()
    await hand.type("sea")
    await hand.press("Enter")
    await hand.click(page.get_by_role("dialog").get_by_role("button", name="Save"))
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert total(tag="sea") == CLIPS
    hand.report("tag the 20 selected videos")
    await hand.press("h")
    await expect(page.get_by_text(f"{CLIPS} videos added to favourites.")).to_be_visible()
    assert total(favourite=True) == CLIPS
    hand.report("make them favourites")
    await hand.click(bar.get_by_role("button", name="Collection"))
    await expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    await hand.type("Island")
    await hand.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert ask(server, "collections")["items"][0]["count"] == CLIPS
    hand.report("put them into a new collection")
    await page.goto("/")
    await expect(cards).not_to_have_count(0)
    await hand.press("/")
    await hand.type("clip 00")
    await expect(page.get_by_text("1 video", exact=True).first).to_be_visible()
    await hand.press("ArrowDown", "Enter")
    await page.wait_for_function("(document.querySelector('video')?.readyState ?? 0) > 1")
    await hand.press(" ")
    await page.wait_for_function("!document.querySelector('video').paused")
    hand.report("find a video by its name and play it")
    await page.evaluate("document.querySelector('video').pause()")
    await page.evaluate("document.querySelector('video').currentTime = 2")
    await hand.press("i", "l", "o")
    await hand.click(page.get_by_role("button", name="Add to render").first)
    hand.report("cut ten seconds out of it for a render")
    await page.goto("/?q=clip+01")
    await expect(page.get_by_text("1 video", exact=True).first).to_be_visible()
    await cards.first.hover()
    await hand.click(boxes.first)
    await hand.click(bar.get_by_role("button", name="Render…"))
    await hand.click(page.get_by_role("dialog").get_by_role("button", name="Add 1 video"))
    await expect(page.get_by_role("heading", level=1, name="Render")).to_be_visible()
    await hand.click(page.get_by_role("button", name=re.compile("^(Start render|Render|Start)$")))
    await page.wait_for_url("**/render?job=*")
    hand.report("join it with another one, and render")
    await expect(page.get_by_role("link", name="Open video")).to_be_visible()
    (job,) = ask(server, "jobs", kind="render")["items"]
    seconds = job["result"]["outputs"][0]["duration_seconds"]
    print(f"     the result lasts {seconds:.1f} s")


async def run(folder: Path, chromium: str) -> None:
    """Make files, serve and scan them, and do the tasks."""
    root = folder / "root"
    make_files(root)
    with running_server(root, folder / "data") as server:
        await asyncio.to_thread(scan, server.client, root)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"]
            )
            url = str(server.client.base_url).removesuffix("/api/v1/")
            context = await browser.new_context(
                base_url=url, viewport={"width": 1280, "height": 800}, bypass_csp=True
            )
            context.set_default_timeout(60_000)
            expect.set_options(timeout=60_000)
            await tasks(await context.new_page(), server.client)
            await browser.close()


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(run(Path(name), given.chromium))


if __name__ == "__main__":
    main()
