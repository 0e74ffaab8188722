"""The parts of every page: navigation, themes, shortcuts, the state of the connection."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import DEVICES, check_axe, look, look_once, press_quickly

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Page, Route
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Stoat

    Visiting = Callable[[str], AbstractAsyncContextManager[BrowserSession]]

PLACES = [("Library", "/"), ("Jobs", "/jobs"), ("Settings", "/settings")]
AWAY = "ERR_CONNECTION|ERR_SOCKET_NOT_CONNECTED|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED_ENCODING"
RETURN_MILLISECONDS = 45_000
"""The time in which the page must notice that a server is back, on a busy machine."""


def path_of(address: str) -> re.Pattern[str]:
    """Match the address of a page, whatever its parameters."""
    return re.compile(rf"^https?://[^/]+{address}(\?.*)?$")


async def heading(page: Page, name: str) -> None:
    """Wait for the page with this heading, and for the focus on it."""
    found = page.get_by_role("heading", level=1, name=name)
    await expect(found).to_be_visible()
    await expect(found).to_be_focused()


@pytest.mark.parametrize("device", DEVICES)
async def test_each_place_is_a_link_that_says_where_one_is(
    visit: BrowserSession, device: str
) -> None:
    page = await visit.open("/settings", device=device)
    for name, address in PLACES:
        link = page.get_by_role("navigation", name="Pages").get_by_role("link", name=name)
        await link.click()
        await expect(page).to_have_url(path_of(address))
        await expect(link).to_have_attribute("aria-current", "page")
        await expect(page).to_have_title(f"{name} \u2013 stoat-ferret")
        await heading(page, name)


async def follow_all_links(page: Page) -> None:
    """Follow the link to each place from another one, and wait for what is shown there."""
    for name, _ in PLACES[1:] + PLACES[:1] + PLACES[-1:]:
        await page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
        await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


FORBIDDEN = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, {
    get() { throw new DOMException("denied", "SecurityError"); },
  });
"""
FULL = (
    'Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };'
)


@pytest.mark.parametrize("storage", [FORBIDDEN, FULL], ids=["forbidden", "full"])
async def test_nothing_breaks_where_the_browser_keeps_nothing(
    visit: BrowserSession, storage: str
) -> None:
    visit.expect_fault("Local storage color scheme manager was unable to save")  # Mantine says so
    page = await visit.open("/settings")
    await page.context.add_init_script(storage)
    await page.goto("/")
    await follow_all_links(page)
    await page.get_by_role("button", name="Use the dark theme").click()
    await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


