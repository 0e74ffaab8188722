"""Sizes are estimated from the bit rates of the files, or from a few encoded pictures."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.unit.render.world import World, source

from stoat_ferret.render.plan.assembly import assemble
from stoat_ferret.render.plan.size_samples import (
    AnimationSample,
    ImageSample,
    SoundSample,
    VideoSample,
)
from stoat_ferret.render.plan.source import Materials
from stoat_ferret.render.plan.video.size_estimate import sampled
from stoat_ferret.render.request.request import RenderRequest

if TYPE_CHECKING:
    from stoat_ferret.render.plan.source import Source

PRINTED = """#tb 0: 1/25
#media_type 0: video
0, 0, 0, 1, 1000, 0x1, S=1, Quality stats, 8, 0x1
0, 1, 1, 1, 100, 0x1, F=0x0, S=1, Quality stats, 8, 0x1
0, 2, 2, 1, 200, 0x1, F=0x0
#extradata 1: 34, 0x2
1, 0, 0, 4608, 30, 0x3
"""


def weighing(whole: Source, size_bytes: int) -> Source:
    """Return a file like `whole` of another size."""
    return replace(whole, info=whole.info.model_copy(update={"size_bytes": size_bytes}))


def test_key_frames_weigh_more_and_are_few() -> None:
    sample = VideoSample(
        ((), ()), frames=100, key_frames=2, seconds=4, other_bytes=7, estimated_bytes=0
    )
    assert sample.estimate([PRINTED]) == 2 * 1000 + 98 * 150 + int(30 * 4 / 0.096) + 7
    assert sample.estimate([PRINTED, PRINTED]) == sample.estimate([PRINTED])
    assert sample.estimate([]) is None
    assert sample.estimate(["#tb 0: 1/25\n"]) is None


def test_pictures_that_are_all_encoded_by_themselves_weigh_the_same() -> None:
    sample = VideoSample(
        ((),), frames=50, key_frames=1, seconds=2, other_bytes=0, estimated_bytes=0
    )
    lines = "0, 0, 0, 1, 500, 0x1\n0, 1, 1, 1, 700, 0x1\n"
    assert sample.estimate([lines]) == 50 * 600


def test_sound_takes_as_much_as_in_its_samples() -> None:
    sample = SoundSample(((), ()), seconds=10, other_bytes=5, estimated_bytes=0)
    lines = "#tb 0: 1/48000\n0, 0, 0, 24000, 300, 0x1\n0, 24000, 24000, 24000, 100, 0x1\n"
    assert sample.estimate([lines]) == 4000 + 5
    assert sample.estimate([]) is None


def test_an_animation_is_its_first_frame_and_changes() -> None:
    sample = AnimationSample(((), (), ()), lengths=(5, 5), frames=101, estimated_bytes=0)
    first, second, third = (f"0, 0, 0, 1, {size}, 0x1\n" for size in (1000, 1400, 1000))
    assert sample.estimate([first, second, third]) == 1000 + 100 * 400 // 8
    assert sample.estimate([first]) is None
    assert sample.estimate([]) is None


def test_images_weigh_as_much_as_some_of_them() -> None:
    sample = ImageSample(((), ()), count=10, other_bytes=3, estimated_bytes=0)
    lines = ["0, 0, 0, 1, 100, 0x1\n", "0, 0, 0, 1, 300, 0x1\n"]
    assert sample.estimate(lines) == 10 * 203
    assert sample.estimate([""]) is None


def test_samples_are_short_pieces_of_the_clips() -> None:
    request = RenderRequest.model_validate(
        {
            "preset": "web-720p",
            "clips": [
                {"video_id": "a", "end_seconds": 0.2, "fade_in_seconds": 0.1},
                {"gap_seconds": 1},
                {"video_id": "a", "start_seconds": 4, "end_seconds": 8, "speed": 2},
            ],
        }
    )
    found = sampled(assemble(request, Materials({"a": source()})))
    assert [one.frames for one in found] == [12, 12, 12]
    for one in found:
        (segment,) = one.segments
        assert segment.excerpt
        assert Fraction(4) <= segment.excerpt.start < segment.excerpt.end <= Fraction(8)


def test_files_with_more_bits_are_estimated_to_make_more() -> None:
    light, heavy = (
        World({"a": weighing(source(), size)}).plan().estimated_bytes
        for size in (200_000, 10_000_000)
    )
    assert heavy > 5 * light


def test_a_smaller_picture_and_a_lower_quality_are_estimated_to_take_less() -> None:
    world = World({"a": weighing(source(), 8_000_000)})
    usual = world.plan().estimated_bytes
    assert world.plan(options={"width": 320}).estimated_bytes < usual / 2
    assert world.plan(options={"quality": 34}).estimated_bytes < usual / 2
    assert world.plan(options={"max_bytes": 1_000_000}).estimated_bytes <= 1_000_000


def test_parts_need_room_beside_the_result() -> None:
    clips = [{"video_id": "a"}] * 9
    plan = World().plan(clips=clips)
    assert plan.needed_bytes > 1.9 * plan.estimated_bytes
    one = World().plan()
    assert one.needed_bytes == one.estimated_bytes
