"""Clips that become files of their own, in one job: all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.fake_programs import program_that
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import make_numbered, numbers
from tests.integration.render.render_harness import RenderHarness, open_harness

from stoat_ferret.ffmpeg.binaries import find_ffmpeg
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

CUTS: list[dict[str, Any]] = [
    {"video_id": "plain", "start_seconds": 0.4, "end_seconds": 0.8},
    {"video_id": "plain", "start_seconds": 1.4, "end_seconds": 2},
]
TEXTS = [{"text": ".", "place": "top-right", "size": 0.02}]


@pytest.fixture(scope="module")
def plain(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    path = make_numbered(ffmpeg, tmp_path_factory.mktemp("plain") / "plain.mp4", frames=75)
    return Materials({"plain": source_of(path)})


@pytest.mark.parametrize(
    ("preset", "options"),
    [
        ("web-720p", {"effort": "draft", "loudness_lufs": -20, "texts": TEXTS}),
        ("smart-cut", {}),
    ],
)
def test_each_file_has_the_pictures_of_its_clip(
    runner: PlanRunner, plain: Materials, preset: str, options: dict[str, Any]
) -> None:
    made = runner.render(plain, preset=preset, clips=CUTS, separate=True, options=options)
    assert [numbers(runner.ffmpeg, path) for path, _ in made] == [
        list(range(10, 20)),
        list(range(35, 50)),
    ]


def clips_of(harness: RenderHarness) -> list[dict[str, Any]]:
    return [
        {"video_id": harness.short, "start_seconds": 0.5, "end_seconds": 1},
        {"video_id": harness.long, "end_seconds": 0.4},
    ]


async def test_one_job_makes_a_file_of_each_clip(harness: RenderHarness) -> None:
    (harness.renders).mkdir(exist_ok=True)
    (harness.renders / "long 2.mp4").write_text("there before")
    request = harness.request(clips=clips_of(harness), name="{video} {number}", separate=True)
    job = await harness.render(request)
    assert job.status is JobStatus.SUCCEEDED, job.error
    assert job.result
    outputs = job.result["outputs"]
    assert [output["path"].rpartition("/")[2] for output in outputs] == [
        "short 1 (2).mp4",
        "long 2 (2).mp4",
    ]
    assert harness.left == ["long 2 (2).mp4", "long 2.mp4", "short 1 (2).mp4"]
    assert [output["duration_seconds"] for output in outputs] == pytest.approx([0.5, 0.4], abs=0.05)
    for output, clip, name in zip(outputs, request.clips, ("short 1", "long 2"), strict=True):
        video = await harness.services.videos.get(output["video_id"])
        assert video.recipe
        assert video.recipe.job_id == job.id
        assert video.recipe.request == request.of_clip(clip, name).params


async def test_if_one_file_fails_none_is_kept(tmp_path: Path) -> None:
    ffmpeg = find_ffmpeg()
    failing = program_that(
        tmp_path / "bin",
        "ffmpeg",
        f'case "$(pwd) $*" in */002*-progress*) exit 1;; esac\nexec \'{ffmpeg}\' "$@"',
    )
    async with open_harness(tmp_path, ffmpeg=failing.path) as harness:
        job = await harness.render(harness.request(clips=clips_of(harness), separate=True))
        assert job.status is JobStatus.FAILED
        assert harness.left == []
