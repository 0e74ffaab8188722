"""What a tab in the background tells of jobs: notices of the system, and progress in its icon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import is_stream, look
from tests.browser.scanning import ask_for_scan
from tests.clips import small_clips

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.async_api import Page
    from tests.browser.browser_session import BrowserSession
    from tests.browser.gated_ffprobe import GatedFfprobe
    from tests.e2e.stoat import Serving, Stoat


@pytest.fixture(scope="module")
def variables(shared_gated_ffprobe: GatedFfprobe) -> Mapping[str, str]:
    """Return the settings of a server with the gated ffprobe."""
    return shared_gated_ffprobe.variables


LONG_MILLISECONDS = 20_000
"""Longer than a hidden tab without jobs keeps its connection."""
_RECORD = """
window.notices = [];
window.asked = 0;
const Real = window.Notification;
window.Notification = class extends Real {
  constructor(title, options) { super(title, options); notices.push(this); }
  static get permission() { return sessionStorage.permission ?? "default"; }
  static requestPermission() {
    window.asked += 1;
    sessionStorage.permission = "granted";
    return Promise.resolve("granted");
  }
};
"""
"""Keeps the notices, and asks nobody: a browser without windows allows none."""
_TURN = """state => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""Hides or shows the tab: a browser without windows has no other tab in front."""
_TEXTS = "notices.map(one => [one.title, one.body, one.tag])"


async def _open(visit: BrowserSession) -> Page:
    page = await visit.open("/jobs")
    await page.context.add_init_script(_RECORD)
    await page.clock.install()
    async with page.expect_response(is_stream):
        await page.reload()
    await expect(page.get_by_role("heading", level=1, name="Jobs")).to_be_visible()
    return page


async def test_jobs_that_end_while_the_tab_is_hidden_have_one_notice_that_leads_to_them(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    page = await _open(visit)
    await page.get_by_role("switch", name="Notify me when jobs end").check()
    await look(page, "notices-on")
    root = stoat.root.name
    for name, clips in (("first", 1), ("second", 2)):
        small_clips(stoat.root / name, clips)
    await page.get_by_role("link", name="Settings").click()
    ask_for_scan(serving, stoat.root / "first")
    await expect(page).to_have_title("0% · Settings \u2013 stoat-ferret")
    await page.evaluate(_TURN, "hidden")
    await page.clock.fast_forward(LONG_MILLISECONDS)
    gated_ffprobe.let(3)
    await page.wait_for_function("() => notices.length === 1")
    title = f"Scan of {root}/first finished"
    assert await page.evaluate(_TEXTS) == [[title, "1 added.", "stoat-ferret jobs"]]
    serving.scan(stoat.root / "second")
    await page.wait_for_function("() => notices.length === 2")
    names = f"{title}\nScan of {root}/second finished"
    latest = ["2 jobs have ended", names, "stoat-ferret jobs"]
    assert (await page.evaluate(_TEXTS))[-1] == latest
    await page.evaluate(_TURN, "visible")
    await page.evaluate(_TURN, "hidden")
    serving.scan(stoat.root / "first")
    await page.wait_for_function("() => notices.length === 3")
    await page.evaluate("notices[2].onclick()")
    await expect(
        page.get_by_role("listitem").filter(has_text=f"{root}/first").first
    ).to_be_focused()
    await page.evaluate(_TURN, "visible")
    serving.scan(stoat.root / "second")
    await expect(page.get_by_text(f"Scan of {root}/second finished").first).to_be_visible()
    assert await page.evaluate("[notices.length, asked]") == [3, 1]


async def test_no_notice_comes_unasked_or_while_another_tab_is_in_front(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    page = await _open(visit)
    gated_ffprobe.let(1)
    small_clips(stoat.root, 1)
    await page.evaluate(_TURN, "hidden")
    serving.scan(stoat.root)
    await expect(page.get_by_text("finished").first).to_be_visible()
    assert await page.evaluate("[notices.length, asked]") == [0, 0]
    await page.evaluate(_TURN, "visible")
    await page.get_by_role("switch", name="Notify me when jobs end").check()
    front = await page.context.new_page()
    await front.goto("/settings")
    await expect(front.get_by_role("heading", level=1, name="Settings")).to_be_visible()
    await page.evaluate(_TURN, "hidden")
    serving.scan(stoat.root)
    await expect(front.get_by_text("finished").first).to_be_visible()
    assert await page.evaluate("[notices.length, asked]") == [0, 1]
    assert await front.evaluate("[notices.length, asked]") == [0, 0]


async def test_the_icons_of_all_tabs_show_progress_until_the_last_job_has_ended(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 4)
    page = await visit.open("/jobs")
    other = await page.context.new_page()
    await other.goto("/settings")
    await expect(other.get_by_role("heading", level=1)).to_be_visible()
    ask_for_scan(serving, stoat.root)
    gated_ffprobe.let(2)
    icons = set()
    for tab, name in ((page, "Jobs"), (other, "Settings")):
        await expect(tab).to_have_title(f"50% · {name} \u2013 stoat-ferret")
        icons.add(await _icon(tab))
    assert len(icons) == 1
    assert icons.pop().startswith("data:image/svg+xml,")
    gated_ffprobe.let(2)
    for tab, name in ((page, "Jobs"), (other, "Settings")):
        await expect(tab).to_have_title(f"{name} \u2013 stoat-ferret")
        assert await _icon(tab) == f"{visit.url}/icon.svg"


async def _icon(page: Page) -> str:
    icon: str = await page.locator('link[rel="icon"]').evaluate("link => link.href")
    return icon
