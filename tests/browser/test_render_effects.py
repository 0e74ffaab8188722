"""Effects, subtitle files and image clips of a render: set in the form, they are in the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import take_screenshot
from tests.browser.rendering import (
    SLOW_MILLISECONDS,
    add_videos,
    clip,
    gather,
    ids_by_name,
    pixel_of,
    plan_of,
)
from tests.clips import ffmpeg

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page
    from tests.browser.browser_session import BrowserSession
    from tests.browser.shared_server import SharedServer
    from tests.e2e.stoat import Serving, Stoat

CUES = "1\n00:00:00,000 --> 00:00:00,900\nA subtitle\n"


@pytest.fixture(scope="module")
def shared(shared: SharedServer) -> SharedServer:
    """Return a server with the videos of `add_videos`, a subtitle file and an image."""
    add_videos(shared.serving, shared.stoat)
    root = shared.stoat.root
    (root / "one.en.srt").write_text(CUES, "utf-8")
    ffmpeg("-f", "lavfi", "-i", "color=blue:size=40x30", "-frames:v", "1", root / "card.png")
    shared.keep()
    return shared


def field(page: Page, label: str) -> Locator:
    """Return the field called exactly `label`."""
    return page.get_by_label(label, exact=True)


async def type_in(page: Page, label: str, text: str) -> None:
    """Type into a field, and leave it."""
    await field(page, label).fill(text)
    await field(page, label).press("Tab")


async def add_effect(page: Page, name: str) -> None:
    """Add an effect to the first clip."""
    await page.get_by_role("button", name="Add effect to clip 1").click()
    await page.get_by_role("menuitem", name=name).click()


async def test_effects_a_subtitle_file_and_an_image_come_out(
    stoat: Stoat, serving: Serving, visit: BrowserSession
) -> None:
    visit.expect_fault("Failed to load resource")
    video_id = ids_by_name(serving)["one"]
    page = await visit.open("/jobs")
    await gather(page, clip(video_id, 0, 1))
    await page.get_by_role("button", name="More… for clip 1").click()
    await add_effect(page, "Blur")
    radius = field(page, "Radius of effect 1 of clip 1, in pixels")
    await type_in(page, "Radius of effect 1 of clip 1, in pixels", "999")
    await expect(page.get_by_text("Must be at most 200.", exact=True)).to_be_visible()
    await expect(radius).to_have_attribute("aria-invalid", "true")
    await type_in(page, "Radius of effect 1 of clip 1, in pixels", "2")
    await add_effect(page, "Brightness and color")
    await type_in(page, "Saturation of effect 2 of clip 1, in percent", "0")
    up = page.get_by_role("button", name="Move effect 2 of clip 1 up")
    await up.click()
    await expect(
        page.get_by_role("button", name="Move effect 1 of clip 1 down", exact=True)
    ).to_be_focused()

    subtitles = field(page, "Path of the subtitle file of clip 1 in that folder")
    await subtitles.fill("gone.srt")
    await expect(subtitles).to_have_attribute("aria-invalid", "true")
    await expect(field(page, "Subtitles")).to_have_value("burn")
    await subtitles.fill("one.en.srt")
    await field(page, "Subtitles").select_option("Keep")

    await page.get_by_role("button", name="Add image clip").click()
    plan = plan_of(page)
    await expect(plan).to_contain_text("Clip 2 has no image yet.")
    await field(page, "Path of the image of clip 2 in that folder").fill("card.png")
    await type_in(page, "Duration of image 2, in seconds", "0.4")
    await field(page, "Name").fill("effects")
    await expect(plan).to_contain_text("1.400 s · 35 frames")
    await expect(subtitles).not_to_have_attribute("aria-invalid", "true")
    await take_screenshot(page, "render-effects")
    async with page.expect_request(re.compile(r"/renders/plan\?measure=true$")):
        await plan.get_by_role("button", name="Measure").click()
    # On a busy machine, the server may fail to measure it in time, which is shown, too.
    await expect(plan).to_contain_text(re.compile(r"about \S+ \S+ \(.*measured\)"))
    await plan.get_by_role("button", name="Start render").click()
    await expect(page.get_by_role("link", name="Open effects.mp4")).to_be_visible(
        timeout=SLOW_MILLISECONDS
    )

    (video,) = serving.call("GET", "/videos", params={"q": "effects"})["items"]
    info = serving.call("GET", f"/videos/{video['id']}")["media_info"]
    assert [stream["language"] for stream in info["subtitles"]] == ["eng"]
    path = stoat.data_dir / "renders" / "effects.mp4"
    pixels = [pixel_of(path, 0.5, x, 60) for x in range(20, 300, 60)]
    assert max(max(pixel) - min(pixel) for pixel in pixels) < 12, "no saturation"
    red, green, blue = pixel_of(path, 1.2, 160, 120)
    assert blue > 180 > 60 > max(red, green), "the image"
    (job,) = serving.call("GET", "/jobs", params={"kind": "render"})["items"]
    effects = [effect["effect"] for effect in job["params"]["clips"][0]["effects"]]
    assert effects == ["adjust", "blur"]
