"""Room for the index of a result: the results that have it set aside."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.render.world import World, source

from stoat_ferret.render.plan.container import index_room
from stoat_ferret.render.plan.source import Timing

if TYPE_CHECKING:
    from stoat_ferret.render.plan.source import Source

GB = 10**9


def large(
    size_bytes: int = 4 * GB, *, seconds: float = 3600.0, audio_codec: str = "aac", **facts: Any
) -> Source:
    """Return a file of an hour."""
    made = source(seconds=seconds, **facts)
    audio = tuple(one.model_copy(update={"codec": audio_codec}) for one in made.info.audio)
    info = made.info.model_copy(update={"size_bytes": size_bytes, "audio": audio})
    return replace(made, info=info)


def options_of(made: Source, preset: str = "copy", **options: Any) -> list[str]:
    """Return the arguments that write the result."""
    plan = World({"a": made}).plan(preset, clips=[{"video_id": "a"}], options=options)
    return [*plan.passes[-1].arguments]


@pytest.mark.parametrize("preset", ["copy", "smart-cut"])
def test_a_large_file_is_written_once(preset: str) -> None:
    arguments = options_of(large(), preset)
    room = int(arguments[arguments.index("-moov_size") + 1])
    assert 0.004 * GB < room < 0.04 * GB
    assert "-movflags" not in arguments
    assert "+faststart" not in arguments


def test_a_short_file_of_many_bytes_is_large() -> None:
    assert "-moov_size" in options_of(large(index_room.LEAST_BYTES, seconds=60.0))


def test_pictures_that_were_not_looked_at_have_room() -> None:
    # The average of a file with slow motion, and the rate at both of its ends.
    made = large(40 * GB, rate=Fraction(200), timing=Timing(rate=Fraction(30)))
    arguments = options_of(made)
    assert int(arguments[arguments.index("-moov_size") + 1]) > 200 * 3600 * 48


def test_other_flags_of_the_muxer_are_kept() -> None:
    arguments = options_of(large(tags={"com.apple.quicktime.model": "x"}), container="mov")
    assert arguments[arguments.index("-movflags") + 1] == "+use_metadata_tags"
    assert "-moov_size" in arguments


@pytest.mark.parametrize(
    "made",
    [
        large(index_room.LEAST_BYTES - 10**5, seconds=60.0),
        large(audio_codec="flac"),
        large(audio_codec="opus"),
        large(subtitles=("mov_text",)),
        large(container="matroska,webm"),
        large(index_room.LEAST_BYTES + 10**6, sounds=8),
    ],
    ids=["small", "FLAC", "Opus", "subtitles", "uncounted", "much of it would be set aside"],
)
def test_others_are_moved_when_they_are_complete(made: Source) -> None:
    arguments = options_of(made, container="mp4")
    assert "-moov_size" not in arguments
    assert arguments[arguments.index("-movflags") + 1].startswith("+faststart")


def test_other_containers_have_no_such_index() -> None:
    assert "-moov_size" not in options_of(large(), container="mkv")
