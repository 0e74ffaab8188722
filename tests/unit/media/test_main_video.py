"""The choice of a file's main video stream."""

from __future__ import annotations

from fractions import Fraction

import pytest

from stoat_ferret.media.main_video import VideoTraits, is_still, rank


def stream(index: int, **traits: bool) -> VideoTraits:
    usual = {"is_cover": False, "is_still": False, "is_seen": True, "is_default": True}
    return VideoTraits(index, **{**usual, **traits})


@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        ([stream(0), stream(1)], 0),
        ([stream(0, is_default=False), stream(1)], 1),
        ([stream(0, is_still=True), stream(1)], 1),
        ([stream(0, is_still=True), stream(1, is_default=False)], 1),
        ([stream(0, is_seen=False), stream(1, is_default=False)], 1),
        ([stream(0, is_cover=True), stream(1, is_seen=False, is_default=False)], 1),
        ([stream(0, is_cover=True), stream(1, is_still=True, is_seen=False)], 1),
    ],
)
def test_the_video_moves_is_there_and_is_meant_to_be_shown(
    streams: list[VideoTraits], expected: int
) -> None:
    assert min(streams, key=rank).index == expected
    assert min(reversed(streams), key=rank).index == expected


def test_covers_are_last() -> None:
    streams = [stream(0, is_cover=True), stream(1, is_still=True), stream(2)]
    assert [one.index for one in sorted(streams, key=rank)] == [2, 1, 0]


@pytest.mark.parametrize(
    ("frames", "tags", "rate", "expected"),
    [
        (1, {}, None, True),
        (2, {}, None, False),
        (0, {}, Fraction(25), False),
        (0, {"NUMBER_OF_FRAMES": "1"}, None, True),
        (0, {"NUMBER_OF_FRAMES-eng": "50"}, None, False),
        (0, {"NUMBER_OF_FRAMES": "9" * 5000}, None, False),
        (0, {"NUMBER_OF_FRAMES": "one"}, None, False),
        (0, {"DURATION": "00:00:00.040000000"}, Fraction(25), True),
        (0, {"DURATION": "00:00:02.000000000"}, Fraction(25), False),
        (0, {"DURATION": "00:00:00.040000000"}, None, False),
        (0, {"DURATION": "soon"}, Fraction(25), False),
    ],
)
def test_a_still_has_one_picture(
    frames: int, tags: dict[str, str], rate: Fraction | None, *, expected: bool
) -> None:
    assert is_still(frames, tags, rate) is expected
