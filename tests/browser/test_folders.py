"""The folders of the library in a browser: the tree, breadcrumbs, cards, by mouse and keyboard."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import check_axe, look_once, press_quickly
from tests.browser.listing import cards, count_is
from tests.browser.scanning import scan
from tests.clips import make_clip

from stoat_ferret.library.migrations import NEWEST_SCHEMA
from stoat_ferret.sqlite_engine import add_functions

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Locator, Page
    from tests.browser.browser_session import BrowserSession
    from tests.browser.shared_server import SharedServer
    from tests.e2e.stoat import Serving, Stoat

STRANGE = os.fsdecode(b"caf\xe9")
FOLDERS = ["clip2", "clip10", "days/a", "days/b/deep", "days", STRANGE]


@pytest.fixture(scope="module")
def shared(shared: SharedServer) -> SharedServer:
    """Add a video to each of these folders; tests leave them as they are."""
    root = shared.stoat.root
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
        name = f"{folder.replace('/', ' ')}.mp4" if folder != STRANGE else "x.mp4"
        shutil.copyfile(make_clip("small-0.mp4"), root / folder / name)
    scan(shared.serving, root)
    shared.keep()
    return shared


@pytest.fixture
def foldered(stoat: Stoat) -> str:
    """Return the name of the root."""
    return stoat.root.name


def rows(page: Page) -> Locator:
    return page.get_by_role("tree", name="Folders").get_by_role("treeitem")


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("treeitem", name=name)


def trail(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Breadcrumbs")


async def names(page: Page) -> list[str]:
    """Return the names of the rows from the top down, without their counts."""
    script = """all => all.map(row => [+row.id.split('-').pop(), row.getAttribute('aria-label')])
        .sort((one, other) => one[0] - other[0]).map(one => one[1].split(',')[0])"""
    found: list[str] = await rows(page).evaluate_all(script)
    return found


async def test_the_tree_opens_folders_and_back_leads_out_again(
    visit: BrowserSession, foldered: str
) -> None:
    page = await visit.open("/")
    await expect(rows(page)).to_have_count(5)
    assert await names(page) == [foldered, "caf\ufffd", "clip2", "clip10", "days"]
    await row(page, "days").click()
    await expect(page).to_have_url(f"{visit.url}/?root={foldered}&folder=days")
    await count_is(page, "3 videos")
    await expect(row(page, "days")).to_have_attribute("aria-selected", "true")
    await expect(trail(page)).to_have_text(f"Library{foldered}days")
    await page.go_back()
    await count_is(page, "6 videos")
    await row(page, "caf").click()
    await expect(cards(page)).to_have_count(1)


async def test_after_a_reload_the_tree_is_open_down_to_the_folder(
    visit: BrowserSession, foldered: str
) -> None:
    page = await visit.open(f"/?root={foldered}&folder=days%2Fb%2Fdeep")
    deep = row(page, "deep")
    await expect(deep).to_have_attribute("aria-selected", "true")
    await expect(deep).to_have_attribute("aria-level", "4")
    await trail(page).get_by_role("link", name="b", exact=True).click()
    await expect(page).to_have_url(f"{visit.url}/?root={foldered}&folder=days%2Fb")
    await expect(row(page, "b,")).to_have_attribute("aria-selected", "true")


async def test_a_folder_shows_its_subfolders_as_cards_and_only_its_own_videos_on_request(
    visit: BrowserSession, foldered: str
) -> None:
    page = await visit.open(f"/?root={foldered}&folder=days")
    subfolders = page.get_by_role("region", name="Subfolders")
    await expect(subfolders.get_by_role("link")).to_have_text(["a", "b"])
    await expect(subfolders.get_by_role("img", include_hidden=True).first).to_be_visible()
    await look_once(page, "library-folder")
    await page.get_by_role("switch", name="Include subfolders").uncheck()
    await expect(page).to_have_url(f"{visit.url}/?root={foldered}&folder=days&subfolders=false")
    await count_is(page, "1 video")
    await subfolders.get_by_role("link", name="b").click()
    await expect(
        page.get_by_role("heading", name="No videos directly in this folder")
    ).to_be_visible()
    await check_axe(page)
    await page.get_by_role("button", name="Include subfolders").click()
    await expect(cards(page)).to_have_count(1)
    await page.get_by_role("searchbox").fill("deep")
    await count_is(page, "1 video")
    await expect(subfolders).to_have_count(0)


async def test_a_video_shows_the_way_to_its_folder(visit: BrowserSession, foldered: str) -> None:
    page = await visit.open(f"/?root={foldered}&folder=days%2Fa")
    await cards(page).first.click()
    await expect(trail(page)).to_have_text(f"Library{foldered}daysadays a.mp4")
    await trail(page).get_by_role("link", name="days", exact=True).click()
    await expect(page).to_have_url(f"{visit.url}/?root={foldered}&folder=days")


async def active(page: Page) -> str:
    """Return the name of the active row."""
    script = """tree => document.getElementById(tree.getAttribute('aria-activedescendant'))
        .getAttribute('aria-label').split(',')[0]"""
    found: str = await page.get_by_role("tree", name="Folders").evaluate(script)
    return found


async def test_the_tree_is_used_by_keyboard(visit: BrowserSession, foldered: str) -> None:
    page = await visit.open("/")
    await expect(rows(page)).to_have_count(5)
    await page.get_by_role("tree", name="Folders").focus()
    for key, expected, below in (
        ("End", "days", None),
        ("ArrowRight", "days", "a"),
        ("ArrowRight", "a", None),
        ("ArrowDown", "b", None),
        ("ArrowRight", "b", "deep"),
        ("ArrowRight", "deep", None),
        ("ArrowLeft", "b", None),
        ("ArrowLeft", "b", None),
        ("ArrowLeft", "days", None),
        ("Home", foldered, None),
        ("ArrowUp", foldered, None),
    ):
        await page.keyboard.press(key)
        assert await active(page) == expected, key
        if below is not None:
            await expect(row(page, f"{below},")).to_be_visible()
    await press_quickly(page, *"clip1")
    assert await active(page) == "clip10"
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{visit.url}/?root={foldered}&folder=clip10")
    await expect(row(page, "days")).to_have_attribute("aria-expanded", "true")
    await check_axe(page)


@pytest.mark.parametrize("device", ["desktop", "phone"])
async def test_a_phone_has_the_tree_in_a_drawer(
    visit: BrowserSession, foldered: str, device: str
) -> None:
    page = await visit.open(f"/?root={foldered}&folder=days", device=device)
    button = page.get_by_role("button", name="Folders", exact=True)
    is_drawer = await button.get_attribute("aria-expanded") == "false"
    if is_drawer:
        await button.click()
    await expect(row(page, "days")).to_have_attribute("aria-selected", "true")
    await check_axe(page)
    if is_drawer:
        box = await row(page, "clip2").bounding_box()
        assert box is not None
        assert box["height"] >= 44
    await row(page, "clip2").click()
    await expect(page).to_have_url(f"{visit.url}/?root={foldered}&folder=clip2")
    if is_drawer:
        await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_the_choice_to_hide_the_tree_is_remembered(
    visit: BrowserSession, foldered: str
) -> None:
    page = await visit.open("/")
    await expect(row(page, f"{foldered}, 6 videos")).to_be_visible()
    await page.get_by_role("button", name="Folders", exact=True).click()
    await expect(rows(page)).to_have_count(0)
    await page.reload()
    await count_is(page, "6 videos")
    await expect(rows(page)).to_have_count(0)


async def test_missing_and_unplugged_folders_stay_and_say_so(
    visit: BrowserSession, stoat: Stoat, serving: Serving, foldered: str
) -> None:
    gone = stoat.home / "clip2"
    (stoat.root / "clip2").rename(gone)
    scan(serving, stoat.root)
    page = await visit.open(f"/?root={foldered}&folder=clip2")
    await expect(
        page.get_by_role("heading", name="All videos of this folder are missing")
    ).to_be_visible()
    await expect(row(page, "clip2, 0 videos, 1 missing")).to_be_visible()
    away = stoat.root.with_name("unplugged")
    stoat.root.rename(away)
    try:
        await page.goto(f"{visit.url}/?root={foldered}&folder=days")
        await expect(row(page, f"{foldered}, 5 videos, 1 missing, not available")).to_be_visible()
        await expect(cards(page)).to_have_count(3)
    finally:
        away.rename(stoat.root)
        gone.rename(stoat.root / "clip2")
        scan(serving, stoat.root)


MANY = 3000
_FOLDERS = """
    WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < :count)
    INSERT INTO videos (
        id, root_id, path, folder, name, name_key, searchable, status, size_bytes, mtime_ns,
        probe_version, added_at, duration_seconds, height, width
    )
    SELECT
        printf('%07d', i), 1, CAST(printf('f%d/a.mp4', i) AS BLOB), printf('f%d/', i), 'a.mp4',
        'a.mp4', '', 'ok', 1, 0, 1, '2026-01-01 00:00:00', 60, 1080, 1920
    FROM numbers
