"""The check that all other tests here rely on: a page cannot complain unnoticed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import anyio
import pytest
from playwright.async_api import expect
from tests.browser.browser_session import check_axe, look

if TYPE_CHECKING:
    from tests.browser.browser_session import BrowserSession

SECONDS = 15


COMPLAINTS = {
    "console.error('it broke')": "console error: it broke",
    "throw new Error('it was thrown')": "page error: .*it was thrown",
    "Promise.reject(new Error('it was rejected'))": "page error: .*it was rejected",
    "new Image().src = 'http://elsewhere.invalid/'": "another host: http://elsewhere",
    "fetch('/api/v1/jobs/nothing')": "console error: .*404",
}
"""Code that a page runs, and the complaint about it."""


async def test_what_a_page_complains_about_fails_its_test(visit: BrowserSession) -> None:
    page = await visit.open("/")
    for script, complaint in COMPLAINTS.items():
        visit.faults.clear()
        visit.check()
        await page.evaluate(f"() => {{ setTimeout(() => {{ {script} }}) }}")
        with anyio.fail_after(SECONDS):
            while not any(re.search(complaint, fault) for fault in visit.faults):
                await page.wait_for_timeout(10)
        with pytest.raises(AssertionError, match=complaint):
            visit.check()
    visit.expect_fault("it (broke|was)|elsewhere|404")
    visit.check()


async def test_axe_finds_what_is_wrong_and_names_it(visit: BrowserSession) -> None:
    page = await visit.open("/")
    await page.evaluate("document.body.append(Object.assign(new Image(), {src: '/icon.svg'}))")
    with pytest.raises(AssertionError, match=r"image-alt: .*\n  body > img"):
        await check_axe(page)


async def test_axe_looks_at_the_colours_of_both_schemes(visit: BrowserSession) -> None:
    page = await visit.open("/")
    await expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    await page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('[data-mantine-color-scheme=dark] main p { color: #333 }');
          document.adoptedStyleSheets.push(sheet);
          const words = document.createElement('p');
          document.querySelector('main').append(Object.assign(words, {textContent: 'Words'}));
        }"""
    )
    await check_axe(page)
    with pytest.raises(AssertionError, match="color-contrast: "):
        await look(page, "bad-colors", also_dark=True)
