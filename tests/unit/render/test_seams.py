"""The pictures that a smart cut plans, as far as the packets of its sources are known."""

from __future__ import annotations

from array import array
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.unit.render.world import World, source

from stoat_ferret.render.plan.excerpt import Excerpt
from stoat_ferret.render.plan.seams import seams_of
from stoat_ferret.render.plan.source import CleanEnd, KeyFrame, Timing
from stoat_ferret.render.plan.video.picture_times import PictureTimes

if TYPE_CHECKING:
    from stoat_ferret.render.plan.plan import RenderPlan

RATE = 25


def pictures(*spans: tuple[int, int]) -> PictureTimes:
    """Return the pictures in spans of seconds."""
    runs = tuple(array("q", range(start * RATE, end * RATE)) for start, end in spans)
    return PictureTimes(Fraction(1, RATE), Fraction(0), runs)


def smart_cut(known: PictureTimes) -> RenderPlan:
    """Return the plan of a cut from 2.4 to 57 s of a minute with a key frame each second."""
    keys = tuple(KeyFrame(Fraction(second)) for second in range(60))
    ends = tuple(CleanEnd(key.seconds, key.seconds) for key in keys)
    timing = Timing(
        rate=Fraction(RATE),
        video_end=Fraction(60),
        pictures=known,
        key_frames=keys,
        clean_ends=ends,
    )
    world = World({"a": source(seconds=60.0, timing=timing)})
    clip = {"video_id": "a", "start_seconds": 2.4, "end_seconds": 57}
    return world.plan("smart-cut", clips=[clip])


def test_pictures_are_counted_where_all_packets_were_read() -> None:
    [output] = smart_cut(pictures((0, 60))).outputs
    assert output.frames == round(Fraction("54.6") * RATE)
    assert [float(seam.at) for seam in output.seams] == [0, 0.6, 54.6]
    assert len(output.seams[1].shown) == RATE
    assert all(seam.is_cut for seam in output.seams)


def test_nothing_is_cut_where_a_source_ends() -> None:
    stream = source(timing=Timing(pictures=pictures((0, 10)), video_end=Fraction(10)))
    whole = Excerpt(stream, Fraction(0), Fraction(10))
    first = Excerpt(stream, Fraction(0), Fraction(9))
    assert [seam.is_cut for seam in seams_of([whole])] == [True, False]
    assert [seam.is_cut for seam in seams_of([whole, whole])] == [True, True, False]
    assert [seam.is_cut for seam in seams_of([whole, first])] == [True, True, True]


def test_pictures_are_not_counted_where_packets_were_not_read() -> None:
    [output] = smart_cut(pictures((0, 15), (45, 60))).outputs
    assert output.frames is None
    assert [len(seam.shown) for seam in output.seams] == [13, RATE, 12]


@pytest.mark.parametrize(
    ("known", "is_jumping", "count"),
    [
        (pictures((0, 10)), False, 100),
        (pictures((0, 1), (3, 10)), False, None),
        (None, False, None),
        (pictures((0, 10)), True, None),
    ],
)
def test_pictures_of_a_copy_are_counted_where_all_packets_were_read(
    known: PictureTimes | None, *, is_jumping: bool, count: int | None
) -> None:
    keys = (KeyFrame(Fraction(0)), KeyFrame(Fraction(4)), KeyFrame(Fraction(8)))
    ends = tuple(CleanEnd(key.seconds, key.seconds) for key in keys)
    timing = Timing(
        rate=Fraction(RATE),
        video_end=Fraction(10),
        pictures=known,
        key_frames=keys,
        clean_ends=ends,
        is_jumping=is_jumping,
    )
    world = World({"a": source(timing=timing)})
    clip = {"video_id": "a", "start_seconds": 1, "end_seconds": 4}
    [output] = world.plan("copy", clips=[clip]).outputs
    assert output.frames == count


def test_pictures_of_a_copy_are_not_counted_if_they_are_several_packets() -> None:
    timing = Timing(pictures=pictures((0, 10)), video_end=Fraction(10))
    clip, mkv = {"video_id": "a"}, {"container": "mkv"}
    for made in (source(timing=timing, field_order="tt"), source(timing=timing, codec="vp8")):
        [output] = World({"a": made}).plan("copy", clips=[clip], options=mkv).outputs
        assert output.frames is None


@pytest.mark.parametrize(("order", "checked"), [("progressive", 3), ("tt", 0)])
def test_seams_are_checked_if_each_picture_is_a_packet(order: str, checked: int) -> None:
    stream = source(field_order=order, timing=Timing(pictures=pictures((0, 10))))
    part = Excerpt(stream, Fraction(0), Fraction(2))
    assert len(seams_of([part, part])) == checked
