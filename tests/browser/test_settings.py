"""The settings page shows facts about the server and its problems."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect
from tests.browser.browser_session import AXE_DEVICES, look
from tests.browser.scanning import scan
from tests.clips import small_clips
from tests.e2e.stoat import is_final

from stoat_ferret import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving, Stoat

    Visiting = Callable[[str], AbstractAsyncContextManager[BrowserSession]]


async def test_a_root_shows_what_a_scan_has_put_into_it(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 3)
    (stoat.root / "broken.mp4").write_bytes(b"this is no video")
    page = await visit.open("/settings")
    root = page.get_by_role("article", name=f"Library folder {stoat.root.name}")
    await expect(root).to_contain_text("0 videos")
    scan(serving, stoat.root)
    await page.reload()
    await expect(root).to_contain_text("3 videos")
    await expect(root).to_contain_text("1 unreadable")
    await expect(root).to_contain_text(re.compile("of .* free"))
    await expect(root).to_contain_text("Not watched for changes (STOAT_WATCH is off).")
    storage = page.get_by_role("table", name="Storage")
    thumbnails = storage.get_by_role("row", name=re.compile("^Thumbnails"))
    await expect(thumbnails).to_contain_text("kB")
    versions = page.get_by_role("table", name="Versions")
    await expect(versions.get_by_role("row", name="Version", exact=False).first).to_contain_text(
        __version__
    )
    await expect(versions).to_contain_text(str(stoat.data_dir))


async def test_storyboards_of_all_videos_are_asked_for(
    serving: Serving, visit: BrowserSession
) -> None:
    page = await visit.open("/settings")
    # The notice goes away by itself, so it is looked for as soon as the server has answered.
    async with page.expect_response(lambda answer: answer.request.method == "POST", timeout=60_000):
        await page.get_by_role("button", name="Create preview thumbnails for all videos").click()
    await expect(page.get_by_text("Creating preview thumbnails.")).to_be_visible()
    (job,) = serving.call("GET", "/jobs")["items"]
    serving.wait_for_job(job["id"], is_final)


async def test_the_versions_are_copied_for_a_bug_report_and_a_root_is_scanned_from_its_card(
    stoat: Stoat, visit: BrowserSession
) -> None:
    page = await visit.open("/settings", permissions=["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copy for a bug report").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied: str = await page.evaluate("navigator.clipboard.readText()")
    assert f"stoat-ferret: {__version__}" in copied
    await page.get_by_role("button", name=f"Scan {stoat.root.name}").click()
    await expect(page.get_by_role("dialog")).to_be_visible()


async def test_what_is_unplugged_or_broken_says_so_and_what_to_do(
    own_stoat: Stoat, open_session: Visiting
) -> None:
    broken = own_stoat.having(
        STOAT_ROOTS=f"{own_stoat.root}:{own_stoat.home / 'unplugged'}",
        STOAT_FFPROBE=str(own_stoat.home / "no-such-program"),
    )
    with broken.serve() as serving:
        async with open_session(serving.url) as visit:
            for device in AXE_DEVICES:
                page = await visit.open("/settings", device=device)
                absent = page.get_by_role("article", name="Library folder unplugged")
                await expect(absent).to_contain_text("Not available")
                await expect(absent).to_contain_text("Connect and mount its disk")
                await expect(absent.get_by_role("button")).to_be_disabled()
                checks = page.get_by_role("list", name="Checks")
                await expect(checks).to_contain_text("ffprobe: failed")
                await expect(checks).to_contain_text("STOAT_FFPROBE")
                await expect(checks).to_contain_text("Database: OK")
                await expect(page.get_by_role("table", name="Versions")).to_be_visible()
                await look(page, f"settings-{device}")
