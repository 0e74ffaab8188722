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

PICTURES = {
    "noise": "testsrc2=size=160x120:rate=25:duration=4,noise=alls=40:allf=t",
    "moving": "testsrc2=size=160x120:rate=25:duration=4",
    "flat": "color=teal:size=240x180:rate=25:duration=4",
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Return files with much, some and no detail."""
    folder = tmp_path_factory.mktemp("pictures")
    found = {}
    for name, picture in PICTURES.items():
        sound = [] if name == "flat" else ["-f", "lavfi", "-i", "sine=duration=4"]
        inputs = ["-f", "lavfi", "-i", picture, *sound]
        encoding = ["-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac"]
        path = folder / f"{name}.mp4"
        packaged([*inputs, *encoding, "-pix_fmt", "yuv420p"], path)
        found[name] = source_of(path)
    return Materials(found)


@pytest.mark.parametrize(
    ("name", "preset", "options"),
    [
        *((name, "web-720p", {"effort": "fast"}) for name in PICTURES),
        ("moving", "prores", {"mute": True}),
        ("flat", "prores", {"mute": True}),
        ("flat", "archive", {"effort": "draft", "mute": True}),
    ],
)
def test_a_size_is_estimated_within_a_factor_of_two(
    runner: PlanRunner, pictures: Materials, name: str, preset: str, options: dict[str, Any]
) -> None:
    plan = runner.plan(pictures, preset=preset, clips=[{"video_id": name}], options=options)
    [(path, _)] = runner.run(plan)
    actual = path.stat().st_size
    measured = measure(runner, plan)
    assert measured
    assert actual / 2 < measured < actual * 2
    assert actual / 2 < plan.estimated_bytes < actual * 2


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
