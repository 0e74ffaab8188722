"""Sound with holes stays in sync, and each channel comes out at its place."""

from __future__ import annotations

import subprocess
from array import array
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import ffmpeg as packaged
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import beeps, make_numbered
from tests.integration.render.test_cuts import DRAFT, clip
from tests.integration.render.test_presets import described

from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

IN_SYNC = 0.003
"""The seconds that a beep may be off: containers round to milliseconds."""
SINGLE = "lt(mod(n+5,23),1)*gt(n,3)"
HOLES = [
    ("mp4", "aac", SINGLE, [0, 1]),
    ("mkv", "libopus", SINGLE, [0, 1]),
    pytest.param(*("mkv", "aac", "between(pts*tb,1.2,1.7)", [0, 1]), marks=pytest.mark.soak),
    pytest.param(*("mp4", "aac", "between(pts*tb,0.9,1.4)", [1]), marks=pytest.mark.soak),
    pytest.param(*("ts", "ac3", "gt(pts*tb,2.7)", [0, 1]), marks=pytest.mark.soak),
    # No holes, but packets that begin before the in point, and depend on those before them.
    ("mkv", "flac", "0", [0, 1]),
    ("mkv", "libmp3lame", "0", [0, 1]),
    # Vorbis starts with frames of a few samples.
    ("mkv", "libvorbis", SINGLE, [0, 1]),
]
PLACES = [
    ("archive", "2.1", 3),
    ("archive", "6.1", 7),
    ("prores", "quad", 4),
    ("prores", "5.0(side)", 5),
]


@pytest.fixture(scope="module")
def beeping(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("beeping")
    encoding = "-c:v libx264 -preset ultrafast -g 12 -c:a pcm_s16le".split()
    return make_numbered(ffmpeg, folder / "beeping.mkv", *encoding, frames=75)


@pytest.mark.parametrize(("extension", "codec", "dropped", "expected"), HOLES)
def test_holes_in_the_sound_leave_no_drift(
    runner: PlanRunner,
    beeping: Path,
    tmp_path: Path,
    extension: str,
    codec: str,
    dropped: str,
    expected: list[int],
) -> None:
    holed = tmp_path / f"holed.{extension}"
    drop = f"noise=drop='{dropped}'"
    packaged(["-i", str(beeping), "-c:v", "copy", "-c:a", codec, "-bsf:a", drop], holed)
    [(path, _)] = runner.render(
        Materials({"holed": source_of(holed)}),
        preset="audio",
        clips=[clip("holed", 1, 2.9)],
        options={"container": "flac"},
    )
    assert beeps(runner.ffmpeg, path) == pytest.approx(expected, abs=IN_SYNC)


@pytest.mark.parametrize(("preset", "layout", "channels"), PLACES)
def test_each_channel_comes_out_at_its_place(
    runner: PlanRunner, tmp_path: Path, preset: str, layout: str, channels: int
) -> None:
    source = tmp_path / "source.mkv"
    _levels_by_channel(source, layout, channels)
    plan = runner.plan(
        Materials({"a": source_of(source)}), preset=preset, clips=[clip("a")], options=DRAFT
    )
    assert plan.notes == ()
    [(path, _)] = runner.run(plan)
    (found,) = (one for one in described(path)["streams"] if one["codec_type"] == "audio")
    assert found["channel_layout"] == layout
    expected = [0.1 * (place + 1) for place in range(channels)]
    assert _levels(runner.ffmpeg, path, channels) == pytest.approx(expected, abs=0.001)


def test_a_layout_of_ac3_is_encoded_as_opus(runner: PlanRunner, tmp_path: Path) -> None:
    source = tmp_path / "source.mkv"
    _levels_by_channel(source, "5.1(side)", 6)
    options: dict[str, Any] = {**DRAFT, "audio_codec": "opus"}
    [(path, _)] = runner.render(
        Materials({"a": source_of(source)}), preset="archive", clips=[clip("a")], options=options
    )
    (found,) = (one for one in described(path)["streams"] if one["codec_type"] == "audio")
    assert found["channel_layout"] == "5.1"


def _levels_by_channel(target: Path, layout: str, channels: int) -> None:
    """Write a clip whose channels each have a constant level of their own."""
    levels = "|".join(f"{0.1 * (place + 1):.1f}" for place in range(channels))
    packaged(
        [
            *("-f", "lavfi", "-i", f"aevalsrc={levels}:c={layout}:d=0.2:s=48000"),
            *("-f", "lavfi", "-i", "color=gray:size=64x64:duration=0.2"),
            *("-map", "1", "-map", "0", "-c:v", "ffv1", "-c:a", "flac"),
        ],
        target,
    )


def _levels(ffmpeg: Path, path: Path, channels: int) -> list[float]:
    """Return the level of each channel, a tenth of a second after the start."""
    raw = subprocess.run(
        [str(ffmpeg), "-v", "error", "-i", str(path), "-map", "0:a", "-f", "f32le", "-"],
        check=True,
        capture_output=True,
        timeout=60,
    ).stdout
    samples = array("f")
    samples.frombytes(raw)
    return [*samples[4800 * channels : 4801 * channels]]