async def test_keys_skip_to_the_content_lead_everywhere_and_list_themselves(
    visit: BrowserSession,
) -> None:
    page = await visit.open("/settings")
    await expect(page.get_by_role("table", name="Versions")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#content")).to_be_focused()
    for keys, name, address in (
        ("gj", "Jobs", "/jobs"),
        ("gl", "Library", "/"),
        ("gs", "Settings", "/settings"),
    ):
        await press_quickly(page, *keys)
        await expect(page).to_have_url(path_of(address))
        await heading(page, name)
    await page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(sheet.get_by_role("region", name="Everywhere")).to_contain_text("Go to the jobs")
    await expect(sheet).to_be_in_viewport(ratio=1)
    await look(page, "shortcuts")
    await page.keyboard.press("s")  # rests while a dialog is open
    await expect(page.get_by_role("dialog")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    await page.keyboard.press("s")
    await expect(page.get_by_role("dialog", name=re.compile("scan", re.IGNORECASE))).to_be_visible()


async def test_to_go_back_closes_a_dialog_and_stays_on_the_page(visit: BrowserSession) -> None:
    page = await visit.open("/jobs")
    await page.get_by_role("link", name="Settings").click()
    await heading(page, "Settings")
    scan = page.get_by_role("dialog", name="Scan a folder")
    for opener in ("s", "s"):
        await page.keyboard.press(opener)
        await expect(scan).to_be_visible()
        await page.go_back()
        await expect(scan).to_be_hidden()
        await expect(page).to_have_url(path_of("/settings"))
    await page.go_forward()
    await expect(scan).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(scan).to_be_hidden()
    await page.go_back()
    await expect(page).to_have_url(path_of("/jobs"))


async def test_a_dialog_that_cannot_be_loaded_says_so_over_the_page(visit: BrowserSession) -> None:
    visit.expect_fault("ERR_FAILED|could not be loaded|dynamically imported")
    page = await visit.open("/settings", is_routed=True)
    await expect(page.get_by_role("table", name="Versions")).to_be_visible()
    await page.route("**/assets/ShortcutSheet-*.js", lambda route: route.abort())
    await page.keyboard.press("?")
    fault = page.get_by_role("dialog", name="Cannot show the shortcuts")
    await expect(fault).to_contain_text("could not be loaded")
    await expect(fault).to_be_in_viewport(ratio=1)
    await look_once(page, "dialog-not-loaded")
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    await expect(fault).to_be_hidden()
    await expect(page.get_by_role("dialog", name="Scan a folder")).to_be_visible()


CLOSE_AND_PRESS = """() => {
  document.querySelector("dialog[open] button").click();
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "s", bubbles: true }));
}"""
"""Presses a key while the browser is on its way back from a dialog."""


async def test_a_dialog_that_is_opened_while_another_closes_is_one_step_in_the_history(
    visit: BrowserSession,
) -> None:
    visit.expect_fault("ERR_FAILED|could not be loaded|dynamically imported")
    page = await visit.open("/jobs", is_routed=True)
    await page.get_by_role("link", name="Settings").click()
    await heading(page, "Settings")
    await page.route("**/assets/ShortcutSheet-*.js", lambda route: route.abort())
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Cannot show the shortcuts")).to_be_visible()
    before = await page.evaluate("history.length")
    await page.evaluate(CLOSE_AND_PRESS)
    scan = page.get_by_role("dialog", name="Scan a folder")
    await expect(scan).to_be_visible()
    assert await page.evaluate("[history.length, history.state.dialog.name]") == [before, "scan"]
    await page.go_back()
    await expect(scan).to_be_hidden()
    await expect(page).to_have_url(path_of("/settings"))
    await page.go_back()
    await expect(page).to_have_url(path_of("/jobs"))


async def test_a_chosen_theme_is_kept_and_never_flashes(visit: BrowserSession) -> None:
    page = await visit.open("/settings", color_scheme="light")
    await page.get_by_role("button", name="Use the dark theme").click()
    await page.add_init_script(
        """window.schemes = [];
        new MutationObserver(() => {
          const scheme = document.documentElement?.dataset.mantineColorScheme;
          if (document.body) window.schemes.push(scheme);
        }).observe(document, { attributes: true, childList: true, subtree: true });"""
    )
    await page.reload()
    await expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    assert set(await page.evaluate("window.schemes")) == {"dark"}
    other = await page.context.new_page()
    await other.goto("/jobs")
    await expect(other.get_by_role("button", name="Use the light theme")).to_be_visible()
    await other.get_by_role("button", name="Use the light theme").click()
    await expect(page.get_by_role("radio", name="Light")).to_be_checked()


async def test_an_address_that_leads_nowhere_says_so(visit: BrowserSession) -> None:
    visit.expect_fault("404")  # which is what the server says too
    page = await visit.open("/nowhere")
    await expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    await expect(page).to_have_title("Page not found \u2013 stoat-ferret")
    await look(page, "nowhere")
    await page.get_by_role("link", name="Go to the library").click()
    await expect(page).to_have_url(path_of("/"))


async def test_a_server_that_comes_back_is_noticed_and_one_with_another_page_is_offered(
    own_stoat: Stoat, open_session: Visiting
) -> None:
    async def upgrade(route: Route) -> None:
        answer = await route.fetch()
        text = re.sub(r"/assets/index-[^\"]+\.js", "/assets/index-newer.js", await answer.text())
        await route.fulfill(response=answer, body=text)

    with own_stoat.serve() as first:
        again = own_stoat.having(STOAT_PORT=first.url.rpartition(":")[2])
        async with open_session(first.url) as visit:
            visit.expect_fault(AWAY)
            page = await visit.open("/settings", is_routed=True)
            away = page.get_by_text("Cannot reach the server.")
            newer = page.get_by_text("A new version is available.")
            await expect(page.get_by_role("table", name="Versions")).to_be_visible()
            first.running.kill()
            await expect(away).to_be_visible()
            await look(page, "offline")
            with again.serve():
                back = page.get_by_text("The server is back.")
                await expect(back).to_be_visible(timeout=RETURN_MILLISECONDS)
                await expect(back).to_be_hidden()
                await expect(newer).to_be_hidden()
            await expect(away).to_be_visible()
            await page.route(f"{first.url}/", upgrade)
            with again.serve():
                await expect(newer).to_be_visible(timeout=RETURN_MILLISECONDS)
                await page.get_by_role("button", name="Reload").click()
                await expect(page.get_by_role("table", name="Versions")).to_be_visible()


async def test_a_part_that_an_update_took_away_offers_to_reload(visit: BrowserSession) -> None:
    visit.expect_fault("ERR_FAILED|could not be loaded|dynamically imported")
    page = await visit.open("/", is_routed=True)
    await page.route("**/assets/SettingsPage-*.js", lambda route: route.abort())
    await page.get_by_role("link", name="Settings").click()
    await expect(page.get_by_role("alert")).to_contain_text("could not be loaded")
    await check_axe(page)
    await page.unroute_all()
    await page.get_by_role("button", name="Reload the page").click()
    await expect(page.get_by_role("heading", level=1, name="Settings")).to_be_visible()


async def test_a_machine_without_any_network_has_the_page(visit: BrowserSession) -> None:
    page = await visit.open("about:blank")
    await page.add_init_script("Object.defineProperty(navigator, 'onLine', { get: () => false })")
    await page.goto("/")
    await follow_all_links(page)
    await expect(page.get_by_role("table", name="Versions")).to_be_visible()
