"""Estimated sizes are near those of the files, for pictures that take many bytes and for few."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from tests.clips import ffmpeg as packaged
from tests.integration.render.conftest import source_of

from stoat_ferret.render.plan.source import Materials
from stoat_ferret.render.run.size_measurement import measure_sizes

if TYPE_CHECKING:
    from tests.integration.render.plan_runner import PlanRunner

    from stoat_ferret.render.plan.plan import RenderPlan

SOURCES = {
    "noise": (
        "testsrc2=size=128x96:rate=25:duration=2,noise=alls=40:allf=t",
        "anoisesrc=duration=2:amplitude=0.5",
    ),
    "flat": ("color=teal:size=160x120:rate=25:duration=2", "anullsrc,atrim=duration=2"),
    "loud": ("color=gray:size=160x120:rate=25:duration=2", "anoisesrc=duration=2:amplitude=0.8"),
    "moving": ("testsrc2=size=128x96:rate=25:duration=2", "sine=duration=2"),
    # Somebody who talks: little moves, and the sound has pauses.
    "talk": (
        (
            "color=gray:size=160x120:rate=25:duration=2,noise=alls=6:allf=t,gblur=2[back];"
            "testsrc2=size=48x48:rate=25:duration=2,noise=alls=12:allf=t[face];[back][face]overlay=60:40"
        ),
        "anoisesrc=duration=2:amplitude=0.3:color=pink,tremolo=f=4:d=0.9,lowpass=3000",
    ),
    "short": (
        "mandelbrot=size=128x96:rate=25,trim=duration=0.4",
        "anoisesrc=duration=0.4:amplitude=0.5:color=pink",
    ),
}
"""Much, some and no detail; noise, tones and silence; and very little of it."""
QUICK = {"effort": "draft"}
PRESETS: dict[str, dict[str, Any]] = {
    "web-720p": QUICK,
    "web-1080p": QUICK,
    "web-2160p": QUICK,
    "archive": QUICK,
    "proxy": {},
    "prores": {},
    "audio": {},
    "copy": {},
    "smart-cut": QUICK,
    "stills": {"count": 3},
    "gif": {},
    "webp": {},
    "contact-sheet": {},
}
ROUGH = {("big", "webp"), ("flat", "webp"), ("loud", "webp"), ("moving", "webp")}
"""Where the files alone say too little, and a measured estimate is needed."""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Return a file of each kind."""
    folder = tmp_path_factory.mktemp("pictures")
    found = {}
    for name, (picture, sound) in SOURCES.items():
        graph = ["-filter_complex", f"{picture}[v];{sound}[a]", "-map", "[v]", "-map", "[a]"]
        encoding = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
        path = folder / f"{name}.mkv"
        packaged([*graph, *encoding], path)
        found[name] = source_of(path)
    return Materials(found)


@pytest.mark.parametrize(
    ("name", "preset"),
    [
        *(("noise", preset) for preset in ("web-720p", "archive", "audio", "gif", "stills")),
        *(("flat", preset) for preset in PRESETS if not preset.startswith(("web-1", "web-2"))),
    ],
)
def test_a_size_is_estimated_within_a_factor_of_two(
    runner: PlanRunner, pictures: Materials, name: str, preset: str
) -> None:
    check_an_estimate(runner, pictures, name, preset)


@pytest.mark.soak
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", SOURCES)
def test_every_size_is_estimated_within_a_factor_of_two(
    runner: PlanRunner, pictures: Materials, name: str, preset: str
) -> None:
    check_an_estimate(runner, pictures, name, preset)


def check_an_estimate(runner: PlanRunner, pictures: Materials, name: str, preset: str) -> None:
    """Compare the estimates of all of a file with the size of the result."""
    plan = runner.plan(pictures, preset=preset, clips=[{"video_id": name}], options=PRESETS[preset])
    actual = sum(path.stat().st_size for path, _ in runner.run(plan))
    if (name, preset) not in ROUGH:
        assert actual / 2 < plan.estimated_bytes < actual * 2
    if preset in {"copy", "smart-cut"}:
        return  # nothing or little is encoded
    measured = measure(runner, plan)
    assert measured
    assert actual / 1.5 < measured < actual * 1.5


def test_lossless_sound_is_measured(runner: PlanRunner, pictures: Materials) -> None:
    options = {"effort": "draft", "video_codec": "h264"}
    plan = runner.plan(pictures, preset="archive", clips=[{"video_id": "moving"}], options=options)
    [(path, _)] = runner.run(plan)
    measured = measure(runner, plan)
    assert measured
    assert measured == pytest.approx(path.stat().st_size, rel=0.5)


def test_each_separate_file_is_measured(runner: PlanRunner, pictures: Materials) -> None:
    # By their files alone, the sizes of flat pictures as ProRes are off by more than two.
    clips = [{"video_id": name, "end_seconds": 2} for name in ("flat", "moving")]
    options = {"mute": True}
    plan = runner.plan(pictures, preset="prores", clips=clips, options=options, separate=True)
    actual = sum(path.stat().st_size for path, _ in runner.run(plan))
    assert measure(runner, plan) == pytest.approx(actual, rel=0.25)
    first, _ = plan.samples
    whole = replace(plan, samples=(first,)).with_sizes([first.estimated_bytes + 1000])
    assert whole.estimated_bytes == plan.estimated_bytes + 1000
    assert plan.with_sizes([None, None]).estimated_bytes == plan.estimated_bytes


def test_what_cannot_be_measured_in_time_is_not(runner: PlanRunner, pictures: Materials) -> None:
    plan = runner.plan(pictures, preset="web-720p", clips=[{"video_id": "noise"}])
    assert measure(runner, plan, timeout_seconds=0.001) is None


def measure(runner: PlanRunner, plan: RenderPlan, *, timeout_seconds: float = 60) -> int | None:
    """Return the measured size of a plan."""

    async def run() -> int | None:
        sizes = await measure_sizes(plan.samples, runner.ffmpeg, timeout_seconds=timeout_seconds)
        return plan.with_sizes(sizes).estimated_bytes if any(sizes) else None

    return anyio.run(run)
