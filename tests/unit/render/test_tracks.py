"""The option for audio tracks, and the streams that plans leave out."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError
from tests.unit.render.world import World, source

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.media.media_info import AudioStream, VideoStream
from stoat_ferret.render.plan.source import KeyFrame, Source, StreamHeader, Timing
from stoat_ferret.render.request.options import RenderOptions

PART = {"video_id": "a", "start_seconds": 1, "end_seconds": 3}


def speaking(*languages: str | None) -> Source:
    """Return a file with an audio stream for each language."""
    plain = source(
        sounds=0, timing=Timing(key_frames=tuple(map(KeyFrame, map(Fraction, range(9)))))
    )
    audio = tuple(
        AudioStream(index=1 + n, codec="aac", channels=2, sample_rate=48000, language=language)
        for n, language in enumerate(languages)
    )
    info = plain.info.model_copy(update={"audio": audio})
    return Source(plain.path, info, plain.timing)


@pytest.mark.parametrize(
    ("given", "value"),
    [("all", "all"), ("first", "first"), ([0, 2], (0, 2)), ("2", (2,)), (" 0, 2", (0, 2))],
)
def test_tracks_are_names_or_numbers(given: Any, value: Any) -> None:
    options = RenderOptions.model_validate({"audio": given})
    assert options.audio == value
    stored = options.model_dump(mode="json", exclude_defaults=True)
    assert RenderOptions.model_validate(stored) == options


@pytest.mark.parametrize("given", ["both", "", "0,0", "-1", [], [0, 0], [True], [-1], [0.5], 1, {}])
def test_other_tracks_are_refused(given: Any) -> None:
    with pytest.raises(ValidationError):
        RenderOptions.model_validate({"audio": given})


@pytest.mark.parametrize("preset", ["copy", "smart-cut", "web-720p"])
def test_a_stream_that_is_not_there_is_refused(preset: str) -> None:
    with pytest.raises(RenderRefusedError, match="1 audio stream, so there is no audio stream 3"):
        World().plan(preset, options={"audio": [0, 3]})


@pytest.mark.parametrize(
    ("preset", "audio", "count"),
    [
        ("copy", None, 2),
        ("smart-cut", None, 2),
        ("web-720p", None, 1),
        ("archive", None, 1),
        ("web-720p", "all", 2),
        ("archive", [1, 0], 2),
        ("copy", "first", 1),
    ],
)
def test_a_preset_has_its_usual_tracks(preset: str, audio: Any, count: int) -> None:
    world = World({"a": speaking("eng", "deu")})
    plan = world.plan(preset, clips=[PART], options={"audio": audio} if audio else {})
    assert plan.outputs[0].audio_streams == count
    assert any("Audio streams" in note for note in plan.notes) is (count == 1)


@pytest.mark.parametrize("preset", ["copy", "smart-cut", "web-720p", "archive"])
def test_the_choice_of_a_clip_comes_first(preset: str) -> None:
    world = World({"a": speaking("eng", "deu")})
    plan = world.plan(preset, clips=[{**PART, "audio_stream": 1}], options={"audio": "all"})
    assert plan.outputs[0].audio_streams == 1
    muted = world.plan(preset, clips=[{**PART, "mute": True}], options={"audio": "all"})
    assert muted.outputs[0].audio_streams == 0
    assert not any("left out" in note for note in (*plan.notes, *muted.notes))


@pytest.mark.parametrize("preset", ["smart-cut", "web-720p"])
@pytest.mark.parametrize(
    ("second", "labels", "left_out"),
    [
        (("eng", "deu"), ["eng", "deu"], []),
        (("eng", "fra"), ["eng"], ["a", "b"]),
        (("fra", None), [None, None], []),
        (("eng",), ["eng"], ["a"]),
        ((), ["eng", "deu"], []),
    ],
)
def test_tracks_of_joined_clips_are_matched_by_position(
    preset: str, second: tuple[str | None, ...], labels: list[str | None], left_out: list[str]
) -> None:
    world = World({"a": speaking("eng", "deu"), "b": speaking(*second)})
    parts = [PART, {**PART, "video_id": "b"}]
    plan = world.plan(preset, clips=parts, options={"audio": "all"})
    assert plan.outputs[0].audio_streams == len(labels)
    arguments = plan.passes[-1].arguments
    named = {
        arguments[place - 1][-1]: word.partition("=")[2]
        for place, word in enumerate(arguments)
        if word.startswith("language=")
    }
    assert named == {str(n): label for n, label in enumerate(labels) if label}
    notes = [note for note in plan.notes if "Audio streams" in note]
    assert [note.split()[4] for note in notes] == left_out
    assert all("Not all have the like" in note for note in notes)


@pytest.mark.parametrize(
    ("second", "count"),
    [
        (("eng", "deu"), 2),
        (("eng", "fra"), 1),
        (("fra", "deu"), 2),
        (("fra", None), 2),
        (("eng",), 1),
    ],
)
def test_copies_are_joined_track_by_track(second: tuple[str | None, ...], count: int) -> None:
    world = World({"a": speaking("eng", "deu"), "b": speaking(*second)})
    plan = world.plan("copy", clips=[PART, {**PART, "video_id": "b"}])
    assert plan.outputs[0].audio_streams == count
    notes = [note for note in plan.notes if "not all clips have the like" in note]
    assert len(notes) == (2 - count) + (len(second) - count)


def test_each_track_has_a_loudness_of_its_own() -> None:
    world = World({"a": speaking("eng", "deu")})
    options = {"audio": "all", "loudness_lufs": -20}
    *measuring, last = world.plan("web-720p", clips=[PART], options=options).passes
    assert len(measuring) == 2
    measured = [one.measurement.read("lavfi.r128.I=-26.0") for one in measuring if one.measurement]
    names = [name for values in measured for name in values]
    assert len(set(names)) == 2
    assert all(f"volume={{{name}}}dB" in " ".join(last.arguments) for name in names)


def test_an_encoded_file_names_the_streams_that_it_does_not_take() -> None:
    cover = VideoStream(
        index=5,
        codec="mjpeg",
        coded_width=9,
        coded_height=9,
        width=9,
        height=9,
        attached_picture=True,
    )
    headers = {
        3: StreamHeader("attachment", None, "[0][0][0][0]", file_name="font.otf"),
        4: StreamHeader("data", "bin_data", "gpmd"),
        6: StreamHeader("data", None, "tmcd"),
    }
    plain = source(subtitles=("subrip",), timing=Timing(streams=headers))
    info = plain.info.model_copy(update={"video": (*plain.info.video, cover)})
    plan = World({"a": Source(plain.path, info, plain.timing)}).plan("web-720p")
    subtitles, others = plan.notes
    assert subtitles.endswith("left out: (subrip). `subtitles` keeps them, or burns them in.")
    assert "left out: cover art, attachment (font.otf), data (gpmd)." in others


def test_dvb_subtitles_stay_in_a_transport_stream() -> None:
    video = source("/videos/a.ts", subtitles=("dvb_subtitle", "subrip"), container="mpegts")
    for preset in ("copy", "smart-cut"):
        plan = World({"a": video}).plan(preset, clips=[PART])
        assert plan.outputs[0].subtitle_streams == 1
        assert any("subrip is left out" in note for note in plan.notes)
