"""The page stays right while the server dies, the stream breaks, or another tab acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import take_screenshot
from tests.browser.scanning import ask_for_scan, open_scan_dialog, percent_of, start_scan
from tests.clips import small_clips

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Page, Request
    from tests.browser.browser_session import BrowserSession
    from tests.browser.gated_ffprobe import GatedFfprobe
    from tests.e2e.stoat import Serving, Stoat

    Visiting = Callable[[str], AbstractAsyncContextManager[BrowserSession]]


@pytest.fixture(scope="module")
def variables(shared_gated_ffprobe: GatedFfprobe) -> Mapping[str, str]:
    """Return the settings of a server with the gated ffprobe."""
    return shared_gated_ffprobe.variables


async def test_a_scan_goes_on_in_the_page_after_the_server_was_killed(
    own_stoat: Stoat, gated_ffprobe: GatedFfprobe, open_session: Visiting
) -> None:
    small_clips(own_stoat.root, 4)
    stoat = own_stoat.having(**gated_ffprobe.variables)
    with stoat.serve() as first:
        async with open_session(first.url) as visit:
            visit.expect_fault(
                "ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY|ERR_NETWORK|ERR_CONNECTION_RESET"
                # The parts of the page that follow the first videos may not be there yet.
                "|ERR_SOCKET_NOT_CONNECTED|Unable to preload|dynamically imported"
            )
            page = await visit.open("/")
            dialog = await start_scan(page)
            gated_ffprobe.let(2)
            await percent_of(dialog, 50)
            # Progress is stored within half a second, and a kill may come before.
            first.wait_for_job(
                first.call("GET", "/jobs")["items"][0]["id"], lambda job: job["progress"] == 0.5
            )
            await stored(first, page, 2)
            first.running.kill()
            await expect(dialog.get_by_text("Cannot reach the server.")).to_be_visible()
            await take_screenshot(page, "live-server-away")
            port = first.url.rpartition(":")[2]
            with stoat.serve("--port", port) as second:
                await expect(dialog.get_by_text("Continued after an interruption")).to_be_visible()
                await expect(dialog.get_by_text("Cannot reach the server.")).to_be_hidden()
                gated_ffprobe.let(2)
                await expect(dialog.get_by_text("Done in")).to_be_visible()
                job = second.call("GET", "/jobs")["items"][0]
                assert (job["attempt"], job["progress"]) == (2, 1)
                assert second.call("GET", "/jobs")["total"] == 1
                assert second.call("GET", "/videos")["total"] == 4


async def stored(serving: Serving, page: Page, count: int) -> None:
    """Wait until so many videos are stored, which happens up to half a second after reading."""
    while serving.call("GET", "/videos")["total"] < count:
        await page.wait_for_timeout(50)


async def test_without_events_the_page_asks(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 4)
    visit.expect_fault("ERR_FAILED")
    page = await visit.open("about:blank", is_routed=True)
    await page.route("**/api/v1/events", lambda route: route.abort())
    await page.goto("/")
    dialog = await start_scan(page)
    for done in (1, 2, 3):
        gated_ffprobe.let(1)
        await percent_of(dialog, 25 * done)
    gated_ffprobe.let(1)
    await expect(dialog.get_by_text("Done in")).to_be_visible()
    await dialog.get_by_role("button", name="Show library").click()
    await expect(page.get_by_text("4 videos")).to_be_visible()


async def test_two_tabs_agree(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 4)
    one = await visit.open("/")
    two = await one.context.new_page()
    await two.goto("/jobs")
    dialog = await start_scan(one)
    gated_ffprobe.let(2)
    await percent_of(dialog, 50)
    bar = two.get_by_role("region", name="Active").get_by_role("progressbar")
    await expect(bar).to_have_attribute("aria-valuenow", "50")
    other = await open_scan_dialog(two)
    await percent_of(other, 50)
    await other.get_by_role("button", name="Cancel scan").click()
    for each in (dialog, other):
        await expect(each.get_by_text("Scan cancelled")).to_be_visible()


async def test_seven_tabs_share_one_stream_and_go_on_when_its_holder_closes(
    stoat: Stoat, serving: Serving, gated_ffprobe: GatedFfprobe, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 4)
    first = await visit.open("/")
    others = [await first.context.new_page() for _ in range(6)]
    streams: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/events"):
            streams.append(request.url)

    for tab in others:
        tab.on("request", note)
        await tab.goto("/settings")
        # The last tab would wait here if each held a stream: a browser has six connections.
        await expect(tab.get_by_role("table", name="Versions")).to_be_visible()
    assert streams == []
    ask_for_scan(serving, stoat.root)
    gated_ffprobe.let(2)
    for tab in (first, *others):
        await expect(tab.get_by_role("button", name="1 active job, 50%")).to_be_visible()
    await first.close()
    gated_ffprobe.let(1)
    await stored(serving, others[0], 3)  # a page that reads earlier is notified with the next clip
    for tab in others:
        await expect(tab.get_by_role("button", name="1 active job, 75%")).to_be_visible()
    lists = others[:2]  # at least one of them does not hold the stream
    for tab in lists:
        await tab.get_by_role("link", name="Library", exact=True).click()
        await expect(tab.get_by_text("3 videos")).to_be_visible()
    gated_ffprobe.let(1)
    for tab in lists:
        await expect(tab.get_by_text("4 videos")).to_be_visible()
    for tab in others:
        await expect(tab.get_by_role("button", name="active job")).to_be_hidden()
    assert len(streams) == 1
