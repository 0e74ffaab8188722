"""Surround sound that a player with two channels gets."""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

import pytest
from tests.clips import ffmpeg
from tests.integration.api.segments import Segments
from tests.integration.api.streams import scan

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

RATE = 48_000
WINDOW = RATE // 4
LOUD = 0.7
"""Unmixed, all tones together would be louder than 1."""
LAYOUTS = {
    "5.1.mkv": ("5.1", "FL FR FC LFE BL BR", "flac"),
    "side.mkv": ("5.1(side)", "FL FR FC LFE SL SR", "ac3"),
    "7.1.mkv": ("7.1", "FL FR FC LFE BL BR SL SR", "flac"),
    "6.1.mkv": ("6.1", "FL FR FC LFE BC SL SR", "flac"),
    "top.mov": ("5.1.2", "FL FR FC LFE SL SR TFL TFR", "pcm_s16le"),
    "unsaid.avi": ("5.1", "FL FR FC LFE BL BR", "pcm_s16le"),
}


def hertz_of(number: int) -> int:
    """Return the frequency of the tone in a channel; the window holds whole periods of it."""
    return 200 + 104 * number


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root with a video for each layout, with a loud tone of its own in each channel."""
    root = tmp_path_factory.mktemp("films")
    picture = "color=gray:size=160x96:rate=5:duration=3"
    for name, (layout, channels, codec) in LAYOUTS.items():
        tones = "|".join(
            f"{LOUD}*sin({2 * math.pi * hertz_of(number)}*t)"
            for number, _ in enumerate(channels.split())
        )
        sound = f"aevalsrc=exprs={tones}:c={layout}:s={RATE}:d=3"
        inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
        ffmpeg(inputs, "-c:v", "mpeg4", "-c:a", codec, root / name)
    return root


@pytest.fixture(scope="module", autouse=True)
def _scanned(client: httpx.Client, library: Path) -> None:
    assert scan(client, str(library))["status"] == "succeeded"


@pytest.mark.parametrize("name", LAYOUTS)
def test_dialogue_is_as_loud_as_the_rest_and_nothing_clips(client: httpx.Client, name: str) -> None:
    with Segments.of(client, name).open(0) as container:
        left, right = array("f"), array("f")
        for frame in container.decode(audio=0):
            assert frame.layout.name == "stereo"
            for side, plane in zip((left, right), frame.planes, strict=True):
                side.frombytes(bytes(plane)[: 4 * frame.samples])
    assert max(map(abs, left + right)) < 1

    def level(channel: str) -> tuple[float, float]:
        """Return the level of what is in a channel at the left and right."""
        names = LAYOUTS[name][1].split()
        if channel not in names:
            return 0, 0
        hertz = hertz_of(names.index(channel))
        return amplitude(left, hertz) / LOUD, amplitude(right, hertz) / LOUD

    center, front = level("FC"), level("FL")
    assert center[0] == pytest.approx(center[1], rel=0.1)
    assert center[0] > 0.2  # -14 dB
    # As much power from two speakers as the front has from one.
    assert math.hypot(*center) == pytest.approx(front[0], rel=0.2)
    for channel in {"FL", "BL", "SL", "TFL"} & {*LAYOUTS[name][1].split()}:
        one, other = level(channel)
        assert one > 0.1
        assert other < 0.01
    assert max(level("LFE")) < 0.01
    assert level("BC")[0] == pytest.approx(level("BC")[1], abs=0.02)


def amplitude(samples: array[float], hertz: int) -> float:
    """Return the amplitude of a frequency in a part of some sound."""
    part = samples[RATE : RATE + WINDOW]
    turn = 2 * math.pi * hertz / RATE
    real = sum(value * math.cos(turn * number) for number, value in enumerate(part))
    imaginary = sum(value * math.sin(turn * number) for number, value in enumerate(part))
    return 2 * math.hypot(real, imaginary) / WINDOW
