"""Smart cuts of H.264 whose key frames are not all IDR pictures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.render.conftest import source_of
from tests.integration.render.cut_check import decode
from tests.integration.render.numbered import beeps, flashes_of, make_numbered
from tests.integration.render.test_cuts import DRAFT, RATE, clip

from stoat_ferret.render.plan.plan import RenderPhase
from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from tests.integration.render.plan_runner import PlanRunner

OPEN = (
    "-c:v libx264 -preset veryfast -force_key_frames expr:gte(t,n_forced*0.8) "
    "-x264-params open-gop=1:bframes=1:b-bias=-100:b-adapt=1:keyint=300:scenecut=0"
).split()
LEADING = "-c:v libx264 -preset veryfast -x264-params open-gop=1:bframes=3:keyint=20:min-keyint=20"
KINDS = {
    "open.mp4": OPEN,
    "open.mkv": OPEN,
    "open.ts": OPEN,
    "leading.mp4": LEADING.split(),
}
OTHERS = {
    "cra.ts": (
        "-c:v libx265 -preset ultrafast "
        "-x265-params log-level=error:keyint=20:min-keyint=20:open-gop=1"
    ).split(),
    # Ten pictures are shown before each key frame that are stored after it.
    "long-run.mp4": (
        "-c:v libx264 -preset veryfast "
        "-x264-params open-gop=1:bframes=10:b-adapt=0:keyint=20:min-keyint=20:scenecut=0"
    ).split(),
}


@pytest.fixture(scope="module")
def videos(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Clips of 4 s, by their names."""
    folder = tmp_path_factory.mktemp("open-gops")
    paths = {
        name: make_numbered(ffmpeg, folder / name, *encoding, frames=100)
        for name, encoding in {**KINDS, **OTHERS}.items()
    }
    return Materials({name: source_of(path) for name, path in paths.items()})


def test_key_frames_with_recovery_points_are_no_idr_pictures(videos: Materials) -> None:
    for name in ("open.mp4", "open.mkv", "open.ts"):
        keys = videos.videos[name].timing.key_frames
        assert len(keys) > 2, name
        # The first one of all is an IDR picture.
        assert [key.is_idr for key in keys] == [True] + [False] * (len(keys) - 1), name


def test_key_frames_of_closed_gops_are_idr_pictures(clips: Materials) -> None:
    for name in ("plain", "matroska", "transport", "reordered"):
        keys = clips.videos[name].timing.key_frames
        assert len(keys) > 2, name
        assert all(key.is_idr for key in keys), name


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(("start", "end"), [(0.4, 3.6), (0, 2.2), (1.0, None)])
def test_a_smart_cut_has_the_frames_between_its_points(
    runner: PlanRunner, videos: Materials, name: str, start: float, end: float | None
) -> None:
    plan = runner.plan(videos, preset="smart-cut", clips=[clip(name, start, end)], options=DRAFT)
    [(path, output)] = runner.run(plan)
    first = videos.videos[name].timing.video_start
    begin, stop = (max(round((Fraction(str(t)) - first) * RATE), 0) for t in (start, end or 90))
    seen = decode(runner.ffmpeg, path)
    assert seen.numbers == list(range(begin, min(stop, 100)))
    assert seen.complaints == ""
    assert output.duration_seconds == Fraction(min(stop, 100) - begin, 25)
    sound = beeps(runner.ffmpeg, path)
    for flash in flashes_of(seen.frames, RATE):
        # An audio packet is lost or damaged if a beep is cut.
        assert min(abs(flash - beep) for beep in sound) < (0.02 if flash else 0.045)


@pytest.mark.parametrize("name", KINDS)
def test_smart_cuts_of_them_are_joined(runner: PlanRunner, videos: Materials, name: str) -> None:
    points = [(0.4, 1.2), (0, 1.0), (2.0, 3.2)]
    parts = [clip(name, *one) for one in points]
    [(path, _)] = runner.render(videos, preset="smart-cut", clips=parts, options=DRAFT)
    first = videos.videos[name].timing.video_start
    expected: list[int] = []
    for start, end in points:
        begin, stop = (max(round((Fraction(str(t)) - first) * RATE), 0) for t in (start, end))
        expected += range(begin, stop)
    seen = decode(runner.ffmpeg, path)
    assert seen.numbers == expected
    assert seen.complaints == ""


