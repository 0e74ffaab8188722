"""A browser session on a server: its pages, their errors, and screenshots."""

from __future__ import annotations

import asyncio
import os
import re
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import expect
from tests.examples import ARE_USUAL

if TYPE_CHECKING:
    from playwright.async_api import Browser, ConsoleMessage, Page, Request, Response

ColorScheme = Literal["light", "dark"]
COLOR_SCHEMES: tuple[ColorScheme, ...] = ("light", "dark")

DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
"""Options of a browser context."""

AXE_DEVICES = ("desktop",) if ARE_USUAL else tuple(DEVICES)
"""The devices on which axe checks each state; `test_first_visit` always uses both."""

WAIT_MILLISECONDS = 60_000
"""The time limit for each step in a page, even if many others wait for the cores."""

_BLOCKED = "Service Worker registration blocked by Playwright"
_COLOR_RULES = {
    "runOnly": ["cat.color"],
    # Stricter than axe's defaults.
    "rules": {"color-contrast-enhanced": {"enabled": False}},
}
_IS_WHOLE = """async () => {
  for (const frame of [1, 2]) await new Promise(requestAnimationFrame);
  const transitions = document.getAnimations().filter(one => one instanceof CSSTransition);
  const pictures = [...document.images].filter(one => {
    const {top, bottom} = one.getBoundingClientRect();
    return !one.complete && bottom > 0 && top < innerHeight;
  });
  const loading = pictures.map(one => new Promise(end => {
    for (const name of ["load", "error"]) one.addEventListener(name, end);
  }));
  await Promise.allSettled([...transitions.map(one => one.finished), ...loading]);
}"""
"""Waits until color transitions have ended and visible pictures have loaded."""


@dataclass
class BrowserSession:
    """Opens pages at `url`, and keeps their complaints until `check`."""

    browser: Browser
    url: str
    faults: list[str] = field(default_factory=list)
    _expected: list[re.Pattern[str]] = field(default_factory=list)
    _contexts: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._contexts.aclose()

    async def open(
        self,
        address: str = "/",
        *,
        device: str = "desktop",
        color_scheme: ColorScheme = "light",
        is_routed: bool = False,
        is_live: bool = False,
        **options: Any,
    ) -> Page:
        """Open a page at `address` of the server, for a person who has never visited it.

        `device` is one of `DEVICES`; `options` are further ones of a browser context. For a second
        tab of the same person, use `await page.context.new_page()`. A page that is given its first
        route when it is already open may send the next request past it, since a busy page answers
        keys and clicks before it hears of the route: such tests set `is_routed`, which lets the
        browser ask about requests from the start (and turns its cache off). A page does not hear of
        what changes before it listens: tests that change something else than by this page set
        `is_live`, to wait until it does.
        """
        context = await self.browser.new_context(
            base_url=self.url,
            color_scheme=color_scheme,
            reduced_motion="reduce",
            # Its requests pass by the routes of tests; those about it allow it.
            **{"service_workers": "block", **DEVICES[device], **options},
        )
        self._contexts.push_async_callback(context.close)
        context.set_default_timeout(WAIT_MILLISECONDS)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._complain(f"page error: {error.error}"))
        context.on("request", self._on_request)
        if is_routed:
            await context.route("about:never", lambda route: route.fallback())
        page = await context.new_page()
        async with page.expect_response(is_stream) if is_live else nullcontext():
            await page.goto(address)
        if address.startswith("/"):
            # Keys that are pressed before the first heading is shown have no listener yet.
            await page.get_by_role("heading", level=1).first.wait_for()
        return page

    def expect_fault(self, pattern: str) -> None:
        """Ignore complaints that match `pattern`, a regular expression."""
        self._expected.append(re.compile(pattern))

    def check(self) -> None:
        """Fail if a page complained: console errors, exceptions, requests to other hosts."""
        faults = [
            fault for fault in self.faults if not any(one.search(fault) for one in self._expected)
        ]
        assert not faults, "\n".join(faults)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.text == _BLOCKED:
            return
        if message.type in {"error", "warning"}:
            self._complain(f"console {message.type}: {message.text} ({message.location['url']})")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and not request.url.startswith(
            f"{self.url}/"
        ):
            self._complain(f"request to another host: {request.url}")

    def _complain(self, fault: str) -> None:
        self.faults.append(fault)


def is_stream(answer: Response) -> bool:
    """Return whether the server has begun to send events: the page hears of changes from now on."""
    return answer.url.endswith("/api/v1/events") and answer.ok


async def press_quickly(page: Page, *keys: str) -> None:
    """Press keys as fast as people do, even if the page is slow to answer each."""
    await asyncio.gather(*(page.keyboard.press(key) for key in keys))


async def look(page: Page, name: str, *, also_dark: bool = not ARE_USUAL) -> None:
    """Check the page with axe in light colors and `also_dark` ones, and save screenshots.

    Only the colors depend on the scheme, so only they are checked in the dark one. A usual run
    checks that on the first pages alone: all pages have their colors from the same theme.
    Wait first until everything but the pictures is shown.
    """
    for scheme in COLOR_SCHEMES if also_dark else COLOR_SCHEMES[:1]:
        await page.emulate_media(color_scheme=scheme)
        root = page.locator("html")
        await expect(root).to_have_attribute("data-mantine-color-scheme", scheme)
        await look_once(page, f"{name}-{scheme}", only_colors=scheme != COLOR_SCHEMES[0])


async def look_once(page: Page, name: str, *, only_colors: bool = False) -> None:
    """Check the page with axe in its current colors, and save a screenshot."""
    await page.evaluate(_IS_WHOLE)
    await take_screenshot(page, name)
    await check_axe(page, only_colors=only_colors)


async def check_axe(page: Page, *, only_colors: bool = False) -> None:
    """Fail if axe finds a violation in `page`, by all its rules or only those of colors.

    Wait first until the page is complete.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], **(_COLOR_RULES if only_colors else {})}
    results = await page.evaluate("options => axe.run(document, options)", options)
    found = [
        f"{violation['id']}: {violation['help']}\n"
        + "\n".join(
            f"  {' '.join(map(str, node['target']))}\n    {node['failureSummary']}"
            for node in violation["nodes"]
        )
        for violation in results["violations"]
    ]
    assert not found, f"axe on {page.url}:\n" + "\n".join(found)


async def take_screenshot(page: Page, name: str) -> None:
    """Save a screenshot of `page` in the folder `STOAT_SCREENSHOTS`, if that is set."""
    if folder := os.environ.get("STOAT_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=False)
