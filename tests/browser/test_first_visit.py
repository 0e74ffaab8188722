"""The page opens, for every kind of person."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import COLOR_SCHEMES, DEVICES, look, take_screenshot

if TYPE_CHECKING:
    from playwright.async_api import Response, Route
    from tests.browser.browser_session import BrowserSession, ColorScheme

SHOWN_LAST = {"/": "No videos yet", "/jobs": "No jobs yet", "/settings": "Data folder"}
"""The text that each page shows once its first requests are answered."""
_IS_PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length > 0"
MOST_UNCOMPRESSED_BYTES = 1024
MOST_BYTES = 250_000
"""The limit of a first visit in bytes, compressed with gzip."""


@pytest.mark.parametrize("device", DEVICES)
async def test_the_page_opens_and_axe_finds_nothing(visit: BrowserSession, device: str) -> None:
    for address, words in SHOWN_LAST.items():
        page = await visit.open(address, device=device)
        await expect(page.get_by_role("main").get_by_text(words, exact=True)).to_be_visible()
        assert "stoat-ferret" in await page.title()
        # Each page has parts that only phones show.
        await look(page, f"first-{address.strip('/') or 'library'}-{device}", also_dark=True)


@pytest.mark.parametrize("color_scheme", COLOR_SCHEMES)
@pytest.mark.parametrize("device", DEVICES)
async def test_the_shell_is_shown_before_scripts_and_styles_have_loaded(
    visit: BrowserSession, device: str, color_scheme: ColorScheme
) -> None:
    settings = await visit.open(
        "/settings", device=device, color_scheme=color_scheme, is_routed=True
    )
    page = await settings.context.new_page()
    loading = asyncio.Event()

    async def wait(route: Route) -> None:
        await loading.wait()
        await route.continue_()

    await page.route("**/assets/*", wait)
    videos = [{"id": "one", "name": "<b>beach</b>.mp4", "title": None}]
    await page.route(
        "**/api/v1/videos?*limit=100*", lambda route: route.fulfill(json={"items": videos})
    )
    await page.goto("/", wait_until="commit")
    shell = page.get_by_role("status", name="Loading", exact=True)
    await expect(shell).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", color_scheme)
    await page.wait_for_function(_IS_PAINTED)
    link = shell.get_by_role("link", name="<b>beach</b>.mp4")
    await expect(link).to_have_attribute("href", "/videos/one")
    await expect(link).to_be_visible()
    await take_screenshot(page, f"shell-{device}-{color_scheme}")
    await page.unroute("**/api/v1/videos?*limit=100*")
    ground = await shell.evaluate("shell => getComputedStyle(shell).backgroundColor")
    loading.set()
    await expect(page.get_by_role("heading", level=1, name="Library")).to_be_attached()
    await expect(shell).to_have_count(0)
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


@pytest.mark.parametrize("order", [None, "size asc"])
async def test_the_first_list_is_asked_for_once_before_the_script_and_text_is_compressed(
    visit: BrowserSession, order: str | None
) -> None:
    page = await visit.open("/settings")
    if order is not None:
        await page.evaluate("order => localStorage.setItem('stoat-library-order', order)", order)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response))  # noqa: PLW0108  Playwright marks it
    await page.goto("/")
    await expect(page.get_by_text("No videos yet", exact=True)).to_be_visible()
    lists = [url for url in asked if "/api/v1/videos?" in url and "limit=100" in url]
    assert len(lists) == 1, "index.html asks for another list than the page"
    sort, direction = (order or "added desc").split()
    assert f"sort={sort}&order={direction}&" in lists[0]
    assert asked.index(lists[0]) < min(
        asked.index(url) for url in asked if "/api/" in url and url != lists[0]
    )
    assert any("/assets/" in answer.url for answer in answers)
    for answer in answers:
        headers = await answer.all_headers()
        if int(headers.get("content-length", 0)) > MOST_UNCOMPRESSED_BYTES:
            assert headers["content-encoding"] in {"br", "gzip"}, answer.url


async def test_a_first_visit_loads_little(visit: BrowserSession) -> None:
    page = await visit.open("/")
    await page.wait_for_load_state("networkidle")
    loaded: list[str] = await page.evaluate(
        "performance.getEntriesByType('resource').map(entry => entry.name)"
    )
    sizes = {}
    for url in loaded:
        if "/api/" not in url:
            answer = await page.request.head(url, headers={"accept-encoding": "gzip"})
            sizes[url] = int(answer.headers["content-length"])
    assert any(url.endswith(".js") for url in sizes)
    print(f"{sum(sizes.values())} bytes:", sizes)  # noqa: T201  seen with -s
    assert sum(sizes.values()) < MOST_BYTES, sizes
