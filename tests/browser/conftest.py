"""A real browser on the real server.

Tests are `async def` and take `visit`: `page = await visit.open("/jobs", device="phone")`.
`serving` is the server, on the empty root `stoat.root`; a test that needs another one starts it
with `stoat.serve()` and visits it in `async with visitor(serving.url) as visit:`. A visit fails
the test on console errors, exceptions and requests to other hosts, but for what
`visit.expect_fault` names.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright, expect
from tests.browser.chromium import Chromium, find_chromium
from tests.browser.visitor import WAIT_MILLISECONDS, Visitor
from tests.e2e.conftest import gate, stoat

import build_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Browser
    from tests.e2e.stoat import Serving, Stoat

__all__ = ["gate", "stoat"]


@pytest.fixture(scope="session")
def built_page() -> None:
    """The page as the sources say."""
    if not build_page.is_current():
        build_page.build()


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """The browser's program."""
    return find_chromium()


@pytest.fixture(scope="package")
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    """One browser for all tests; a context of it is a person with a device."""
    expect.set_options(timeout=WAIT_MILLISECONDS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.path,
            env={**os.environ, **chromium.variables},
            args=["--no-sandbox"],  # which does not work for root, nor in most containers
        )
        page = await browser.new_page()
        await page.set_content("<span>text</span>")
        box = await page.locator("span").bounding_box()
        assert box is not None
        assert box["width"] > 0, "this browser finds no fonts, so it shows no text"
        await page.close()
        yield browser
        await browser.close()


@pytest.fixture
def serving(stoat: Stoat, built_page: None) -> Iterator[Serving]:
    """A server that serves the page, on the root `stoat.root`."""
    with stoat.serve() as serving:
        yield serving


@pytest.fixture
def visitor(
    browser: Browser, built_page: None
) -> Callable[[str], AbstractAsyncContextManager[Visitor]]:
    """Visits a server of the test's own; see `Visitor`."""

    @asynccontextmanager
    async def visiting(url: str) -> AsyncIterator[Visitor]:
        async with Visitor(browser, url) as visitor:
            yield visitor
            visitor.check()

    return visiting


@pytest.fixture
async def visit(
    serving: Serving, visitor: Callable[[str], AbstractAsyncContextManager[Visitor]]
) -> AsyncIterator[Visitor]:
    """A visitor of `serving`."""
    async with visitor(serving.url) as visit:
        yield visit
