"""The library in a browser when it is higher than an element can be."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import take_screenshot
from tests.browser.huge_library import add_videos, make_huge_library
from tests.browser.listing import box, card, count_is
from tests.e2e.stoat import Stoat
from tests.examples import ARE_USUAL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from playwright.async_api import Page, Request
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving

COUNT = 400_000 if ARE_USUAL else 1_000_000
"""In a usual run just more than fit: a row is 44 pixels high, five cards are 207."""
MOST_PIXELS = 15_000_000 + 1_000

_PLACES = """() => Object.fromEntries(
  [...document.querySelectorAll("[data-index]")].filter(item => item.querySelector("a")).map(item =>
    [item.dataset.index, item.getBoundingClientRect().top]))"""
_SEEN = """() => {
  const items = [...document.querySelectorAll("[data-index]")].filter(item => {
    const {top, bottom} = item.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
  const middle = items.find(item => item.getBoundingClientRect().top > 250);
  return items.every(item => item.querySelector("a")) && middle?.dataset.index;
}"""
_FOLLOW = """name => {
  window.tops = new Set();
  const note = () => {
    const link = document.querySelector(`a[aria-label^="${name}"]`);
    tops.add(link ? Math.round(link.getBoundingClientRect().top) : null);
    requestAnimationFrame(note);
  };
  note();
}"""
"""Notes where a video is in each frame."""
_STEP_AND_OPEN = """index => {
  scrollBy(0, 100);
  document.querySelector(`[data-index="${index}"] a`).click();
}"""
"""Opens a video before the scroll bar has come to rest."""
_WATCH = """() => {
  const start = scrollY;
  let [last, still, ended] = [start, 0, false];
  addEventListener("scroll", () => ended = false);
  addEventListener("scrollend", () => ended = true);
  window.rest = new Promise(end => {
    const look = () => {
      still = ended && scrollY === last && scrollY !== start ? still + 1 : 0;
      last = scrollY;
      if (still < 20) requestAnimationFrame(look);
      else end();
    };
    look();
  });
}"""
"""Waits for a third of a second without motion: the list moves the scroll bar at its rest, and that
ends with an event too, which may come when the next motion has begun.
"""


@pytest.fixture(scope="module")
def stoat(tmp_path_factory: pytest.TempPathFactory, built_page: None) -> Stoat:
    """Return the command with a huge library; the reset of a shared server would read it all."""
    stoat = Stoat.build(tmp_path_factory.mktemp("huge"))
    make_huge_library(stoat, COUNT)
    return stoat


@pytest.fixture(scope="module")
def serving(stoat: Stoat) -> Iterator[Serving]:
    """Serve the huge library."""
    with stoat.serve() as serving:
        yield serving


async def open_list(visit: BrowserSession, view: str) -> Page:
    """Open the list, and wait until it is shown."""
    page = await visit.open(f"/?sort=name&view={view}", is_live=True)
    await expect(card(page, name(0))).to_be_in_viewport()
    return page


async def places(page: Page) -> dict[int, float]:
    """Return the distances of the loaded items from the top of the window, by index."""
    found: dict[str, float] = await page.evaluate(_PLACES)
    return {int(index): top for index, top in found.items()}


async def scroll_to(page: Page, part: float) -> int:
    """Drag the scroll bar to a part of its length; return an index that is then in sight."""
    await page.evaluate(
        "part => scrollTo(0, part * (document.body.scrollHeight - innerHeight))", part
    )
    return await seen(page)


@asynccontextmanager
async def resting(page: Page) -> AsyncIterator[None]:
    """Wait until what scrolls the page has done so."""
    await page.evaluate(_WATCH)
    yield
    await page.evaluate("() => window.rest")


async def seen(page: Page) -> int:
    """Wait until all items in sight are loaded; return the index of one in the middle."""
    found = await page.wait_for_function(_SEEN)
    index: str = await found.json_value()
    return int(index)


def name(index: int) -> str:
    return f"{index + 1:07}.mp4"


@pytest.mark.parametrize("view", ["grid", "table"])
async def test_every_video_is_in_reach(visit: BrowserSession, view: str) -> None:
    page = await open_list(visit, view)
    assert await page.evaluate("document.body.scrollHeight") < MOST_PIXELS
    asked: list[int] = []
    page.on("request", lambda request: asked.extend(_offset(request)))

    await scroll_to(page, 1)
    await expect(card(page, name(COUNT - 1))).to_be_in_viewport()
    await take_screenshot(page, f"huge-{view}-end")
    index = await scroll_to(page, 0.5)
    assert abs(index - COUNT / 2) < 200
    await take_screenshot(page, f"huge-{view}-middle")
    assert len(asked) <= 4, "the parts before were asked for"

    before = await places(page)
    await page.mouse.move(640, 400)
    async with resting(page):
        await page.mouse.wheel(0, 300)
    assert (await places(page))[index] == pytest.approx(before[index] - 300, abs=0.6)
    async with resting(page):
        await page.keyboard.press("PageDown")
    lower = await seen(page)
    assert index < lower < index + 30

    top = (await places(page))[lower]
    await page.evaluate(_STEP_AND_OPEN, lower)
    await expect(page.get_by_role("grid", name="Videos")).to_have_count(0)
    await page.go_back()
    await expect(card(page, name(lower))).to_be_in_viewport()
    assert (await places(page))[lower] == pytest.approx(top - 100, abs=3)
    await take_screenshot(page, f"huge-{view}-back")


async def test_focus_and_selection_survive_a_long_way(visit: BrowserSession) -> None:
    page = await open_list(visit, "table")
    index = await scroll_to(page, 0.4)
    await box(page, index).click()
    await card(page, name(index)).focus()
    await scroll_to(page, 0.9)
    await expect(card(page, name(index))).to_be_focused()
    await expect(card(page, name(index))).not_to_be_in_viewport()
    await page.keyboard.press("ArrowDown")
    await expect(card(page, name(index + 1))).to_be_focused()
    await expect(card(page, name(index + 1))).to_be_in_viewport()
    await expect(box(page, index)).to_be_checked()
    await page.keyboard.press("End")
    last = card(page, name(COUNT - 1))
    await expect(last).to_be_focused()
    await expect(last).to_be_in_viewport()
    row = page.get_by_role("row").filter(has=last)
    await expect(row).to_have_attribute("aria-rowindex", str(COUNT + 1))
    await page.keyboard.press("Home")
    await expect(card(page, name(0))).to_be_focused()
    await expect(card(page, name(0))).to_be_in_viewport()


@pytest.mark.parametrize(
    "added",
    [
        pytest.param(12, id="in the same part"),
        # The old list is shown until the new part is there, for 10 s: busy machines need more.
        pytest.param(500, id="in another part", marks=pytest.mark.soak),
    ],
)
async def test_what_is_seen_stays_while_videos_are_added_and_removed(
    visit: BrowserSession, serving: Serving, stoat: Stoat, added: int
) -> None:
    page = await open_list(visit, "grid")
    index = await scroll_to(page, 0.6)
    top = (await places(page))[index]
    await card(page, name(index)).focus()
    await page.evaluate(_FOLLOW, name(index))
    with closing(sqlite3.connect(stoat.data_dir / "library.db")) as library:
        with library:
            add_videos(library, 1, added, "b")
        await _notify(serving)
        await count_is(page, f"{COUNT + added:,} videos")
        await expect(box(page, index + added)).to_have_accessible_name(f"Select {name(index)}")
        await expect(card(page, name(index))).to_be_focused()
        with library:
            library.execute("DELETE FROM videos WHERE name LIKE '%b.mp4'")
        await _notify(serving)
        await count_is(page, f"{COUNT:,} videos")
        await expect(box(page, index)).to_have_accessible_name(f"Select {name(index)}")
        await expect(card(page, name(index))).to_be_focused()
    assert await page.evaluate("[...tops]") == [pytest.approx(top, abs=1)]


async def _notify(serving: Serving) -> None:
    """Change a video, so that the pages are notified that the library has changed."""
    first: dict[str, Any] = serving.call("GET", "/videos", params={"limit": 1})["items"][0]
    path = f"/videos/{first['id']}"
    serving.call("PATCH", path, json={"rating": 3}, headers={"if-match": "*"})


def _offset(request: Request) -> list[int]:
    query = parse_qs(urlsplit(request.url).query)
    return [int(offset) for offset in query.get("offset", ())]
