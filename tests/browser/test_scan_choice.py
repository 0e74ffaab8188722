"""Choosing a folder to scan in the page, and the result, or why there is none."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from playwright.async_api import expect
from tests.browser.browser_session import check_axe
from tests.browser.scanning import open_scan_dialog, scan, start_scan
from tests.clips import small_clips
from tests.e2e.media import GOOD, mixed_clips

if TYPE_CHECKING:
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving, Stoat


async def test_a_first_visit_leads_to_a_scan_and_to_what_it_found(
    stoat: Stoat, visit: BrowserSession
) -> None:
    mixed_clips(stoat.root)
    page = await visit.open("/")
    await page.keyboard.press("s")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("Folder", exact=True)).to_have_value(str(stoat.root))
    await dialog.get_by_role("button", name="Start scan").click()
    await expect(dialog.get_by_text("with problems")).to_be_visible()
    counts = dialog.get_by_role("listitem")
    for words in ("6 found", "3 added", "1 skipped", "2 unreadable"):
        await expect(counts.filter(has_text=words)).to_be_visible()
    problems = dialog.get_by_role("region", name="Problems")
    await expect(problems).to_contain_text("zero.mp4")
    await expect(problems).to_contain_text("The file is empty.")
    await dialog.get_by_role("button", name="Show library").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text(f"{len(GOOD)} videos")).to_be_visible()


async def test_the_keyboard_alone_chooses_a_folder(stoat: Stoat, visit: BrowserSession) -> None:
    for name in ("beach", "city", "city/night"):
        (stoat.root / name).mkdir()
    page = await visit.open("/")
    await page.keyboard.press("s")
    dialog = page.get_by_role("dialog")
    folder = dialog.get_by_label("Folder", exact=True)
    await expect(dialog.get_by_role("button", name="beach")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(dialog.get_by_role("button", name="city")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(folder).to_have_value(str(stoat.root / "city"))
    await expect(dialog.get_by_role("button", name="night")).to_be_focused()
    await page.keyboard.press("Backspace")
    await expect(folder).to_have_value(str(stoat.root))
    await expect(dialog.get_by_role("button", name="city")).to_be_focused()
    await page.keyboard.press("b")
    await expect(dialog.get_by_role("button", name="beach")).to_be_focused()


async def test_a_typed_path_is_opened_or_refused_beside_the_field(
    stoat: Stoat, visit: BrowserSession
) -> None:
    visit.expect_fault("40[34]")  # the page learns by it that it is refused
    (stoat.root / "beach").mkdir()
    page = await visit.open("/")
    dialog = await open_scan_dialog(page)
    folder = dialog.get_by_label("Folder", exact=True)
    await folder.fill("/etc")
    await folder.press("Enter")
    await expect(dialog.get_by_text("/etc is outside the configured roots")).to_be_visible()
    await check_axe(page)
    await folder.fill(str(stoat.root / "nowhere"))
    await folder.press("Enter")
    await expect(dialog.get_by_text("There is no folder")).to_be_visible()
    await folder.fill(str(stoat.root / "beach"))
    await folder.press("Enter")
    await expect(dialog.get_by_text("No subfolders.")).to_be_visible()
    await dialog.get_by_role("button", name="Start scan").click()
    await expect(dialog.get_by_text("No videos were found.", exact=True)).to_be_visible()


async def test_an_unplugged_root_says_so_and_fails_a_scan_with_a_sentence(
    stoat: Stoat, serving: Serving, visit: BrowserSession
) -> None:
    visit.expect_fault("503")
    small_clips(stoat.root, 2)
    scan(serving, stoat.root)
    for clip in stoat.root.iterdir():
        clip.unlink()
    page = await visit.open("/")
    dialog = await start_scan(page)
    await expect(dialog.get_by_text("The scan failed")).to_be_visible()
    await expect(
        dialog.get_by_role("paragraph").filter(has_text="Is its disk mounted?")
    ).to_be_visible()
    await check_axe(page)
    shutil.rmtree(stoat.root)
    await page.reload()
    await open_scan_dialog(page)
    gone = dialog.get_by_role("button", name=f"{stoat.root.name} not available")
    await expect(gone).to_contain_text("is the disk connected?")
    stoat.root.mkdir()
    await expect(gone).to_be_hidden()
