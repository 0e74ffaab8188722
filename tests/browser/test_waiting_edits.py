"""Edits that the server cannot take now are kept in the browser and saved later, once each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.async_api import expect
from tests.browser.browser_session import check_axe, take_screenshot
from tests.browser.listing import box, cards
from tests.browser.playing import is_ready
from tests.browser.scanning import scan
from tests.clips import small_clips

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Page, Route
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving, Stoat

NO_ANSWER = r"Failed to load resource|net::ERR"
WAITING = re.compile("waits? for the server.")
CHANGES = ("PATCH", "POST")


def add(serving: Serving, stoat: Stoat) -> list[dict[str, Any]]:
    """Add three videos; return them in their order."""
    small_clips(stoat.root, 3)
    scan(serving, stoat.root)
    found: list[dict[str, Any]] = serving.call("GET", "/videos")["items"]
    return found


def read(serving: Serving, video: dict[str, Any]) -> dict[str, Any]:
    detail: dict[str, Any] = serving.call("GET", f"/videos/{video['id']}")
    return detail


async def rate(page: Page, stars: int) -> None:
    """Choose a rating by the keyboard, as the stars of the page are pictures."""
    await page.get_by_role("radio", name=f"{stars} star").first.focus()
    await page.keyboard.press("Space")


async def refuse_changes(route: Route) -> None:
    if route.request.method in CHANGES:
        await route.abort()
    else:
        await route.continue_()


async def test_edits_of_a_video_wait_for_a_server_that_died(
    own_stoat: Stoat, open_session: Callable[[str], AbstractAsyncContextManager[BrowserSession]]
) -> None:
    with own_stoat.serve() as first:
        (video, *_) = add(first, own_stoat)
        port = first.url.rsplit(":", 1)[1]
        async with open_session(first.url) as visit:
            visit.expect_fault(NO_ANSWER)
            page = await visit.open(f"/videos/{video['id']}")
            await is_ready(page)  # all parts of the page are loaded
            first.running.kill()
            await rate(page, 2)
            await rate(page, 4)
            await page.get_by_role("button", name="Edit title").click()
            await page.get_by_label("Title").fill("The first swim")
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("heading", name="The first swim")).to_be_visible()
            tags = page.get_by_label("Tags", exact=True).first
            await tags.fill("sea")
            await tags.press("Enter")
            await expect(page.get_by_text("4 edits wait for the server.")).to_be_visible()
            await check_axe(page)
            await take_screenshot(page, "waiting-edits")
            with own_stoat.having(STOAT_PORT=port).serve() as second:
                await expect(page.get_by_text(WAITING)).to_have_count(0)
                after = read(second, video)
                saved = (after["rating"], after["title"], after["tags"])
                assert saved == (4, "The first swim", ["sea"])
                await expect(page.get_by_text("Kept in this browser.")).to_have_count(0)
                (revision,) = own_stoat.rows("SELECT revision FROM video_annotations")
                assert revision == (4,)


async def test_edits_are_kept_over_a_reload(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video, *_) = add(serving, stoat)
    visit.expect_fault(NO_ANSWER)
    page = await visit.open(f"/videos/{video['id']}", is_routed=True)
    await page.route("**/api/v1/videos/*", refuse_changes)
    await rate(page, 3)
    await expect(page.get_by_text("1 edit waits for the server.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("1 edit waits for the server.")).to_be_visible()
    await expect(page.get_by_role("radio", name="3 stars")).to_be_checked()
    assert read(serving, video)["rating"] is None
    # While it still fails: the button goes away when the page tries again by itself.
    async with page.expect_request(lambda request: request.method == "PATCH"):
        await page.get_by_role("button", name="Try now").click()
    await page.unroute("**/api/v1/videos/*")
    await expect(page.get_by_text(WAITING)).to_have_count(0)
    assert read(serving, video)["rating"] == 3


async def test_a_bulk_edit_whose_answer_was_lost_is_made_once_and_can_be_undone(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    videos = add(serving, stoat)
    visit.expect_fault(NO_ANSWER)
    page = await visit.open("/?sort=name", is_routed=True)
    keys: list[str] = []

    async def lose_the_answer(route: Route) -> None:
        keys.append((route.request.post_data_json or {})["key"])
        await route.fetch()
        await route.abort()

    await page.route("**/api/v1/videos/bulk", lose_the_answer)
    await expect(cards(page)).to_have_count(3)
    await cards(page).first.hover()
    await box(page, 0).click()
    await box(page, 1).click()
    await page.get_by_role("button", name="Rate the selected videos").click()
    await page.get_by_role("menuitem", name="5 stars").click()
    await expect(page.get_by_text("1 edit waits for the server.")).to_be_visible()
    assert read(serving, videos[0])["rating"] == 5
    other = {"json": {"rating": 1}, "headers": {"if-match": "*"}}
    serving.call("PATCH", f"/videos/{videos[1]['id']}", **other)
    await page.goto("about:blank")
    await page.unroute("**/api/v1/videos/bulk")  # not before: the page would send it again
    await page.goto("/jobs")
    await expect(page.get_by_text("2 videos rated.")).to_be_visible()
    assert len(set(keys)) == 1
    assert [read(serving, video)["rating"] for video in videos] == [5, 1, None]
    await page.get_by_role("button", name="Undo").click()
    left = "Undone for 1 video. 1 edited since was left alone."
    await expect(page.get_by_text(left)).to_be_visible()
    assert [read(serving, video)["rating"] for video in videos] == [None, 1, None]


async def test_waiting_edits_are_discarded_after_a_question(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video, *_) = add(serving, stoat)
    visit.expect_fault(NO_ANSWER)
    page = await visit.open(f"/videos/{video['id']}", is_routed=True, device="phone")
    await page.route("**/api/v1/videos/*", refuse_changes)
    await rate(page, 3)
    await page.get_by_role("button", name="Discard…").click()
    await expect(page.get_by_text("Discard 1 edit? It has not been saved.")).to_be_visible()
    await check_axe(page)
    await take_screenshot(page, "waiting-edits-discard")
    await page.get_by_role("button", name="Keep", exact=True).click()
    await page.get_by_role("button", name="Discard…").click()
    await page.get_by_role("button", name="Discard", exact=True).click()
    await expect(page.get_by_text(WAITING)).to_have_count(0)
    await expect(page.get_by_role("radio", name="3 stars")).not_to_be_checked()


async def test_an_edit_that_somebody_else_overtook_is_reported(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video, *_) = add(serving, stoat)
    visit.expect_fault(NO_ANSWER)
    page = await visit.open(f"/videos/{video['id']}", is_routed=True)
    await page.route("**/api/v1/videos/*", refuse_changes)
    await rate(page, 3)
    await expect(page.get_by_text("1 edit waits for the server.")).to_be_visible()
    other = {"json": {"rating": 1}, "headers": {"if-match": "*"}}
    serving.call("PATCH", f"/videos/{video['id']}", **other)
    await page.unroute("**/api/v1/videos/*")
    refused = page.get_by_role("alert").filter(has_text="Could not save the rating of “clip-0000")
    await expect(refused).to_contain_text("Someone else changed it")
    assert read(serving, video)["rating"] == 1
