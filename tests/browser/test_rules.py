"""The page of rules: a dry run, a rule that is made and runs, its history, and its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect
from tests.browser.browser_session import look
from tests.browser.scanning import scan
from tests.clips import small_clips

if TYPE_CHECKING:
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving, Stoat


async def test_a_rule_is_tried_made_followed_and_deleted(
    serving: Serving, stoat: Stoat, visit: BrowserSession
) -> None:
    small_clips(stoat.root, 2)
    scan(serving, stoat.root)
    page = await visit.open("/rules")
    await expect(page.get_by_text("No rules yet")).to_be_visible()
    await page.get_by_role("button", name="New rule").click()
    form = page.get_by_role("dialog", name="New rule")
    await form.get_by_label("Name").fill("Everything new")
    await expect(form.get_by_text("Choose at least one action.")).to_be_visible()
    tags = form.get_by_role("combobox", name="Add tags")
    await tags.fill("fresh")
    await tags.press("Enter")
    await form.get_by_role("combobox", name="Render").click()
    await form.get_by_role("option", name="Proxy").click()
    await form.get_by_label("Into folder").fill("proxies/2026")
    dry_run = form.get_by_role("status", name="Dry run")
    await expect(dry_run).to_contain_text("2 existing videos match and are left alone")
    await form.get_by_label("Also run it on existing videos").check()
    await expect(dry_run).to_contain_text("It will run on 2 existing videos")
    await expect(dry_run).to_contain_text("2 videos get tags")
    await look(page, "rules-form")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_be_hidden()
    rule = page.get_by_role("listitem", name="Everything new")
    await expect(rule).to_contain_text(
        re.compile("A video is added: render as .* into proxies/2026, tag fresh")
    )
    await expect(rule).to_contain_text("2 videos done", timeout=60_000)
    assert len(list((stoat.data_dir / "renders" / "proxies" / "2026").iterdir())) == 2
    await rule.get_by_role("button", name="History").click()
    await expect(rule.get_by_role("link")).to_have_count(2)
    await look(page, "rules-history")
    async with page.expect_response(
        lambda answer: answer.request.method == "PATCH", timeout=60_000
    ):
        await rule.get_by_role("switch").press("Space")
    await expect(rule.get_by_text("Off", exact=True)).to_be_visible()
    (stored,) = serving.call("GET", "/rules")["items"]
    assert stored["enabled"] is False
    await rule.get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Delete rule").click()
    await expect(page.get_by_text("No rules yet")).to_be_visible()
