"""The library in a browser: found, filtered, selected, mended, by hand and by keyboard."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.visitor import DEVICES, check_axe, take_screenshot
from tests.clips import make_clip, small_clips
from tests.e2e.media import mixed_clips

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page
    from tests.browser.visitor import ColorScheme, Visitor
    from tests.e2e.stoat import Stoat


@pytest.fixture
def many(stoat: Stoat) -> int:
    """A library of some hundred clips; how many."""
    small_clips(stoat.root / "holidays", 140)
    small_clips(stoat.root / "work", 10)
    for clip in (stoat.root / "work").iterdir():
        clip.rename(clip.with_name(f"talk {clip.name[5:]}"))
    stoat.json("scan", stoat.root)
    return 150


@pytest.fixture
def mixed(stoat: Stoat) -> None:
    """Three good videos, two bad files, one skipped."""
    mixed_clips(stoat.root)
    stoat.json("scan", stoat.root)


def cards(page: Page) -> Locator:
    return page.get_by_role("grid", name="Videos").locator("[data-index] a")


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name)


def box(page: Page, index: int) -> Locator:
    return page.locator(f'[data-index="{index}"]').get_by_role("checkbox")


async def count_is(page: Page, text: str) -> None:
    await expect(page.get_by_role("status").filter(has_text=text).first).to_be_visible()


async def axe_and_picture(page: Page, name: str) -> None:
    await page.wait_for_load_state("networkidle")
    await take_screenshot(page, f"library-{name}")
    await check_axe(page)


async def test_an_empty_library_offers_a_scan(visit: Visitor, stoat: Stoat) -> None:
    page = await visit.open("/")
    await expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    await expect(page.get_by_text(str(stoat.root))).to_be_visible()
    await axe_and_picture(page, "empty")
    await page.get_by_role("main").get_by_role("button", name="Scan a folder").click()
    await expect(page.get_by_role("dialog")).to_be_visible()


async def test_videos_appear_while_a_scan_finds_them(visit: Visitor, stoat: Stoat) -> None:
    page = await visit.open("/")
    await expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    small_clips(stoat.root, 5)
    stoat.json("scan", stoat.root)
    await expect(cards(page)).to_have_count(5)


@pytest.mark.usefixtures("many")
async def test_search_is_in_the_address_and_back_leads_back(visit: Visitor) -> None:
    page = await visit.open("/")
    await count_is(page, "150 videos")
    await page.keyboard.press("/")
    await page.keyboard.type("talk 0003")
    await expect(page).to_have_url(f"{visit.url}/?q=talk+0003")
    await expect(cards(page)).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(f"{visit.url}/")
    await count_is(page, "150 videos")
    await page.get_by_role("button", name="Filters").click()
    await page.get_by_role("button", name="work 10").click()
    await count_is(page, "10 videos")
    await page.get_by_role("button", name="below 480p").click()
    await expect(page).to_have_url(f"{visit.url}/?folder=work&height_class=lower")
    await page.go_back()
    await expect(page).to_have_url(f"{visit.url}/?folder=work")
    await page.reload()
    await count_is(page, "10 videos")
    await page.get_by_role("button", name="Remove the filter work").click()
    await count_is(page, "150 videos")


@pytest.mark.usefixtures("many")
async def test_rubbish_in_the_address_is_as_if_it_were_not_there(visit: Visitor) -> None:
    page = await visit.open("/?status=wrong&sort=colour&min_rating=99&min_duration=-1&x=1&q=talk")
    await count_is(page, "10 videos")


@pytest.mark.usefixtures("mixed")
async def test_nothing_found_leads_back_to_everything(visit: Visitor) -> None:
    page = await visit.open("/?q=nowheretobefound")
    await expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    await axe_and_picture(page, "nothing-found")
    await page.get_by_role("button", name="Clear the search and the filters").click()
    await count_is(page, "3 videos")


@pytest.mark.usefixtures("many")
async def test_only_what_is_seen_exists_and_the_place_is_kept(visit: Visitor) -> None:
    page = await visit.open("/?sort=name")
    await count_is(page, "150 videos")
    await expect(card(page, "clip-0000.mp4")).to_be_visible()
    assert await cards(page).count() < 80
    await page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    last = card(page, "talk 0009.mp4")
    await expect(last).to_be_in_viewport()
    assert await cards(page).count() < 80
    before = await page.evaluate("window.scrollY")
    await last.click()
    await expect(page).to_have_url(f"{visit.url}{await page.evaluate('location.pathname')}")
    await expect(page.get_by_role("grid", name="Videos")).to_have_count(0)
    await page.go_back()
    await expect(last).to_be_in_viewport()
    assert abs(await page.evaluate("window.scrollY") - before) < 50


@pytest.mark.usefixtures("many")
async def test_the_table_sorts_by_its_headings(visit: Visitor) -> None:
    page = await visit.open("/?q=talk")
    await page.get_by_role("button", name="Show as a table").click()
    size = page.get_by_role("columnheader", name="Size")
    await size.get_by_role("button").click()
    await expect(page).to_have_url(f"{visit.url}/?q=talk&sort=size")
    await expect(size).to_have_attribute("aria-sort", "descending")
    await size.get_by_role("button").click()
    await expect(size).to_have_attribute("aria-sort", "ascending")
    await page.goto("/")
    await expect(page.get_by_role("columnheader", name="Name")).to_be_visible()
    assert await page.get_by_role("row").count() < 80


@pytest.mark.usefixtures("mixed")
async def test_a_bad_file_that_is_mended_is_usable_after_a_retry(
    visit: Visitor, stoat: Stoat
) -> None:
    page = await visit.open("/")
    await page.get_by_role("button", name="Show the files that could not be read").click()
    await expect(page).to_have_url(f"{visit.url}/?status=bad")
    await expect(cards(page)).to_have_count(2)
    await expect(page.get_by_text("The file is empty.")).to_be_visible()
    await axe_and_picture(page, "bad")
    shutil.copyfile(make_clip("h264.mp4"), stoat.root / "zero.mp4")
    await page.get_by_role("button", name="Try zero.mp4 again").click()
    await expect(cards(page)).to_have_count(1)
    shutil.copyfile(make_clip("vp9.webm"), stoat.root / "text.mp4")
    await page.get_by_role("button", name="Try it again").click()
    await expect(page.get_by_role("heading", name="No file that could not be read")).to_be_visible()
    await page.goto("/")
    await count_is(page, "5 videos")


@pytest.mark.usefixtures("mixed")
async def test_many_are_tagged_and_that_is_undone(visit: Visitor) -> None:
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
    await page.keyboard.type("sea")
    await page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("3 videos tagged.")).to_be_visible()
    await expect(cards(page).filter(has_text="sea")).to_have_count(3)
    await check_axe(page)
    await page.get_by_role("button", name="Undo").click()
    await expect(cards(page).filter(has_text="sea")).to_have_count(0)


@pytest.mark.usefixtures("mixed")
async def test_forgetting_asks_first_and_keeps_the_files(visit: Visitor, stoat: Stoat) -> None:
    page = await visit.open("/")
    await cards(page).first.hover()
    await box(page, 0).click()
    forget = page.get_by_role("button", name="Forget", exact=True)
    dialog = page.get_by_role("dialog", name="Forget 1 video")
    await forget.click()
    await expect(dialog).to_be_visible()
    await page.go_back()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text("1 selected")).to_be_visible()
    await expect(forget).to_be_focused()
    await forget.click()
    await expect(dialog).to_contain_text("The files stay on the disk")
    await check_axe(page)
    await dialog.get_by_role("button", name="Forget 1 video").click()
    await expect(cards(page)).to_have_count(2)
    assert (stoat.root / "old" / "h264.mp4").exists()


@pytest.mark.usefixtures("mixed")
async def test_the_bar_of_a_selection_holds_its_buttons_on_a_phone(visit: Visitor) -> None:
    page = await visit.open("/", device="phone")
    await box(page, 0).click()
    bar = page.get_by_role("toolbar", name="Selected videos")
    await expect(bar).to_be_visible()
    outside = await bar.evaluate(
        """bar => [...bar.querySelectorAll("button, select")].filter(one => {
            const [inner, outer] = [one.getBoundingClientRect(), bar.getBoundingClientRect()];
            return inner.left < outer.left || inner.right > outer.right;
        }).length"""
    )
    assert outside == 0


@pytest.mark.usefixtures("many")
async def test_the_keyboard_moves_selects_and_opens(visit: Visitor) -> None:
    page = await visit.open("/")
    await expect(card(page, "clip-0000.mp4")).to_be_visible()
    await cards(page).first.focus()
    await page.keyboard.press("ArrowRight")
    await expect(card(page, "clip-0001.mp4")).to_be_focused()
    await page.keyboard.press("x")
    await expect(page.get_by_text("1 selected")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Shift+X")
    await expect(page.get_by_text("6 selected")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("End")
    last = card(page, "talk 0009.mp4")
    await expect(last).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{visit.url}{await page.evaluate('location.pathname')}")
    await expect(page.get_by_role("grid", name="Videos")).to_have_count(0)


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("device", DEVICES)
async def test_axe_finds_nothing_in_any_state(
    visit: Visitor, device: str, color_scheme: ColorScheme
) -> None:
    page = await visit.open("/", device=device, color_scheme=color_scheme)
    await expect(cards(page)).to_have_count(3)
    name = f"{device}-{color_scheme}"
    await axe_and_picture(page, f"grid-{name}")
    await page.get_by_role("button", name="Filters").click()
    await expect(page.get_by_role("region", name="Codec")).to_be_visible()
    await axe_and_picture(page, f"filters-{name}")
    await page.goto("/?view=table&status=ok&status=bad&status=skipped")
    await expect(page.get_by_role("row")).to_have_count(7)
    await box(page, 3).click()
    await axe_and_picture(page, f"table-{name}")


@pytest.mark.usefixtures("mixed")
async def test_an_unplugged_disk_is_told_and_its_return_noticed(
    visit: Visitor, stoat: Stoat
) -> None:
    page = await visit.open("/")
    await expect(cards(page)).to_have_count(3)
    away = stoat.root.with_name("unplugged")
    stoat.root.rename(away)
    await page.keyboard.press("Control+a")
    await page.get_by_role("button", name="Read the files again").click()
    notice = page.get_by_role("status").filter(has_text="is the disk plugged in?")
    await expect(notice).to_contain_text(str(stoat.root))
    await expect(cards(page)).to_have_count(3)
    await axe_and_picture(page, "unplugged")
    away.rename(stoat.root)
    await expect(notice).to_have_count(0)


@pytest.mark.usefixtures("mixed")
async def test_videos_that_are_all_missing_are_told_and_lose_nothing(
    visit: Visitor, stoat: Stoat
) -> None:
    page = await visit.open("/")
    await expect(cards(page)).to_have_count(3)
    away = stoat.root.with_name("away")
    away.mkdir()
    for name in ("old/h264.mp4", "tracks.mkv", "vp9.webm"):
        (stoat.root / name).rename(away / Path(name).name)
    await page.keyboard.press("Control+a")
    await page.get_by_role("button", name="Read the files again").click()
    await expect(page.get_by_role("heading", name="All videos are missing")).to_be_visible()
    await axe_and_picture(page, "all-missing")
    await page.get_by_role("button", name="Show the missing ones").click()
    await expect(cards(page)).to_have_count(3)
    for path in away.iterdir():
        path.rename(stoat.root / ("old" if path.suffix == ".mp4" else "") / path.name)
    await page.get_by_role("button", name="Try all 3 again").click()
    await expect(page.get_by_role("heading", name="No file that is missing")).to_be_visible()
    await page.get_by_role("button", name="Show all videos").click()
    await expect(cards(page)).to_have_count(3)
