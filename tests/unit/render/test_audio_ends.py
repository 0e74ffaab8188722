"""The ends that the audio of a result must reach, and audio that does not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.unit.render.world import World, source

from stoat_ferret.render.plan.plan import OutputKind, PlannedOutput, lost_audio
from stoat_ferret.render.plan.source import KeyFrame, Source, StreamHeader, Timing

AUDIO = 1
"""The index of the audio stream of a source."""


def source_with_audio_until(seconds: str | None) -> Source:
    """Return a source of 10 s that states where its audio ends, if it does."""
    end = None if seconds is None else Fraction(seconds)
    keys = tuple(KeyFrame(Fraction(second)) for second in range(10))
    headers = {AUDIO: StreamHeader("audio", end=end)}
    return source(timing=Timing(key_frames=keys, streams=headers))


@pytest.mark.parametrize(
    ("stated", "cuts", "least"),
    [
        ("10", [(2, 6)], 3),
        ("9.5", [(2, None)], "6.5"),
        ("4", [(2, 6)], 1),
        ("10", [(1, 3), (2, 6)], 5),
        ("2", [(2, 6)], None),
        (None, [(2, 6)], None),
        ("60", [(2, 6)], None),  # the file was cut off
    ],
)
def test_copied_audio_lasts_as_long_as_its_file_has_it(
    stated: str | None, cuts: list[tuple[int, int | None]], least: float | str | None
) -> None:
    world = World({"a": source_with_audio_until(stated)})
    clips = [{"video_id": "a", "start_seconds": start, "end_seconds": end} for start, end in cuts]
    [output] = world.plan("copy", clips=clips).outputs
    assert output.audio_ends == (None if least is None else Fraction(least),)


def test_encoded_audio_lasts_as_long_as_the_result() -> None:
    world = World({"a": source_with_audio_until("4"), "silent": source(sounds=0)})
    cut = {"video_id": "a", "start_seconds": 2, "end_seconds": 6}
    for preset, clips in (("web-720p", [cut]), ("smart-cut", [cut, cut])):
        plan = world.plan(preset, clips=clips)
        [output] = plan.outputs
        assert output.audio_ends == (plan.duration_seconds - Fraction(1, 4),)
    [output] = world.plan("web-720p", clips=[{"video_id": "silent"}]).outputs
    assert output.audio_ends == ()


def test_audio_that_ends_too_early_is_a_fault() -> None:
    planned = PlannedOutput(
        *("output.mp4", ".mp4", "mp4", OutputKind.VIDEO),
        audio_ends=(Fraction(3), None, Fraction(3)),
    )
    assert lost_audio(planned, [3.0, 1.0, None]) == []
    fault = "audio stream 2 ends at 2.500 s, before 3.000 s"
    assert lost_audio(planned, [4.0, 1.0, 2.5]) == [fault]
    assert lost_audio(replace(planned, audio_ends=()), [0.5]) == []
