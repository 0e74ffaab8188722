"""Videos that the browser cannot play as they are: the server converts them while they play."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import check_axe, take_screenshot
from tests.browser.playing import address, find, is_ready, until
from tests.browser.rendering import clip, gather
from tests.browser.scanning import scan
from tests.clips import ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Page
    from tests.browser.browser_session import BrowserSession
    from tests.e2e.stoat import Serving, Stoat

SECONDS, RATE, BITS = 30, 25, 10
NUMBERS = (
    f"color=size={BITS}x1:rate={RATE}:duration={SECONDS},format=gray,"
    "geq=lum='if(bitand(N\\,pow(2\\,X))\\,235\\,16)',scale=160:96:flags=neighbor"
)
"""Each picture shows its number, as black and white bars: the lowest bit at the left."""
SHOWN = f"""async (seconds) => {{
    const video = document.querySelector("video");
    const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    const seeked = new Promise((resolve) => {{ video.onseeked = resolve; }});
    video.currentTime = seconds;
    await Promise.all([seeked, shown]);
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    const row = context.getImageData(0, canvas.height / 2, canvas.width, 1).data;
    let number = 0;
    for (let bit = 0; bit < {BITS}; bit++)
        if (row[4 * Math.floor((bit + 0.5) * canvas.width / {BITS})] > 128) number += 2 ** bit;
    return number;
}}"""
"""Seeks, and returns the number of the picture that is shown then."""


def add_numbered(serving: Serving, stoat: Stoat, name: str, *codecs: str) -> dict[str, Any]:
    """Add a video whose pictures show their numbers, with two audio tracks and subtitles."""
    words: Path = stoat.root.parent / "words.srt"
    words.write_text("1\n00:00:01,000 --> 00:00:20,000\nGood morning\n")
    maps = ["-map", "0", "-map", "1", "-map", "2"]
    texts = ["-i", str(words), "-map", "3"] if name.endswith(".mkv") else []
    inputs = ["-f", "lavfi", "-i", NUMBERS]
    for tone in (440, 1000):
        inputs += ["-f", "lavfi", "-i", f"sine={tone}:duration={SECONDS}"]
    ffmpeg(
        [*inputs, *texts[:2], *maps, *texts[2:], *codecs], "-pix_fmt", "yuv420p", stoat.root / name
    )
    scan(serving, stoat.root)
    return find(serving, name)


async def test_every_seek_shows_its_picture(
    visit: BrowserSession, serving: Serving, stoat: Stoat
) -> None:
    video = add_numbered(serving, stoat, "film.avi", *"-c:v mpeg4 -q:v 3 -c:a mp3".split())
    page = await visit.open(address(video))
    await is_ready(page)
    await expect(page.get_by_text("Converted while it plays.")).to_be_visible()
    chosen = random.Random(11)  # noqa: S311  the same places in each run
    for _ in range(20):
        number = chosen.randrange(2, SECONDS * RATE - 2)
        # The file has one picture less than times at its start.
        assert abs(await page.evaluate(SHOWN, (number + 0.5) / RATE) - number) <= 1
    await gather(page, clip(video["id"], 5, 5.4), clip(video["id"], 20, 20.2))
    await page.get_by_role("button", name="Preview", exact=True).click()
    preview = page.get_by_role("group", name="Preview")
    await expect(preview.get_by_role("button", name="Play preview")).to_be_visible()
    await page.wait_for_function(
        "() => document.querySelector('[aria-hidden=false] video')?.currentTime >= 20.19"
    )


async def test_another_audio_track_and_subtitles_are_chosen(
    visit: BrowserSession, serving: Serving, stoat: Stoat
) -> None:
    video = add_numbered(
        serving, stoat, "film.mkv", *"-c:v mpeg2video -q:v 3 -c:a ac3 -c:s srt".split()
    )
    page = await visit.open(address(video))
    player = await is_ready(page)
    await player.evaluate("video => { video.currentTime = 12; }")
    await until(
        player, "video => [...video.textTracks].some((track) => track.kind === 'subtitles')"
    )
    await page.keyboard.press("c")
    is_read = "(track) => track.cues?.[0]?.text === 'Good morning'"
    await until(player, f"video => [...video.textTracks].some({is_read})")
    await page.get_by_role("button", name="Audio").click()
    await check_axe(page)
    await page.get_by_role("menuitemradio", name="Track 2").click()
    there = "Math.abs(video.currentTime - 12) < 0.5"
    await until(player, f"video => video.readyState >= 2 && {there}")
    assert await hertz(page) == pytest.approx(1000, abs=60)
    await take_screenshot(page, "converted")


async def hertz(page: Page) -> float:
    """Return the loudest frequency of what plays."""
    found = await page.evaluate(
        """async () => {
            const video = document.querySelector("video");
            const context = new AudioContext();
            await context.resume();
            const analyser = context.createAnalyser();
            analyser.fftSize = 4096;
            context.createMediaElementSource(video).connect(analyser);
            video.muted = false;
            await video.play();
            const bins = new Uint8Array(analyser.frequencyBinCount);
            for (let tries = 0; tries < 200; tries++) {
                await new Promise((resolve) => setTimeout(resolve, 50));
                analyser.getByteFrequencyData(bins);
                const loudest = bins.indexOf(Math.max(...bins));
                if (bins[loudest] > 100) return loudest * context.sampleRate / analyser.fftSize;
            }
            return 0;
        }"""
    )
    return float(found)
