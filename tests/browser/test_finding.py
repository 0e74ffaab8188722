"""What people look for in the library, found in a browser: order, filters, saved searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.listing import cards, count_is
from tests.browser.scanning import scan
from tests.clips import small_clips

if TYPE_CHECKING:
    from tests.browser.browser_session import BrowserSession
    from tests.browser.shared_server import SharedServer


@pytest.fixture(scope="module")
def shared(shared: SharedServer) -> SharedServer:
    """Add three clips, and three more later; tests change only what is said about them."""
    root = shared.stoat.root
    for folder in ("old", "new"):
        small_clips(root / folder, 3)
        for clip in (root / folder).iterdir():
            # By name, the new ones come last.
            clip.rename(clip.with_name(f"{'b' if folder == 'new' else 'a'}{clip.name[-5:]}"))
        scan(shared.serving, root)
    shared.keep()
    return shared


async def test_the_newest_come_first_and_another_order_is_kept(visit: BrowserSession) -> None:
    page = await visit.open("/")
    order = page.get_by_label("Sort by")
    await expect(order).to_have_value("added")
    await expect(cards(page).first).to_contain_text("b")
    await order.select_option("name")
    await expect(page).to_have_url(f"{visit.url}/?sort=name")
    await expect(cards(page).first).to_contain_text("a0.mp4")
    await page.goto("/")
    await expect(order).to_have_value("name")
    await expect(cards(page).first).to_contain_text("a0.mp4")
    await page.get_by_role("button", name="Ascending. Reverse order").click()
    await expect(cards(page).first).to_contain_text("b2.mp4")
    # The address wins, and is not remembered.
    await page.goto("/?sort=name")
    await expect(cards(page).first).to_contain_text("a0.mp4")
    await page.goto("/?q=mp4")
    await count_is(page, "6 videos")
    await expect(cards(page).first).to_contain_text("b2.mp4")
