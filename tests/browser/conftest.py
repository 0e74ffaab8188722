"""A real browser on the real server.

Tests are `async def` and take `visit`: `page = await visit.open("/jobs", device="phone")`. They
visit `serving`, the one server of all modules with the same settings, which has the root
`stoat.root`; each test finds both empty, or as its module has kept them (`shared.keep`), and has a
browser context of its own. A module asks for settings by a fixture `variables` of its own. A test
that ends a server or needs other settings starts it with `own_stoat.serve()` and visits it in
`async with open_session(serving.url) as visit:`. A visit fails the test on console errors,
exceptions and requests to other hosts, except those that `visit.expect_fault` names.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.async_api import async_playwright, expect
from tests.browser.browser_session import WAIT_MILLISECONDS, BrowserSession
from tests.browser.chromium import Chromium, find_chromium
from tests.browser.gated_ffprobe import GatedFfprobe
from tests.browser.shared_server import SharedServer, SharedServers
from tests.e2e.stoat import Stoat

import build_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Browser
    from tests.e2e.stoat import Serving


@pytest.fixture(scope="session")
def built_page() -> None:
    """Build the page if its sources have changed."""
    if not build_page.is_current():
        build_page.build()


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """Return the browser's program."""
    return find_chromium()


def _scope_of_browser(fixture_name: str, config: pytest.Config) -> Literal["session", "module"]:
    """Use one browser for a run of only these tests, else one for each module.

    As long as a fixture holds the event loop of anyio, a property test that Hypothesis aborts (by
    `StopTest`) leaves it unusable for all later tests. There are no property tests here.
    """
    paths = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    are_all_here = all(path.is_relative_to(Path(__file__).parent) for path in paths)
    return "session" if are_all_here else "module"


@pytest.fixture(scope=_scope_of_browser)
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    """Start a browser for many tests; each of its contexts is a person with a device."""
    expect.set_options(timeout=WAIT_MILLISECONDS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.path,
            env={**os.environ, **chromium.variables},
            args=[
                "--no-sandbox",  # which does not work for root, nor in most containers
                # There is no graphics card: imitating one takes the processor from the tests, and
                # so do threads that collect garbage while others wait for a core.
                *("--disable-gpu", "--disable-software-rasterizer"),
                "--js-flags=--single-threaded-gc",
            ],
        )
        page = await browser.new_page()
        await page.set_content("<span>text</span>")
        box = await page.locator("span").bounding_box()
        assert box is not None
        assert box["width"] > 0, "this browser finds no fonts, so it shows no text"
        await page.close()
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
def variables() -> Mapping[str, str]:
    """Return settings of the server of a module, which may override this."""
    return {}


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory, built_page: None) -> Iterator[SharedServers]:
    """Return the servers that modules share; they run until the end of the run."""
    with ExitStack() as running:
        yield SharedServers(lambda: tmp_path_factory.mktemp("shared"), running)


@pytest.fixture(scope="module")
def shared(servers: SharedServers, variables: Mapping[str, str]) -> Iterator[SharedServer]:
    """Lend the server of a module, reset."""
    with servers.lend(variables) as shared:
        yield shared


@pytest.fixture
def serving(shared: SharedServer) -> Iterator[Serving]:
    """Yield the server of the module, and reset it afterwards."""
    yield shared.serving
    shared.reset()


@pytest.fixture
def stoat(shared: SharedServer, serving: Serving) -> Stoat:
    """Return the folders and settings of `serving`."""
    return shared.stoat


@pytest.fixture
def own_stoat(tmp_path: Path, built_page: None) -> Stoat:
    """Return the command with a data folder and a root of the test's own."""
    return Stoat.build(tmp_path)


@pytest.fixture(scope="session")
def shared_gated_ffprobe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatedFfprobe]:
    """Build the gated ffprobe of a module's server, if `variables` has its settings."""
    with GatedFfprobe.build(tmp_path_factory.mktemp("gated_ffprobe") / "program") as gated_ffprobe:
        yield gated_ffprobe


@pytest.fixture
def gated_ffprobe(shared_gated_ffprobe: GatedFfprobe, serving: Serving) -> GatedFfprobe:
    """Return the gated ffprobe of the module's server, closed."""
    shared_gated_ffprobe.close()
    return shared_gated_ffprobe


@pytest.fixture
def open_session(browser: Browser) -> Callable[[str], AbstractAsyncContextManager[BrowserSession]]:
    """Return a context manager that opens a `BrowserSession` on a server of the test's own."""

    @asynccontextmanager
    async def visiting(url: str) -> AsyncIterator[BrowserSession]:
        async with BrowserSession(browser, url) as session:
            yield session
            session.check()

    return visiting


@pytest.fixture
async def visit(
    serving: Serving, open_session: Callable[[str], AbstractAsyncContextManager[BrowserSession]]
) -> AsyncIterator[BrowserSession]:
    """Open a `BrowserSession` on `serving`."""
    async with open_session(serving.url) as visit:
        yield visit
