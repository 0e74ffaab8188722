"""The page opens, for every kind of person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.visitor import DEVICES, check_axe, take_screenshot

if TYPE_CHECKING:
    from tests.browser.visitor import ColorScheme, Visitor

ADDRESSES = ("/", "/jobs", "/settings")


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
