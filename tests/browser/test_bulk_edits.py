"""Bulk edits and their undoing in the browser: of a few videos, and of a whole long list."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import check_axe, take_screenshot
from tests.browser.huge_library import add_videos
from tests.browser.listing import box, cards, count_is
from tests.e2e.stoat import Stoat

from stoat_ferret.library.migrations import NEWEST_SCHEMA
from stoat_ferret.sqlite_engine import add_functions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Locator, Page
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving

MANY = 3000


@pytest.fixture(scope="module")
def kept_library(tmp_path_factory: pytest.TempPathFactory, built_page: None) -> Iterator[Serving]:
    """Serve videos that have no files, more than are edited at once."""
    stoat = Stoat.build(tmp_path_factory.mktemp("bulk"))
    stoat.data_dir.mkdir()
    with closing(sqlite3.connect(stoat.data_dir / "library.db")) as library:
        add_functions(library)
        library.executescript(f"BEGIN; {NEWEST_SCHEMA.read_text()}; COMMIT")
        library.execute("INSERT INTO roots VALUES (1, 'videos', ?)", [os.fsencode(stoat.root)])
        add_videos(library, 1, MANY)
        library.execute(
            "UPDATE videos SET fingerprint = number / 3, size_bytes = 1000 WHERE number < 6"
        )
        library.commit()
    with stoat.serve() as serving:
        yield serving


@pytest.fixture
def long_library(kept_library: Serving) -> Iterator[Serving]:
    """Return the server of the library, which each test leaves as it was, but for its jobs."""
    yield kept_library
    kept_library.call("DELETE", "/jobs")
    assert kept_library.call("GET", "/videos")["total"] == MANY
    assert rated(kept_library, 1) == 0
    assert kept_library.call("GET", "/tags")["total"] == 0


@pytest.fixture
async def visit_long(
    long_library: Serving,
    open_session: Callable[[str], AbstractAsyncContextManager[BrowserSession]],
) -> AsyncIterator[BrowserSession]:
    async with open_session(long_library.url) as session:
        yield session


def bar(page: Page) -> Locator:
    return page.get_by_role("toolbar", name="Selected videos")


def rated(serving: Serving, rating: int) -> int:
    """Return how many videos have at least this rating."""
    found: int = serving.call("GET", "/videos", params={"min_rating": rating, "limit": 1})["total"]
    return found


async def select(page: Page, *places: int) -> None:
    await cards(page).first.hover()
    for place in places:
        await box(page, place).click()


async def select_all(page: Page) -> None:
    await count_is(page, f"{MANY:,} videos")
    await page.keyboard.press("Control+a")
    await expect(bar(page)).to_contain_text(f"{MANY:,} selected")


async def test_a_rating_is_chosen_by_keys_and_undone(
    visit_long: BrowserSession, long_library: Serving
) -> None:
    page = await visit_long.open("/")
    await select(page, 0, 1, 2)
    rate = bar(page).get_by_role("button", name="Rate the selected videos")
    await rate.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menu")).to_be_visible()
    await check_axe(page)
    await take_screenshot(page, "bulk-rate-menu")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await expect(rate).to_be_focused()
    assert rated(long_library, 1) == 0
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="5 stars")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("3 videos rated.")).to_be_visible()
    assert (rated(long_library, 4), rated(long_library, 5)) == (3, 0)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("Undone for 3 videos.")).to_be_visible()
    assert rated(long_library, 1) == 0


async def test_favourites_are_marked_by_a_key_filtered_and_undone(
    visit_long: BrowserSession, long_library: Serving
) -> None:
    page = await visit_long.open("/")
    await select(page, 0, 1, 2)
    await page.keyboard.press("h")
    await expect(page.get_by_text("3 videos added to favourites.")).to_be_visible()
    await expect(cards(page).nth(2)).to_have_accessible_name(re.compile("favourite"))
    await bar(page).get_by_role("button", name="Remove from favourites").click()
    await expect(page.get_by_text("3 videos removed from favourites.")).to_be_visible()
    removed = page.get_by_role("alert").filter(has_text="removed")
    await removed.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("Undone for 3 videos.")).to_be_visible()
    await expect(cards(page).nth(2)).to_have_accessible_name(re.compile("favourite"))
    await bar(page).get_by_role("button", name="Clear selection").click()
    await cards(page).nth(2).focus()
    await page.keyboard.press("h")
    await expect(cards(page).nth(2)).not_to_have_accessible_name(re.compile("favourite"))
    await page.keyboard.press("h")
    await expect(cards(page).nth(2)).to_have_accessible_name(re.compile("favourite"))
    await page.get_by_role("button", name="Filters").click()
    favourites = page.get_by_role("region", name="Favourites")
    await favourites.get_by_role("button", name="Favourites", exact=True).click()
    await count_is(page, "3 videos")
    await check_axe(page)
    await take_screenshot(page, "favourites")
    await cards(page).first.focus()
    await page.keyboard.press("h")
    await count_is(page, "2 videos")
    await page.goto("/")
    await select_all(page)
    await page.keyboard.press("h")
    dialog = page.get_by_role("dialog", name=f"Add {MANY:,} videos to favourites?")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await check_axe(page)
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    assert long_library.call("GET", "/videos", params={"favourite": "true"})["total"] == 2
    body = {"query": {"favourite": True}, "favourite": False}
    assert long_library.call("POST", "/videos/bulk", json=body)["edited"] == 2


async def test_a_whole_list_is_rated_after_a_question_and_undone(
    visit_long: BrowserSession, long_library: Serving
) -> None:
    page = await visit_long.open("/")
    await select_all(page)
    await bar(page).get_by_role("button", name="Rate the selected videos").click()
    await page.get_by_role("menuitem", name="2 stars").click()
    dialog = page.get_by_role("dialog", name=f"Rate {MANY:,} videos?")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await check_axe(page)
    await take_screenshot(page, "bulk-rate-question")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    assert rated(long_library, 1) == 0
    await bar(page).get_by_role("button", name="Rate the selected videos").click()
    await page.get_by_role("menuitem", name="2 stars").click()
    await dialog.get_by_role("button", name=f"Rate {MANY:,} videos").click()
    await expect(page.get_by_text("Rating videos. See Jobs for progress.")).to_be_visible()
    ended = page.get_by_role("alert").filter(
        has_text="Bulk edit of videos found by a search finished"
    )
    await expect(ended).to_contain_text(f"{MANY:,} edited")
    await take_screenshot(page, "bulk-job-ended")
    assert rated(long_library, 2) == MANY
    await ended.get_by_role("button", name="Undo").click()
    undone = page.get_by_role("alert").filter(has_text="Undo of a bulk edit finished")
    await expect(undone).to_contain_text(f"{MANY:,} restored")
    assert rated(long_library, 1) == 0


async def test_a_job_is_undone_on_the_page_of_jobs(
    visit_long: BrowserSession, long_library: Serving
) -> None:
    body = {"query": {}, "rating": 3}
    job = long_library.call("POST", "/videos/bulk", json=body)
    long_library.wait_for_job(job["id"], lambda one: one["status"] == "succeeded")
    visit_long.expect_fault("410")
    page = await visit_long.open("/jobs")
    card = page.get_by_role("listitem", name="Bulk edit of videos found by a search")
    await expect(card).to_contain_text(f"{MANY:,} edited")
    await expect(card.get_by_role("button", name="Run again")).to_have_count(0)
    await check_axe(page)
    await take_screenshot(page, "bulk-job-card")
    await card.get_by_role("button", name="Undo").click()
    undo = page.get_by_role("listitem", name="Undo of a bulk edit")
    await expect(undo).to_contain_text(f"{MANY:,} restored")
    assert rated(long_library, 1) == 0
    await page.reload()
    await card.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("This edit was undone already.")).to_be_visible()


async def test_tags_of_many_are_changed_after_a_question(
    visit_long: BrowserSession, long_library: Serving
) -> None:
    page = await visit_long.open("/")
    await select_all(page)
    await page.get_by_role("button", name="Tags", exact=True).click()
    dialog = page.get_by_role("dialog", name=f"Tags of {MANY:,} videos")
    await expect(dialog.locator("[data-autofocus]")).to_be_focused()
    await page.keyboard.type("sea")
    await page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_contain_text(f"the tags of {MANY:,} videos")
    await check_axe(page)
    assert long_library.call("GET", "/tags")["total"] == 0
    await dialog.get_by_role("button", name=f"Change {MANY:,} videos").click()
    ended = page.get_by_role("alert").filter(has_text="Bulk edit")
    await expect(ended).to_contain_text(f"{MANY:,} edited")
    await ended.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text(f"{MANY:,} restored")).to_be_visible()
    assert long_library.call("GET", "/tags")["total"] == 0


async def test_a_whole_list_is_more_than_a_render_takes_and_is_removed_and_returns(
    visit_long: BrowserSession, long_library: Serving
) -> None:
    page = await visit_long.open("/")
    await select_all(page)
    await bar(page).get_by_role("button", name="Render…").click()
    dialog = page.get_by_role("dialog", name=f"Render {MANY:,} videos")
    await expect(dialog).to_contain_text("A render can have at most 100 clips.")
    await check_axe(page)
    await take_screenshot(page, "render-too-many")
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(dialog).to_be_hidden()
    await bar(page).get_by_role("button", name="Remove from library").click()
    await page.get_by_role("button", name=f"Remove {MANY:,} videos").click()
    ended = page.get_by_role("alert").filter(has_text="Bulk edit")
    await expect(ended).to_contain_text(f"{MANY:,} removed from the library")
    assert long_library.call("GET", "/videos")["total"] == 0
    await ended.get_by_role("button", name="Undo").click()
    await count_is(page, f"{MANY:,} videos")
    assert long_library.call("GET", "/videos")["total"] == MANY
    await select_all(page)
    await bar(page).get_by_role("button", name="Render…").click()
    await dialog.get_by_role("button", name="Render the first 100").click()
    await expect(page.get_by_role("link", name="Render: 100 clips")).to_be_visible()


async def test_removed_videos_return_at_once(
    visit_long: BrowserSession, long_library: Serving
) -> None:
    page = await visit_long.open("/", device="phone")
    await box(page, 0).click()
    await box(page, 1).click()
    before = long_library.call("GET", "/videos", params={"limit": 5})["items"]
    await bar(page).get_by_role("button", name="Remove from library").click()
    await page.get_by_role("button", name="Remove 2 videos").click()
    await expect(page.get_by_text("2 videos removed from the library.")).to_be_visible()
    await page.get_by_role("button", name="Undo").hover()  # under the mouse, notices stay
    await check_axe(page)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("Undone for 2 videos.")).to_be_visible()
    assert long_library.call("GET", "/videos", params={"limit": 5})["items"] == before


async def test_tags_are_renamed_merged_and_deleted_on_their_page(
    visit_long: BrowserSession, long_library: Serving
) -> None:
    for count, tag in ((3, "sea"), (2, "Ocean")):
        ids = [f"{number:07}-" for number in range(1, count + 1)]
        long_library.call("POST", "/videos/bulk", json={"video_ids": ids, "add_tags": [tag]})
    page = await visit_long.open("/settings")
    await page.get_by_role("link", name="Tags").click()
    rows = page.get_by_role("main").get_by_role("listitem")
    await expect(rows).to_contain_text(["Ocean", "sea"])
    await page.get_by_text("Most used").click()
    await expect(rows).to_contain_text(["sea", "Ocean"])
    await page.get_by_role("button", name="Change sea").click()
    await expect(page.get_by_role("menu")).to_be_visible()
    await check_axe(page)
    await take_screenshot(page, "tags")
    await page.get_by_role("menuitem", name="Rename or merge…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Used by 3 videos.")
    await dialog.get_by_role("textbox", name="New name").fill("ocean")
    await page.keyboard.press("Enter")
    merging = page.get_by_role("dialog", name="Merge “sea” into “Ocean”?")
    await expect(merging.get_by_role("alert")).to_contain_text("used by 2 videos")
    await check_axe(page)
    await take_screenshot(page, "tags-merge")
    visit_long.expect_fault(r"409 .*/tags/")
    await merging.get_by_role("button", name="Merge").click()
    await expect(rows).to_contain_text(["Ocean3 videos"])
    await page.get_by_role("button", name="Undo").click()
    await expect(rows).to_contain_text(["sea", "Ocean2 videos"])
    await page.get_by_role("textbox", name="Search tags").fill("cea")
    await expect(rows).to_have_count(1)
    for left, tag in ((1, "Ocean"), (0, "sea")):
        await page.get_by_role("textbox", name="Search tags").fill(tag)
        await page.get_by_role("button", name=f"Change {tag}").click()
        await page.get_by_role("menuitem", name="Delete…").click()
        await dialog.get_by_role("button", name="Delete tag").click()
        await expect(dialog).to_be_hidden()
        await page.get_by_role("textbox", name="Search tags").fill("")
        await expect(rows).to_have_count(left)


async def test_duplicates_are_resolved_on_their_page(
    visit_long: BrowserSession, long_library: Serving
) -> None:
    long_library.call("POST", "/videos/bulk", json={"video_ids": ["0000004-"], "rating": 2})
    page = await visit_long.open("/duplicates")
    groups = page.get_by_role("main").get_by_role("article")
    await expect(page.get_by_text("2 groups of duplicates.")).to_be_visible()
    first = groups.filter(has_text="3 files of")
    await expect(first.get_by_role("radio", name="0000004.mp4")).to_be_checked()
    visit_long.expect_fault("404")  # they have no files
    await first.get_by_role("button", name="Compare…").click()
    compared = page.get_by_role("dialog")
    await expect(compared.get_by_role("row", name="Rating differs")).to_contain_text("2 of 5")
    await expect(compared.get_by_role("row", name=re.compile("^Size 1"))).to_be_visible()
    await check_axe(page)
    await take_screenshot(page, "duplicates-compare")
    await compared.get_by_role("checkbox", name="Only what differs").check()
    await expect(compared.get_by_role("row", name=re.compile("^Size"))).to_have_count(0)
    await compared.get_by_role("button", name="Keep all").click()
    await expect(compared).to_be_hidden()
    await expect(groups).to_have_count(1)
    await page.get_by_role("button", name="Dismiss").click()
    await page.get_by_text("Resolved", exact=True).click()
    await expect(page.get_by_text("1 group was resolved.")).to_be_visible()
    await check_axe(page)
    await take_screenshot(page, "duplicates-resolved")
    await groups.get_by_role("button", name="Reopen").click()
    await expect(page.get_by_text("No group was resolved.")).to_be_visible()
    await page.get_by_text("To decide", exact=True).click()
    await expect(groups).to_have_count(2)
    await first.get_by_role("radio", name="0000005.mp4").check()
    await check_axe(page)
    await take_screenshot(page, "duplicates")
    await first.get_by_role("button", name="Keep the chosen one").click()
    await expect(groups).to_have_count(1)
    await expect(page.get_by_text("1 group of duplicates.")).to_be_visible()
    details = long_library.call("GET", "/videos/0000005-")
    assert (details["rating"], details["tags"]) == (2, [])
    assert long_library.call("GET", "/videos/0000003-")["tags"] == ["duplicate"]
    await page.get_by_role("button", name="Undo").click()
    await expect(groups).to_have_count(2)
    assert long_library.call("GET", "/videos/0000005-")["rating"] is None
    await page.get_by_role("button", name="Keep the suggested ones of 2 groups").click()
    await expect(page.get_by_text("No duplicates.")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(groups).to_have_count(2)
    long_library.call("POST", "/videos/bulk", json={"video_ids": ["0000004-"], "rating": None})
