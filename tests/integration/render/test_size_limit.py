"""A result is never larger than `max_bytes`, and hardly smaller where its pictures need them."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from tests.clips import ffmpeg as packaged
from tests.integration.render.conftest import source_of

from stoat_ferret.pause_gate import PauseGate
from stoat_ferret.render.plan.source import Materials
from stoat_ferret.render.run.passes import PassRunner
from stoat_ferret.render.run.result import RenderProgress
from stoat_ferret.render.run.scratch import open_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

    from stoat_ferret.jobs.job import Progress
    from stoat_ferret.render.plan.plan import RenderPlan

MOST = 60_000


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Return four seconds of noise, which take many bytes, and of flat color, which take few."""
    folder = tmp_path_factory.mktemp("rich")
    noise = "testsrc2=size=96x72:rate=25:duration=4,noise=alls=30:allf=t"
    flat = "color=blue:size=96x72:rate=25:duration=4"
    for name, picture in (("noise", noise), ("flat", flat)):
        inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=duration=4"]
        encoding = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]
        packaged([*inputs, *encoding, "-pix_fmt", "yuv420p"], folder / f"{name}.mp4")
    return Materials({name: source_of(folder / f"{name}.mp4") for name in ("noise", "flat")})


def run(runner: PlanRunner, plan: RenderPlan, folder: Path) -> tuple[int, list[Progress]]:
    """Run the passes of a plan; return the size of the file, and the progress."""
    told: list[Progress] = []

    async def make() -> None:
        for name, text in plan.files.items():
            (folder / name).write_text(text)
        async with open_inputs(plan.passes, folder) as inputs:
            await PassRunner(
                passes=plan.passes,
                outputs=[output.file for output in plan.outputs],
                limit=plan.limits.get(""),
                ffmpeg=runner.ffmpeg,
                folder=folder,
                inputs=inputs,
                meter=RenderProgress(plan, told.append, time.monotonic),
                stall_seconds=30,
                gate=PauseGate(),
            ).run()

    anyio.run(make)
    return (folder / plan.outputs[0].file).stat().st_size, told


@pytest.mark.parametrize(
    ("preset", "options", "passes"),
    [
        ("web-720p", {}, 2),
        ("archive", {}, 2),
        ("web-720p", {"container": "webm"}, 2),
        ("archive", {"video_codec": "av1"}, 1),
    ],
)
def test_the_size_is_at_most_and_nearly_what_was_asked_for(
    runner: PlanRunner,
    rich: Materials,
    tmp_path: Path,
    preset: str,
    options: dict[str, Any],
    passes: int,
) -> None:
    given = {"effort": "draft", "max_bytes": MOST, **options}
    plan = runner.plan(rich, preset=preset, clips=[{"video_id": "noise"}], options=given)
    assert len(plan.passes) == passes
    size, told = run(runner, plan, tmp_path)
    assert 0.9 * MOST <= size <= MOST
    fractions = [one.fraction or 0.0 for one in told]
    assert fractions == sorted(fractions)
    video = source_of(tmp_path / plan.outputs[0].file).info.video[0]
    assert video.codec == plan.outputs[0].video_codec


def test_pictures_that_need_little_stay_small(
    runner: PlanRunner, rich: Materials, tmp_path: Path
) -> None:
    given = {"effort": "draft", "max_bytes": 1_000_000}
    plan = runner.plan(rich, preset="web-720p", clips=[{"video_id": "flat"}], options=given)
    size, told = run(runner, plan, tmp_path)
    assert size < 100_000
    # Not tried again for nothing: the rest of the fraction is for that.
    assert told[-1].fraction == pytest.approx(0.98)


def test_the_parts_of_many_clips_share_the_limit(
    runner: PlanRunner, rich: Materials, tmp_path: Path
) -> None:
    clips = [
        {"video_id": "noise", "start_seconds": Fraction(n, 4), "end_seconds": Fraction(n + 1, 4)}
        for n in range(10)
    ]
    given = {"effort": "draft", "max_bytes": MOST, "loudness_lufs": -20}
    plan = runner.plan(rich, preset="web-720p", clips=clips, options=given)
    size, _ = run(runner, plan, tmp_path)
    assert 0.9 * MOST <= size <= MOST


def test_a_result_that_is_too_large_is_made_again(
    runner: PlanRunner, rich: Materials, tmp_path: Path
) -> None:
    given = {"effort": "draft", "max_bytes": MOST}
    plan = runner.plan(rich, preset="web-720p", clips=[{"video_id": "noise"}], options=given)
    # As if nothing but pictures were in the file.
    hopeful = replace(plan, limits={"": replace(plan.limits[""], other_bytes=0)})
    size, told = run(runner, hopeful, tmp_path)
    assert 0.9 * MOST <= size <= MOST
    fractions = [one.fraction or 0.0 for one in told]
    assert fractions == sorted(fractions)
    assert 0.98 < fractions[-1] < 1
