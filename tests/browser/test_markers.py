"""Markers in the browser: set while a video plays, named, found by the search, rendered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import look
from tests.browser.scanning import scan
from tests.clips import small_clips

if TYPE_CHECKING:
    from tests.browser.browser_session import BrowserSession
    from tests.browser.shared_server import SharedServer
    from tests.e2e.stoat import Serving


@pytest.fixture(scope="module")
def shared(shared: SharedServer) -> SharedServer:
    """Add a clip."""
    small_clips(shared.stoat.root, 1)
    scan(shared.serving, shared.stoat.root)
    shared.keep()
    return shared


async def test_moments_and_ranges_are_marked_named_found_and_rendered(
    visit: BrowserSession, serving: Serving
) -> None:
    (video,) = serving.call("GET", "/videos")["items"]
    page = await visit.open(f"/videos/{video['id']}")
    section = page.get_by_role("region", name="Markers")
    await expect(section.get_by_role("button", name="Mark here")).to_be_visible()
    await page.keyboard.press("Shift+M")
    await expect(section.get_by_role("listitem")).to_have_text("0:00Untitled")
    await page.get_by_label("In point").fill("0.4")
    await page.get_by_label("Out point").fill("1.6")
    await page.get_by_label("Out point").press("Enter")
    await section.get_by_role("button", name="Mark range").click()
    ticks = page.get_by_test_id("marker-ticks").locator("span")
    await expect(ticks).to_have_count(2)

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
    await look(page, "markers")

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
    await look(page, "moments")
    await moment.click()
    await expect(page).to_have_url(re.compile(rf"/videos/{video['id']}\?t=0\.4$"))
    for marker in serving.call("GET", f"/videos/{video['id']}/markers")["items"]:
        serving.call("DELETE", f"/markers/{marker['id']}")
