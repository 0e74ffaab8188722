"""Collections and markers in the browser: filled, sorted by mouse, finger and keys, undone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import look
from tests.browser.listing import box
from tests.browser.scanning import scan
from tests.clips import small_clips

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Locator, Page
    from tests.browser.browser_session import BrowserSession
    from tests.browser.shared_server import SharedServer
    from tests.e2e.stoat import Serving


@pytest.fixture(scope="module")
def shared(shared: SharedServer) -> SharedServer:
    """Add the clips `a` to `d`, which tests leave as they are."""
    root = shared.stoat.root
    small_clips(root, 4)
    for name, clip in zip("abcd", sorted(root.iterdir()), strict=True):
        clip.rename(root / f"{name}.mp4")
    scan(shared.serving, root)
    shared.keep()
    return shared


@pytest.fixture(autouse=True)
def _collections(serving: Serving) -> Iterator[None]:
    """Delete the collections of a test."""
    yield
    for one in serving.call("GET", "/collections")["items"]:
        serving.call("DELETE", f"/collections/{one['id']}")


def make_collection(serving: Serving) -> str:
    """Create a collection of all clips, by name; return its id."""
    made: str = serving.call("POST", "/collections", json={"name": "Film"})["id"]
    serving.call("POST", f"/collections/{made}/videos", json={"query": {}})
    return made


def stored_order(serving: Serving, collection: str) -> str:
    items = serving.call("GET", f"/videos?collection={collection}")["items"]
    return "".join(item["name"].removesuffix(".mp4") for item in items)


def rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Videos").get_by_role("listitem")


async def order_is(page: Page, names: str) -> None:
    """Expect the rows in this order, which is that of the document once it is stored."""
    await expect(rows(page)).to_have_count(len(names))
    await expect(rows(page)).to_contain_text([f"{name}.mp4" for name in names])


def handle(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"Move {name}.mp4")


async def middle(found: Locator) -> tuple[float, float]:
    bounds = await found.bounding_box()
    assert bounds is not None
    return bounds["x"] + bounds["width"] / 2, bounds["y"] + bounds["height"] / 2


async def test_a_collection_is_filled_sorted_rendered_and_deleted(
    visit: BrowserSession,
) -> None:
    page = await visit.open("/?sort=name")
    for index in range(3):
        await box(page, index).check(force=True)
    await page.get_by_role("button", name="Collection", exact=True).click()
    dialog = page.get_by_role("dialog", name="Add 3 videos to a collection")
    await dialog.get_by_label("Collection", exact=True).fill("Film")
    await look(page, "collection-dialog")
    await dialog.get_by_role("button", name="Create “Film”").click()
    await expect(page.get_by_text("3 videos added to “Film”.")).to_be_visible()
    await page.get_by_role("link", name="Collections").click()
    await page.get_by_role("link", name="Film").click()
    await order_is(page, "abc")
    await look(page, "collection")

    x, y = await middle(handle(page, "a"))
    _, target = await middle(handle(page, "c"))
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x, target, steps=4)
    await page.mouse.up()
    await order_is(page, "bca")

    await handle(page, "a").focus()
    for key in ("Space", "ArrowUp", "ArrowUp", "Escape"):
        await page.keyboard.press(key)
    await expect(page.get_by_text("Move cancelled.")).to_be_attached()
    for key in ("Space", "End", "ArrowUp", "ArrowUp", "Space"):
        await page.keyboard.press(key)
    await order_is(page, "abc")
    await expect(handle(page, "a")).to_be_focused()

    await page.get_by_role("button", name="More for b.mp4").click()
    await page.get_by_role("menuitem", name="Remove from collection").click()
    await order_is(page, "ac")
    notice = page.get_by_role("alert").filter(has_text="b.mp4")
    await notice.get_by_role("button", name="Undo").click()
    await order_is(page, "abc")

    await rows(page).nth(1).get_by_role("link").click()
    await expect(page.get_by_text("2 of 3")).to_be_visible()
    section = page.get_by_role("region", name="Collections")
    await section.get_by_role("button", name="Remove from Film").click()
    await expect(section.get_by_text("In no collection")).to_be_visible()
    await section.get_by_role("button", name="Add to collection").click()
    await page.get_by_role("dialog").get_by_role("button", name="Film").click()
    await expect(section.get_by_role("link", name="Film")).to_be_visible()
    await page.get_by_role("link", name="Collection", exact=True).click()
    await order_is(page, "acb")

    await page.get_by_role("button", name="Render…").click()
    await expect(page.get_by_text("3 clips in this order")).to_be_visible()
    await page.go_back()
    await page.get_by_role("button", name="More for this collection").click()
    await page.get_by_role("menuitem", name="Delete collection").click()
    deleted = page.get_by_role("alert").filter(has_text="Collection “Film” deleted.")
    await expect(page.get_by_role("link", name="Film")).to_have_count(0)
    await deleted.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("link", name="Film")).to_be_visible()
    await look(page, "collections")


async def test_videos_are_moved_by_a_finger(visit: BrowserSession, serving: Serving) -> None:
    collection = make_collection(serving)
    page = await visit.open(f"/collections/{collection}", device="phone")
    await order_is(page, "abcd")
    x, y = await middle(handle(page, "d"))
    _, target = await middle(handle(page, "a"))
    finger = await page.context.new_cdp_session(page)

    async def touch(kind: str, *points: float) -> None:
        at: list[dict[str, Any]] = [{"x": x, "y": place} for place in points]
        await finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    await touch("touchStart", y)
    for part in range(1, 5):
        await touch("touchMove", y + (target - y) * part / 4)
    await touch("touchEnd")
    await order_is(page, "dabc")
    assert stored_order(serving, collection) == "dabc"


async def test_moments_and_ranges_are_marked_named_found_and_rendered(
    visit: BrowserSession, serving: Serving
) -> None:
    video = serving.call("GET", "/videos?sort=name")["items"][0]
    page = await visit.open(f"/videos/{video['id']}")
    section = page.get_by_role("region", name="Markers")
    await expect(section.get_by_role("button", name="Mark here")).to_be_visible()
    await page.get_by_label("In point").fill("0.4")
    await page.get_by_label("Out point").fill("1.6")
    await page.get_by_label("Out point").press("Enter")
    await section.get_by_role("button", name="Mark range").click()
    ticks = page.get_by_test_id("marker-ticks").locator("span")
    await expect(ticks).to_have_count(1)
    await page.keyboard.press("Shift+M")
    await expect(ticks).to_have_count(2)
    await expect(section.get_by_role("listitem").first).to_have_text("0:00Untitled")

    await section.get_by_role(
        "button", name=re.compile("Change marker Untitled at 0:00 .+ 0:01")
    ).click()
    await page.get_by_role("menuitem", name="Edit…").click()
    dialog = page.get_by_role("dialog", name="Edit marker")
    await dialog.get_by_label("Title").fill("The first jump")
    await dialog.get_by_label("Tags").fill("sea")
    await look(page, "marker-dialog")
    await dialog.get_by_role("button", name="Save").click()
    await expect(section.get_by_role("listitem").nth(1)).to_contain_text("The first jump")
    await expect(section.get_by_text("sea", exact=True)).to_be_visible()

    await section.get_by_role("button", name="Change marker Untitled at 0:00").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await expect(section.get_by_role("listitem")).to_have_count(1)
    deleted = page.get_by_role("alert").filter(has_text="Marker deleted.")
    await deleted.get_by_role("button", name="Undo").click()
    await expect(section.get_by_role("listitem")).to_have_count(2)
    await section.get_by_role("button", name="Add range to render").click()
    await expect(page.get_by_text("The render now has 1 clip.")).to_be_visible()

    await page.get_by_role("link", name="Library", exact=True).first.click()
    await page.get_by_role("searchbox").fill("jump sea")
    moment = page.get_by_role("region", name="Moments").get_by_role("link")
    await expect(moment).to_contain_text("The first jump")
    await expect(page.get_by_text("1 video", exact=True)).to_be_visible()
    await moment.click()
    await expect(page).to_have_url(re.compile(rf"/videos/{video['id']}\?t=0\.4$"))
    for marker in serving.call("GET", f"/videos/{video['id']}/markers")["items"]:
        serving.call("DELETE", f"/markers/{marker['id']}")
