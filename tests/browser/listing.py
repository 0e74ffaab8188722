"""Steps that the browser tests of the library share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page


def cards(page: Page) -> Locator:
    """Return the shown videos."""
    return page.get_by_role("grid", name="Videos").locator("[data-index] a")


def card(page: Page, name: str) -> Locator:
    """Return the video called `name`."""
    return page.get_by_role("link", name=name)


def box(page: Page, index: int) -> Locator:
    """Return the checkbox that selects the video at a place of the list."""
    return page.locator(f'[data-index="{index}"]').get_by_role("checkbox")


async def count_is(page: Page, text: str) -> None:
    """Wait until the page shows this count."""
    await expect(page.get_by_role("status").filter(has_text=text).first).to_be_visible()
