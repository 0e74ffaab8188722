"""How far videos were watched: kept by the server, and shown in the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import check_axe, is_stream, look, take_screenshot
from tests.browser.playing import add_long_video, address, is_ready, read, stored, until

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page, Route
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving, Stoat


@pytest.fixture
def video(serving: Serving, stoat: Stoat) -> dict[str, Any]:
    """Return a video of a minute that nobody has watched."""
    return add_long_video(serving, stoat)


def report(serving: Serving, video: dict[str, Any], **body: Any) -> None:
    serving.call("PUT", f"{address(video)}/watch", json=body)


async def play_from(player: Locator, seconds: float) -> None:
    await player.evaluate("(video, seconds) => { video.currentTime = seconds }", seconds)
    await player.evaluate("video => video.play()")
    await until(player, f"video => video.currentTime > {seconds + 0.2}")


async def test_a_position_is_kept_on_pause_and_resumed_in_another_browser(
    serving: Serving, visit: BrowserSession, video: dict[str, Any]
) -> None:
    page = await visit.open(address(video))
    player = await is_ready(page)
    await play_from(player, 20)
    await page.keyboard.press("k")
    kept = await stored(serving, video, lambda one: one["position_seconds"] > 20)
    assert kept["position_seconds"] < 30
    assert kept["watched"] is False
    other = await visit.open(address(video))
    await other.get_by_role("button", name="Resume at 0:2").click()
    await until(await is_ready(other), "video => video.currentTime >= 20")


@pytest.mark.parametrize("how", ["address", "link"])
async def test_a_position_is_kept_when_people_leave(
    serving: Serving, visit: BrowserSession, video: dict[str, Any], how: str
) -> None:
    page = await visit.open(address(video))
    await play_from(await is_ready(page), 30)
    if how == "address":
        await page.goto("about:blank")
    else:
        await page.get_by_role("link", name="Library").first.click()
    await stored(serving, video, lambda one: one["position_seconds"] > 30)


async def test_who_only_looks_changes_nothing(
    serving: Serving, visit: BrowserSession, video: dict[str, Any]
) -> None:
    report(serving, video, position_seconds=40)
    page = await visit.open(f"{address(video)}?t=10")
    await is_ready(page)
    await page.keyboard.press("5")
    async with page.expect_response("**/api/v1/videos?**"):
        await page.get_by_role("link", name="Library").first.click()
    assert read(serving, video)["position_seconds"] == 40


async def test_the_end_counts_as_watched_and_the_mark_can_be_changed(
    serving: Serving, visit: BrowserSession, video: dict[str, Any]
) -> None:
    page = await visit.open(address(video))
    player = await is_ready(page)
    await play_from(player, 59)
    await until(player, "video => video.ended")
    await stored(serving, video, lambda one: one["watched"])
    await page.get_by_role("button", name="Mark as not watched").click()
    await stored(serving, video, lambda one: not one["watched"])
    await page.get_by_role("button", name="Undo").click()
    await stored(serving, video, lambda one: one["watched"])
    await expect(page.get_by_role("button", name="Mark as not watched")).to_be_visible()


async def test_positions_of_a_browser_go_to_the_server(
    serving: Serving, stoat: Stoat, visit: BrowserSession, video: dict[str, Any]
) -> None:
    other = add_long_video(serving, stoat, "other.webm")
    report(serving, other, position_seconds=50)
    page = await visit.open("about:blank")
    await page.goto("/")
    ids = [video["id"], other["id"]]
    await page.evaluate(
        "([one, two]) => localStorage.setItem('stoat-ferret.positions',"
        " JSON.stringify({[one]: 21.5, [two]: 33, gone: 10}))",
        ids,
    )
    visit.expect_fault("404")
    await page.reload()
    await stored(serving, video, lambda one: one["position_seconds"] == 21.5)
    await until(page.locator("html"), "() => localStorage['stoat-ferret.positions'] === '{}'")
    assert read(serving, other)["position_seconds"] == 50, "what the server has is newer"


async def test_a_position_that_cannot_be_sent_is_sent_later(
    serving: Serving, visit: BrowserSession, video: dict[str, Any]
) -> None:
    visit.expect_fault(r"Failed to load resource|net::ERR")
    page = await visit.open(address(video), is_routed=True)
    player = await is_ready(page)

    async def fail(route: Route) -> None:
        await route.abort()

    await page.route("**/watch", fail)
    await play_from(player, 30)
    await page.keyboard.press("k")
    await until(player, r"() => /\[3\d/.test(localStorage['stoat-ferret.positions'])")
    await page.unroute("**/watch")
    await page.reload()
    await expect(page.get_by_role("button", name="Resume at 0:3")).to_be_visible()
    await stored(serving, video, lambda one: one["position_seconds"] > 30)


async def test_started_videos_are_in_the_library_newest_first(
    serving: Serving, stoat: Stoat, visit: BrowserSession, video: dict[str, Any]
) -> None:
    other = add_long_video(serving, stoat, "other.webm")
    done = add_long_video(serving, stoat, "seen.webm")
    report(serving, other, position_seconds=15, age_seconds=60)
    report(serving, video, position_seconds=45)
    report(serving, done, watched=True)
    page = await visit.open("/")
    row = page.get_by_role("region", name="Continue watching")
    links = row.get_by_role("listitem")
    await expect(links).to_contain_text(["long.webm", "other.webm"])
    await expect(links.first).to_contain_text("0:15 left")
    await expect(row.get_by_role("img", name="74% watched")).to_be_visible()
    await look(page, "continue-watching", also_dark=True)
    await row.get_by_role("button", name="Show all").click()
    await expect(page.get_by_text("2 videos", exact=True)).to_be_visible()
    await expect(row).to_have_count(0)
    await page.goto("/?watched=no")
    await expect(page.get_by_text("2 videos", exact=True)).to_be_visible()
    await page.goto("/?watched=yes")
    await expect(page.get_by_text("1 video", exact=True)).to_be_visible()
    await page.goto("/")
    await links.first.get_by_role("link").click()
    await expect(page.get_by_role("button", name="Resume at 0:45")).to_be_visible()


async def test_the_row_can_be_hidden_until_another_video_is_started(
    serving: Serving, stoat: Stoat, visit: BrowserSession, video: dict[str, Any]
) -> None:
    other = add_long_video(serving, stoat, "other.webm")
    report(serving, video, position_seconds=45)
    page = await visit.open("/", device="phone")
    row = page.get_by_role("region", name="Continue watching")
    await expect(row).to_be_visible()
    await check_axe(page)
    await take_screenshot(page, "continue-watching-phone")
    await hide(page)
    await expect(row).to_have_count(0)
    async with page.expect_response(is_stream):
        await page.reload()
    await expect(page.get_by_text("2 videos", exact=True)).to_be_visible()
    await expect(row).to_have_count(0)
    report(serving, other, position_seconds=45)
    await expect(row).to_contain_text("other.webm")


async def hide(page: Page) -> None:
    await page.get_by_role("button", name="Hide continue watching").click()
