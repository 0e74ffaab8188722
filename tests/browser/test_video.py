"""The page of one video: it plays, shows the facts of its file, and takes edits."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import AXE_DEVICES, DEVICES, check_axe, look, take_screenshot
from tests.browser.playing import add, address, edit, find, is_ready, read, stored, until
from tests.browser.scanning import scan
from tests.clips import make_clip
from tests.e2e.stoat import is_final

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving, Stoat

PLAYABLE = {"video/mp4": "h264.mp4", "video/webm": "vp9.webm"}
NO_ANSWER = r"Failed to load resource|net::ERR"
"""Browsers log this about a request that failed, whatever the page makes of it."""


@pytest.mark.parametrize("mime_type", PLAYABLE)
async def test_a_video_plays_and_seeks(
    serving: Serving, stoat: Stoat, visit: BrowserSession, mime_type: str
) -> None:
    (video,) = add(serving, stoat, PLAYABLE[mime_type])
    page = await visit.open(address(video))
    codec = read(serving, video)["playable"]["mime_type"]
    if not await page.evaluate("type => document.createElement('video').canPlayType(type)", codec):
        pytest.skip(f"this browser does not play {codec}")
    player = await is_ready(page)
    # It spins even unseen, and the page would be laid out for each frame.
    await expect(page.locator("media-loading-indicator")).to_be_hidden()
    await page.get_by_role("button", name="play", exact=True).click()
    await until(player, "video => video.currentTime > 0.2")
    await page.keyboard.press("k")
    await expect(player).to_have_js_property("paused", True)
    await player.evaluate("video => { video.currentTime = 0 }")
    await page.keyboard.press("ArrowRight")
    await until(player, "video => video.currentTime > 0.5")


async def test_a_key_is_not_taken_from_what_has_the_focus(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video,) = add(serving, stoat, "vp9.webm")
    page = await visit.open(address(video))
    player = await is_ready(page)
    await page.get_by_label("Notes").press_sequentially("k m , . j l f")
    await expect(player).to_have_js_property("paused", True)
    await expect(player).to_have_js_property("muted", False)
    await page.get_by_role("button", name="Remove from library").press("Space")
    await expect(
        page.get_by_role("dialog", name="Remove this video from the library?")
    ).to_be_visible()
    await expect(player).to_have_js_property("paused", True)
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()


async def test_a_player_that_cannot_be_loaded_leaves_the_rest_of_the_page(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video,) = add(serving, stoat, "vp9.webm")
    visit.expect_fault(rf"{NO_ANSWER}|dynamically imported")
    page = await visit.open("/settings", is_routed=True)
    await page.route("**/assets/Player-*.js", lambda route: route.abort())
    await page.goto(address(video))
    fault = page.get_by_role("alert").filter(has_text="The player could not be loaded")
    await expect(fault).to_be_visible()
    await check_axe(page)
    await page.get_by_label("Notes").fill("Typed without a player.")
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    await page.unroute_all()
    await fault.get_by_role("button", name="Reload the page").click()
    await is_ready(page)


async def test_what_the_browser_does_not_play_is_converted_and_can_be_downloaded(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video,) = add(serving, stoat, "mpeg4.avi")
    page = await visit.open(address(video))
    await is_ready(page)
    await expect(page.get_by_text("Browsers do not play AVI files.")).to_be_visible()
    await take_screenshot(page, "video-converted-desktop-light")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download").click()
    assert (await download.value).suggested_filename == "mpeg4.avi"


async def test_a_file_that_went_away_is_said_to_be_gone(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video,) = add(serving, stoat, "vp9.webm")
    visit.expect_fault(NO_ANSWER)
    (stoat.root / "vp9.webm").unlink()
    page = await visit.open(address(video))
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text(read_problem(serving, video))
    shutil.copyfile(make_clip("vp9.webm"), stoat.root / "vp9.webm")
    await alert.get_by_role("button", name="Try again").click()
    await is_ready(page)
    (stoat.root / "vp9.webm").unlink()
    scan_again = serving.call("POST", "/scans", json={"path": str(stoat.root), "force": True})
    serving.wait_for_job(scan_again["id"], is_final)


async def test_a_bad_file_is_tried_again_where_it_is_shown_and_the_keyboard_stays_near(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    file = stoat.root / "clip.webm"
    file.write_text("this is no video")
    scan(serving, stoat.root)
    page = await visit.open(address(find(serving, "clip.webm")))
    place = page.get_by_role("region", name="File location")
    again = place.get_by_role("button", name="Retry")
    await again.press("Enter")
    await expect(place.get_by_text("Retried: ")).to_contain_text("unreadable")
    await expect(again).to_be_focused()
    shutil.copyfile(make_clip("vp9.webm"), file)
    await again.press("Enter")
    await is_ready(page)
    await expect(again).to_have_count(0)
    await expect(page.get_by_role("heading", level=1)).to_be_focused()


def read_problem(serving: Serving, video: dict[str, Any]) -> str:
    with serving.client() as client:
        return str(client.get(f"{address(video)}/stream").json()["detail"])


async def test_all_that_is_known_of_a_file_can_be_read(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video,) = add(serving, stoat, "tracks.mkv")
    page = await visit.open(address(video), device="phone")
    content = page.get_by_role("region", name="Media info")
    for words in (
        "Matroska",
        "H.264 (AVC)",
        "French (fra)",
        "German (deu)",
        "Commentaire",
        "25 fps",
    ):
        await expect(content).to_contain_text(words)
    raw = content.get_by_role("region", name="as JSON")
    await content.get_by_text("Show JSON", exact=True).click()
    await expect(raw).to_contain_text('"pixel_format": "yuv420p"')
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= DEVICES["phone"]["viewport"]["width"]
    chapters = page.get_by_role("region", name="Chapters")
    await expect(chapters.get_by_role("button")).to_have_count(2)
    await expect(page.get_by_role("region", name="Jobs", exact=True)).to_contain_text("added")


async def test_all_that_people_say_can_be_changed(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    video, other = add(serving, stoat, "vp9.webm", "mpeg4.avi")
    edit(serving, other, tags=["seaside"])
    page = await visit.open(address(video))
    await page.get_by_role("button", name="Edit title").click()
    title = page.get_by_role("textbox", name="Title")
    await title.fill("Not this")
    await title.press("Escape")
    await expect(page.get_by_role("heading", level=1)).to_have_text("vp9.webm")
    await page.get_by_role("button", name="Edit title").click()
    await title.fill("The first swim")
    await title.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("The first swim")
    await page.locator(".mantine-Rating-symbolGroup").nth(3).click()
    await expect(page.get_by_role("button", name="Clear rating")).to_be_visible()
    tags = page.get_by_role("textbox", name="Tags").or_(page.get_by_role("combobox", name="Tags"))
    await tags.fill("sea")
    await page.get_by_role("option", name="seaside").click()
    await tags.fill("family")
    await tags.press("Enter")
    await page.get_by_label("Notes").fill("With grandmother.\nAugust.")
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    wanted = ("The first swim", 4, ["family", "seaside"], "With grandmother.\nAugust.")
    await stored(
        serving,
        video,
        lambda said: (said["title"], said["rating"], sorted(said["tags"]), said["notes"]) == wanted,
    )
    await page.reload()
    await expect(page.get_by_label("Notes")).to_have_value("With grandmother.\nAugust.")
    await page.get_by_role("button", name="Clear rating").click()
    await expect(page.get_by_role("button", name="Clear rating")).to_have_count(0)
    await tags.press("Backspace")
    await stored(serving, video, lambda said: said["tags"] == ["family"] and not said["rating"])


async def test_nobody_overwrites_a_title_that_they_have_not_seen(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video,) = add(serving, stoat, "vp9.webm")
    visit.expect_fault("412")
    page = await visit.open(address(video))
    dialog = page.get_by_role("dialog", name="Someone else changed this video")
    title = page.get_by_role("textbox", name="Title")
    for theirs, button, kept in (
        ("Theirs", "Use theirs", "Theirs"),
        ("Theirs again", "Keep mine", "Mine"),
    ):
        await page.get_by_role("button", name="Edit title").click()
        await title.fill("Mine")
        edit(serving, video, title=theirs)
        await title.press("Enter")
        await expect(dialog).to_contain_text(theirs)
        await expect(dialog).to_contain_text("Mine")
        await check_axe(page)
        await take_screenshot(page, f"video-conflict-{button.split()[0].lower()}")
        await dialog.get_by_role("button", name=button).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(kept)
        await title_is_stored(serving, video, kept)


async def title_is_stored(serving: Serving, video: dict[str, Any], title: str) -> None:
    await stored(serving, video, lambda said: said["title"] == title)


async def test_what_is_typed_in_one_tab_outlives_an_edit_in_another(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video,) = add(serving, stoat, "vp9.webm")
    visit.expect_fault(NO_ANSWER)
    page = await visit.open(address(video), is_routed=True)
    other = await page.context.new_page()
    await other.goto(address(video))
    await expect(other.get_by_label("Notes")).to_be_visible()  # before there is a draft to find
    await page.context.route("**/api/v1/videos/*", refuse_edits)
    await page.get_by_label("Notes").fill("Mine, typed here.")
    await expect(page.get_by_text("Not saved: Cannot reach the server")).to_be_visible()
    edit(serving, video, notes="Theirs, saved there.", rating=5)
    await expect(other.get_by_label("Notes")).to_have_value("Theirs, saved there.")
    await expect(page.get_by_role("button", name="Clear rating")).to_be_visible()
    await expect(page.get_by_label("Notes")).to_have_value("Mine, typed here.")
    await page.context.unroute("**/api/v1/videos/*")
    dialog = page.get_by_role("dialog", name="Someone else changed this video")
    await expect(dialog).to_contain_text("Theirs, saved there.")
    await dialog.get_by_role("button", name="Keep mine").click()
    await expect(other.get_by_label("Notes")).to_have_value("Mine, typed here.")


async def refuse_edits(route: Any) -> None:
    if route.request.method == "PATCH":
        await route.abort()
    else:
        await route.continue_()


async def test_notes_survive_a_server_that_dies_while_they_are_typed(
    own_stoat: Stoat, open_session: Callable[[str], AbstractAsyncContextManager[BrowserSession]]
) -> None:
    with own_stoat.serve() as first:
        (video,) = add(first, own_stoat, "vp9.webm")
        port = first.url.rsplit(":", 1)[1]
        async with open_session(first.url) as visit:
            visit.expect_fault(NO_ANSWER)
            page = await visit.open(address(video))
            await is_ready(page)  # all parts of the page are loaded
            first.running.kill()
            await page.get_by_label("Notes").fill("Typed while it was dead.")
            await expect(page.get_by_text(re.compile("^Not saved: "))).to_be_visible()
            await take_screenshot(page, "video-notes-not-saved")
            await page.get_by_role("link", name="Jobs", exact=True).first.click()
            leaving = page.get_by_role("dialog", name="Your notes are not saved")
            await leaving.get_by_role("button", name="Stay here").click()
            with own_stoat.having(STOAT_PORT=port).serve() as second:
                await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
                assert read(second, video)["notes"] == "Typed while it was dead."
                await expect(page.get_by_role("alert")).to_have_count(0)
                await is_ready(page)


async def test_notes_that_could_not_be_saved_are_there_after_a_reload(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video,) = add(serving, stoat, "vp9.webm")
    visit.expect_fault(NO_ANSWER)
    page = await visit.open(address(video), is_routed=True)
    await page.route("**/api/v1/videos/*", refuse_edits)
    await page.get_by_label("Notes").fill("Kept in the browser.")
    await expect(page.get_by_text(re.compile("^Not saved: "))).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    await page.goto("about:blank")
    await page.unroute("**/api/v1/videos/*")  # not before: the page would save them
    await page.goto(address(video))
    await expect(page.get_by_label("Notes")).to_have_value("Kept in the browser.")
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()


async def test_a_storyboard_is_made_and_shown(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video,) = add(serving, stoat, "vp9.webm")
    page = await visit.open(address(video))
    await page.get_by_role("button", name="Create preview thumbnails").click()
    await expect(page.get_by_text("Preview thumbnails are ready")).to_be_visible()
    # It is looked up when the pointer moves.
    is_read = "(track) => track.label === 'thumbnails' && track.cues?.length > 0"
    await until(await is_ready(page), f"video => [...video.textTracks].some({is_read})")
    async with page.expect_response(re.compile(r"storyboard-0\.webp")):
        await page.locator("media-time-range").hover()
    await take_screenshot(page, "video-storyboard-desktop-light")
    await expect(page.get_by_role("region", name="Jobs", exact=True)).to_contain_text(
        "Preview thumbnails"
    )


async def test_a_video_is_forgotten_and_its_file_stays(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video,) = add(serving, stoat, "vp9.webm")
    visit.expect_fault("404")
    page = await visit.open(address(video))
    await page.get_by_role("button", name="Remove from library").click()
    dialog = page.get_by_role("dialog", name="Remove this video from the library?")
    await expect(dialog).to_contain_text("The file stays on disk")
    await check_axe(page)
    await dialog.get_by_role("button", name="Remove").click()
    await expect(page).to_have_url(f"{serving.url}/")
    assert serving.call("GET", "/videos")["total"] == 0
    assert (stoat.root / "vp9.webm").exists()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("Undone for 1 video.")).to_be_visible()
    assert serving.call("GET", f"/videos/{video['id']}")["id"] == video["id"]
    serving.call("DELETE", f"/videos/{video['id']}")
    await page.goto(address(video))
    await expect(
        page.get_by_role("heading", name="This video is not in the library")
    ).to_be_visible()
    await check_axe(page)
    await page.get_by_role("link", name="Go to the library").click()
    await expect(page).to_have_url(f"{serving.url}/")


async def test_a_video_that_is_forgotten_elsewhere_says_so_once(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (video,) = add(serving, stoat, "vp9.webm")
    visit.expect_fault("404")
    page = await visit.open(address(video), color_scheme="dark", is_live=True)
    with serving.client() as client:
        assert client.delete(address(video)).status_code == 200
    gone = page.get_by_role("heading", level=1, name="“vp9.webm” is no longer in the library")
    await expect(gone).to_be_focused()
    await expect(page).to_have_title("Removed \u2013 stoat-ferret")
    await expect(page.get_by_role("alert")).to_have_count(0)
    await take_screenshot(page, "video-gone-dark")
    await check_axe(page)
    await page.get_by_role("link", name="Go to the library").click()
    await expect(page).to_have_url(f"{serving.url}/")


async def test_duplicates_and_the_folder_are_a_click_away(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    (stoat.root / "old").mkdir()
    shutil.copyfile(make_clip("vp9.webm"), stoat.root / "old" / "copy.webm")
    shutil.copyfile(make_clip("vp9.webm"), stoat.root / "vp9.webm")
    scan(serving, stoat.root)
    page = await visit.open(address(find(serving, "vp9.webm")))
    await page.get_by_role("link", name="videos/old/copy.webm").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("copy.webm")
    await page.get_by_role("link", name="More from this folder").click()
    await expect(page).to_have_url(re.compile(r"/\?root=videos&folder=old"))


async def test_the_neighbours_of_the_list_and_the_way_back_are_kept(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    add(serving, stoat, "h264.mp4", "mpeg4.avi", "vp9.webm")
    page = await visit.open("/?sort=name&order=desc")
    await page.get_by_role("link", name=re.compile("vp9")).click()
    around = page.get_by_role("navigation", name="Videos")
    await expect(around).to_contain_text("1 of 3")
    await page.keyboard.press("n")
    await expect(page.get_by_role("heading", level=1)).to_have_text("mpeg4.avi")
    await expect(around).to_contain_text("2 of 3")
    await around.get_by_role("button", name="Next video").click()
    await expect(around).to_contain_text("3 of 3")
    await expect(around.get_by_role("button", name="Next video")).to_be_disabled()
    await page.keyboard.press("p")
    await expect(around).to_contain_text("2 of 3")
    await page.reload()
    await expect(around).to_contain_text("2 of 3")
    await around.get_by_role("link", name="Library").click()
    await expect(page).to_have_url(f"{serving.url}/?sort=name&order=desc")


async def test_axe_finds_nothing_on_any_kind_of_video(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    videos = add(serving, stoat, "vp9.webm", "mpeg4.avi", "text.mp4", "tracks.mkv")
    (stoat.root / "tracks.mkv").unlink()
    scan(serving, stoat.root)
    edit(serving, videos[0], title="A swim", tags=["sea", "family"], rating=4, notes="Warm.")
    for device in AXE_DEVICES:
        page = await visit.open("about:blank", device=device)
        for video, kind in zip(videos, ("plays", "converted", "bad", "missing"), strict=True):
            await page.goto(address(video))
            await expect(page.get_by_role("region", name="Jobs", exact=True)).to_contain_text(
                "Scan"
            )
            if kind == "plays":
                await is_ready(page)
            await look(page, f"video-{kind}-{device}")
