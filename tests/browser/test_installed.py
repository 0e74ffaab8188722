"""The page as an app on a phone: what it needs to be installed, and what it shows offline."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import COLOR_SCHEMES, look_once
from tests.integration.api.server import running_server

from stoat_ferret.api.web_page import STATIC
from stoat_ferret.config import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from playwright.async_api import Page
    from tests.browser.browser_session import BrowserSession

    Visiting = Callable[[str], AbstractAsyncContextManager[BrowserSession]]

AWAY = (
    "ERR_CONNECTION|ERR_SOCKET_NOT_CONNECTED|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED_ENCODING"
    "|ERR_NETWORK|503"
)
RETURN_MILLISECONDS = 45_000
_IS_READY = "navigator.serviceWorker.ready.then(() => true)"
_UPDATE = "navigator.serviceWorker.ready.then(one => one.update()).then(() => undefined)"
_CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys())
      found.push(new URL(request.url).pathname);
  return found;
}"""


async def test_the_manifest_names_icons_that_are_there(visit: BrowserSession) -> None:
    page = await visit.open("/settings")
    devtools = await page.context.new_cdp_session(page)
    found = await devtools.send("Page.getAppManifest")
    assert found["errors"] == []
    manifest: dict[str, Any] = await page.evaluate(
        "url => fetch(url).then(answer => answer.json())", found["url"]
    )
    assert {icon.get("purpose", "any") for icon in manifest["icons"]} == {"any", "maskable"}
    touch = await page.locator('link[rel="apple-touch-icon"]').get_attribute("href")
    for address in [*(icon["src"] for icon in manifest["icons"]), touch]:
        assert await page.evaluate(
            "async url => { const image = new Image(); image.src = url; await image.decode();"
            " return image.naturalWidth > 0; }",
            address,
        )
    for address in [manifest["start_url"], *(one["url"] for one in manifest["shortcuts"])]:
        assert (await page.request.get(address)).status == 200


@pytest.fixture
def page_folder(tmp_path: Path, built_page: None) -> Path:
    """Return a copy of the built page, which the test may replace."""
    return shutil.copytree(STATIC, tmp_path / "static")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with an empty root."""
    for name in ("films", "data"):
        (tmp_path / name).mkdir()
    return load_settings(
        roots=(tmp_path / "films",),
        data_dir=tmp_path / "data",
        port=0,
        shutdown_grace_seconds=0.5,
        log_level="error",
    )


async def test_a_server_that_is_away_is_said_to_be_and_comes_back_with_its_newest_page(
    settings: Settings, page_folder: Path, open_session: Visiting
) -> None:
    with ExitStack() as first:
        server = first.enter_context(running_server(settings, page_folder=page_folder))
        again = settings.model_copy(update={"port": urlsplit(server.url).port})
        async with open_session(server.url) as visit:
            visit.expect_fault(AWAY)
            page = await visit.open("/settings", service_workers="allow", device="phone")
            assert await page.evaluate(_IS_READY)
            await page.goto("/")
            await expect(page.get_by_text("No videos yet", exact=True)).to_be_visible()
            old = await _entry(page)
            cached = await page.evaluate(_CACHED)
            assert old in cached
            assert all(path.startswith("/assets/") for path in cached), cached
            first.close()
            await page.goto("/jobs")
            away = page.get_by_role("heading", name="Cannot reach the server")
            await expect(away).to_be_visible()
            await expect(page.get_by_role("button", name="Try again")).to_be_visible()
            for scheme in COLOR_SCHEMES:
                await page.emulate_media(color_scheme=scheme)
                await look_once(page, f"offline-shell-{scheme}")
            _upgrade(page_folder)
            with running_server(again, page_folder=page_folder):
                await expect(page.get_by_role("heading", level=1, name="Jobs")).to_be_visible(
                    timeout=RETURN_MILLISECONDS
                )
                assert "newer" in await _entry(page)
                await page.evaluate(_UPDATE)
                other = await page.context.new_page()
                await page.close()
                await other.goto("/jobs")
                await other.wait_for_function(
                    f"async old => !(await ({_CACHED})()).includes(old)", arg=old
                )


async def _entry(page: Page) -> str:
    """Return the address of the page's script."""
    found = await page.locator('script[type="module"]').get_attribute("src")
    assert found is not None
    return found


def _upgrade(folder: Path) -> None:
    """Rename all hashed files, as a build of other sources does."""
    for packed in [*folder.rglob("*.br"), *folder.rglob("*.gz")]:
        packed.unlink()
    names = [path.name for path in (folder / "assets").iterdir()]
    for path in [*(folder / "assets").iterdir(), folder / "index.html", folder / "sw.js"]:
        text = path.read_text()
        for name in names:
            text = text.replace(name, f"newer-{name}")
        path.write_text(text)
    for name in names:
        (folder / "assets" / name).rename(folder / "assets" / f"newer-{name}")
