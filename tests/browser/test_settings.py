"""The settings page shows facts about the server and its problems."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect
from tests.browser.browser_session import AXE_DEVICES, look, take_screenshot
from tests.browser.scanning import scan
from tests.clips import small_clips
from tests.e2e.stoat import is_final

from stoat_ferret import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from playwright.async_api import Page
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
    await expect(root).to_contain_text("Not watched for changes.")
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


async def test_folders_and_settings_are_changed_on_the_page(
    own_stoat: Stoat, open_session: Visiting
) -> None:
    home = own_stoat.home
    (home / "Videos").mkdir()
    small_clips(home / "films", 2)
    free = {"STOAT_ROOTS": "", "STOAT_STORYBOARDS_AFTER_SCAN": ""}
    with own_stoat.having(**free).serve() as serving:
        async with open_session(serving.url) as visit:
            visit.expect_fault("Failed to load resource")
            page = await visit.open("/settings", is_live=True)
            await change_settings(page, serving)
            await add_folder(page, serving, home)
            await remove_folder(page, serving)
            await run_what_waits(page, serving, home)
            for device in AXE_DEVICES:
                page = await visit.open("/settings", device=device)
                await expect(page.get_by_role("article")).to_have_count(2)
                await expect(page.get_by_role("table", name="Versions")).to_be_visible()
                await look(page, f"settings-changed-{device}")
                form = page.get_by_role("form", name="Scans and renders")
                await form.get_by_role("switch").first.scroll_into_view_if_needed()
                await take_screenshot(page, f"settings-form-{device}")


async def change_settings(page: Page, serving: Serving) -> None:
    """Change settings in the form, after one that is refused."""
    form = page.get_by_role("form", name="Scans and renders")
    await expect(form.get_by_text("Set by STOAT_WATCH")).to_be_visible()
    hours = form.get_by_label("Quiet hours")
    await hours.fill("at night")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_text("is no span of hours")).to_be_visible()
    await hours.fill("3:00-4:00")
    await form.get_by_role("combobox", name="Scan regularly").click()
    await page.get_by_role("option", name="Every day at 3:00").click()
    await form.get_by_label("Renders at a time").fill("2")
    for name in ("Create thumbnails with scans", "Create preview thumbnails after scans"):
        await form.get_by_role("switch", name=name).press("Space")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_role("button", name="Discard changes")).to_be_hidden()
    await expect(page.get_by_text(re.compile("^Next scan: .* 3:00"))).to_be_visible()
    values = serving.call("GET", "/settings")["values"]
    assert (values["quiet_hours"], values["scan_schedule"]) == ("3:00-4:00", "0 3 * * *")
    assert (values["render_concurrency"], values["thumbnails"]) == (2, False)


async def add_folder(page: Page, serving: Serving, home: Path) -> None:
    """Add a folder and scan it, after one that is refused."""
    path = page.get_by_label("Add a folder")
    await path.fill("/etc")
    await path.press("Enter")
    await expect(page.get_by_text("belongs to the operating system")).to_be_visible()
    await take_screenshot(page, "settings-folder-refused")
    await path.fill(str(home / "films"))
    await path.press("Enter")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Start scan").click()
    found = dialog.get_by_role("listitem").filter(has_text="2 added")
    await expect(found).to_be_visible(timeout=60_000)
    await page.keyboard.press("Escape")
    films = page.get_by_role("article", name="Library folder films")
    await expect(films).to_contain_text("2 videos")
    video = serving.call("GET", "/videos")["items"][0]
    assert video["thumbnail_url"] is None
    serving.call("POST", "/videos/bulk", json={"video_ids": [video["id"]], "rating": 4})


async def remove_folder(page: Page, serving: Serving) -> None:
    """Remove the folder, see its videos go, and undo that."""
    films = page.get_by_role("article", name="Library folder films")
    await films.get_by_role("button", name="Remove films").click()
    question = page.get_by_role("dialog", name="Remove films from the library?")
    await expect(question).to_contain_text("2 videos in it will be removed from the library.")
    marked = "1 of them has a title, tags, rating, notes or favourite mark."
    await expect(question).to_contain_text(marked)
    await look(page, "settings-remove")
    await question.get_by_role("button", name="Remove folder").click()
    await expect(films).to_be_hidden()
    assert serving.call("GET", "/videos")["total"] == 0
    await page.get_by_role("button", name="Undo").click()
    await expect(films).to_contain_text("2 videos")
    ratings = {video["rating"] for video in serving.call("GET", "/videos")["items"]}
    assert ratings == {None, 4}


async def run_what_waits(page: Page, serving: Serving, home: Path) -> None:
    """Scan while a player plays, and run the preview thumbnails that wait for its end."""
    version = {"If-Match": "*"}
    change = {"storyboards_after_scan": None}
    serving.call("PATCH", "/settings", json=change, headers=version)
    (video, _) = serving.call("GET", "/videos")["items"]
    serving.call("PUT", f"/videos/{video['id']}/watch", json={"position_seconds": 0.1})
    scan(serving, home / "films")
    await page.goto("/jobs")
    await expect(page.get_by_text("Waits until nothing else is running").first).to_be_visible()
    await look(page, "jobs-idle")
    await page.get_by_role("button", name="Run now").first.click()
    (job,) = serving.call("GET", "/jobs", params={"kind": "storyboard"})["items"]
    assert serving.wait_for_job(job["id"], is_final)["result"]["made"] == 2


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
