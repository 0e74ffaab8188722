"""Timelines in the page: opened with notes, rendered, saved, refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import AXE_DEVICES, look
from tests.browser.scanning import scan
from tests.clips import ffmpeg
from tests.timelines import NOTES, edited_timeline

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Page
    from tests.browser.browser_session import BrowserSession
    from tests.browser.shared_server import SharedServer
    from tests.e2e.stoat import Serving, Stoat

LAVFI = ["-f", "lavfi", "-i"]
SLOW_MILLISECONDS = 60_000
"""The time limit for a render, even if both cores are busy."""


@pytest.fixture(scope="module")
def shared(shared: SharedServer) -> SharedServer:
    """Return a server with two videos in the library."""
    for clip in clips_of(shared.stoat):
        ffmpeg(
            *(LAVFI, "testsrc2=size=160x120:rate=25:duration=3", LAVFI, "sine=duration=3"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
            *("-metadata", f"title={clip.stem}", clip),
        )
    scan(shared.serving, shared.stoat.root)
    shared.keep()
    return shared


def clips_of(stoat: Stoat) -> list[Path]:
    return [stoat.root / "numbered.mp4", stoat.root / "second.mp4"]


@pytest.fixture
def timeline(stoat: Stoat, tmp_path: Path) -> Path:
    """Return a timeline file of the two videos, as an editor exports it."""
    file = tmp_path / "cut.otio"
    file.write_text(edited_timeline(*clips_of(stoat)), "utf-8")
    return file


async def open_timeline(page: Page, file: Path) -> None:
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Open timeline").click()
    await (await choosing.value).set_files(file)


async def test_a_timeline_is_opened_with_what_gets_lost_and_rendered(
    serving: Serving, visit: BrowserSession, timeline: Path
) -> None:
    page = await visit.open("/render")
    await open_timeline(page, timeline)
    lost = page.get_by_role("list", name="cut.otio was opened, but not all of it could be imported")
    await expect(lost.get_by_role("listitem")).to_have_text(list(NOTES))
    clips = page.get_by_role("region", name="Clips")
    await expect(clips.get_by_role("link", name="second", exact=True)).to_be_visible()
    plan = page.get_by_role("region", name="Output")
    await expect(plan).to_contain_text("2.400 s · 60 frames")
    await expect(page.get_by_label("Name", exact=True)).to_have_value("holiday")
    await plan.get_by_role("button", name="Start render").click()
    await expect(page.get_by_text(re.compile(r"^Done in"))).to_be_visible(timeout=SLOW_MILLISECONDS)
    (made,) = serving.call("GET", "/videos", params={"q": "holiday"})["items"]
    assert abs(made["duration_seconds"] - 2.4) < 0.05


async def test_clips_are_saved_for_editors_and_only_replaced_after_asking(
    serving: Serving, visit: BrowserSession, timeline: Path, tmp_path: Path
) -> None:
    page = await visit.open("/render")
    wrong, huge = tmp_path / "cut.edl", tmp_path / "huge.otio"
    wrong.write_text("TITLE: an edit list", "utf-8")
    with huge.open("wb") as file:
        file.truncate(9 * 2**20)
    visit.expect_fault("Failed to load resource")
    await open_timeline(page, wrong)
    await expect(page.get_by_text("cut.edl was not opened")).to_be_visible()
    await expect(page.get_by_text("This is not an OpenTimelineIO file")).to_be_visible()
    await open_timeline(page, huge)
    await expect(page.get_by_text("The file is too large")).to_be_visible()

    await open_timeline(page, timeline)
    await expect(
        page.get_by_text("cut.otio was opened, but not all of it could be imported")
    ).to_be_visible()
    await page.get_by_label("Out point of clip 1").fill("1")
    await page.get_by_label("Out point of clip 1").press("Enter")
    dialog = page.get_by_role("dialog", name="Replace the clips?")
    await open_timeline(page, timeline)
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_label("Out point of clip 1")).to_have_value("0:01.000")

    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Export timeline").click()
    download = await downloading.value
    assert download.suggested_filename == "holiday.otio"
    saved = tmp_path / download.suggested_filename
    await download.save_as(saved)
    await expect(page.get_by_text("holiday.otio was saved", exact=True)).to_be_visible()
    taken = serving.call("POST", "/timelines/import", content=saved.read_bytes())
    assert taken["notes"] == []
    assert taken["request"]["clips"][0]["end_seconds"] == 1
    await open_timeline(page, timeline)
    await dialog.get_by_role("button", name="Replace").click()
    await expect(page.get_by_label("Out point of clip 1")).to_have_value("0:01.280")


@pytest.mark.parametrize("device", AXE_DEVICES)
async def test_axe_finds_nothing_on_what_gets_lost(
    visit: BrowserSession, timeline: Path, device: str
) -> None:
    page = await visit.open("/render", device=device)
    await open_timeline(page, timeline)
    await expect(
        page.get_by_text("cut.otio was opened, but not all of it could be imported")
    ).to_be_visible()
    await look(page, f"timeline-{device}")
    await open_timeline(page, timeline)
    await expect(page.get_by_role("dialog", name="Replace the clips?")).to_be_visible()
    await look(page, f"timeline-replace-{device}")
