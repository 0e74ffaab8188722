"""Cuts are frame-accurate: the frames show their numbers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import (
    SMALL_HEIGHT,
    SMALL_WIDTH,
    beeps,
    decoded,
    decoded_small,
    flashes,
    flashes_of,
    number_of,
    numbers,
)

if TYPE_CHECKING:
    from tests.integration.render.plan_runner import PlanRunner

    from stoat_ferret.render.plan.source import Materials

RATE = Fraction(25)
DRAFT = {"effort": "draft"}


def clip(video: str, start: Any = 0, end: Any = None, **more: Any) -> dict[str, Any]:
    """Return a clip as it is in a request."""
    return {"video_id": video, "start_seconds": start, "end_seconds": end, **more}


def first_number(clips: Materials, video: str, start: Fraction) -> int:
    """Return the number of the frame nearest to a moment of a file."""
    return round((start - clips.videos[video].timing.video_start) * RATE)


@pytest.mark.parametrize("video", ["plain", "matroska", "transport", "reordered", "hevc"])
@pytest.mark.parametrize(("start", "end"), [("0", "0.2"), ("0.4", "1.6"), ("0.95", "1")])
def test_an_encoded_clip_has_the_frames_between_its_points(
    runner: PlanRunner, clips: Materials, video: str, start: str, end: str
) -> None:
    [(path, output)] = runner.render(
        clips, preset="web-720p", clips=[clip(video, start, end)], options=DRAFT
    )
    begin, stop = (max(first_number(clips, video, Fraction(t)), 0) for t in (start, end))
    assert numbers(runner.ffmpeg, path) == list(range(begin, stop))
    assert output.frames == stop - begin


@pytest.mark.parametrize("frame", [1, 10, 29, 30])
def test_points_may_be_exact_fractions_of_a_second(
    runner: PlanRunner, clips: Materials, frame: int
) -> None:
    points = (f"{frame * 1001}/30000", f"{(frame + 5) * 1001}/30000")
    [(path, _)] = runner.render(
        clips, preset="web-720p", clips=[clip("ntsc", *points)], options=DRAFT
    )
    assert numbers(runner.ffmpeg, path) == list(range(frame, frame + 5))


def test_rounded_points_come_to_the_nearest_frame(runner: PlanRunner, clips: Materials) -> None:
    [(path, _)] = runner.render(
        clips, preset="web-720p", clips=[clip("ntsc", 0.333, 0.501)], options=DRAFT
    )
    assert numbers(runner.ffmpeg, path) == list(range(10, 15))


@pytest.mark.parametrize("video", ["plain", "transport"])
def test_an_in_point_just_before_the_end_means_the_last_frame(
    runner: PlanRunner, clips: Materials, video: str
) -> None:
    timing = clips.videos[video].timing
    [(path, output)] = runner.render(
        clips,
        preset="web-720p",
        clips=[clip(video, timing.video_start + Fraction(2999, 1000))],
        options=DRAFT,
    )
    assert numbers(runner.ffmpeg, path) == [74]
    assert output.frames == 1


def test_a_whole_file_has_all_of_its_frames(runner: PlanRunner, clips: Materials) -> None:
    [(path, _)] = runner.render(clips, preset="web-720p", clips=[clip("plain")], options=DRAFT)
    assert numbers(runner.ffmpeg, path) == list(range(75))


def test_without_sound_a_transport_stream_is_cut_at_the_same_frame(
    runner: PlanRunner, clips: Materials
) -> None:
    first = first_number(clips, "transport", Fraction(1))
    for options in ({"mute": True}, {}):
        [(path, _)] = runner.render(
            clips,
            preset="web-720p",
            clips=[clip("transport", 1, 1.2)],
            options={**DRAFT, **options},
        )
        assert numbers(runner.ffmpeg, path) == list(range(first, first + 5))


@pytest.mark.parametrize("video", ["plain", "matroska", "transport", "reordered", "hevc"])
@pytest.mark.parametrize(("start", "end"), [("0.4", "1.6"), ("1", "2.9"), ("0.84", "1.2")])
def test_a_smart_cut_is_right_to_the_frame_and_in_sync(
    runner: PlanRunner, clips: Materials, video: str, start: str, end: str
) -> None:
    [(path, output)] = runner.render(clips, preset="smart-cut", clips=[clip(video, start, end)])
    begin, stop = (first_number(clips, video, Fraction(t)) for t in (start, end))
    frames = decoded_small(runner.ffmpeg, path)
    assert [number_of(frame) for frame in frames] == list(range(begin, stop))
    assert output.frames == stop - begin
    sound = beeps(runner.ffmpeg, path)
    for flash in flashes_of(frames, RATE):
        # An audio packet is lost or damaged if a beep is cut.
        assert min(abs(flash - beep) for beep in sound) < (0.02 if flash else 0.045)


@pytest.mark.parametrize(("start", "end"), [("0.4", "1.6"), ("1.6", "3.3")])
def test_pictures_that_are_stored_turned_stay_so_in_a_smart_cut(
    runner: PlanRunner, clips: Materials, start: str, end: str
) -> None:
    [(path, output)] = runner.render(clips, preset="smart-cut", clips=[clip("turned", start, end)])
    begin, stop = (first_number(clips, "turned", Fraction(t)) for t in (start, end))
    stored = decoded(runner.ffmpeg, path, upright=False)
    assert [number_of(frame) for frame in stored] == list(range(begin, stop))
    video = source_of(path).info.main_video
    assert video
    assert (video.rotation, video.width, video.height) == (90, output.width, output.height)
    size = SMALL_HEIGHT, SMALL_WIDTH
    seen = decoded(runner.ffmpeg, path, *size)
    wanted = decoded(runner.ffmpeg, Path(clips.videos["turned"].path), *size)[begin:stop]
    for one, other in zip(seen, wanted, strict=True):
        assert sum(abs(a - b) for a, b in zip(one, other, strict=True)) < 4 * len(one)


def test_smart_cuts_are_joined_to_the_frame_and_in_sync(
    runner: PlanRunner, clips: Materials
) -> None:
    parts = [clip("reordered", 0.4, 1.6), clip("reordered", 2, 3.3)]
    [(path, _)] = runner.render(clips, preset="smart-cut", clips=parts)
    assert numbers(runner.ffmpeg, path) == [*range(10, 40), *range(50, 82)]
    found = zip(flashes(runner.ffmpeg, path, RATE), beeps(runner.ffmpeg, path), strict=True)
    assert all(abs(flash - beep) < 0.02 for flash, beep in found)


@pytest.mark.parametrize(("start", "end"), [(0.4, 3.3), (0.8, 3.36), (0.8, 3.2)])
def test_a_smart_cut_encodes_only_up_to_a_key_frame_and_what_needs_later_pictures(
    runner: PlanRunner, clips: Materials, start: float, end: float
) -> None:
    plan = runner.plan(clips, preset="smart-cut", clips=[clip("reordered", start, end)])
    encoded = [one for one in plan.passes if one.title == "encoding around a cut"]
    head = Fraction("0.8") - Fraction(str(start))
    # A picture may need the one after the next three.
    assert head <= sum(one.duration_seconds for one in encoded) <= head + Fraction(3, 25)
    assert sum(one.title == "copying" for one in plan.passes) == 1
    [(path, _)] = runner.run(plan)
    begin, stop = (round(Fraction(str(moment)) * RATE) for moment in (start, end))
    assert numbers(runner.ffmpeg, path) == list(range(begin, stop))


def test_a_copy_begins_at_a_key_frame_and_says_so(runner: PlanRunner, clips: Materials) -> None:
    plan = runner.plan(clips, preset="copy", clips=[clip("plain", 1.2)])
    assert "at its key frame at 0.960 seconds, 0.240 before the in point" in plan.notes[0]
    [(path, output)] = runner.run(plan)
    assert numbers(runner.ffmpeg, path) == list(range(24, 75))
    assert output.duration_seconds == Fraction(51, 25)


def test_a_copy_from_a_key_frame_says_nothing(runner: PlanRunner, clips: Materials) -> None:
    plan = runner.plan(clips, preset="copy", clips=[clip("plain", 0.96)])
    assert not plan.notes
    [(path, _)] = runner.run(plan)
    assert numbers(runner.ffmpeg, path) == list(range(24, 75))


@pytest.mark.parametrize("video", ["plain", "matroska", "reordered", "hevc"])
@pytest.mark.parametrize("end", [0.6, 0.76, 1.2])
def test_a_copy_ends_without_missing_pictures(
    runner: PlanRunner, clips: Materials, video: str, end: float
) -> None:
    plan = runner.plan(clips, preset="copy", clips=[clip(video, 0, end)])
    [(path, output)] = runner.run(plan)
    shown = numbers(runner.ffmpeg, path)
    assert shown == list(range(len(shown)))
    more = len(shown) - first_number(clips, video, Fraction(str(end)))
    assert 0 <= more <= 8
    assert output.duration_seconds is not None
    assert abs(output.duration_seconds - len(shown) / RATE) < Fraction(1, 50)
    assert bool(plan.notes) == bool(more)
    assert output.frames == len(shown)


def test_copies_are_joined(runner: PlanRunner, clips: Materials) -> None:
    parts = [clip("plain", 0.48, 0.96), clip("plain", 1.44, 1.92)]
    [(path, _)] = runner.render(clips, preset="copy", clips=parts)
    assert numbers(runner.ffmpeg, path) == [*range(12, 24), *range(36, 48)]


def test_a_name_of_a_file_is_nothing_but_a_name(runner: PlanRunner, clips: Materials) -> None:
    for preset in ("web-720p", "copy", "smart-cut"):
        [(path, _)] = runner.render(clips, preset=preset, clips=[clip("hostile", 0, 0.48)])
        assert numbers(runner.ffmpeg, path)[:12] == list(range(12))


def test_a_still_shows_the_frame_of_its_moment(runner: PlanRunner, clips: Materials) -> None:
    moments = [0, 0.119, 0.12, 0.13, 1.999, 2.96]
    made = runner.render(
        clips, preset="stills", clips=[clip("reordered")], options={"at_seconds": moments}
    )
    shown = [number for path, _ in made for number in numbers(runner.ffmpeg, path)]
    assert shown == [0, 2, 3, 3, 49, 74]
    assert [output.name_suffix for _, output in made][-1] == "-006"
