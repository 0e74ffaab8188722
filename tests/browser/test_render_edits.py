"""All options of the form for renders: they take effect, are restored, and are checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from tests.browser.rendering import (
    SLOW_MILLISECONDS,
    add_videos,
    clip,
    gather,
    ids_by_name,
    open_nothing,
    pixel_of,
    plan_of,
)
from tests.clips import ffmpeg
from tests.e2e.stoat import is_final

if TYPE_CHECKING:
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


def field(page: Page, label: str) -> Locator:
    """Return the field called exactly `label`."""
    return page.get_by_label(label, exact=True)


async def type_in(page: Page, label: str, text: str) -> None:
    """Type into a field, and leave it."""
    await field(page, label).fill(text)
    await field(page, label).press("Tab")


async def test_an_edit_of_picture_time_sound_and_words_comes_out(
    stoat: Stoat, serving: Serving, visit: BrowserSession, videos: dict[str, str]
) -> None:
    page = await open_nothing(visit)
    await gather(page, clip(videos["one"], 0, 2))
    await page.get_by_role("button", name="More… for clip 1").click()
    await field(page, "Crop clip 1").select_option("1:1, centered")
    await expect(field(page, "Width of the crop of clip 1, in pixels")).to_have_value("240 px")
    await field(page, "Rotate clip 1").select_option("180°")
    await type_in(page, "Speed of clip 1, as a factor", "2")
    await type_in(page, "Fade in of clip 1, in seconds", "0.5")
    await type_in(page, "Volume of clip 1, in decibels", "-6")
    await page.get_by_role("button", name="More… for clip 1").click()
    await expect(field(page, "Speed of clip 1, as a factor")).to_have_count(0)
    for words in ("Cropped to 240 × 240", "Rotated 180°", "2× speed", "Volume −6 dB"):  # noqa: RUF001  as shown
        await expect(page.get_by_text(words, exact=True)).to_be_visible()

    await page.get_by_role("button", name="Add text").click()
    await field(page, "Text 1").fill("MMMM")
    await field(page, "Position of text 1").select_option("Center")
    await type_in(page, "Size of text 1, in percent of the height", "20")
    await field(page, "Color of text 1").fill("#ff00ff")
    await field(page, "Background box of text 1").uncheck()
    await page.get_by_role("button", name="Add gap").click()
    await type_in(page, "Duration of gap 2, in seconds", "0.4")
    await page.get_by_label("Name", exact=True).fill("edited")
    plan = plan_of(page)
    await expect(plan).to_contain_text("1.400 s · 35 frames")
    await expect(plan).to_contain_text("240 \N{MULTIPLICATION SIGN} 240")
    await plan.get_by_role("button", name="Start render").click()
    made = page.get_by_role("link", name="Open edited.mp4")
    await expect(made).to_be_visible(timeout=SLOW_MILLISECONDS)

    (video,) = serving.call("GET", "/videos", params={"q": "edited"})["items"]
    assert (video["width"], video["height"], video["video_codec"]) == (240, 240, "h264")
    assert abs(video["duration_seconds"] - 1.4) < 0.1
    path = stoat.data_dir / "renders" / "edited.mp4"
    assert max(pixel_of(path, 0, 60, 30)) < 40, "it fades in"
    assert max(pixel_of(path, 1.2, 60, 30)) < 40, "the gap is black"
    assert max(pixel_of(path, 0.8, 60, 30)) > 60
    row = [pixel_of(path, 0.8, column, 120) for column in range(100, 140, 2)]
    assert any(red > 180 and green < 90 and blue > 180 for red, green, blue in row), row


async def test_all_of_a_recipe_comes_back_when_it_is_rendered_again(
    stoat: Stoat, serving: Serving, visit: BrowserSession, videos: dict[str, str]
) -> None:
    ffmpeg("-f", "lavfi", "-i", "color=red:size=40x20", "-frames:v", "1", stoat.root / "logo.png")
    request: dict[str, Any] = {
        "preset": "web-720p",
        "name": "whole",
        "clips": [
            {
                "video_id": videos["one"],
                "start_seconds": "1001/3000",
                "end_seconds": 1.3,
                "speed": 1.25,
                "rotate": 90,
                "crop": {"x": 20, "y": 40, "width": 160, "height": 120},
                "volume_db": -3.5,
                "fade_in_seconds": "1/3",
                "audio_stream": 0,
            },
            {"gap_seconds": 0.25},
            {"video_id": videos["two"], "end_seconds": 1, "mute": True, "fade_out_seconds": 0.2},
            {
                "video_id": videos["one"],
                "end_seconds": 1,
                "transition": {"kind": "wipeleft", "seconds": 0.3},
            },
        ],
        "audio": [
            {
                "video_id": videos["two"],
                "at_seconds": 0.5,
                "start_seconds": 1,
                "end_seconds": 2,
                "volume_db": -12,
                "fade_out_seconds": 0.5,
            }
        ],
        "overwrite": True,
        "options": {
            "width": 320,
            "height": 180,
            "fit": "cover",
            "frame_rate": "30000/1001",
            "effort": "draft",
            "hdr": "sdr",
            "loudness_lufs": -20,
            "texts": [
                {
                    "text": "two\nlines",
                    "place": "top-left",
                    "start_seconds": 0.1,
                    "end_seconds": "2/3",
                    "size": 0.125,
                    "color": "#00ff0080",
                    "box": False,
                }
            ],
            "images": [
                {
                    "image": {"root": stoat.root.name, "path": "logo.png"},
                    "place": "bottom-left",
                    "width": 0.1,
                    "opacity": 0.5,
                    "end_seconds": 1,
                }
            ],
        },
    }
    job = serving.call("POST", "/renders", json=request, timeout=60)
    first = serving.wait_for_job(job["id"], is_final)
    assert first["status"] == "succeeded", first["error"]
    page = await visit.open(f"/videos/{first['result']['outputs'][0]['video_id']}")
    await page.get_by_role("button", name="Render again").click()
    await expect(field(page, "Duration of gap 2, in seconds")).to_have_value("0.25 s")
    await expect(field(page, "Text 1")).to_have_value("two\nlines")
    await expect(field(page, "End of text 1")).to_have_value("0:00.667")
    await expect(field(page, "Path of image 1 in that folder")).to_have_value("logo.png")
    await expect(field(page, "Starts at, audio 1")).to_have_value("0:00.500")
    await expect(field(page, "Replace an existing file")).to_be_checked()
    await expect(field(page, "Transition into clip 4")).to_have_value("wipeleft")
    await page.get_by_role("button", name="More… for clip 3").click()
    await expect(field(page, "Mute clip 3")).to_be_checked()
    await page.get_by_role("button", name="More… for clip 1").click()
    await expect(field(page, "Fade in of clip 1, in seconds")).to_have_value("0.333 s")
    await field(page, "Fade in of clip 1, in seconds").press("Tab")
    await expect(plan_of(page)).to_contain_text("320 \N{MULTIPLICATION SIGN} 180")
    await plan_of(page).get_by_role("button", name="Start render").click()
    await expect(page).to_have_url(re.compile(r"/render\?job="))
    again = serving.call("GET", f"/jobs/{page.url.partition('job=')[2]}")
    assert again["id"] != first["id"]
    assert again["params"] == first["params"]
    await expect(page.get_by_role("link", name="Open whole.mp4")).to_be_visible(
        timeout=SLOW_MILLISECONDS
    )


async def test_each_error_stands_at_its_field(
    visit: BrowserSession, videos: dict[str, str]
) -> None:
    visit.expect_fault("Failed to load resource")
    page = await open_nothing(visit)
    await gather(page, clip(videos["one"], 0, 1), clip(videos["two"], 0, 1))
    plan = plan_of(page)
    start = plan.get_by_role("button", name="Start render")
    await page.get_by_role("button", name="More… for clip 2").click()
    speed = field(page, "Speed of clip 2, as a factor")
    await type_in(page, "Speed of clip 2, as a factor", "99")
    await expect(speed).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_text("Must be at most 16.", exact=True)).to_be_visible()
    await expect(start).to_be_disabled()
    await page.get_by_role("button", name="More… for clip 2").click()
    await expect(speed).to_have_count(0)
    await expect(page.get_by_text("Must be at most 16.", exact=True)).to_be_visible()
    await page.get_by_role("button", name="More… for clip 2").click()
    await type_in(page, "Speed of clip 2, as a factor", "1")
    await expect(start).to_be_enabled()

    await field(page, "Crop clip 2").select_option("Custom")
    await type_in(page, "From left of the crop of clip 2, in pixels", "230")
    picture = page.get_by_role("group", name="Video of clip 2")
    await expect(picture).to_contain_text("does not lie in the picture")
    await expect(picture).to_contain_text("“two.webm”")
    await page.get_by_role("button", name="Reset clip 2").click()
    await expect(start).to_be_enabled()

    await type_in(page, "Out point of clip 1", "0.2")
    await field(page, "Transition into clip 2").select_option("fade")
    await expect(
        page.get_by_text("A transition of 1.000 seconds does not fit").first
    ).to_be_visible()
    await expect(page.get_by_text("A transition of 1.000 seconds does not fit")).to_have_count(2)
    await type_in(page, "Duration of the transition into clip 2, in seconds", "0.1")
    await expect(start).to_be_enabled()

    await page.get_by_role("button", name="Add text").click()
    await page.get_by_role("button", name="Add text").click()
    await field(page, "Text 2").fill("The second; the first is yet to be typed")
    await type_in(page, "Start of text 2", "2")
    await type_in(page, "End of text 2", "1")
    await expect(page.get_by_role("group", name="text 2")).to_contain_text(
        "The end must come after the start."
    )
    await expect(page.get_by_role("group", name="text 1")).not_to_contain_text("The end must")
    await page.get_by_role("button", name="Remove text 2").click()
    await expect(start).to_be_enabled()

    await page.get_by_role("button", name="Advanced").click()
    await page.get_by_role("button", name="Add image", exact=True).click()
    file = field(page, "Path of image 1 in that folder")
    await file.fill("gone.png")
    await expect(file).to_have_attribute("aria-invalid", "true")
    await page.get_by_role("button", name="Remove image 1").click()
    await expect(start).to_be_enabled()


async def test_sound_of_another_video_is_found_and_put_underneath(
    serving: Serving, visit: BrowserSession, videos: dict[str, str]
) -> None:
    page = await open_nothing(visit)
    await gather(page, clip(videos["one"], 0, 1))
    await page.get_by_role("button", name="Add audio").click()
    await page.get_by_label("Search for a video to take audio from").fill("two")
    await page.get_by_role("button", name="two.webm").click()
    sound = page.get_by_role("group", name="Audio 1", exact=True)
    await expect(sound).to_contain_text("two.webm")
    await type_in(page, "Starts at, audio 1", "0.5")
    await type_in(page, "Volume of audio 1, in decibels", "-10")
    await page.get_by_role("button", name="Start render").click()
    await expect(page).to_have_url(re.compile(r"/render\?job="))
    job = serving.call("GET", f"/jobs/{page.url.partition('job=')[2]}")
    assert job["params"]["audio"] == [
        {"video_id": videos["two"], "at_seconds": 0.5, "volume_db": -10.0}
    ]
    await expect(page.get_by_text(re.compile(r"^Done in"))).to_be_visible(timeout=SLOW_MILLISECONDS)
