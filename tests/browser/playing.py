"""Videos for tests of their page: adding, reading and editing them, and waiting for the player."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.scanning import scan
from tests.clips import cache_folder, ffmpeg, make_clip
from tests.e2e.stoat import DEADLINE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.async_api import Locator, Page
    from tests.e2e.stoat import Serving, Stoat

CORPUS = os.environ.get("STOAT_CORPUS")
IN_CORPUS = {"h264.mp4": "sample.mp4", "vp9.webm": "bear-vp9.webm", "mpeg4.avi": "sample.avi"}


def add(serving: Serving, stoat: Stoat, *names: str) -> list[dict[str, Any]]:
    """Add clips to the root, from the corpus if there is one, and scan; return the videos."""
    for name in names:
        real = Path(CORPUS) / IN_CORPUS[name] if CORPUS and name in IN_CORPUS else make_clip(name)
        shutil.copyfile(real, stoat.root / name)
    scan(serving, stoat.root)
    return [find(serving, name) for name in names]


CHAPTERS = ("Arrival", "The beach", "Sunset")
LONG_SECONDS = 60


def add_long_video(serving: Serving, stoat: Stoat, name: str = "long.webm") -> dict[str, Any]:
    """Add a video of a minute with a key frame each second and three chapters of 20 s."""
    shutil.copyfile(_long_video(), stoat.root / name)
    scan(serving, stoat.root)
    return find(serving, name)


@cache
def _long_video() -> Path:
    """Return the video, which is kept between test runs like the clips; make it if need be."""
    version = hashlib.blake2b(Path(__file__).read_bytes(), digest_size=8).hexdigest()
    target = cache_folder() / f"long-{version}.webm"
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
            _make_long_video(Path(folder)).replace(target)
    return target


def _make_long_video(folder: Path) -> Path:
    chapters = folder / "chapters.txt"
    chapters.write_text(
        ";FFMETADATA1\n"
        + "".join(
            f"[CHAPTER]\nTIMEBASE=1/1\nSTART={20 * index}\nEND={20 * index + 20}\ntitle={title}\n"
            for index, title in enumerate(CHAPTERS)
        )
    )
    # More threads would wait for each other, and use the processor for it.
    one_thread = ("-threads", "1")
    picture = f"testsrc2=size=160x120:rate=25:duration={LONG_SECONDS}"
    sound = f"anullsrc=sample_rate=48000:duration={LONG_SECONDS}"
    codecs = "-c:v libvpx -deadline realtime -cpu-used 16 -g 25 -b:v 100k -c:a libopus".split()
    ffmpeg(
        *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-i", chapters),
        *("-map", "0", "-map", "1", "-map_chapters", "2", *codecs, *one_thread),
        folder / "long.webm",
    )
    return folder / "long.webm"


def find(serving: Serving, name: str) -> dict[str, Any]:
    status = ["ok", "bad", "skipped", "missing"]
    page = serving.call("GET", "/videos", params={"status": status})
    (video,) = [video for video in page["items"] if video["name"] == name]
    return dict(video)


def edit(serving: Serving, video: dict[str, Any], **patch: Any) -> None:
    serving.call("PATCH", address(video), json=patch, headers={"if-match": "*"})


def read(serving: Serving, video: dict[str, Any]) -> dict[str, Any]:
    return dict(serving.call("GET", address(video)))


def address(video: dict[str, Any]) -> str:
    return f"/videos/{video['id']}"


async def is_ready(page: Page) -> Locator:
    """Return the player when it knows its video."""
    player = page.locator("video")
    await until(player, "video => video.readyState >= 1")
    return player


_KEEP_FEEDBACK = """() => {
  const status = document.querySelector("media-controller [role=status]");
  window.feedback = "";
  const note = () => { window.feedback = status.textContent || window.feedback; };
  new MutationObserver(note).observe(status, {subtree: true, childList: true, characterData: true});
}"""


async def keep_feedback(page: Page) -> None:
    """Keep what the player says that a key did: it is shown for a second, which may be missed."""
    await page.evaluate(_KEEP_FEEDBACK)


async def feedback_is(page: Page, words: str) -> None:
    """Wait until the player has said this, and nothing since; call `keep_feedback` before."""
    await until(page.locator("video"), f"() => window.feedback.includes({json.dumps(words)})")


async def stored(
    serving: Serving, video: dict[str, Any], condition: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Return the video once the server has what is expected."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition(found := read(serving, video)):  # noqa: ASYNC110  it is the server that changes
            await asyncio.sleep(0.05)
    return found


async def until(player: Locator, condition: str) -> None:
    """Wait until `condition`, a function of the element, holds; the page itself may not eval."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await player.evaluate(condition):  # noqa: ASYNC110  the page sets no event
            await asyncio.sleep(0.05)
