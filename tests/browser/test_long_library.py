"""The library in a browser when it holds more than is shown at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.listing import card, cards, count_is
from tests.browser.scanning import scan
from tests.clips import small_clips

if TYPE_CHECKING:
    from tests.browser.browser_session import BrowserSession
    from tests.browser.shared_server import SharedServer


@pytest.fixture(scope="module")
def shared(shared: SharedServer) -> SharedServer:
    """Add 110 clips, more than the page asks for at once; no test changes them."""
    root = shared.stoat.root
    small_clips(root / "holidays", 100)
    small_clips(root / "work", 10)
    for clip in (root / "work").iterdir():
        clip.rename(clip.with_name(f"talk {clip.name[5:]}"))
    scan(shared.serving, root)
    shared.keep()
    return shared


async def test_search_is_in_the_address_and_back_leads_back(visit: BrowserSession) -> None:
    page = await visit.open("/")
    await count_is(page, "110 videos")
    await page.keyboard.press("/")
    await page.keyboard.type("talk 0003")
    await expect(page).to_have_url(f"{visit.url}/?q=talk+0003")
    await expect(cards(page)).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(f"{visit.url}/")
    await count_is(page, "110 videos")
    await page.get_by_role("button", name="Filters").click()
    await page.get_by_role("button", name="work 10").click()
    await count_is(page, "10 videos")
    await page.get_by_role("button", name="Below 480p").click()
    await expect(page).to_have_url(f"{visit.url}/?folder=work&height_class=lower")
    await page.go_back()
    await expect(page).to_have_url(f"{visit.url}/?folder=work")
    await page.reload()
    await count_is(page, "10 videos")
    await page.get_by_role("button", name="Remove filter work").click()
    await count_is(page, "110 videos")


async def test_rubbish_in_the_address_is_as_if_it_were_not_there(visit: BrowserSession) -> None:
    page = await visit.open("/?status=wrong&sort=colour&min_rating=99&min_duration=-1&x=1&q=talk")
    await count_is(page, "10 videos")


async def test_only_what_is_seen_exists_and_the_place_is_kept(visit: BrowserSession) -> None:
    page = await visit.open("/?sort=name")
    await count_is(page, "110 videos")
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


async def test_the_table_sorts_by_its_headings(visit: BrowserSession) -> None:
    page = await visit.open("/?q=talk")
    await page.get_by_role("button", name="Table view").click()
    size = page.get_by_role("columnheader", name="Size")
    await size.get_by_role("button").click()
    await expect(page).to_have_url(f"{visit.url}/?q=talk&sort=size")
    await expect(size).to_have_attribute("aria-sort", "descending")
    await size.get_by_role("button").click()
    await expect(size).to_have_attribute("aria-sort", "ascending")
    await page.goto("/")
    await expect(page.get_by_role("columnheader", name="Name")).to_be_visible()
    assert await page.get_by_role("row").count() < 80


async def test_the_keyboard_moves_selects_and_opens(visit: BrowserSession) -> None:
    page = await visit.open("/?sort=name")
    await expect(card(page, "clip-0000.mp4")).to_be_visible()
    await cards(page).first.focus()
    await page.keyboard.press("ArrowRight")
    await expect(card(page, "clip-0001.mp4")).to_be_focused()
    await page.keyboard.press("x")
    await expect(page.get_by_text("1 selected")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Shift+X")
    columns = await page.get_by_role("grid", name="Videos").get_attribute("aria-colcount")
    await expect(page.get_by_text(f"{int(columns or 0) + 1} selected")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("End")
    last = card(page, "talk 0009.mp4")
    await expect(last).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{visit.url}{await page.evaluate('location.pathname')}")
    await expect(page.get_by_role("grid", name="Videos")).to_have_count(0)
