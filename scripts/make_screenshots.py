#!/usr/bin/env python3
"""Take the screenshots of the README with a real browser, and write them to docs/images.

.venv/bin/python scripts/make_screenshots.py

It serves the sample clips, and a few more that ffmpeg makes, from a temporary folder.
"""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

_TOP = Path(__file__).parents[1]
sys.path.insert(0, str(_TOP))  # for the tests' way to start the server and a browser

from playwright.async_api import async_playwright, expect  # noqa: E402  after the path
from tests.browser.chromium import find_chromium  # noqa: E402  after the path
from tests.browser.rendering import gather  # noqa: E402  after the path
from tests.e2e.stoat import Stoat, is_final  # noqa: E402  after the path

import build_page  # noqa: E402  after the path
from stoat_ferret.ffmpeg.binaries import find_ffmpeg  # noqa: E402  after the path

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, ViewportSize
    from tests.e2e.stoat import Serving

_IMAGES = _TOP / "docs" / "images"
_MOST_BYTES = 60_000
_QUALITY = 72
_VIEWPORT: ViewportSize = {"width": 1200, "height": 560}

_MORE_CLIPS = {
    "fractals/seahorse-valley.mp4": "mandelbrot=size=640x360:rate=24:"
    "start_x=-0.743643887:start_y=-0.131825904:start_scale=0.02",
    "fractals/sierpinski-carpet.mp4": "sierpinski=size=1280x720:rate=25:seed=4",
    "gradients/dawn.mp4": "gradients=size=1920x1080:rate=10:n=3:"
    "c0=0x1b2a49:c1=0xe07a5f:c2=0xf2cc8f:x0=960:y0=0:x1=960:y1=1080:speed=0.0001",
    "gradients/lagoon.mkv": "gradients=size=2560x1440:rate=10:n=3:"
    "c0=0x023047:c1=0x219ebc:c2=0x8ecae6:speed=0.001",
    "gradients/orchid.mov": "gradients=size=1280x720:rate=10:n=4:type=radial:"
    "c0=0xffc8dd:c1=0xb5179e:c2=0x7209b7:c3=0x240046:speed=0.001",
    "gradients/spiral.mp4": "gradients=size=1280x720:rate=10:n=4:type=spiral:"
    "c0=0x264653:c1=0x2a9d8f:c2=0xe9c46a:c3=0xe76f51:speed=0.01",
}
"""Clips that fill the grid beside the samples: sources of ffmpeg's lavfi by file name."""


def _make_more_clips(root: Path) -> None:
    for length, (name, source) in enumerate(_MORE_CLIPS.items(), start=3):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        title = path.stem.replace("-", " ").capitalize()
        command: list[str | Path] = [find_ffmpeg(), "-v", "error", "-nostdin"]
        command += ["-f", "lavfi", "-i", source, "-t", str(length), "-metadata", f"title={title}"]
        command += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path]
        subprocess.run(command, check=True)


def _fill_library(serving: Serving, root: Path) -> dict[str, str]:
    """Scan `root`, rate and tag some videos; return the ids by file name."""
    scan = serving.call("POST", "/scans", json={"path": str(root)})
    serving.wait_for_job(scan["id"], is_final)
    videos = serving.call("GET", "/videos")["items"]
    ids = {video["name"]: video["id"] for video in videos}
    for name, edit in {
        "seahorse-valley.mp4": {"rating": 5, "tags": ["fractal", "favorite"]},
        "dawn.mp4": {"rating": 4, "tags": ["sky"]},
        "mandelbrot.mp4": {"rating": 4, "tags": ["fractal"]},
    }.items():
        with serving.client() as client:
            path = f"/videos/{ids[name]}"
            version = {"If-Match": client.get(path).headers["etag"]}
            client.patch(path, json=edit, headers=version).raise_for_status()
    return ids


async def _save(page: Page, name: str) -> None:
    """Save a screenshot as WebP, a format that Playwright itself does not write."""
    await page.wait_for_load_state("networkidle")
    session = await page.context.new_cdp_session(page)
    options = {"format": "webp", "quality": _QUALITY}
    answer = await session.send("Page.captureScreenshot", options)
    content = base64.b64decode(answer["data"])
    if len(content) > _MOST_BYTES:
        raise SystemExit(f"{name} has {len(content):,} bytes; at most {_MOST_BYTES:,} are allowed.")
    _IMAGES.mkdir(parents=True, exist_ok=True)
    (_IMAGES / name).write_bytes(content)
    print(f"docs/images/{name}: {len(content):,} bytes")


async def _take(browser: Browser, serving: Serving, ids: dict[str, str]) -> None:
    page = await browser.new_page(
        base_url=serving.url, viewport=_VIEWPORT, color_scheme="light", reduced_motion="reduce"
    )
    await page.goto("/")
    await expect(page.get_by_role("img")).not_to_have_count(0)
    await _save(page, "library.webp")
    clips = [
        {"key": name, "videoId": ids[name], "startSeconds": start, "endSeconds": end}
        for name, start, end in (
            ("dawn.mp4", 0.5, 4.0),
            ("seahorse-valley.mp4", 0.0, 3.0),
            ("orchid.mov", 1.0, 5.0),
        )
    ]
    await gather(page, *clips)
    await expect(page.get_by_role("listitem")).not_to_have_count(0)
    await _save(page, "render.webp")


async def _run(serving: Serving, root: Path) -> None:
    ids = await asyncio.to_thread(_fill_library, serving, root)
    chromium = find_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.path,
            env={**os.environ, **chromium.variables},
            args=["--no-sandbox"],  # which does not work for root, nor in most containers
        )
        await _take(browser, serving, ids)
        await browser.close()


def main() -> None:
    """Make the clips, serve them, and take the screenshots."""
    if not build_page.is_current():
        build_page.build()
    with tempfile.TemporaryDirectory(prefix="stoat-") as folder:
        renders = str(Path(folder) / "renders")
        stoat = Stoat.build(Path(folder)).having(STOAT_OUTPUT_DIR=renders)
        made = stoat.run("samples", stoat.root)
        if made.returncode:
            raise SystemExit(made.stderr)
        _make_more_clips(stoat.root)
        with stoat.serve() as serving:
            asyncio.run(_run(serving, stoat.root))


if __name__ == "__main__":
    main()
