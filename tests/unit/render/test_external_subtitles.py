"""Subtitle files are burned in or kept, cut to their clips and placed in the result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.render.world import World, source

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.source import SubtitleText
from stoat_ferret.render.plan.text.cues import Cues, read_cues
from stoat_ferret.render.request.root_file import SubtitleFile

FILE = SubtitleFile(root="r", path="words.srt")
NAMED = {"subtitle_file": FILE.model_dump(exclude_none=True)}
CUES = read_cues("00:00:01,000 --> 00:00:03,000\none\n\n00:00:04,000 --> 00:00:06,000\ntwo", ".srt")
STYLES = "[Script Info]\n\n[Events]\nFormat: Start, End, Text\n"
STYLED = read_cues(STYLES + "Dialogue: 0:00:01.00,0:00:03.00,one", ".ass")
ENGLISH = SubtitleText("a.en.srt", CUES, "eng")
GERMAN = SubtitleText("a.de.forced.srt", CUES, "deu", is_forced=True)
BROKEN = SubtitleText("a.fr.srt", Cues(()), notes=("a.fr.srt cannot be used.",))
WORLD = World(
    {"a": source(), "b": source("/videos/b.mp4", subtitles=("subrip",))},
    subtitle_files={FILE: SubtitleText("words.srt", CUES)},
    beside={"a": (ENGLISH, GERMAN, BROKEN)},
)


def plan(*clips: dict[str, Any], preset: str = "archive", **options: Any) -> Any:
    """Return the plan of clips of video `a`, each of which may say more."""
    return WORLD.plan(preset, clips=[{"video_id": "a", **clip} for clip in clips], options=options)


def test_a_file_is_burned_in_cut_to_its_clip() -> None:
    made = plan({"start_seconds": 2, "end_seconds": 5, **NAMED}, subtitles="burn")
    assert made.files == {
        "subtitles-0.srt": "1\n00:00:00,000 --> 00:00:01,000\none\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\ntwo\n"
    }
    assert "subtitles=filename=subtitles-0.srt" in str(made.passes[-1].arguments)


def test_files_of_several_clips_are_kept_as_one_track() -> None:
    made = plan(
        {"start_seconds": 2, "end_seconds": 6, "speed": 2, **NAMED},
        {"video_id": "b", "start_seconds": 0, "end_seconds": 2},
        {"start_seconds": 0, "end_seconds": 4, "transition": {"seconds": 0.4}, **NAMED},
        subtitles="keep",
    )
    times = [line for line in made.files["words-0.srt"].split("\n") if "-->" in line]
    assert times == [
        "00:00:00,000 --> 00:00:00,500",
        "00:00:01,000 --> 00:00:02,000",
        "00:00:04,600 --> 00:00:06,600",
    ]
    assert made.outputs[0].subtitle_streams == 1
    assert "A clip has no subtitle file, so it has no subtitles." in made.notes


def test_files_beside_a_video_are_tracks_with_their_languages() -> None:
    made = plan({}, subtitles="keep", subtitle_source="beside")
    assert made.outputs[0].subtitle_streams == 2
    words = made.passes[-1].arguments
    assert words[words.index("-metadata:s:s:0") + 1] == "language=eng"
    assert words[words.index("-disposition:s:1") + 1] == "forced"
    assert "a.fr.srt cannot be used." in made.notes
    one = plan({}, subtitles="keep", subtitle_source="beside", subtitle_stream=1)
    assert "language=deu" in one.passes[-1].arguments
    assert one.outputs[0].subtitle_streams == 1


def test_the_first_file_beside_a_video_is_burned_in() -> None:
    made = plan({}, subtitles="burn", subtitle_source="beside")
    assert list(made.files) == ["subtitles-0.srt"]
    assert not any(one.title == "reading subtitles" for one in made.passes)


@pytest.mark.parametrize(
    ("container", "codec"), [("mkv", "copy"), ("mp4", "mov_text"), ("webm", "webvtt")]
)
def test_a_track_is_what_the_container_holds(container: str, codec: str) -> None:
    codecs = {"video_codec": "vp9", "audio_codec": "opus"} if container == "webm" else {}
    made = plan(NAMED, preset="web-720p", subtitles="keep", container=container, **codecs)
    words = made.passes[-1].arguments
    assert words[words.index("-c:s") + 1] == codec


@pytest.mark.parametrize(
    ("clip", "options", "said"),
    [
        (NAMED, {"preset": "copy"}, "takes no subtitle file|cannot be done without encoding"),
        (NAMED, {"preset": "stills"}, "takes no subtitle file"),
        (NAMED, {}, "choose `burn` or `keep`"),
        (
            {"start_seconds": 7, **NAMED},
            {"subtitles": "burn"},
            "None of the clips has subtitles that could be burned in",
        ),
        (
            {},
            {"subtitles": "burn", "subtitle_source": "beside", "subtitle_stream": 2},
            "no subtitle file 2 beside a video, counted from 0. It has: a.en.srt, a.de.forced.srt",
        ),
        (NAMED, {"preset": "prores", "subtitles": "keep", "container": "mov"}, None),
    ],
)
def test_what_cannot_be_done_is_refused(
    clip: dict[str, Any], options: dict[str, Any], said: str | None
) -> None:
    if said is None:
        assert plan(clip, **options).outputs[0].subtitle_streams == 1
        return
    with pytest.raises(RenderRefusedError, match=said):
        plan(clip, **options)


def test_styles_that_differ_are_not_joined() -> None:
    other = SubtitleFile(root="r", path="words.ass")
    world = replace(WORLD, subtitle_files={**WORLD.subtitle_files, other: _text(STYLED)})
    clips = [{"video_id": "a", "subtitle_file": one.model_dump()} for one in (FILE, other)]
    with pytest.raises(RenderRefusedError, match="have different styles"):
        world.plan("archive", clips=clips, options={"subtitles": "keep"})
    made = world.plan("archive", clips=clips, options={"subtitles": "burn"})
    assert list(made.files) == ["subtitles-0.srt", "subtitles-1.ass"]


def test_where_nothing_is_shown_no_track_is_kept() -> None:
    made = plan({"start_seconds": 7, **NAMED}, subtitles="keep")
    assert made.outputs[0].subtitle_streams == 0
    assert "No subtitle is shown in what was chosen, so none is kept." in made.notes


def _text(cues: Cues) -> SubtitleText:
    return SubtitleText("words.ass", cues)
