"""The page asks for the token of a server that has one, before anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import DEVICES, check_axe, look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.async_api import Page
    from tests.browser.browser_session import BrowserSession

TOKEN = "correct horse battery staple"  # noqa: S105  that of these tests


@pytest.fixture(scope="module")
def variables() -> Mapping[str, str]:
    """Return the settings of a server with a token."""
    return {"STOAT_TOKEN": TOKEN}


@pytest.fixture
def anonymous(visit: BrowserSession) -> BrowserSession:
    """Return a session that has not signed in."""
    visit.expect_fault("401")  # the page learns by it that a token is asked for
    return visit


async def sign_in(page: Page, token: str = TOKEN) -> None:
    await page.get_by_label("Token", exact=True).fill(token)
    await page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("device", DEVICES)
async def test_a_stranger_sees_only_what_asks_for_the_token(
    anonymous: BrowserSession, device: str
) -> None:
    page = await anonymous.open("/settings", device=device)
    await expect(page.get_by_role("heading", name="Sign in to stoat-ferret")).to_be_visible()
    await expect(page.get_by_label("Token", exact=True)).to_be_focused()
    await expect(page).to_have_title("Sign in \u2013 stoat-ferret")
    await expect(page.get_by_role("navigation")).to_have_count(0)
    await expect(page.get_by_role("alert")).to_have_count(0)
    await look(page, f"sign-in-{device}")


async def test_a_wrong_token_is_refused_and_the_right_one_shows_the_page(
    anonymous: BrowserSession,
) -> None:
    page = await anonymous.open("/settings")
    await sign_in(page, "wrong")
    await expect(page.get_by_text("Wrong token.")).to_be_visible()
    await check_axe(page)
    await sign_in(page)
    await expect(page.get_by_role("table", name="Versions")).to_be_visible()
    kept = await page.evaluate("[document.cookie, ...Object.values({...localStorage})].join()")
    assert TOKEN not in kept
    assert "stoat_session" not in kept
    await page.reload()
    await expect(page.get_by_role("table", name="Versions")).to_be_visible()


async def test_what_happens_is_seen_live_after_signing_in(anonymous: BrowserSession) -> None:
    page = await anonymous.open("/jobs")
    await expect(page.get_by_role("heading", name="Sign in to stoat-ferret")).to_be_visible()
    async with page.expect_response(lambda answer: answer.url.endswith("/events") and answer.ok):
        await sign_in(page)
    await expect(page.get_by_role("heading", level=1, name="Jobs")).to_be_visible()


async def test_tabs_are_signed_in_and_out_together(anonymous: BrowserSession) -> None:
    page = await anonymous.open("/settings")
    prompt = page.get_by_role("heading", name="Sign in to stoat-ferret")
    await expect(prompt).to_be_visible()
    other = await page.context.new_page()
    await other.goto("/settings")
    await sign_in(other)
    await expect(page.get_by_role("table", name="Versions")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(prompt).to_be_visible()
    await expect(other.get_by_role("heading", name="Sign in to stoat-ferret")).to_be_visible()
