"""The page of jobs, and their progress on every page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import AXE_DEVICES, check_axe, look
from tests.browser.scanning import ask_for_scan, scan
from tests.clips import small_clips
from tests.e2e.stoat import is_final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.async_api import Locator, Page
    from tests.browser.browser_session import BrowserSession
    from tests.browser.gated_ffprobe import GatedFfprobe
    from tests.e2e.stoat import Serving, Stoat


@pytest.fixture(scope="module")
def variables(shared_gated_ffprobe: GatedFfprobe) -> Mapping[str, str]:
    """Return the settings of a server with the gated ffprobe."""
    return shared_gated_ffprobe.variables


def finished(page: Page) -> Locator:
    """Return the listed jobs that have ended."""
    return page.get_by_role("region", name="Finished").locator("> ul > li")


async def test_without_jobs_a_scan_is_offered(visit: BrowserSession) -> None:
    page = await visit.open("/jobs")
    await expect(page.get_by_text("No jobs yet")).to_be_visible()
    await page.get_by_role("main").get_by_role("button", name="Scan a folder").click()
    await expect(page.get_by_role("dialog")).to_be_visible()


async def test_a_job_is_followed_cancelled_and_tried_again(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 4)
    page = await visit.open("/jobs")
    ask_for_scan(serving, stoat.root)
    going = page.get_by_role("region", name="Active")
    bar = going.get_by_role("progressbar", name=f"Scan of {stoat.root.name}")
    await expect(bar).to_have_attribute("aria-valuenow", "0")
    gated_ffprobe.let(2)
    await expect(bar).to_have_attribute("aria-valuenow", "50")
    indicator = page.get_by_role("button", name="1 active job, 50%")
    await indicator.click()
    await expect(page.get_by_role("dialog", name="1 active job")).to_be_visible()
    await check_axe(page)
    await page.keyboard.press("Escape")
    await going.get_by_role("button", name="Cancel").click()
    await expect(finished(page)).to_contain_text("Cancelled")
    await expect(finished(page)).to_contain_text("Kept so far: 2 added.")
    await expect(going).to_be_hidden()
    await expect(indicator).to_be_hidden()
    gated_ffprobe.let(10)
    await finished(page).get_by_role("button", name="Try again").click()
    await expect(finished(page)).to_have_count(2)
    await expect(finished(page).first).to_contain_text("2 added")


async def test_a_job_is_paused_and_resumed_by_the_keyboard(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 4)
    page = await visit.open("/jobs")
    ask_for_scan(serving, stoat.root)
    going = page.get_by_role("region", name="Active")
    gated_ffprobe.let(2)
    bar = going.get_by_role("progressbar")
    await expect(bar).to_have_attribute("aria-valuenow", "50")
    await going.get_by_role("button", name="Pause").focus()
    await page.keyboard.press("Enter")
    await expect(going.get_by_role("button", name="Resume")).to_be_focused()
    await expect(bar).to_have_attribute("aria-valuetext", "50%, Paused, 2 of 4 files")
    await check_axe(page)
    await page.get_by_role("button", name="1 active job, 50%").click()
    await expect(page.get_by_role("dialog").get_by_text("50% · Paused")).to_be_visible()
    await page.keyboard.press("Escape")
    gated_ffprobe.let(10)
    await going.get_by_role("button", name="Resume").press("Space")
    await expect(finished(page)).to_contain_text("4 added")


async def test_what_a_job_did_is_shown_in_full(
    stoat: Stoat, serving: Serving, visit: BrowserSession
) -> None:
    (stoat.root / "text.mp4").write_text("this is no video")
    scan(serving, stoat.root)
    page = await visit.open("/jobs")
    await finished(page).get_by_role("button", name="Details").click()
    await expect(page.get_by_role("region", name="Problems")).to_contain_text("text.mp4")
    await expect(finished(page).get_by_text("Include subfolders")).to_be_visible()
    await expect(finished(page)).not_to_contain_text(re.compile(r"[{}\[\]]"))
    await page.get_by_role("link", name="Show unreadable files").click()
    await expect(page).to_have_url(f"{serving.url}/?status=bad")


async def test_filters_are_kept_in_the_address(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 1)
    gated_ffprobe.let(1)
    scan(serving, stoat.root)
    serving.wait_for_job(serving.call("POST", "/storyboards", json={})["id"], is_final)
    page = await visit.open("/jobs")
    await expect(finished(page)).to_have_count(2)
    await page.get_by_label("Kind").select_option("Preview thumbnails")
    await expect(page).to_have_url(f"{serving.url}/jobs?kind=storyboard")
    await expect(finished(page)).to_have_count(1)
    await page.get_by_label("Status").select_option("Failed")
    await expect(page.get_by_text("No jobs match the filters")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("No jobs match the filters")).to_be_visible()
    await page.get_by_role("button", name="Clear filters").click()
    await expect(finished(page)).to_have_count(2)
    await page.goto("/jobs?status=rubbish&kind=")
    await expect(finished(page)).to_have_count(2)


async def test_jobs_are_removed_one_by_one_with_undo_and_all_together(
    stoat: Stoat, serving: Serving, visit: BrowserSession
) -> None:
    for name in ("beach", "city", "night"):
        (stoat.root / name).mkdir()
        scan(serving, stoat.root / name)
    page = await visit.open("/jobs")
    await expect(finished(page)).to_have_count(3)
    await finished(page).first.get_by_role("button", name="Remove").click()
    await expect(finished(page)).to_have_count(2)
    await page.get_by_role("button", name="Undo").click()
    await expect(finished(page)).to_have_count(3)
    assert serving.call("GET", "/jobs")["total"] == 3
    await finished(page).first.get_by_role("button", name="Remove").click()
    await page.get_by_role(
        "link", name="Library", exact=True
    ).click()  # leaving the page makes it final
    await page.get_by_role("link", name="Jobs").click()
    await expect(finished(page)).to_have_count(2)
    await page.get_by_role("button", name="Clear finished").click()
    dialog = page.get_by_role("dialog", name="Clear finished jobs")
    await expect(dialog).to_be_visible()
    await check_axe(page)
    await dialog.get_by_role("button", name="Clear finished").click()
    await expect(page.get_by_text("No jobs yet")).to_be_visible()
    assert serving.call("GET", "/jobs")["total"] == 0


async def test_a_long_list_comes_part_by_part(
    stoat: Stoat, serving: Serving, visit: BrowserSession
) -> None:
    with serving.client() as client:
        for number in range(51):
            folder = stoat.root / str(number)
            folder.mkdir()
            answer = client.post("/scans", json={"path": str(folder)})
    serving.wait_for_job(answer.json()["id"], is_final)  # the last one: they take turns
    page = await visit.open("/jobs")
    await expect(finished(page).first).to_be_visible()
    await page.keyboard.press("End")
    await expect(finished(page)).to_have_count(51)  # the page asks for 50 at once


async def test_axe_finds_nothing_among_jobs_of_every_kind_of_end(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    for name in ("first", "beach", "city"):
        small_clips(stoat.root / name, 2)
    (stoat.root / "first" / "text.mp4").write_text("this is no video")
    gated_ffprobe.let(2)
    scan(serving, stoat.root / "first")
    ask_for_scan(serving, stoat.root / "beach")
    serving.call("POST", f"/jobs/{ask_for_scan(serving, stoat.root / 'city')}/cancel")
    gated_ffprobe.let(1)
    for device in AXE_DEVICES:
        page = await visit.open("/jobs", device=device)
        bar = page.get_by_role("progressbar").first
        await expect(bar).to_have_attribute("aria-valuenow", "50")
        await finished(page).last.get_by_role("button", name="Details").click()
        await expect(page.get_by_role("region", name="Problems")).to_be_visible()
        await look(page, f"jobs-{device}")
