"""The memory of a page that stays open: what is no longer shown is let go."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.huge_library import make_huge_library
from tests.browser.listing import cards
from tests.clips import small_clips
from tests.e2e.stoat import Stoat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import CDPSession, Page, Route
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving

    Visiting = Callable[[str], AbstractAsyncContextManager[BrowserSession]]

COUNT = 5_000
MOST_GROWTH = 1.5
"""The limit of the last count, as a multiple of the first: a leak adds the same in each round."""

_SCROLL = """async direction => {
  for (let step = 0; step < 8; step++) {
    scrollBy(0, direction * 600);
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
  }
}"""


@pytest.fixture(scope="module")
def stoat(tmp_path_factory: pytest.TempPathFactory, built_page: None) -> Stoat:
    """Return the command with a long library whose videos all have thumbnails, by its records."""
    stoat = Stoat.build(tmp_path_factory.mktemp("memory"))
    make_huge_library(stoat, COUNT)
    with closing(sqlite3.connect(stoat.data_dir / "library.db")) as library, library:
        library.execute("UPDATE videos SET fingerprint = printf('%016d', rowid)")
        library.execute("UPDATE videos SET thumbnail_version = 1")
    return stoat


@pytest.fixture(scope="module")
def serving(stoat: Stoat) -> Iterator[Serving]:
    """Serve the library."""
    with stoat.serve() as serving:
        yield serving


# Both show the same component, so a usual run looks at one.
@pytest.mark.parametrize("view", ["grid", pytest.param("table", marks=pytest.mark.soak)])
async def test_scrolling_past_pictures_that_load_slowly_keeps_none_of_them(
    visit: BrowserSession, view: str
) -> None:
    page = await _open_with_slow_pictures(visit, f"/?view={view}")
    counters = await page.context.new_cdp_session(page)
    counts = []
    for _ in range(4):
        await page.evaluate(_SCROLL, 1)
        await page.evaluate(_SCROLL, -1)
        await expect(cards(page).first).to_be_in_viewport()
        counts.append(await _count(counters))
    _assert_bounded(counts)


async def test_leaving_videos_that_load_slowly_keeps_none_of_them(
    own_stoat: Stoat, open_session: Visiting
) -> None:
    small_clips(own_stoat.root, 2)
    with own_stoat.serve() as serving:
        serving.scan(own_stoat.root)
        async with open_session(serving.url) as visit:
            page = await _open_with_slow_pictures(visit, "/")
            counters = await page.context.new_cdp_session(page)
            counts = []
            for _ in range(4):
                for index in range(2):
                    await cards(page).nth(index).click()
                    await expect(page.locator("video")).to_be_attached()
                    await page.go_back()
                    await expect(cards(page).nth(index)).to_be_in_viewport()
                counts.append(await _count(counters))
    _assert_bounded(counts)


async def _open_with_slow_pictures(visit: BrowserSession, address: str) -> Page:
    """Open a page whose pictures and videos begin to load, and never end."""
    page = await visit.open("/settings", is_routed=True)
    await page.context.route("**/thumbnail?*", _never)
    await page.context.route("**/stream", _never)
    await page.goto(address)
    await expect(cards(page).first).to_be_visible()
    return page


async def _never(route: Route) -> None:
    """Leave a request without an answer."""


async def _count(counters: CDPSession) -> dict[str, int]:
    """Return the number of nodes and of listeners that are in memory."""
    for _ in range(2):  # what the first finds may keep what the second frees
        await counters.send("HeapProfiler.collectGarbage")
    found = await counters.send("Memory.getDOMCounters")
    return {name: found[name] for name in ("nodes", "jsEventListeners")}


def _assert_bounded(counts: list[dict[str, int]]) -> None:
    # The browser may keep the page before this one, which the first round does not have.
    _, first, *_, last = counts
    print(counts)  # noqa: T201  seen with -s
    for name, count in last.items():
        assert count < first[name] * MOST_GROWTH, counts
