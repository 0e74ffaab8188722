"""What people look for in the library, found in a browser: order, filters, saved searches."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import AXE_DEVICES, check_axe, look, take_screenshot
from tests.browser.listing import card, cards, count_is
from tests.browser.scanning import scan
from tests.clips import small_clips

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page
    from tests.browser.browser_session import BrowserSession
    from tests.browser.shared_server import SharedServer
    from tests.e2e.stoat import Serving, Stoat


@pytest.fixture(scope="module")
def shared(shared: SharedServer) -> SharedServer:
    """Add three clips, two with tags, and three more later; tests leave them as they are."""
    root = shared.stoat.root
    for folder in ("old", "new"):
        small_clips(root / folder, 3)
        for clip in (root / folder).iterdir():
            # By name, the new ones come last.
            clip.rename(clip.with_name(f"{'b' if folder == 'new' else 'a'}{clip.name[-5:]}"))
        scan(shared.serving, root)
    tag(shared.serving, "a0.mp4", "sea")
    tag(shared.serving, "a1.mp4", "sea", "sun")
    shared.keep()
    return shared


def ids(serving: Serving) -> dict[str, str]:
    """Return the ids of the videos by name."""
    videos = serving.call("GET", "/videos")["items"]
    return {video["name"]: video["id"] for video in videos}


def tag(serving: Serving, name: str, *tags: str) -> None:
    """Give a video these tags, and no other."""
    path = f"/videos/{ids(serving)[name]}"
    serving.call("PATCH", path, json={"tags": tags}, headers={"if-match": "*"})


async def test_the_newest_come_first_and_another_order_is_kept(visit: BrowserSession) -> None:
    page = await visit.open("/")
    order = page.get_by_label("Sort by")
    await expect(order).to_have_value("added")
    await expect(cards(page).first).to_contain_text("b")
    await order.select_option("name")
    await expect(page).to_have_url(f"{visit.url}/?sort=name")
    await expect(cards(page).first).to_contain_text("a0.mp4")
    await page.goto("/")
    await expect(order).to_have_value("name")
    await expect(cards(page).first).to_contain_text("a0.mp4")
    await page.get_by_role("button", name="Ascending. Reverse order").click()
    await expect(cards(page).first).to_contain_text("b2.mp4")
    # The address wins, and is not remembered.
    await page.goto("/?sort=name")
    await expect(cards(page).first).to_contain_text("a0.mp4")
    await page.goto("/?q=mp4")
    await count_is(page, "6 videos")
    await expect(cards(page).first).to_contain_text("b2.mp4")


async def test_filters_take_several_values_and_exclude_others(
    visit: BrowserSession,
) -> None:
    page = await visit.open("/?sort=name")
    await page.get_by_role("button", name="Filters").click()
    filters = page.get_by_role("complementary", name="Filters")
    await filters.get_by_role("button", name="Exclude sun").click()
    await expect(page).to_have_url(f"{visit.url}/?sort=name&not_tag=sun")
    await count_is(page, "5 videos")
    await filters.get_by_role("button", name="No tags", exact=True).click()
    await count_is(page, "4 videos")
    await page.get_by_role("button", name="Remove filter No tags").click()
    await filters.get_by_role("button", name="Exclude h264").click()
    await expect(page.get_by_role("heading", name="No results")).to_be_visible()
    await page.get_by_role("button", name="Remove filter not h264").click()
    await filters.get_by_role("button", name="sea 1").click()
    await expect(cards(page)).to_have_count(1)
    await expect(cards(page)).to_contain_text("a0.mp4")
    await page.get_by_role("button", name="Clear all").click()
    await page.goto("/?height_class=lower&orientation=landscape&orientation=square")
    await count_is(page, "6 videos")
    await filters.get_by_role("button", name="Landscape 6").click()
    await expect(page.get_by_role("heading", name="No results")).to_be_visible()
    await expect(filters.get_by_role("button", name="Landscape 6")).to_be_visible()


async def test_a_selection_of_all_keeps_to_the_days_of_the_filters(
    visit: BrowserSession,
) -> None:
    page = await visit.open("/")
    await page.get_by_role("button", name="Filters").click()
    filters = page.get_by_role("complementary", name="Filters")
    today = await page.evaluate("new Date().toLocaleDateString('sv')")
    await filters.get_by_label("Date added from").fill(today)
    await count_is(page, "6 videos")
    await filters.get_by_label("Date added to").fill("2020-01-01")
    await expect(page.get_by_role("heading", name="No results")).to_be_visible()
    await filters.get_by_label("Date added to").fill(today)
    await expect(page).to_have_url(f"{visit.url}/?added_from={today}&added_to={today}")
    await count_is(page, "6 videos")
    await filters.get_by_label("Date recorded from").fill("2001-01-01")
    await expect(page.get_by_role("heading", name="No results")).to_be_visible()
    await page.get_by_role("button", name="Remove filter recorded since").click()
    await count_is(page, "6 videos")
    await page.keyboard.press("Control+a")
    bar = page.get_by_role("toolbar", name="Selected videos")
    async with page.expect_response("**/api/v1/videos/rescan") as answered:
        await bar.get_by_role("button", name="Rescan files").click()
    assert (await answered.value).status == 202
    asked = json.loads((await answered.value).request.post_data or "")["query"]
    assert asked["added_from"] < asked["added_before"]


@pytest.mark.parametrize("device", AXE_DEVICES)
async def test_axe_finds_nothing_among_the_filters(visit: BrowserSession, device: str) -> None:
    page = await visit.open("/?not_codec=vp9&not_tag=sun&has_sound=true", device=device)
    await page.get_by_role("button", name="Filters").click()
    await expect(page.get_by_role("region", name="Date recorded")).to_be_attached()
    await look(page, f"finding-filters-{device}")


async def test_a_month_is_jumped_to(visit: BrowserSession, serving: Serving, stoat: Stoat) -> None:
    page = await visit.open("/", viewport={"width": 500, "height": 500})
    await count_is(page, "6 videos")
    months = page.get_by_role("slider", name="Month")
    # All of them were added in the same month.
    await expect(months).to_have_count(0)
    with closing(sqlite3.connect(stoat.data_dir / "library.db")) as library, library:
        before = library.execute("SELECT id, added_at FROM videos").fetchall()
        for name, month in zip(("a0", "a1", "a2", "b0", "b1"), (1, 2, 3, 4, 5), strict=True):
            added = f"2019-{month:02}-15 12:00:00.000000"
            library.execute("UPDATE videos SET added_at = ? WHERE name = ?", (added, f"{name}.mp4"))
    try:
        await page.reload()
        await expect(months).to_have_attribute("aria-valuemax", "5")
        await months.focus()
        await page.keyboard.press("End")
        await expect(months).to_have_attribute("aria-valuetext", "January 2019, 1 video")
        await expect(card(page, "a0.mp4")).to_be_in_viewport()
        await page.keyboard.press("ArrowUp")
        await expect(months).to_have_attribute("aria-valuetext", "February 2019, 1 video")
        await page.keyboard.press("Home")
        await expect(card(page, "b2.mp4")).to_be_in_viewport()
        bounds = await months.bounding_box()
        assert bounds is not None
        await page.mouse.click(bounds["x"] + 20, bounds["y"] + bounds["height"] - 2)
        await expect(card(page, "a0.mp4")).to_be_in_viewport()
        await take_screenshot(page, "finding-months")
        await page.get_by_label("Sort by").select_option("name")
        await expect(months).to_have_count(0)
        # The months are those of what the filters find.
        await page.goto("/?tag=sea&sort=added&order=asc")
        await expect(months).to_have_attribute("aria-valuemax", "1")
        await expect(months).to_have_attribute("aria-valuetext", "January 2019, 1 video")
        await check_axe(page)
    finally:
        with closing(sqlite3.connect(stoat.data_dir / "library.db")) as library, library:
            change = "UPDATE videos SET added_at = ? WHERE id = ?"
            library.executemany(change, [(added, video_id) for video_id, added in before])


async def test_searches_are_saved_for_all_browsers(visit: BrowserSession, serving: Serving) -> None:
    page = await visit.open("/?tag=sea&sort=size&order=asc")
    await page.get_by_role("button", name="Filters").click()
    saved = page.get_by_role("region", name="Saved searches")
    await save_as(page, "At sea")
    await expect(saved.get_by_role("button", name="At sea 2")).to_have_attribute(
        "aria-pressed", "true"
    )
    today = await page.evaluate("new Date().toLocaleDateString('sv')")
    await page.goto(f"/?added_to={today}&q=b")
    await save_as(page, "Until today")
    await check_axe(page)
    # Names are one of a kind, and what was typed stays.
    await saved.get_by_role("button", name="Save this search…").click()
    await expect(saved.locator("[data-autofocus]")).to_be_focused()
    await page.keyboard.type("at SEA")
    visit.expect_fault("409")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("There is already a saved search 'At sea'")).to_be_visible()
    await page.keyboard.press("Escape")

    other = await visit.open("/?sort=name", is_live=True)
    await other.get_by_role("button", name="Filters").click()
    theirs = other.get_by_role("region", name="Saved searches")
    await theirs.get_by_role("button", name="Until today 3").click()
    await expect(other).to_have_url(re.compile(rf"q=b&.*added_to={today}"))
    await count_is(other, "3 videos")
    await change(other, "Until today", "Move up")
    await expect(rows(other).first).to_contain_text("Until today")
    await change(other, "Until today", "Rename…")
    await expect(theirs.locator("[data-autofocus]")).to_be_focused()
    await other.keyboard.press("Control+a")
    await other.keyboard.type("New ones")
    await other.keyboard.press("Enter")
    await expect(rows(other).first).to_contain_text("New ones")
    await change(other, "New ones", "Delete")
    await expect(rows(other)).to_have_count(1)
    await other.get_by_role("button", name="Undo").click()
    await expect(rows(other).first).to_contain_text("New ones")
    # Counts follow what people change.
    tag(serving, "a1.mp4")
    await expect(theirs.get_by_role("button", name="At sea 1")).to_be_visible()
    tag(serving, "a1.mp4", "sea", "sun")
    await expect(theirs.get_by_role("button", name="At sea 2")).to_be_visible()
    await take_screenshot(other, "finding-saved")
    for search in serving.call("GET", "/searches")["items"]:
        with serving.client() as client:
            assert client.request("DELETE", f"/searches/{search['id']}").status_code == 204


async def test_the_keyboard_goes_from_the_search_into_the_results(visit: BrowserSession) -> None:
    page = await visit.open("/?sort=name")
    await count_is(page, "6 videos")
    await page.keyboard.press("/")
    await page.keyboard.press("ArrowDown")
    await expect(card(page, "a0.mp4")).to_be_focused()
    await page.keyboard.press("/")
    await page.keyboard.type("b")
    await page.keyboard.press("Enter")
    await count_is(page, "3 videos")
    await page.keyboard.press("Enter")
    await expect(card(page, "b0.mp4")).to_be_focused()


async def test_the_size_of_cards_is_kept(visit: BrowserSession) -> None:
    page = await visit.open("/")
    await page.get_by_role("button", name="Folders", exact=True).click()  # its tree is put away
    grid = page.get_by_role("grid", name="Videos")
    await expect(grid).to_have_attribute("aria-colcount", "5")
    await page.get_by_role("button", name="Card size: medium. Change to large").click()
    await expect(grid).to_have_attribute("aria-colcount", "3")
    await page.reload()
    await expect(grid).to_have_attribute("aria-colcount", "3")
    await take_screenshot(page, "finding-large-cards")
    await page.get_by_role("button", name="Card size: large. Change to small").click()
    await expect(grid).to_have_attribute("aria-colcount", "7")


def rows(page: Page) -> Locator:
    """Return the saved searches."""
    saved = page.get_by_role("region", name="Saved searches")
    return saved.locator("button[aria-pressed]")


async def save_as(page: Page, name: str) -> None:
    """Save the current search."""
    await page.get_by_role("button", name="Save this search…").click()
    await expect(page.locator("input[data-autofocus]")).to_be_focused()
    await page.keyboard.type(name)
    await page.keyboard.press("Enter")
    await expect(rows(page).filter(has_text=name)).to_be_visible()


async def change(page: Page, name: str, item: str) -> None:
    """Choose an item in the menu of a saved search."""
    await page.get_by_role("button", name=f"Change {name}").click()
    await page.get_by_role("menuitem", name=item).click()
