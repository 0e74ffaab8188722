"""The player of the video page: its keys, what it remembers, and where it starts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import check_axe, look, press_quickly, take_screenshot
from tests.browser.playing import (
    CHAPTERS,
    add,
    add_long_video,
    address,
    edit,
    feedback_is,
    is_ready,
    keep_feedback,
    stored,
    until,
)

if TYPE_CHECKING:
    from typing import Any

    from playwright.async_api import Locator, Page
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving, Stoat


@pytest.fixture
def video(serving: Serving, stoat: Stoat) -> dict[str, Any]:
    """Return a video that is long enough to skip in."""
    return add_long_video(serving, stoat)


async def test_a_key_does_what_people_know_and_shows_it_and_the_sheet_lists_it(
    visit: BrowserSession, video: dict[str, Any]
) -> None:
    page = await visit.open(address(video))
    player = await is_ready(page)
    shown = page.locator("media-controller").get_by_role("status")
    await keep_feedback(page)
    for key, words, condition in (
        ("5", "50% · 0:30", "Math.abs(video.currentTime - 30) < 0.1"),
        ("ArrowLeft", "\u22125 s · 0:25", "Math.abs(video.currentTime - 25) < 0.1"),
        ("l", "+10 s · 0:35", "Math.abs(video.currentTime - 35) < 0.1"),
        ("Home", "0:00", "video.currentTime === 0"),
        (".", "Frame 1", "video.currentTime > 0.03"),
        ("ArrowDown", "Volume 90%", "Math.abs(video.volume - 0.9) < 0.001"),
        ("ArrowUp", "Volume 100%", "video.volume === 1"),
        ("m", "Muted", "video.muted"),
        ("m", "Volume 100%", "!video.muted"),
        (">", "Speed 1.25\u00d7", "video.playbackRate === 1.25"),
        ("<", "Speed 1\u00d7", "video.playbackRate === 1"),
        ("c", "No subtitles to show", "true"),
        ("a", "Fill", "getComputedStyle(video).objectFit === 'cover'"),
        ("h", "Added to favourites", "true"),
        ("h", "Removed from favourites", "true"),
        ("h", "Added to favourites", "true"),
        ("a", "Fit", "getComputedStyle(video).objectFit === 'contain'"),
        ("k", "Play", "!video.paused"),
        ("k", "Pause", "video.paused"),
        (" ", "Play", "!video.paused"),
        (" ", "Pause", "video.paused"),
        ("End", "1:00", "video.ended || video.currentTime > 59"),
    ):
        await page.keyboard.press(key)
        await feedback_is(page, words)
        await until(player, f"video => {condition}")
    await check_axe(page)
    await take_screenshot(page, "player-feedback")
    actions = page.get_by_role("region", name="Player actions")
    favourite = actions.get_by_role("button", name="Favourite")
    await expect(favourite).to_have_attribute("aria-pressed", "true")
    await favourite.click()
    await expect(favourite).to_have_attribute("aria-pressed", "false")
    await page.keyboard.press("Escape")
    await expect(shown).to_be_empty()
    await page.keyboard.press("f")
    await until(player, "() => document.fullscreenElement !== null")
    await page.keyboard.press("f")
    await until(player, "() => document.fullscreenElement === null")
    await page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    for words in ("Go to 0% to 90%", "0\u20139", "Volume up", "Fit or fill the picture"):
        await expect(sheet.get_by_text(words, exact=True).first).to_be_visible()
    await check_axe(page)


async def test_arrows_scroll_the_page_when_the_player_is_out_of_view(
    visit: BrowserSession, video: dict[str, Any]
) -> None:
    page = await visit.open(address(video), viewport={"width": 800, "height": 420})
    player = await is_ready(page)
    await until(
        player,
        "video => { scrollTo(0, document.documentElement.scrollHeight);"
        " return video.getBoundingClientRect().bottom < 0; }",
    )
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Home")
    await until(player, "() => window.scrollY === 0")
    await expect(player).to_have_js_property("volume", 1)
    await page.keyboard.press("ArrowDown")
    await until(player, "video => video.volume < 1")


async def test_volume_mute_and_speed_are_remembered(
    visit: BrowserSession, video: dict[str, Any]
) -> None:
    page = await visit.open(address(video))
    player = await is_ready(page)
    for key in ("ArrowDown", "ArrowDown", ">", ">", "m"):
        await page.keyboard.press(key)
    await expect(player).to_have_js_property("muted", True)
    await page.goto(address(video))
    player = await is_ready(page)
    await expect(player).to_have_js_property("muted", True)
    await until(player, "video => Math.abs(video.volume - 0.8) < 0.001")
    await expect(player).to_have_js_property("playbackRate", 1.5)
    await expect(page.locator("media-playback-rate-button")).to_contain_text("1.5")
    await load_again(page)
    await expect(player).to_have_js_property("playbackRate", 1.5)


async def load_again(page: Page) -> None:
    await page.locator("video").evaluate("video => video.load()")
    await is_ready(page)


async def test_a_link_leads_to_a_moment(visit: BrowserSession, video: dict[str, Any]) -> None:
    page = await visit.open(f"{address(video)}?t=nonsense")
    await page.evaluate(
        "id => localStorage.setItem('stoat-ferret.positions', JSON.stringify({[id]: 20}))",
        video["id"],
    )
    await page.reload()
    await expect(page.get_by_role("button", name="Resume at 0:20")).to_be_visible()
    await page.goto(f"{address(video)}?t=0m30s")  # `moments.test.ts` has the other forms
    player = await is_ready(page)
    await until(player, "video => Math.abs(video.currentTime - 30) < 0.05")
    await expect(page.get_by_role("button", name="Resume")).to_have_count(0)


_LOAD_AGAIN = """video => new Promise(resolve => {
  video.addEventListener("loadeddata", () => resolve(video.currentTime), {once: true});
  video.load();
})"""
"""Loads a video again, and returns its moment when all that happens then has happened."""


async def test_a_link_past_the_end_says_so(visit: BrowserSession, video: dict[str, Any]) -> None:
    page = await visit.open(f"{address(video)}?t=1h2m3s")
    player = await is_ready(page)
    notice = page.get_by_role("alert").filter(has_text="The link leads past the end")
    await expect(notice).to_contain_text("It leads to 1:02:03, but this video ends at 1:00.")
    await until(player, "video => video.currentTime > 59")
    await check_axe(page)
    assert await player.evaluate(_LOAD_AGAIN) == 0, "it went to the moment again"


async def test_the_link_to_this_moment_can_be_copied(
    visit: BrowserSession, video: dict[str, Any]
) -> None:
    page = await visit.open(address(video), permissions=["clipboard-read", "clipboard-write"])
    player = await is_ready(page)
    await player.evaluate("video => { video.currentTime = 12.5 }")
    copy = page.get_by_role("button", name="Copy link at this time")
    await copy.click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = await page.evaluate("navigator.clipboard.readText()")
    assert link == f"{visit.url}{address(video)}?t=12.5"
    await page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error()) }"
    )
    await copy.click()
    assert await page.get_by_label("Select and copy this").input_value() == link
    await page.goto(link)
    await until(await is_ready(page), "video => Math.abs(video.currentTime - 12.5) < 0.05")


async def test_clip_points_survive_a_reload_until_the_clip_is_taken(
    visit: BrowserSession, video: dict[str, Any]
) -> None:
    page = await visit.open(f"{address(video)}?t=10")
    await until(await is_ready(page), "video => video.currentTime === 10")
    await page.keyboard.press("i")
    clip = page.get_by_role("region", name="Clip")
    await clip.get_by_label("Out point").fill("25.5")
    await clip.get_by_label("Out point").press("Enter")
    await page.reload()
    await is_ready(page)
    await expect(clip.get_by_label("In point")).to_have_value("0:10.000")
    await expect(clip.get_by_label("Out point")).to_have_value("0:25.520")
    await clip.get_by_role("button", name="Add to render").click()
    await expect(clip.get_by_label("In point")).to_have_value("")
    await page.reload()
    await is_ready(page)
    await expect(clip).to_contain_text("Whole video")


async def open_first(visit: BrowserSession, page_address: str = "/?sort=name") -> Page:
    """Open the first video of the library from its list."""
    page = await visit.open(page_address)
    await page.get_by_role("grid").get_by_role("link").first.click()
    await is_ready(page)
    # Keys that lead there are known once the list is.
    await expect(page.get_by_role("button", name="Next video")).to_be_enabled()
    return page


async def test_the_next_video_goes_on_playing(
    serving: Serving, stoat: Stoat, visit: BrowserSession, video: dict[str, Any]
) -> None:
    other = add_long_video(serving, stoat, "next.webm")
    serving.call("PUT", f"{address(other)}/watch", json={"position_seconds": 25})
    page = await open_first(visit)
    heading = page.get_by_role("heading", level=1)
    await page.keyboard.press("n")
    await expect(heading).to_have_text("next.webm")
    await expect(await is_ready(page)).to_have_js_property("paused", True)
    await page.keyboard.press("p")
    await expect(heading).to_have_text("long.webm")
    player = await is_ready(page)
    await page.keyboard.press("k")
    await until(player, "video => video.currentTime > 0")
    await page.keyboard.press("n")
    await expect(heading).to_have_text("next.webm")
    await until(page.locator("video"), "video => !video.paused && video.currentTime > 25")


async def test_the_next_video_plays_by_itself_unless_it_is_cancelled(
    serving: Serving, stoat: Stoat, visit: BrowserSession, video: dict[str, Any]
) -> None:
    add_long_video(serving, stoat, "next.webm")
    page = await open_first(visit)
    switch = page.get_by_role("switch", name="Play next automatically")
    await expect(switch).not_to_be_checked()
    await switch.click()
    # Its seconds pass when the test lets them.
    await page.clock.install(time=0)
    await page.clock.pause_at(1000)
    notice = page.get_by_text("Next: next.webm")
    await play_the_end(page)
    await expect(notice).to_be_visible()
    checking = asyncio.create_task(check_axe(page))
    while not checking.done():
        await page.clock.run_for(1)  # axe has timers, too
    await checking
    await take_screenshot(page, "player-next")
    await page.get_by_role("button", name="Cancel").click()
    await expect(notice).to_have_count(0)
    await page.clock.run_for(10_000)  # longer than it would have waited
    await expect(page.get_by_role("heading", level=1)).to_have_text("long.webm")
    await play_the_end(page)
    for left in range(5, 0, -1):
        await expect(page.get_by_role("button", name=f"Cancel ({left})")).to_be_visible()
        await page.clock.run_for(1000)
    await page.clock.resume()
    await expect(page.get_by_role("heading", level=1)).to_have_text("next.webm")
    await until(page.locator("video"), "video => video.currentTime > 0 && !video.paused")
    await expect(switch).to_be_checked()


async def play_the_end(page: Page) -> None:
    """Play the last half second of the long video."""
    player = page.locator("video")
    await player.evaluate("video => { video.currentTime = 59.5 }")
    await player.evaluate("video => video.play()")


async def test_a_loop_repeats_the_video_or_what_is_between_the_points(
    visit: BrowserSession, video: dict[str, Any]
) -> None:
    page = await visit.open(address(video))
    player = await is_ready(page)
    await page.keyboard.press("L")
    await expect(page.get_by_role("button", name="Loop")).to_have_attribute("aria-pressed", "true")
    await player.evaluate("video => { video.currentTime = 59.7 }")
    await player.evaluate("video => video.play()")
    await until(player, "video => video.currentTime < 10 && !video.paused")
    clip = page.get_by_role("region", name="Clip")
    for label, moment in (("In point", "20"), ("Out point", "21")):
        await clip.get_by_label(label).fill(moment)
        await clip.get_by_label(label).press("Enter")
    await player.evaluate("video => { video.currentTime = 20.8 }")
    await until(player, "video => video.currentTime < 20.7 && video.currentTime >= 20")
    await clip.get_by_label("Out point").fill("")
    await clip.get_by_label("Out point").press("Enter")
    await player.evaluate("video => { video.currentTime = 59.7 }")
    await until(player, "video => video.currentTime < 59 && video.currentTime >= 20")
    await page.get_by_role("button", name="Loop").click()
    await player.evaluate("video => { video.currentTime = 59.7 }")
    await until(player, "video => video.ended")


async def test_chapters_are_on_the_timeline_in_a_menu_and_on_keys(
    visit: BrowserSession, video: dict[str, Any]
) -> None:
    page = await visit.open(address(video))
    player = await is_ready(page)
    timeline = page.locator("media-time-range")
    part = timeline.locator("#segments-clipping rect")
    await expect(part.nth(len(CHAPTERS) - 1)).to_be_attached()
    await timeline.hover()
    await expect(timeline.locator("media-preview-chapter-display").first).to_contain_text(
        CHAPTERS[1]
    )
    await take_screenshot(page, "player-chapters")
    await keep_feedback(page)
    for key, words, seconds in (
        ("N", "2 of 3: The beach", 20),
        ("N", "3 of 3: Sunset", 40),
        ("l", "0:50", 50),
        ("B", "3 of 3: Sunset", 40),
        ("B", "2 of 3: The beach", 20),
        ("B", "1 of 3: Arrival", 0),
        ("B", "1 of 3: Arrival", 0),
    ):
        await page.keyboard.press(key)
        await feedback_is(page, words)
        await until(player, f"video => Math.abs(video.currentTime - {seconds}) < 0.1")
    await page.get_by_role("button", name="Chapters").click()
    await check_axe(page)
    await page.get_by_role("menuitem", name="Sunset").click()
    await until(player, "video => Math.abs(video.currentTime - 40) < 0.1")


async def test_a_video_is_rated_and_tagged_by_keys(
    serving: Serving, visit: BrowserSession, video: dict[str, Any]
) -> None:
    edit(serving, video, rating=2)
    page = await visit.open(address(video))
    player = await is_ready(page)
    await page.get_by_role("radio", name="2 stars").focus()
    await page.keyboard.press("ArrowRight")  # which is no key of the player here
    await page.keyboard.press("Space")
    await expect(page.get_by_role("radio", name="3 stars")).to_be_checked()
    await expect(player).to_have_js_property("currentTime", 0)
    await page.get_by_role("heading", level=1).click()  # away from the stars
    await press_quickly(page, "r", "4")
    await expect(page.get_by_role("radio", name="4 stars")).to_be_checked()
    await expect(page.get_by_text("Rated 4 stars")).to_be_attached()
    await expect(player).to_have_js_property("currentTime", 0)
    await page.keyboard.press("t")
    tags = page.get_by_role("combobox", name="Tags").or_(page.get_by_role("textbox", name="Tags"))
    await expect(tags).to_be_focused()
    await page.keyboard.type("km5")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await page.keyboard.press("5")
    await until(player, "video => video.currentTime > 20 && video.paused && !video.muted")
    await expect(page.get_by_text("km5", exact=True)).to_be_visible()
    await press_quickly(page, "r", "0")
    await expect(page.get_by_role("button", name="Clear rating")).to_have_count(0)
    await stored(serving, video, lambda said: said["tags"] == ["km5"] and not said["rating"])


_NOTE_TAPS = """() => {
  if (!window.taps) addEventListener("click", event => taps.push(event.timeStamp), true);
  window.taps = [];
}"""
_LONGEST_GAP = """times => taps.length >= times &&
  1 + Math.max(...taps.map((at, index) => index && at - taps[index - 1]))"""
QUICK_MILLISECONDS = 250
"""Taps that come within this time belong together."""


async def tap(page: Page, share: float, times: int = 1) -> float:
    """Tap on the picture at a share of its width; return the longest time between two taps."""
    box = await page.locator("video").bounding_box()
    assert box is not None
    await page.evaluate(_NOTE_TAPS)
    for _ in range(times):
        await page.touchscreen.tap(box["x"] + share * box["width"], box["y"] + 0.3 * box["height"])
    gap = await page.wait_for_function(_LONGEST_GAP, arg=times)
    return float(await gap.json_value())


async def is_at(page: Page, seconds: float) -> Locator:
    """Return the player when it has stopped there."""
    player = await is_ready(page)
    there = f"Math.abs(video.currentTime - {seconds}) < 0.1"
    await until(player, f"video => {there} && video.paused")
    return player


async def test_taps_play_pause_and_skip(visit: BrowserSession, video: dict[str, Any]) -> None:
    page = await visit.open(f"{address(video)}?t=30", device="phone")
    for share, times, seconds in ((0.9, 2, 40), (0.1, 3, 10)):
        player = await is_at(page, 30)
        while await tap(page, share, times) > QUICK_MILLISECONDS:
            await page.reload()  # on a slow machine, they were single taps
            player = await is_at(page, 30)
        await is_at(page, seconds)
        await player.evaluate("video => { video.currentTime = 30 }")
    await tap(page, 0.5)
    await until(player, "video => !video.paused && video.currentTime > 30.2")
    await tap(page, 0.5)
    await until(player, "video => video.paused")
    await tap(page, 0.9)
    await until(player, "video => !video.paused")


async def test_a_phone_shows_the_title_first_and_buttons_for_fingers(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (upright,) = add(serving, stoat, "key-each-second-upright.webm")
    page = await visit.open(address(upright), device="phone")
    player = await is_ready(page)
    title = await page.get_by_role("heading", level=1).bounding_box()
    stage = await page.get_by_role("region", name="Video", exact=True).bounding_box()
    picture = await player.bounding_box()
    assert title is not None
    assert stage is not None
    assert picture is not None
    assert title["y"] < stage["y"]
    assert abs(stage["x"] + stage["width"] / 2 - 195) < 1
    assert abs(picture["x"] + picture["width"] / 2 - 195) < 1
    buttons = page.get_by_role("main").locator("button:visible, [role=switch]:visible")
    for button in await buttons.all():
        box = await button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 43.9, await button.inner_text()
    await look(page, "player-phone", also_dark=True)
