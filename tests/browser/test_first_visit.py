"""The page opens, for every kind of person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.visitor import DEVICES, check_axe, take_screenshot

if TYPE_CHECKING:
    from tests.browser.visitor import ColorScheme, Visitor

ADDRESSES = ("/", "/jobs", "/settings")
MOST_BYTES = 250_000
"""What a first visit may load of the page, packed with gzip."""


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("device", DEVICES)
async def test_the_page_opens_and_axe_finds_nothing(
    visit: Visitor, device: str, color_scheme: ColorScheme
) -> None:
    for address in ADDRESSES:
        page = await visit.open(address, device=device, color_scheme=color_scheme)
        await expect(page.get_by_role("main")).to_be_visible()
        await page.wait_for_load_state("networkidle")
        name = address.strip("/") or "library"
        await take_screenshot(page, f"first-{name}-{device}-{color_scheme}")
        assert "stoat-ferret" in await page.title()
        await check_axe(page)


async def test_a_first_visit_loads_little(visit: Visitor) -> None:
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