"""


def make_folders(stoat: Stoat, count: int) -> None:
    """Make the library of `stoat`, with a video in each of `count` folders of one root."""
    stoat.data_dir.mkdir()
    with closing(sqlite3.connect(stoat.data_dir / "library.db")) as library:
        add_functions(library)
        library.executescript(NEWEST_SCHEMA.read_text())
        library.execute("INSERT INTO roots VALUES (1, 'videos', ?)", [os.fsencode(stoat.root)])
        library.execute(_FOLDERS, {"count": count})
        library.commit()


async def test_only_visible_rows_of_a_level_of_thousands_are_rendered(
    own_stoat: Stoat, open_session: Callable[[str], AbstractAsyncContextManager[BrowserSession]]
) -> None:
    make_folders(own_stoat, MANY)
    with own_stoat.serve() as serving:
        async with open_session(serving.url) as visit:
            page = await visit.open("/")
            tree = page.get_by_role("tree", name="Folders")
            await expect(row(page, "f1,")).to_have_attribute("aria-setsize", str(MANY))
            await tree.focus()
            await page.keyboard.press("End")
            await expect(row(page, f"f{MANY},")).to_be_in_viewport()
            for part in (0, 0.2, 0.5, 0.8, 1):
                await tree.evaluate(
                    "(tree, part) => { tree.parentElement.scrollTop = part * tree.scrollHeight }",
                    part,
                )
                wanted = min(MANY, max(1, round(part * MANY)))
                await expect(rows(page).filter(has_text=f"f{wanted}").first).to_be_attached()
                assert await rows(page).count() < 80
            await page.goto(f"{serving.url}/?root=videos&folder=f1500")
            await expect(row(page, "f1500,")).to_be_in_viewport()
            await expect(row(page, "f1500,")).to_have_attribute("aria-selected", "true")
            cards_of = page.get_by_role("region", name="Subfolders").get_by_role("link")
            await page.goto(f"{serving.url}/?root=videos")
            await expect(cards_of).to_have_count(12)
            await page.get_by_role("button", name="Show more folders").click()
            await expect(cards_of).to_have_count(100)
