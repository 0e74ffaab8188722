"""Renders in the page: clips are cut and gathered, and the output is shown, made and opened."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import check_axe, take_screenshot
from tests.browser.rendering import (
    SLOW_MILLISECONDS,
    add_videos,
    clip,
    gather,
    ids_by_name,
    open_nothing,
    plan_of,
)
from tests.examples import ARE_USUAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Locator, Page
    from tests.browser.browser_session import BrowserSession
    from tests.browser.shared_server import SharedServer
    from tests.e2e.stoat import Serving, Stoat


@pytest.fixture(scope="module")
def shared(shared: SharedServer) -> SharedServer:
    """Return a server with the videos of `add_videos`."""
    add_videos(shared.serving, shared.stoat)
    shared.keep()
    return shared


@pytest.fixture
def videos(serving: Serving) -> dict[str, str]:
    """Return ids by name."""
    return ids_by_name(serving)


async def seek(page: Page, seconds: float) -> None:
    await page.evaluate(
        """async seconds => {
          const video = document.querySelector('video');
          const once = {once: true};
          const sought = new Promise(done => video.addEventListener('seeked', done, once));
          video.currentTime = seconds;
          await sought;
        }""",
        seconds,
    )


async def test_clips_cut_by_keys_become_one_video_that_plays(
    stoat: Stoat, serving: Serving, visit: BrowserSession, videos: dict[str, str]
) -> None:
    visit.expect_fault("Failed to load resource")
    page = await visit.open(f"/videos/{videos['one']}")
    await page.wait_for_function("() => document.querySelector('video')?.readyState >= 1")
    await seek(page, 1.02)
    await page.keyboard.press("i")
    await seek(page, 1.98)
    await page.keyboard.press("o")
    bar = page.get_by_role("region", name="Clip")
    await expect(bar.get_by_label("In point")).to_have_value("0:01.000")
    await expect(bar.get_by_label("Out point")).to_have_value("0:02.000")
    await expect(bar).to_contain_text("Clip: 0:01.000 · 25 frames")
    await page.keyboard.press("I")
    await page.wait_for_function(
        "() => Math.abs(document.querySelector('video').currentTime - 1) < 0.04"
    )
    await page.keyboard.press("O")
    await page.wait_for_function(
        "() => Math.abs(document.querySelector('video').currentTime - 1.96) < 0.04"
    )
    await bar.get_by_role("button", name="Add to render").click()
    await expect(page.get_by_role("link", name="Render: 1 clip")).to_be_visible()

    await page.goto(f"/videos/{videos['two']}")
    await bar.get_by_label("Out point").fill("1.5")
    await bar.get_by_label("Out point").press("Enter")
    await bar.get_by_role("button", name="Render clip").click()
    await expect(page).to_have_url(f"{serving.url}/render")
    await page.get_by_role("radio", name=re.compile(r"^Web 720p")).click()
    await page.get_by_label("Effort").select_option("draft")
    await page.get_by_label("Name", exact=True).fill("holiday")
    plan = plan_of(page)
    into = plan.get_by_label("Folder", exact=True)
    await into.fill("../up")
    await expect(plan).to_contain_text("Must not lead out of the output folder")
    await into.fill("trips/2026")
    await expect(plan).to_contain_text("holiday.mp4")
    await expect(plan).to_contain_text("2.520 s · 63 frames")
    await expect(plan).to_contain_text("320 \N{MULTIPLICATION SIGN} 240")
    await expect(plan).to_contain_text("H.264")

    await plan.get_by_role("button", name="Start render").click()
    await expect(page).to_have_url(re.compile(r"/render\?job="))
    made = page.get_by_role("link", name="Open holiday.mp4")
    await expect(made).to_be_visible(timeout=SLOW_MILLISECONDS)
    await expect(page.get_by_text(re.compile(r"^Done in"))).to_be_visible()
    await made.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("holiday")
    (video,) = serving.call("GET", "/videos", params={"q": "holiday"})["items"]
    assert (video["video_codec"], video["width"], video["height"]) == ("h264", 320, 240)
    assert abs(video["duration_seconds"] - 2.52) < 0.05
    playable = await page.evaluate("document.createElement('video').canPlayType('video/mp4')")
    if playable:
        await page.wait_for_function("() => document.querySelector('video')?.readyState >= 1")
    made_of = page.get_by_role("region", name="Rendered here")
    await expect(made_of).to_contain_text("Web 720p")
    await expect(made_of).to_contain_text("2 clips")
    await expect(made_of.get_by_role("link", name="two.webm")).to_be_visible()
    place = page.get_by_role("region", name="File location")
    folder = stoat.data_dir / "renders" / "trips" / "2026"
    await expect(place.get_by_text(str(folder / "holiday.mp4"), exact=True)).to_be_visible()
    await take_screenshot(page, "rendered-video")
    await made_of.get_by_role("link", name="Show render").click()
    await expect(page.get_by_role("link", name="Open holiday.mp4")).to_be_visible()
    await page.go_back()
    await page.get_by_role("button", name="Render again").click()
    await expect(page.get_by_label("Name", exact=True)).to_have_value("holiday")
    await expect(into).to_have_value("trips/2026")
    await expect(page.get_by_label("Out point of clip 2")).to_have_value("0:01.520")


async def test_what_cannot_be_rendered_says_why_beside_the_form(
    visit: BrowserSession, videos: dict[str, str]
) -> None:
    visit.expect_fault("Failed to load resource")
    page = await open_nothing(visit)
    await gather(page, clip(videos["one"], 2, 3), clip("gone"))
    plan = plan_of(page)
    await expect(page.get_by_text("no longer in the library")).to_be_visible()
    await expect(plan.get_by_role("button", name="Start render")).to_be_disabled()
    await page.get_by_role("button", name="Remove clip 2").click()
    await expect(plan).to_contain_text("1.000 s")
    out = page.get_by_label("Out point of clip 1")
    await out.fill("1")
    await out.press("Enter")
    await expect(plan).to_contain_text("Clip 1 ends before it starts.")
    await expect(plan.get_by_role("button", name="Start render")).to_be_disabled()
    await out.fill("3")
    await out.press("Enter")
    await expect(plan.get_by_role("button", name="Start render")).to_be_enabled()
    await page.get_by_label("Frame rate").fill("nonsense")
    await expect(plan).to_contain_text("Frame rate: must be frames a second")
    await expect(plan.get_by_role("button", name="Start render")).to_be_disabled()


async def test_a_copy_says_where_it_cuts(visit: BrowserSession, videos: dict[str, str]) -> None:
    page = await open_nothing(visit)
    await gather(page, clip(videos["one"], 1.52, 3), preset="copy")
    await expect(plan_of(page)).to_contain_text(
        re.compile(r"“one\.webm” is cut at its key frame at 1\.0\d\d seconds, 0\.520 before")
    )
    await expect(page.get_by_label("Width")).to_have_count(0)
    await page.get_by_role("radio", name=re.compile(r"^Web 720p")).click()
    await expect(page.get_by_label("Width")).to_be_visible()
    await expect(plan_of(page)).to_contain_text("1.480 s")


async def test_a_render_is_put_together_by_keyboard_alone(
    visit: BrowserSession, videos: dict[str, str]
) -> None:
    page = await open_nothing(visit)
    await gather(page, clip(videos["one"], 0, 1), clip(videos["two"], 0, 1))
    await page.get_by_label("Out point of clip 1").focus()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_label("Out point of clip 1")).to_have_value("0:01.040")
    await page.get_by_role("button", name="Move clip 1", exact=True).focus()
    for key, said in (
        ("Space", "Clip 1 held at position 1 of 2."),
        ("ArrowDown", "Clip 1 held at position 2 of 2."),
        ("Space", "Clip 1 dropped at position 2 of 2."),
    ):
        await page.keyboard.press(key)
        await expect(page.get_by_text(said)).to_be_attached()
    await expect(page.get_by_label("Out point of clip 2")).to_have_value("0:01.040")
    await expect(page.get_by_role("button", name="Move clip 2", exact=True)).to_be_focused()
    for step, number in (("up", 1), ("down", 2)):
        await page.get_by_role("button", name=f"Actions for clip {3 - number}").focus()
        await page.keyboard.press("Enter")
        # The menu takes the focus when it has opened.
        await expect(page.get_by_role("menu").locator("[data-autofocus]")).to_be_focused()
        await page.keyboard.press("ArrowDown")
        await expect(page.get_by_role("menuitem", name=f"Move {step}")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(
            page.get_by_role("button", name=f"Move clip {number}", exact=True)
        ).to_be_focused()
    await expect(page.get_by_label("Out point of clip 2")).to_have_value("0:01.040")
    await page.get_by_label("Transition into clip 2").select_option("fade")
    await expect(page.get_by_text("1.040 s · 26 frames")).to_be_visible()
    await page.get_by_role("radio", name=re.compile(r"^Web 720p")).focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("radio", name=re.compile(r"^Web 1080p"))).to_be_checked()


DRAG = """async ([from, to]) => {
  const point = label => {
    const box = document.querySelector(`button[aria-label="${label}"]`).getBoundingClientRect();
    return {x: box.x + box.width / 2, y: box.y + box.height / 2};
  };
  return [point(from), point(to)];
}"""


async def drag(page: Page, source: str, target: str, *, by_touch: bool) -> None:
    """Drag one handle onto another, with a mouse or a finger."""
    start, end = await page.evaluate(DRAG, [source, target])
    steps = [start, {"x": start["x"], "y": start["y"] - 10}, end]
    if by_touch:
        session = await page.context.new_cdp_session(page)
        for kind, points in (
            ("touchStart", steps[:1]),
            ("touchMove", steps[1:2]),
            ("touchMove", steps[2:]),
        ):
            event = {"type": kind, "touchPoints": points}
            await session.send("Input.dispatchTouchEvent", event)
            if kind == "touchMove":
                await expect(page.locator("[data-dragged]")).to_have_count(1)
        await expect(page.get_by_text("Clip 3 held at position 1 of 3.")).to_be_attached()
        await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        return
    await page.mouse.move(start["x"], start["y"])
    await page.mouse.down()
    for step in steps[1:]:
        await page.mouse.move(step["x"], step["y"])
        await expect(page.locator("[data-dragged]")).to_have_count(1)
    await expect(page.get_by_text("Clip 3 held at position 1 of 3.")).to_be_attached()
    await page.mouse.up()


SHOWN = "document.querySelector('[aria-hidden=false] video')"


@pytest.mark.parametrize("device", ["desktop", "phone"])
async def test_clips_are_dragged_into_another_order_and_previewed(
    visit: BrowserSession, videos: dict[str, str], device: str
) -> None:
    page = await open_nothing(visit, device)
    clips = [clip(videos["one"], 2, 2.4), clip(videos["two"], 1, 1.8), clip(videos["one"], 3, 3.2)]
    await gather(page, *clips)
    place = page.get_by_role("link", name="Render", exact=True)
    await expect(place).to_have_attribute("aria-current", "page")
    await expect(page.get_by_role("link", name="two.webm")).to_be_visible()
    await take_screenshot(page, f"render-clips-{device}")
    await drag(page, "Move clip 3", "Move clip 1", by_touch=device == "phone")
    await expect(page.get_by_text("Clip 3 dropped at position 1 of 3.")).to_be_attached()
    for number, end in ((1, "0:03.200"), (2, "0:02.400"), (3, "0:01.800")):
        out = page.get_by_label(f"Out point of clip {number}")
        await expect(out).to_have_value(end)

    if device == "phone" and ARE_USUAL:
        return  # what follows is the same there
    await page.get_by_role("button", name="Preview", exact=True).click()
    preview = page.get_by_role("group", name="Preview")
    position = preview.get_by_label("Position in the preview")
    await expect(position).to_have_attribute("aria-valuetext", re.compile("clip 3$"))
    again = preview.get_by_role("button", name="Play preview")
    await expect(again).to_be_visible()
    assert float(await position.input_value()) == pytest.approx(1.4)
    await position.fill("0.45")
    await expect(position).to_have_attribute("aria-valuetext", re.compile("clip 2$"))
    await page.wait_for_function(f"() => Math.abs({SHOWN}?.currentTime - 2.25) < 0.02")
    await take_screenshot(page, f"render-preview-{device}")
    await check_axe(page)
    await again.click()
    await expect(position).to_have_attribute("aria-valuetext", re.compile("clip 3$"))
    await page.wait_for_function(f"() => {SHOWN}?.src.includes('{videos['two']}')")


@pytest.fixture
def _no_presets(serving: Serving) -> Iterator[None]:
    """Delete all saved presets afterwards."""
    yield
    for preset in serving.call("GET", "/presets/saved")["items"]:
        with suppress(ValueError):  # the answer has no body
            serving.call("DELETE", f"/presets/saved/{preset['id']}")


@pytest.mark.usefixtures("_no_presets")
async def test_a_preset_is_saved_by_name_chosen_renamed_deleted_and_restored(
    visit: BrowserSession, videos: dict[str, str]
) -> None:
    visit.expect_fault("Failed to load resource")
    page = await open_nothing(visit)
    await gather(page, clip(videos["one"], 0, 1))
    await page.get_by_label("Width").fill("160")
    saved = page.get_by_role("group", name="Saved presets")
    await saved.get_by_role("button", name="Save as preset…").click()
    name = saved.get_by_label("Name of the new preset")
    await name.fill("web 720P")
    await name.press("Enter")
    await expect(page.get_by_text("There is already a preset")).to_be_visible()
    await name.fill("For the forum")
    await name.press("Enter")
    mine = saved.get_by_role("button", name="For the forum", exact=True)
    await expect(mine).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("radio", name=re.compile(r"^Proxy")).click()
    await page.get_by_label("Width").fill("64")
    await expect(mine).to_have_attribute("aria-pressed", "false")
    await take_screenshot(page, "saved-presets")
    await mine.click()
    await expect(page.get_by_role("radio", name=re.compile(r"^Web 720p"))).to_be_checked()
    await expect(page.get_by_label("Width")).to_have_value("160")
    menu = saved.get_by_role("button", name="Change preset For the forum")
    await menu.click()
    await page.get_by_role("menuitem", name="Rename…").click()
    await saved.get_by_label("New name of For the forum").fill("Small")
    await page.keyboard.press("Enter")
    await saved.get_by_role("button", name="Change preset Small").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await expect(saved.get_by_role("button", name="Small", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await saved.get_by_role("button", name="Small", exact=True).click()
    await expect(page.get_by_label("Width")).to_have_value("160")


async def test_two_tabs_show_the_same_clips(visit: BrowserSession, videos: dict[str, str]) -> None:
    page = await open_nothing(visit)
    await gather(page, clip(videos["one"]))
    other = await page.context.new_page()
    await other.goto(f"/videos/{videos['two']}")
    await other.get_by_role("button", name="Add to render").click()
    await expect(page.get_by_role("link", name="two.webm")).to_be_visible()
    await expect(page.get_by_role("link", name="Render: 2 clips")).to_be_visible()


async def test_videos_that_are_selected_in_the_library_become_clips(
    serving: Serving, visit: BrowserSession, videos: dict[str, str]
) -> None:
    page = await visit.open("/")
    await expect(page.get_by_role("link", name="one.webm")).to_be_visible()
    await expect(page.get_by_role("link", name="two.webm")).to_be_visible()
    await page.keyboard.press("Control+a")
    selected = page.get_by_role("toolbar", name="Selected videos")
    await selected.get_by_role("button", name="Render…").click()
    await expect(page).to_have_url(f"{serving.url}/render")
    for name in videos:
        await expect(page.get_by_role("link", name=f"{name}.webm")).to_be_visible()
    await expect(plan_of(page)).to_contain_text("8.000 s")
    await page.get_by_role("link", name="Library", exact=True).click()
    await expect(page.get_by_role("link", name="one.webm")).to_be_visible()
    await expect(selected).to_have_count(0)


async def test_selected_videos_are_rendered_each_by_itself_in_one_job(
    stoat: Stoat, visit: BrowserSession, videos: dict[str, str]
) -> None:
    page = await visit.open("/")
    await expect(page.get_by_role("link", name="one.webm")).to_be_visible()
    await expect(page.get_by_role("link", name="two.webm")).to_be_visible()
    await page.keyboard.press("Control+a")
    selected = page.get_by_role("toolbar", name="Selected videos")
    await take_screenshot(page, "selected")
    await selected.get_by_role("button", name="Render each…").click()
    await expect(page.get_by_text(f"One file for each of {len(videos)} videos.")).to_be_visible()
    await page.get_by_role("radio", name=re.compile(r"^Copy")).click()
    await page.get_by_role("textbox", name="Names").fill("{video}-{number:02}")
    await page.get_by_role("textbox", name="Folder").fill("copies")
    await take_screenshot(page, "render-each")
    await page.get_by_role("button", name=f"Render {len(videos)} videos").click()
    await expect(page.get_by_text(f"{len(videos)} rendered").first).to_be_visible(
        timeout=SLOW_MILLISECONDS
    )
    job = page.get_by_role("listitem", name="Batch render of 2 videos")
    await job.get_by_role("button", name="Details").click()
    await expect(page.get_by_role("link", name="Open one-01.webm")).to_be_visible()
    await take_screenshot(page, "rendered-each")
    made = (stoat.data_dir / "renders" / "copies").iterdir()
    assert "one-01.webm" in {path.name for path in made}


async def test_a_started_render_takes_its_clips_out_of_the_tray(
    visit: BrowserSession, videos: dict[str, str]
) -> None:
    page = await open_nothing(visit)
    await gather(page, clip(videos["one"], 0, 2), clip(videos["two"], 1, 3))
    await page.goto("/render")
    await expect(page.get_by_role("link", name="Render: 2 clips")).to_be_visible()
    await page.get_by_label("Name", exact=True).fill("taken")
    await expect(plan_of(page)).to_contain_text("taken.mp4")
    await page.get_by_role("button", name="Start render").click()
    await expect(page.get_by_role("link", name="Open taken.mp4")).to_be_visible(
        timeout=SLOW_MILLISECONDS
    )
    await expect(page.get_by_role("link", name="Render: 2 clips")).to_have_count(0)
    await page.get_by_role("button", name="New render").click()
    await expect(page.get_by_role("heading", name="No clips yet")).to_be_visible()
    await page.go_back()
    await page.get_by_role("button", name="Edit and render again").click()
    await expect(page.get_by_label("Name", exact=True)).to_have_value("taken")
    await expect(page.get_by_role("link", name="Render: 2 clips")).to_be_visible()


async def test_selected_videos_are_added_to_the_tray_or_replace_it(
    visit: BrowserSession, videos: dict[str, str]
) -> None:
    page = await open_nothing(visit)
    await gather(page, clip(videos["one"], 0, 2))

    async def render_both() -> Locator:
        await page.goto("/")
        await expect(page.get_by_role("link", name="one.webm")).to_be_visible()
        await expect(page.get_by_role("link", name="two.webm")).to_be_visible()
        await page.keyboard.press("Control+a")
        await page.get_by_role("button", name="Render…").click()
        return page.get_by_role("dialog", name="Render 2 videos")

    dialog = await render_both()
    await expect(dialog).to_contain_text("Your render already has 1 clip.")
    await check_axe(page)
    await take_screenshot(page, "render-add-or-replace")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text("2 selected")).to_be_visible()
    dialog = await render_both()
    await dialog.get_by_role("button", name="Add 2 videos").click()
    await expect(page.get_by_role("link", name="Render: 3 clips")).to_be_visible()
    dialog = await render_both()
    await dialog.get_by_role("button", name="Replace with 2 videos").click()
    await expect(page).to_have_url(re.compile("/render$"))
    await expect(page.get_by_role("link", name="Render: 2 clips")).to_be_visible()
    await page.get_by_role("button", name="Undo", exact=True).click()
    await expect(page.get_by_role("link", name="Render: 3 clips")).to_be_visible()
    await gather(page, *(clip(videos["one"], n / 100, 2) for n in range(99)))
    dialog = await render_both()
    await expect(dialog).to_contain_text("Only the first of these videos can be added.")
    await take_screenshot(page, "render-tray-full")
    await dialog.get_by_role("button", name="Cancel").click()
