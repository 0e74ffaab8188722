"""The library in a browser: searched, filtered, selected, repaired, by mouse and by keyboard."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import AXE_DEVICES, check_axe, is_stream, look, look_once
from tests.browser.listing import box, cards, count_is
from tests.browser.scanning import scan
from tests.clips import make_clip, small_clips
from tests.e2e.media import mixed_clips

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page, Route
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving, Stoat


@pytest.fixture
def mixed(stoat: Stoat, serving: Serving) -> None:
    """Add three good videos, two bad files, one skipped."""
    mixed_clips(stoat.root)
    scan(serving, stoat.root)


@asynccontextmanager
async def held_back(page: Page, url: str) -> AsyncIterator[None]:
    """Delay requests to `url` until the end of the block."""
    end = asyncio.Event()

    async def wait(route: Route) -> None:
        await end.wait()
        await route.continue_()

    await page.route(url, wait)
    yield
    end.set()


async def test_an_empty_library_offers_a_scan_and_shows_videos_while_one_finds_them(
    visit: BrowserSession, stoat: Stoat, serving: Serving
) -> None:
    page = await visit.open("/", is_live=True)
    await expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    await expect(page.get_by_text(str(stoat.root))).to_be_visible()
    await page.get_by_role("main").get_by_role("button", name="Scan a folder").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    small_clips(stoat.root, 5)
    scan(serving, stoat.root)
    await expect(cards(page)).to_have_count(5)


@pytest.mark.usefixtures("mixed")
async def test_a_bad_file_that_is_mended_is_usable_after_a_retry(
    visit: BrowserSession, stoat: Stoat
) -> None:
    page = await visit.open("/")
    await page.get_by_role("button", name="Show unreadable files").click()
    await expect(page).to_have_url(f"{visit.url}/?status=bad")
    await expect(cards(page)).to_have_count(2)
    await expect(page.get_by_text("The file is empty.")).to_be_visible()
    await look_once(page, "library-bad")
    shutil.copyfile(make_clip("h264.mp4"), stoat.root / "zero.mp4")
    await page.get_by_role("button", name="Retry zero.mp4").click()
    await expect(cards(page)).to_have_count(1)
    shutil.copyfile(make_clip("vp9.webm"), stoat.root / "text.mp4")
    await page.get_by_role("button", name="Retry", exact=True).click()
    await expect(page.get_by_role("heading", name="No unreadable files")).to_be_visible()
    await page.goto("/")
    await count_is(page, "5 videos")


@pytest.mark.usefixtures("mixed")
async def test_many_are_tagged_and_that_is_undone(visit: BrowserSession) -> None:
    page = await visit.open("/")
    await expect(cards(page)).to_have_count(3)
    await page.keyboard.press("Control+a")
    await expect(page.get_by_text("3 selected")).to_be_visible()
    await page.keyboard.press("Escape")
    await cards(page).first.hover()
    await box(page, 0).click()
    await box(page, 2).click(modifiers=["Shift"])
    await page.get_by_role("button", name="Tags", exact=True).click()
    dialog = page.get_by_role("dialog", name="Tags of 3 videos")
    await expect(dialog).to_be_visible()
    await check_axe(page)
    await expect(dialog.locator("[data-autofocus]")).to_be_focused()
    await page.keyboard.type("sea")
    await page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("3 videos tagged.")).to_be_visible()
    await page.get_by_role("button", name="Undo").hover()  # under the mouse, notices stay
    await expect(cards(page).filter(has_text="sea")).to_have_count(3)
    await check_axe(page)
    await page.get_by_role("button", name="Undo").click()
    await expect(cards(page).filter(has_text="sea")).to_have_count(0)


@pytest.mark.usefixtures("mixed")
async def test_forgetting_asks_first_and_keeps_the_files(
    visit: BrowserSession, stoat: Stoat
) -> None:
    page = await visit.open("/?sort=name", is_routed=True)
    await cards(page).first.hover()
    await box(page, 0).click()
    forget = page.get_by_role("button", name="Remove from library", exact=True)
    dialog = page.get_by_role("dialog", name="Remove 1 video")
    await forget.click()
    await expect(dialog).to_be_visible()
    await page.go_back()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text("1 selected")).to_be_visible()
    await expect(forget).to_be_focused()
    async with held_back(page, "**/api/v1/videos/forget"):
        await forget.click()
        await expect(dialog.get_by_role("progressbar", name="Counting")).to_be_visible()
        await check_axe(page)
    sure = dialog.get_by_role("button", name="Remove 1 video")
    await expect(sure).to_be_enabled()
    await expect(dialog).to_contain_text("The files stay on disk")
    await check_axe(page)
    await sure.click()
    await expect(cards(page)).to_have_count(2)
    assert (stoat.root / "old" / "h264.mp4").exists()


@pytest.mark.usefixtures("mixed")
async def test_the_bar_of_a_selection_holds_its_buttons_on_a_phone(visit: BrowserSession) -> None:
    page = await visit.open("/", device="phone")
    await box(page, 0).click()
    bar = page.get_by_role("toolbar", name="Selected videos")
    await expect(bar).to_be_visible()
    outside = await bar.evaluate(
        """bar => [...bar.querySelectorAll("button")].filter(one => {
            const [inner, outer] = [one.getBoundingClientRect(), bar.getBoundingClientRect()];
            return inner.left < outer.left || inner.right > outer.right;
        }).length"""
    )
    assert outside == 0


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize("device", AXE_DEVICES)
async def test_axe_finds_nothing_in_any_state(visit: BrowserSession, device: str) -> None:
    page = await visit.open("/?q=nowheretobefound", device=device)
    await expect(page.get_by_role("heading", name="No results")).to_be_visible()
    await look_once(page, f"library-nothing-found-{device}")
    await page.get_by_role("button", name="Clear search and filters").click()
    await count_is(page, "3 videos")
    await expect(cards(page)).to_have_count(3)
    await look(page, f"library-grid-{device}")
    await page.get_by_role("button", name="Filters").click()
    await expect(page.get_by_role("region", name="Codec")).to_be_visible()
    await look(page, f"library-filters-{device}")
    await page.goto("/?view=table&status=ok&status=bad&status=skipped")
    await expect(page.get_by_role("row")).to_have_count(7)
    await box(page, 3).click()
    await look(page, f"library-table-{device}")


@pytest.mark.usefixtures("mixed")
async def test_an_unplugged_disk_is_told_and_its_return_noticed(
    visit: BrowserSession, stoat: Stoat, tmp_path: Path
) -> None:
    page = await visit.open("/")
    await expect(cards(page)).to_have_count(3)
    away = tmp_path / "unplugged"
    stoat.root.rename(away)
    await page.keyboard.press("Control+a")
    await page.get_by_role("button", name="Rescan files").click()
    notice = page.get_by_role("status").filter(has_text="Is the disk connected?")
    await expect(notice).to_contain_text(str(stoat.root))
    await expect(cards(page)).to_have_count(3)
    await look_once(page, "library-unplugged")
    away.rename(stoat.root)
    await expect(notice).to_have_count(0)


@pytest.mark.usefixtures("mixed")
async def test_videos_that_are_all_missing_are_told_and_lose_nothing(
    visit: BrowserSession, stoat: Stoat, tmp_path: Path
) -> None:
    page = await visit.open("/")
    await expect(cards(page)).to_have_count(3)
    away = tmp_path / "away"
    away.mkdir()
    for name in ("old/h264.mp4", "tracks.mkv", "vp9.webm"):
        (stoat.root / name).rename(away / Path(name).name)
    await page.keyboard.press("Control+a")
    await page.get_by_role("button", name="Rescan files").click()
    await expect(page.get_by_role("heading", name="All videos are missing")).to_be_visible()
    await look_once(page, "library-all-missing")
    await page.get_by_role("button", name="Show missing videos").click()
    await expect(cards(page)).to_have_count(3)
    for path in away.iterdir():
        path.rename(stoat.root / ("old" if path.suffix == ".mp4" else "") / path.name)
    await page.get_by_role("button", name="Retry all 3").click()
    await expect(page.get_by_role("heading", name="No missing files")).to_be_visible()
    await page.get_by_role("button", name="Show all videos").click()
    await expect(cards(page)).to_have_count(3)


async def test_a_warning_that_was_put_away_comes_back_with_the_next_unreadable_file(
    stoat: Stoat, serving: Serving, visit: BrowserSession
) -> None:
    (stoat.root / "text.mp4").write_text("this is no video")
    scan(serving, stoat.root)
    page = await visit.open("/?view=table")
    warning = page.get_by_role("button", name="Show unreadable files")
    await expect(page.get_by_text("1 file could not be read")).to_be_visible()
    await page.get_by_role("button", name="Hide until there are more").click()
    await expect(warning).to_be_hidden()
    async with page.expect_response(is_stream):
        await page.reload()
    await expect(page.get_by_role("heading", name="No file could be read")).to_be_visible()
    await expect(warning).to_have_count(0)
    (stoat.root / "more.mp4").write_text("neither is this")
    scan(serving, stoat.root)
    await expect(page.get_by_text("2 files could not be read")).to_be_visible()
    await look(page, "unreadable-files")
