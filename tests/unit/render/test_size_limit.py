"""The bit rates of a limited size are found within a few tries, whatever the encoder does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.unit.render.world import World, source

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.video.size_limit import LEAST_SHARE, RATE, SizeLimit

WORLD = World()
LIMIT = SizeLimit(1_000_000, 100_000, 10.0, 10_000, "output.mp4")


@given(st.floats(0.75, 1.4), st.integers(30_000, 130_000), st.floats(-0.02, 0.02))
@settings(max_examples=examples(100))
def test_an_encoder_that_misses_its_rate_is_corrected(
    factor: float, other: int, noise: float
) -> None:
    rate: int | None = LIMIT.first_rate
    tries: list[tuple[int, int]] = []
    while rate is not None:
        missed = factor * (1 + noise * (-1) ** len(tries))
        tries.append((rate, int(rate * missed * LIMIT.seconds / 8) + other))
        rate = LIMIT.next_rate(tries)
    best = max(size for _, size in tries if size <= LIMIT.max_bytes)
    assert best >= LEAST_SHARE * LIMIT.max_bytes


def test_pictures_that_need_no_more_are_encoded_once() -> None:
    assert LIMIT.next_rate([(LIMIT.first_rate, 150_000)]) is None


def test_pictures_that_do_not_grow_are_not_tried_again() -> None:
    rate = LIMIT.first_rate
    again = LIMIT.next_rate([(rate, 890_000)])
    assert again is not None
    assert again > rate
    assert LIMIT.next_rate([(rate, 890_000), (again, 891_000)]) is None


def test_what_cannot_be_made_smaller_is_refused_with_its_size() -> None:
    tries = [(rate, 3_000_000 - 1_000 * number) for number, rate in enumerate((90, 80, 70, 60, 50))]
    with pytest.raises(RenderRefusedError, match="has 2,996,000 bytes, and 1,000,000") as error:
        LIMIT.next_rate(tries)
    assert error.value.location == "options.max_bytes"


def test_an_impossible_size_is_refused_with_the_smallest_that_works() -> None:
    with pytest.raises(RenderRefusedError, match=r"Use at least [\d,]+, or") as error:
        WORLD.plan(options={"max_bytes": 20_000})
    smallest = int(str(error.value).split("at least ")[1].split(", or")[0].replace(",", ""))
    assert WORLD.plan(options={"max_bytes": smallest}).limits
    with pytest.raises(RenderRefusedError):
        WORLD.plan(options={"max_bytes": smallest * 97 // 100})


@pytest.mark.parametrize(
    ("options", "passes"),
    [
        ({}, 2),
        ({"video_codec": "hevc"}, 2),
        ({"container": "webm"}, 2),
        ({"video_codec": "av1"}, 1),
    ],
)
def test_encoders_that_can_have_two_passes(options: dict[str, Any], passes: int) -> None:
    plan = WORLD.plan(options={"max_bytes": 2_000_000, **options})
    assert len(plan.passes) == passes
    assert all(f"{{{RATE}}}" in one.arguments for one in plan.passes)
    assert [one.repeats for one in plan.passes] == [False, True][-passes:]


def test_lossless_sound_gives_way_unless_it_is_asked_for() -> None:
    plan = WORLD.plan("archive", options={"max_bytes": 2_000_000})
    assert plan.outputs[0].audio_codec == "aac"
    assert any("lossless" in note for note in plan.notes)
    kept = WORLD.plan("archive", options={"max_bytes": 6_000_000, "audio_codec": "flac"})
    assert kept.outputs[0].audio_codec == "flac"


def test_sound_leaves_most_bytes_to_the_pictures() -> None:
    plan = WORLD.plan(options={"max_bytes": 400_000})
    assert plan.passes[-1].arguments[plan.passes[-1].arguments.index("-b:a") + 1] == "64000"
    assert any("64 kbit/s" in note for note in plan.notes)
    asked = WORLD.plan(options={"max_bytes": 400_000, "audio_bit_rate": 96_000})
    assert "96000" in asked.passes[-1].arguments


@pytest.mark.parametrize(
    ("options", "field", "sentence"),
    [
        ({"quality": 20}, "options.quality", "exclude each other"),
        ({"video_codec": "ffv1", "container": "mkv"}, "options.max_bytes", "cannot be limited"),
        ({"encoder": "hardware"}, "options.encoder", "needs a software encoder"),
    ],
)
def test_what_does_not_go_with_a_limit_is_refused(
    options: dict[str, Any], field: str, sentence: str
) -> None:
    world = World(tools=WORLD.tools.__class__(hardware_encoders=("h264_vaapi",)))
    with pytest.raises(RenderRefusedError, match=sentence) as error:
        world.plan(options={"max_bytes": 2_000_000, **options})
    assert error.value.location == field


def test_separate_files_have_a_limit_each() -> None:
    clips = [{"video_id": "a", "end_seconds": 4}, {"video_id": "a", "end_seconds": 2}]
    plan = WORLD.plan(clips=clips, separate=True, options={"max_bytes": 2_000_000})
    assert [*plan.limits] == list(plan.folders)
    assert [limit.seconds for limit in plan.limits.values()] == [4.0, 2.0]
    assert plan.estimated_bytes <= 4_000_000


def test_several_tracks_share_the_bytes_of_the_sound() -> None:
    options = {"max_bytes": 400_000, "audio": "all"}
    plan = World({"a": source(sounds=2)}).plan(options=options)
    assert plan.outputs[0].audio_streams == 2
    assert plan.passes[-1].arguments[plan.passes[-1].arguments.index("-b:a") + 1] == "32000"
