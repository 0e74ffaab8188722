"""Clips of different kinds are joined: all frames are there, and audio and video agree."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import WIDTH, beeps, decoded, flashes, number_of, numbers
from tests.integration.render.test_cuts import DRAFT, RATE, clip

from stoat_ferret.render.request.transition import TransitionKind

if TYPE_CHECKING:
    from tests.integration.render.plan_runner import PlanRunner

    from stoat_ferret.render.plan.source import Materials

SYNC_SECONDS = 0.02


def test_joined_clips_of_one_kind_have_all_their_frames(
    runner: PlanRunner, clips: Materials
) -> None:
    parts = [clip("plain", 0.4, 0.8), clip("matroska", 1, 1.2), clip("reordered", 2, 2.4)]
    [(path, _)] = runner.render(clips, preset="web-720p", clips=parts, options=DRAFT)
    begin = round((1 - clips.videos["matroska"].timing.video_start) * 25)
    expected = [*range(10, 20), *range(begin, begin + 5), *range(50, 60)]
    assert numbers(runner.ffmpeg, path) == expected


def test_clips_of_a_single_frame_are_joined_like_longer_ones(
    runner: PlanRunner, clips: Materials
) -> None:
    ones = [clip("plain", Fraction(frame, 25), Fraction(frame + 1, 25)) for frame in range(3, 9)]
    crossed = clip("plain", 2, 2.2, transition={"seconds": 0.04})
    parts = [*ones[:2], clip("plain", 0.4, 0.6), *ones[2:], {"gap_seconds": 0.04}, crossed, *ones]
    [(path, output)] = runner.render(clips, preset="web-720p", clips=parts, options=DRAFT)
    shown = numbers(runner.ffmpeg, path)
    assert output.frames == len(shown)
    assert shown[:11] == [3, 4, *range(10, 15), 5, 6, 7, 8]
    assert shown[12:] == [*range(51, 55), *range(3, 9)]


def test_a_clip_that_is_over_in_an_instant_still_shows_a_frame(
    runner: PlanRunner, clips: Materials
) -> None:
    parts = [clip("plain", 2.88, speed=16)] * 3
    [(path, _)] = runner.render(clips, preset="web-720p", clips=parts, options=DRAFT)
    assert numbers(runner.ffmpeg, path) == [74, 74, 74]
    assert len(source_of(path).info.audio) == 1


def test_flash_and_beep_stay_together_across_clips_of_all_kinds(
    runner: PlanRunner, clips: Materials
) -> None:
    parts = [
        clip("plain", 0, 1.2),
        clip("ntsc", 0.5, 1.5, transition={"seconds": 0.2}),
        {"gap_seconds": 0.52},
        clip("transport", 0.5, 2.3),
        clip("silent", 0, 0.4),
        clip("reordered", 0.7, 3.3, speed=2),
        clip("matroska", 0.7, 1.3, transition={"kind": "wipeleft", "seconds": 0.12}),
    ]
    [(path, output)] = runner.render(
        clips, preset="web-720p", clips=parts, options={**DRAFT, "frame_rate": 50}
    )
    assert len(numbers(runner.ffmpeg, path)) == output.frames
    lit, heard = flashes(runner.ffmpeg, path, Fraction(50)), beeps(runner.ffmpeg, path)
    # The silent clip begins with a flash of its own.
    assert len(heard) == len(lit) - 1 >= 6
    assert max(min(abs(beep - flash) for flash in lit) for beep in heard) < SYNC_SECONDS


def test_a_cross_fade_overlaps_its_clips_and_loses_no_frame(
    runner: PlanRunner, clips: Materials
) -> None:
    parts = [clip("plain", 0, 1.2), clip("plain", 2, 3, transition={"seconds": 0.2})]
    [(path, output)] = runner.render(clips, preset="web-720p", clips=parts, options=DRAFT)
    shown = numbers(runner.ffmpeg, path)
    assert output.frames == len(shown) == 30 + 25 - 5
    assert shown[:25] == list(range(25))
    assert shown[30:] == list(range(55, 75))


def test_every_kind_of_transition_is_known_to_the_packaged_ffmpeg(runner: PlanRunner) -> None:
    assert len(TransitionKind) == 58
    assert set(TransitionKind) == set(runner.tools.transitions)


def test_wipes_go_the_way_they_are_called(runner: PlanRunner, clips: Materials) -> None:
    # Gray and black: half-way, one half of the picture is that of the next clip.
    halves = {"wipeup": (0, 1), "wipedown": (0, -1), "coverleft": (1, 0), "revealright": (-1, 0)}
    gap, gray = {"gap_seconds": 0.4}, clip("plain", 0.04, 0.44)
    pieces = [gray]
    for kind in halves:
        pieces += [gap, {**gray, "transition": {"kind": kind, "seconds": 0.4}}]
    [(path, output)] = runner.render(clips, preset="web-720p", clips=pieces, options=DRAFT)
    frames = decoded(runner.ffmpeg, path)
    assert len(frames) == output.frames == 50
    for place, (kind, (x, y)) in enumerate(halves.items()):
        frame = frames[10 + 10 * place + 5]
        new = _gray_at(frame, 160 + x * 100, 120 + y * 50)
        old = _gray_at(frame, 160 - x * 100, 120 - y * 50)
        assert new > 60, kind
        assert old < 30, kind


def _gray_at(frame: bytes, x: int, y: int) -> int:
    """Return the brightness around a place: its background has a pattern."""
    row = y * WIDTH + x
    return sum(frame[row - 8 : row + 8]) // 16


@pytest.mark.soak
@pytest.mark.parametrize("kind", list(TransitionKind))
def test_each_kind_of_transition_loses_no_frame(
    runner: PlanRunner, clips: Materials, kind: str
) -> None:
    crossed = clip("plain", 2, 2.4, transition={"kind": kind, "seconds": 0.2})
    parts = [clip("plain", 0, 0.4), crossed]
    [(path, output)] = runner.render(clips, preset="web-720p", clips=parts, options=DRAFT)
    shown = numbers(runner.ffmpeg, path)
    assert output.frames == len(shown) == 15
    assert shown[:5] + shown[10:] == [*range(5), *range(55, 60)]


def test_sound_that_is_mixed_in_comes_when_it_should(runner: PlanRunner, clips: Materials) -> None:
    music = {"video_id": "plain", "start_seconds": 1, "end_seconds": 1.5, "at_seconds": 0.5}
    [(path, _)] = runner.render(
        clips, preset="web-720p", clips=[clip("silent", 0, 1.4)], audio=[music], options=DRAFT
    )
    (heard,) = beeps(runner.ffmpeg, path)
    assert abs(heard - 0.5) < SYNC_SECONDS


def test_double_speed_shows_every_second_frame(runner: PlanRunner, clips: Materials) -> None:
    [(path, _)] = runner.render(
        clips, preset="web-720p", clips=[clip("plain", 0.2, 1.8, speed=2)], options=DRAFT
    )
    shown = numbers(runner.ffmpeg, path)
    assert shown == list(range(5, 45, 2))
    (lit,) = flashes(runner.ffmpeg, path, RATE)
    (heard,) = beeps(runner.ffmpeg, path)
    assert abs(heard - lit) < SYNC_SECONDS


def test_half_speed_keeps_sound_near_its_picture(runner: PlanRunner, clips: Materials) -> None:
    [(path, output)] = runner.render(
        clips, preset="web-720p", clips=[clip("plain", 0.8, 1.2, speed=0.5)], options=DRAFT
    )
    assert output.frames == 20
    (lit,), (heard,) = flashes(runner.ffmpeg, path, RATE), beeps(runner.ffmpeg, path)
    # Stretched audio is made of pieces of a twenty-fourth of a second.
    assert abs(heard - lit) < 1 / 24 + SYNC_SECONDS


def test_a_gap_is_black_and_silent(runner: PlanRunner, clips: Materials) -> None:
    parts = [clip("plain", 1, 1.2), {"gap_seconds": 0.4}, clip("plain", 1, 1.2)]
    [(path, output)] = runner.render(clips, preset="web-720p", clips=parts, options=DRAFT)
    assert output.frames == 20
    assert numbers(runner.ffmpeg, path) == [*range(25, 30), *[0] * 10, *range(25, 30)]
    assert len(beeps(runner.ffmpeg, path)) == 2
    assert number_of(bytes(320 * 240)) == 0
