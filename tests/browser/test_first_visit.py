"""The page opens, for every kind of person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import DEVICES, look

if TYPE_CHECKING:
    from tests.browser.browser_session import BrowserSession

SHOWN_LAST = {"/": "No videos yet", "/jobs": "No jobs yet", "/settings": "Data folder"}
"""The text that each page shows once its first requests are answered."""
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