@pytest.mark.parametrize("name", ["leading.mp4", "long-run.mp4"])
@pytest.mark.parametrize(
    ("preset", "options"),
    [("smart-cut", DRAFT), ("web-720p", DRAFT), ("web-720p", {**DRAFT, "mute": True})],
)
def test_a_cut_may_begin_just_before_an_open_key_frame(
    runner: PlanRunner, videos: Materials, name: str, preset: str, options: dict[str, Any]
) -> None:
    # What is shown before the key frame at 1.6 s is stored after it, and needs what is before it.
    for first in (37, 39) if name == "leading.mp4" else (31, 39):
        [(path, _)] = runner.render(
            videos, preset=preset, clips=[clip(name, first / 25, 2)], options=options
        )
        assert decode(runner.ffmpeg, path).numbers == list(range(first, 50))


def test_a_copy_from_an_open_gop_has_the_pictures_of_its_source(
    runner: PlanRunner, videos: Materials
) -> None:
    # From 2.4 s on, the decoder must forget pictures that were before the cut.
    plan = runner.plan(videos, preset="copy", clips=[clip("leading.mp4", 2.5)])
    [(path, _)] = runner.run(plan)
    copied = decode(runner.ffmpeg, path)
    assert copied.complaints.count("mmco") == 1
    assert copied.complaints_of_copy == ""
    source = Path(videos.videos["leading.mp4"].path)
    assert copied.frames == decode(runner.ffmpeg, source).frames[60:]


@pytest.mark.parametrize("options", [{}, {"container": "mp4"}])
def test_a_copy_of_a_stream_begins_at_the_key_frame_before_its_in_point(
    runner: PlanRunner, videos: Materials, options: dict[str, str]
) -> None:
    # Its key frames are decoded 0.2 s before they are shown.
    plan = runner.plan(videos, preset="copy", clips=[clip("cra.ts", 1.5, 2.3)], options=options)
    assert "is cut at its key frame at 0.821 seconds" in plan.notes[0]
    [(path, _)] = runner.run(plan)
    seen = decode(runner.ffmpeg, path)
    assert (seen.numbers[0], set(seen.numbers) >= set(range(20, 57))) == (20, True)
    assert seen.complaints_of_copy == ""


def test_pictures_that_mpeg_ts_would_lose_after_a_join_are_encoded(
    runner: PlanRunner, videos: Materials
) -> None:
    clips = [clip("cra.ts", 0.4, 1.2), clip("cra.ts", 0, 1)]
    seen = {}
    for container in ("mpegts", "mp4"):
        options = {**DRAFT, "container": container}
        plan = runner.plan(videos, preset="smart-cut", clips=clips, options=options)
        is_copied = any(one.title is RenderPhase.COPYING for one in plan.passes)
        assert is_copied == (container == "mp4")
        assert any("in an MPEG-TS file" in note for note in plan.notes) != is_copied
        [(path, _)] = runner.run(plan)
        seen[container] = decode(runner.ffmpeg, path)
        assert seen[container].complaints == ""
    assert seen["mpegts"].numbers == seen["mp4"].numbers
    assert len(seen["mp4"].numbers) == 44


def test_the_plan_says_when_nothing_can_be_copied(runner: PlanRunner, videos: Materials) -> None:
    plan = runner.plan(videos, preset="smart-cut", clips=[clip("open.mp4", 0.4, 3.6)])
    assert any(
        "none of its key frames is known to be an IDR picture" in note for note in plan.notes
    )
    assert not any(one.title == "copying" for one in plan.passes)
    plan = runner.plan(videos, preset="smart-cut", clips=[clip("open.mp4", 0, 3.6)])
    assert not any("IDR" in note for note in plan.notes)
    assert any(one.title == "copying" for one in plan.passes)
