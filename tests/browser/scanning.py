"""Steps that the browser tests of scans and jobs share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.async_api import expect
from tests.e2e.stoat import is_final

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Locator, Page
    from tests.e2e.stoat import Serving


def ask_for_scan(serving: Serving, folder: Path) -> str:
    """Start a scan; return its id."""
    job: dict[str, Any] = serving.call("POST", "/scans", json={"path": str(folder)})
    return str(job["id"])


def scan(serving: Serving, folder: Path) -> None:
    """Scan, and wait for the end."""
    job = serving.wait_for_job(ask_for_scan(serving, folder), is_final)
    assert job["status"] == "succeeded", job["error"]


async def open_scan_dialog(page: Page) -> Locator:
    """Open the scan dialog by the button in the header."""
    await page.get_by_role("banner").get_by_role("button", name="Scan").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    return dialog


async def start_scan(page: Page) -> Locator:
    """Start a scan of the first root in the scan dialog."""
    dialog = await open_scan_dialog(page)
    await dialog.get_by_role("button", name="Start scan").click()
    return dialog


async def percent_of(dialog: Locator, percent: int) -> None:
    """Wait until the scan's progress bar is at `percent`."""
    await expect(dialog.get_by_role("progressbar")).to_have_attribute("aria-valuenow", str(percent))


KEEP_VALUES = """() => {
  window.seen = [];
  const look = () => {
    const bar = document.querySelector('[role=dialog] [role=progressbar]');
    if (!bar) return;
    const value = bar.getAttribute('aria-valuenow');
    if (window.seen.at(-1) !== value) window.seen.push(value);
  };
  const options = {subtree: true, childList: true, attributes: true};
  new MutationObserver(look).observe(document.body, options);
}"""
"""Stores each value that the bar of the scan dialog shows in `window.seen`; null is no value."""
