"""Videos to render from, the form as a browser stores it, and an ffmpeg that can be slow."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.browser.scanning import scan
from tests.clips import make_clip

from stoat_ferret.ffmpeg.binaries import find_ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Locator, Page
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving, Stoat

SLOW_MILLISECONDS = 60_000
"""The time limit for a render, even if both cores are busy."""


def add_videos(serving: Serving, stoat: Stoat) -> None:
    """Add two small clips of 4 seconds with a key frame each second."""
    for name, clip in (("one", "key-each-second.webm"), ("two", "key-each-second-upright.webm")):
        shutil.copyfile(make_clip(clip), stoat.root / f"{name}.webm")
    scan(serving, stoat.root)


def ids_by_name(serving: Serving) -> dict[str, str]:
    """Return the videos' ids by their names without `.webm`."""
    items = serving.call("GET", "/videos")["items"]
    return {item["name"].removesuffix(".webm"): item["id"] for item in items}


@dataclass(frozen=True)
class SlowFfmpeg:
    """An ffmpeg that takes minutes for a render while the file `is_slow` exists."""

    program: Path
    is_slow: Path

    @classmethod
    def build(cls, folder: Path) -> SlowFfmpeg:
        """Write the program into `folder`; it is not slow."""
        folder.mkdir()
        slow = cls(folder / "ffmpeg", folder / "slow")
        real = find_ffmpeg()
        slow.program.write_text(
            "#!/bin/sh\n"
            f'[ -e "{slow.is_slow}" ] && case "$*" in\n'
            f'  *-progress*) exec "{real}" -readrate 0.01 "$@" ;;\n'
            "esac\n"
            f'exec "{real}" "$@"\n'
        )
        slow.program.chmod(0o755)
        return slow

    @property
    def variables(self) -> dict[str, str]:
        """The settings that make renders use it."""
        return {"STOAT_FFMPEG": str(self.program)}


def pixel_of(path: Path, seconds: float, x: int, y: int) -> tuple[int, int, int]:
    """Return red, green and blue of one pixel of a video."""
    small = f"crop=2:2:{x}:{y},format=rgb24"
    arguments = ["-v", "error", "-ss", str(seconds), "-i", str(path), "-vf", small]
    output = subprocess.run(
        [find_ffmpeg(), *arguments, "-frames:v", "1", "-f", "rawvideo", "-"],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    return output[0], output[1], output[2]


def clip(video_id: str, start: float = 0, end: float | None = None) -> dict[str, Any]:
    """Return a clip as the form stores it."""
    return {
        "key": f"{video_id}{start}",
        "videoId": video_id,
        "startSeconds": start,
        "endSeconds": end,
    }


async def open_nothing(visit: BrowserSession, device: str = "desktop") -> Page:
    """Open a file of the server that runs no script, to fill its local storage."""
    page = await visit.open("about:blank", device=device)
    await page.goto("/icon.svg")
    return page


async def gather(page: Page, *clips: dict[str, Any], preset: str = "web-720p") -> None:
    """Open the form with these clips."""
    draft = json.dumps({"clips": clips, "preset": preset, "options": {"effort": "draft"}})
    await page.evaluate("draft => localStorage.setItem('stoat-ferret.render', draft)", draft)
    await page.goto("/render")


def plan_of(page: Page) -> Locator:
    """Return the region that shows the output."""
    return page.get_by_role("region", name="Output")
