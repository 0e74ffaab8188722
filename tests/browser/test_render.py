"""Renders in the page: clips are cut and gathered, what comes out is shown, made and opened."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from tests.browser.visitor import DEVICES, check_axe, take_screenshot
from tests.clips import ffmpeg
from tests.e2e.stoat import is_final

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page
    from tests.browser.visitor import ColorScheme, Visitor
    from tests.e2e.stoat import Serving, Stoat

LAVFI = ["-f", "lavfi", "-i"]
SLOW_MILLISECONDS = 60_000
"""A render, with both cores busy."""


@pytest.fixture
def videos(serving: Serving, stoat: Stoat) -> dict[str, str]:
    """Ids by name: two small clips of 4 seconds with a key frame each second."""
    for name, size in (("one", "320x240"), ("two", "240x320")):
        ffmpeg(
            *(LAVFI, f"testsrc2=size={size}:rate=25:duration=4", LAVFI, "sine=duration=4"),
            *("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", "25"),
            *("-c:a", "libopus", "-b:v", "300k", stoat.root / f"{name}.webm"),
        )
    job = serving.call("POST", "/scans", json={"path": str(stoat.root)})
    assert serving.wait_for_job(job["id"], is_final)["status"] == "succeeded"
    items = serving.call("GET", "/videos")["items"]
    return {item["name"].removesuffix(".webm"): item["id"] for item in items}


def clip(video_id: str, start: float = 0, end: float | None = None) -> dict[str, Any]:
    return {
        "key": f"{video_id}{start}",
        "videoId": video_id,
        "startSeconds": start,
        "endSeconds": end,
    }


async def gather(page: Page, *clips: dict[str, Any], preset: str = "web-720p") -> None:
    """Open the form with these clips."""
    draft = json.dumps({"clips": clips, "preset": preset, "options": {"effort": "draft"}})
    await page.evaluate("draft => localStorage.setItem('stoat-ferret.render', draft)", draft)
    await page.goto("/render")


def plan_of(page: Page) -> Locator:
    return page.get_by_role("region", name="What comes out")


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
    serving: Serving, visit: Visitor, videos: dict[str, str]
) -> None:
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
    await bar.get_by_role("button", name="Render the clip").click()
    await expect(page).to_have_url(f"{serving.url}/render")
    await page.get_by_role("radio", name=re.compile(r"^Web 720p")).click()
    await page.get_by_label("Effort").select_option("draft")
    await page.get_by_label("Name").fill("holiday")
    plan = plan_of(page)
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
    await page.get_by_role("button", name="Render again").click()
    await expect(page.get_by_label("Name")).to_have_value("holiday")
    await expect(page.get_by_label("Out point of clip 2")).to_have_value("0:01.520")


async def test_what_cannot_be_rendered_says_why_beside_the_form(
    visit: Visitor, videos: dict[str, str]
) -> None:
    visit.expect_fault("Failed to load resource")
    page = await visit.open("/jobs")
    await gather(page, clip(videos["one"], 2, 3), clip("gone"))
    plan = plan_of(page)
    await expect(page.get_by_text("no longer in the library")).to_be_visible()
    await expect(plan.get_by_role("button", name="Start render")).to_be_disabled()
    await page.get_by_role("button", name="Remove clip 2").click()
    await expect(plan).to_contain_text("1.000 s")
    out = page.get_by_label("Out point of clip 1")
    await out.fill("1")
    await out.press("Enter")
    await expect(plan).to_contain_text("Clip 1 ends before it begins.")
    await expect(plan.get_by_role("button", name="Start render")).to_be_disabled()
    await out.fill("3")
    await out.press("Enter")
    await expect(plan.get_by_role("button", name="Start render")).to_be_enabled()
    await page.get_by_label("Frame rate").fill("nonsense")
    await expect(plan).to_contain_text("Frame rate: must be frames a second")
    await expect(plan.get_by_role("button", name="Start render")).to_be_disabled()


async def test_a_copy_says_where_it_cuts(visit: Visitor, videos: dict[str, str]) -> None:
    page = await visit.open("/jobs")
    await gather(page, clip(videos["one"], 1.52, 3), preset="copy")
    await expect(plan_of(page)).to_contain_text(
        re.compile(r"“one\.webm” is cut at its key frame at 1\.0\d\d seconds, 0\.520 before")
    )
    await expect(page.get_by_label("Width")).to_have_count(0)
    await page.get_by_role("radio", name=re.compile(r"^Web 720p")).click()
    await expect(page.get_by_label("Width")).to_be_visible()
    await expect(plan_of(page)).to_contain_text("1.480 s")


async def test_a_cancelled_render_leaves_nothing(
    serving: Serving, stoat: Stoat, visit: Visitor, videos: dict[str, str]
) -> None:
    page = await visit.open("/jobs")
    # Slow enough to be caught in the middle.
    clips = [{**clip(videos["one"]), "key": str(number)} for number in range(60)]
    draft = json.dumps({"clips": clips, "preset": "archive", "options": {"effort": "best"}})
    await page.evaluate("draft => localStorage.setItem('stoat-ferret.render', draft)", draft)
    await page.goto("/render")
    await page.get_by_role("button", name="Start render").click()
    await expect(page.get_by_role("progressbar")).to_be_visible(timeout=SLOW_MILLISECONDS)
    await page.get_by_role("button", name="Cancel the render").click()
    await expect(page.get_by_text("Nothing was kept of it.", exact=True)).to_be_visible(
        timeout=SLOW_MILLISECONDS
    )
    assert serving.call("GET", "/videos")["total"] == 2
    assert list((stoat.data_dir / "renders").iterdir()) == []
    await page.get_by_role("button", name="Change and try again").click()
    await expect(page.get_by_role("heading", name="Clips")).to_be_visible()


async def test_a_render_is_put_together_by_keyboard_alone(
    visit: Visitor, videos: dict[str, str]
) -> None:
    page = await visit.open("/jobs")
    await gather(page, clip(videos["one"], 0, 1), clip(videos["two"], 0, 1))
    await page.get_by_label("Out point of clip 1").focus()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_label("Out point of clip 1")).to_have_value("0:01.040")
    await page.get_by_role("button", name="Move clip 1 down").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Move clip 2 up")).to_be_focused()
    await expect(page.get_by_label("Out point of clip 2")).to_have_value("0:01.040")
    await page.get_by_label("Transition into clip 2").select_option("fade")
    await expect(page.get_by_text("1.040 s · 26 frames")).to_be_visible()
    await page.get_by_role("radio", name=re.compile(r"^Web 720p")).focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("radio", name=re.compile(r"^Web 1080p"))).to_be_checked()


async def test_two_tabs_show_the_same_clips(visit: Visitor, videos: dict[str, str]) -> None:
    page = await visit.open("/jobs")
    await gather(page, clip(videos["one"]))
    other = await page.context.new_page()
    await other.goto(f"/videos/{videos['two']}")
    await other.get_by_role("button", name="Add to render").click()
    await expect(page.get_by_role("link", name="two.webm")).to_be_visible()
    await expect(page.get_by_role("link", name="Render: 2 clips")).to_be_visible()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("device", DEVICES)
async def test_axe_finds_nothing_on_the_form_and_on_the_video(
    visit: Visitor, videos: dict[str, str], device: str, color_scheme: ColorScheme
) -> None:
    page = await visit.open("/render", device=device, color_scheme=color_scheme)
    await expect(page.get_by_role("heading", name="No clips yet")).to_be_visible()
    await check_axe(page)
    await gather(page, clip(videos["one"], 1, 2), clip(videos["two"], 0, 1))
    await expect(plan_of(page)).to_contain_text("2.000 s")
    await page.get_by_role("button", name="Advanced").click()
    await page.get_by_role("button", name="Add words").click()
    await take_screenshot(page, f"render-{device}-{color_scheme}")
    await check_axe(page)
    await page.goto(f"/videos/{videos['one']}")
    await expect(page.get_by_role("region", name="Clip")).to_be_visible()
    await check_axe(page)
