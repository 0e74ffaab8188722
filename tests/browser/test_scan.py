"""A scan in the page: followed, cancelled, found again, reported when it ends."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import AXE_DEVICES, check_axe, look
from tests.browser.scanning import (
    KEEP_VALUES,
    ask_for_scan,
    open_scan_dialog,
    percent_of,
    start_scan,
)
from tests.clips import small_clips

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.browser.browser_session import BrowserSession
    from tests.browser.gated_ffprobe import GatedFfprobe
    from tests.e2e.stoat import Serving, Stoat


@pytest.fixture(scope="module")
def variables(shared_gated_ffprobe: GatedFfprobe) -> Mapping[str, str]:
    """Return the settings of a server with the gated ffprobe."""
    return shared_gated_ffprobe.variables


async def test_the_bar_only_rises(
    stoat: Stoat, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 10)
    page = await visit.open("/")
    await page.evaluate(KEEP_VALUES)
    dialog = await start_scan(page)
    bar = dialog.get_by_role("progressbar", name=f"Scan of {stoat.root.name}")
    await percent_of(dialog, 0)
    for done in range(1, 10):
        gated_ffprobe.let(1)
        await percent_of(dialog, 10 * done)
        await expect(dialog.get_by_text(re.compile(rf"^{done} of 10 files"))).to_be_visible()
    words = await bar.get_attribute("aria-valuetext")
    assert words is not None
    assert words.startswith("90%, Reading files, 9 of 10 files")
    await expect(page).to_have_title(re.compile("^90% · Library"))
    gated_ffprobe.let(1)
    await expect(dialog.get_by_text("Done in")).to_be_visible()
    seen = await page.evaluate("window.seen")
    # While files are counted it has no value, if the page hears of the job that early.
    values = [int(value) for value in itertools.dropwhile(lambda value: value is None, seen)]
    assert values == sorted(values)
    assert set(range(0, 100, 10)) <= set(values)
    await expect(page).to_have_title(re.compile("^Library"))


async def test_a_cancel_in_the_middle_of_a_file_keeps_what_was_done(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 10)
    page = await visit.open("/")
    dialog = await start_scan(page)
    gated_ffprobe.let(4)
    await percent_of(dialog, 40)
    assert serving.running.children(), "a file is being read"
    # What is saved after the job has ended is not in its result, and saving may take that long.
    await expect(page.get_by_role("status").filter(has_text="4 videos").first).to_be_attached()
    await dialog.get_by_role("button", name="Cancel scan").click()
    await expect(dialog.get_by_text("Scan cancelled")).to_be_visible()
    await expect(dialog.get_by_role("listitem").filter(has_text="4 added")).to_be_visible()
    await check_axe(page)
    readers = [child for child in serving.running.children() if "ffprobe" in child.name()]
    assert not readers
    assert serving.call("GET", "/videos")["total"] == 4
    gated_ffprobe.let(20)
    await dialog.get_by_role("button", name="Try again").click()
    await expect(dialog.get_by_role("listitem").filter(has_text="6 added")).to_be_visible()


async def test_a_scan_goes_on_while_the_dialog_is_closed_and_is_found_again(
    stoat: Stoat, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 4)
    page = await visit.open("/")
    dialog = await start_scan(page)
    gated_ffprobe.let(1)
    await percent_of(dialog, 25)
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    gated_ffprobe.let(1)
    await expect(page.get_by_role("button", name="1 active job, 50%")).to_be_visible()
    await open_scan_dialog(page)
    await percent_of(dialog, 50)
    await page.reload()
    await open_scan_dialog(page)
    await percent_of(dialog, 50)
    gated_ffprobe.let(2)
    await expect(dialog.get_by_text("Done in")).to_be_visible()
    await dialog.get_by_role("button", name="Close", exact=True).click()
    await open_scan_dialog(page)
    await expect(dialog.get_by_role("button", name="Start scan")).to_be_visible()


async def test_the_end_of_a_scan_is_told_once_where_nobody_sees_it(
    stoat: Stoat, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 2)
    (stoat.root / "text.mp4").write_text("this is no video")
    page = await visit.open("/")
    dialog = await start_scan(page)
    await percent_of(dialog, 0)
    await dialog.get_by_role("button", name="Close", exact=True).last.click()
    gated_ffprobe.let(2)
    notice = page.get_by_role("alert").filter(has_text=f"Scan of {stoat.root.name} finished")
    await expect(notice).to_contain_text("2 added, 1 unreadable")
    await expect(notice).to_have_count(1)
    await expect(page.get_by_role("button", name="active job")).to_be_hidden()


async def test_a_scan_of_the_same_folder_is_joined(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 4)
    page = await visit.open("/")
    dialog = await start_scan(page)
    await percent_of(dialog, 0)
    await dialog.get_by_role("button", name="Scan another folder").click()
    await expect(dialog.get_by_text("This folder is already being scanned")).to_be_visible()
    await expect(dialog.get_by_text("Other active scans")).to_be_visible()
    await check_axe(page)
    await dialog.get_by_role("button", name="Start scan").click()
    await expect(dialog.get_by_text("already being scanned.")).to_be_visible()
    assert serving.call("GET", "/jobs")["total"] == 1
    gated_ffprobe.let(4)
    await expect(dialog.get_by_text("Done in")).to_be_visible()


async def test_scans_of_several_folders_are_all_seen(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    for name in ("beach", "city"):
        small_clips(stoat.root / name, 2)
        ask_for_scan(serving, stoat.root / name)
    page = await visit.open("/")
    dialog = await open_scan_dialog(page)
    await expect(dialog).to_have_accessible_name(f"Scan of {stoat.root.name}/beach")
    await dialog.get_by_role("button", name=f"Show Scan of {stoat.root.name}/city").click()
    await expect(dialog.get_by_text("Waiting in the queue", exact=True)).to_be_visible()
    await dialog.get_by_role("button", name="Cancel scan").click()
    await expect(dialog.get_by_text("Scan cancelled")).to_be_visible()
    gated_ffprobe.let(2)
    await expect(dialog.get_by_text("Other active scans")).to_be_hidden()


@pytest.mark.parametrize("device", AXE_DEVICES)
async def test_axe_finds_nothing_in_any_state(
    stoat: Stoat, gated_ffprobe: GatedFfprobe, visit: BrowserSession, device: str
) -> None:
    small_clips(stoat.root / "beach", 3)
    (stoat.root / "text.mp4").write_text("this is no video")
    page = await visit.open("/", device=device)
    dialog = await open_scan_dialog(page)
    await expect(dialog.get_by_role("button", name="beach")).to_be_visible()
    await look(page, f"scan-choice-{device}")
    await dialog.get_by_role("button", name="Start scan").click()
    gated_ffprobe.let(1)
    await percent_of(dialog, 25)
    await look(page, f"scan-running-{device}")
    gated_ffprobe.let(2)
    await expect(dialog.get_by_text("Done in")).to_be_visible()
    await look(page, f"scan-done-{device}")
