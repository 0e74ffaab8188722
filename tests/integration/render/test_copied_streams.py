"""A copy holds the streams that were asked for, and says which it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.clips import ffmpeg as packaged
from tests.integration.render.conftest import source_of
from tests.integration.render.test_cuts import clip

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

TRACKS = "tracks.mkv"


@pytest.fixture(scope="module")
def wordless(clips: Materials, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """The clips, and `tracks.mkv` without its subtitles."""
    path = tmp_path_factory.mktemp("wordless") / "w.mkv"
    maps = ["-map", "0:v", "-map", "0:a", "-c", "copy"]
    packaged(["-i", clips.videos[TRACKS].path, *maps], path)
    return Materials({**clips.videos, "wordless": source_of(path)})


def audio_of(path: Path) -> list[str]:
    """Return the codecs of the audio streams of a file."""
    return [stream.codec for stream in source_of(path).info.audio]


@pytest.mark.parametrize(
    ("clip_options", "options", "codecs"),
    [
        ({}, {}, ["aac", "opus"]),
        ({"audio_stream": 0}, {}, ["aac"]),
        ({"audio_stream": 1}, {}, ["opus"]),
        ({"mute": True}, {}, []),
        ({"mute": True, "audio_stream": 1}, {}, []),
        ({}, {"mute": True}, []),
    ],
)
def test_a_clip_chooses_the_audio_that_is_copied(
    runner: PlanRunner,
    clips: Materials,
    clip_options: dict[str, object],
    options: dict[str, object],
    codecs: list[str],
) -> None:
    for pieces in ([(0, 1)], [(0, 0.4), (0, 0.4)]):
        parts = [clip(TRACKS, *points, **clip_options) for points in pieces]
        [(path, output)] = runner.render(clips, preset="copy", clips=parts, options=options)
        assert audio_of(path) == codecs
        assert output.audio_streams == len(codecs)
        assert output.audio_codec == (codecs[0] if codecs else None)


def test_clips_with_and_without_sound_are_not_joined(runner: PlanRunner, clips: Materials) -> None:
    for other in ({"mute": True}, {"audio_stream": 1}):
        parts = [clip(TRACKS, 0, 0.4), clip(TRACKS, 0, 0.4, **other)]
        with pytest.raises(RenderRefusedError, match="Clips with different sound"):
            runner.plan(clips, preset="copy", clips=parts)


def test_audio_that_is_not_there_is_refused(runner: PlanRunner, clips: Materials) -> None:
    with pytest.raises(RenderRefusedError, match="has 2 audio streams, so there is no audio"):
        runner.plan(clips, preset="copy", clips=[clip(TRACKS, 0, 1, audio_stream=2)])


@pytest.mark.parametrize("order", [(TRACKS, "wordless"), ("wordless", TRACKS)])
def test_subtitles_that_not_all_clips_have_are_left_out_with_a_note(
    runner: PlanRunner, wordless: Materials, order: tuple[str, str]
) -> None:
    plan = runner.plan(wordless, preset="copy", clips=[clip(one, 0, 0.4) for one in order])
    notes = [note for note in plan.notes if "not all clips" in note]
    assert [note.partition(" of ")[0] for note in notes] == [
        "Subtitles in subrip, eng",
        "Subtitles in subrip, deu, Erzwungen",
    ]
    [(path, output)] = runner.run(plan)
    assert len(source_of(path).info.subtitles) == output.subtitle_streams == 0


def test_subtitles_that_all_clips_have_are_kept(runner: PlanRunner, clips: Materials) -> None:
    plan = runner.plan(clips, preset="copy", clips=[clip(TRACKS, 0, 0.4)] * 2)
    [(path, output)] = runner.run(plan)
    assert len(source_of(path).info.subtitles) == output.subtitle_streams == 2


@pytest.mark.parametrize(
    ("clip_options", "codecs"), [({"mute": True}, []), ({"audio_stream": 1}, ["opus"])]
)
def test_a_clip_chooses_the_audio_of_a_smart_cut(
    runner: PlanRunner, clips: Materials, clip_options: dict[str, object], codecs: list[str]
) -> None:
    parts = [clip(TRACKS, 0.2, 1, **clip_options)]
    [(path, output)] = runner.render(clips, preset="smart-cut", clips=parts)
    assert audio_of(path) == codecs
    assert output.audio_streams == len(codecs)


def test_a_smart_cut_keeps_all_tracks(runner: PlanRunner, clips: Materials) -> None:
    for points in ([(0.2, 1)], [(0.2, 1), (0, 0.8)]):
        plan = runner.plan(clips, preset="smart-cut", clips=[clip(TRACKS, *one) for one in points])
        assert not any("left out" in note for note in plan.notes)
        [(path, output)] = runner.run(plan)
        info = source_of(path).info
        assert len(info.audio) == output.audio_streams == 2
        assert len(info.subtitles) == output.subtitle_streams == 2
        assert [stream.language for stream in info.audio] == ["eng", "fra"]
        assert [stream.title for stream in info.audio] == [None, "Commentaire"]
        assert [stream.title for stream in info.subtitles] == [None, "Erzwungen"]
        assert [stream.forced for stream in info.subtitles] == [False, True]


@pytest.mark.parametrize("preset", ["copy", "smart-cut"])
@pytest.mark.parametrize(
    ("audio", "codecs", "left_out"),
    [("first", ["aac"], "1 (opus, fra, Commentaire)"), ([1], ["opus"], "0 (aac, eng)")],
)
def test_an_option_chooses_tracks_and_the_others_are_named(
    runner: PlanRunner,
    clips: Materials,
    preset: str,
    audio: object,
    codecs: list[str],
    left_out: str,
) -> None:
    options = {"audio": audio}
    plan = runner.plan(clips, preset=preset, clips=[clip(TRACKS, 0, 1)], options=options)
    [note] = [note for note in plan.notes if "left out" in note]
    assert left_out in note
    [(path, output)] = runner.run(plan)
    assert audio_of(path) == codecs
    assert output.audio_streams == 1
