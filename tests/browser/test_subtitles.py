"""Subtitles in the player: files beside the video, and pictures that are drawn into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect
from tests.bitmap_subtitles import make_pgs
from tests.browser.browser_session import check_axe
from tests.browser.playing import address, find, is_ready, until
from tests.browser.scanning import scan
from tests.clips import ffmpeg

if TYPE_CHECKING:
    from playwright.async_api import Page
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving, Stoat

SQUARE = """(video) => {
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    if (canvas.width === 0) return false;
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    return context.getImageData(14, 14, 1, 1).data[0] > 180;
}"""
"""Whether the square of the subtitles is in the picture."""


async def choose_subtitles(page: Page, name: str) -> None:
    """Choose subtitles in the menu below the player."""
    await page.get_by_role("button", name="Subtitles").click()
    await page.get_by_role("menuitemradio", name=name, exact=True).click()


async def test_subtitles_of_all_kinds_are_chosen(
    visit: BrowserSession, serving: Serving, stoat: Stoat
) -> None:
    gray = "color=gray:size=320x240:rate=5:duration=20"
    words = make_pgs(stoat.root.parent / "words.sup", [(2, 18)])
    ffmpeg(
        *("-copyts", "-f", "lavfi", "-i", gray, "-i", words, "-map", "0", "-map", "1"),
        *("-c:v", "mpeg2video", "-c:s", "copy", "-metadata:s:s:0", "language=ger"),
        stoat.root / "film.mkv",
    )
    (stoat.root / "film.en.sdh.srt").write_text("1\n00:00:01,000 --> 00:00:19,000\nGood & bad\n")
    (stoat.root / "film.fr.srt").write_text("")
    scan(serving, stoat.root)
    page = await visit.open(address(find(serving, "film.mkv")))
    player = await is_ready(page)
    await player.evaluate("video => { video.currentTime = 10; }")

    await choose_subtitles(page, "ger (burned in)")
    there = "video.readyState >= 2 && Math.abs(video.currentTime - 10) < 0.5"
    await until(player, f"video => {there} && ({SQUARE})(video)")

    await page.get_by_role("button", name="Subtitles").click()
    await check_axe(page)
    await page.keyboard.press("Escape")
    await choose_subtitles(page, "SDH, eng")
    shown = "[...video.textTracks].find((track) => track.mode === 'showing')?.cues?.[0]?.text"
    await until(player, f"video => {shown} === 'Good &amp; bad'")
    await until(player, f"video => {there} && !({SQUARE})(video)")

    visit.expect_fault(r"status of 422")
    await choose_subtitles(page, "fra")
    await expect(page.get_by_role("alert").filter(has_text="film.fr.srt")).to_contain_text(
        "cannot be shown: no subtitle with a time was found in it."
    )
