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
    assert notes == ["Subtitles in subrip are left out, for not all clips have the like."] * 2
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


@pytest.mark.parametrize(
    ("clip_options", "kinds"),
    [
        ({}, ["left out: opus.", "left out: subrip, subrip."]),
        ({"audio_stream": 0}, ["left out: subrip, subrip."]),
        ({"mute": True}, ["left out: subrip, subrip."]),
    ],
)
def test_a_smart_cut_names_the_streams_that_it_leaves_out(
    runner: PlanRunner, clips: Materials, clip_options: dict[str, object], kinds: list[str]
) -> None:
    parts = [clip(TRACKS, 0.2, 1, **clip_options)]
    plan = runner.plan(clips, preset="smart-cut", clips=parts)
    notes = [note for note in plan.notes if "left out" in note]
    assert len(notes) == len(kinds)
    assert all(kind in note for kind, note in zip(kinds, notes, strict=True))


def test_a_smart_cut_of_a_single_track_leaves_nothing_out(
    runner: PlanRunner, clips: Materials
) -> None:
    plan = runner.plan(clips, preset="smart-cut", clips=[clip("plain", 0.2, 1)])
    assert not any("left out" in note for note in plan.notes)
