"""Fonts that are attached to a file draw its subtitles, and are kept with them."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import ffmpeg as packaged
from tests.fonts import FULL, make_font
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import WIDTH, decoded, make_numbered

from stoat_ferret.media.libav_attachments import list_attachments
from stoat_ferret.render.plan.source import Materials
from stoat_ferret.render.plan.text.attached_fonts import Attachment, fonts_among

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

BURN = {"subtitles": "burn"}
FAMILY = "Stoat Attached"
HOSTILE = "../../escaped.ttf"
TAGS = f"mimetype=application/x-truetype-font\nfilename={HOSTILE}".split("\n")
SUBTITLES = rf"""[Script Info]
ScriptType: v4.00+
PlayResX: 320
PlayResY: 240

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, BackColour, BorderStyle, Outline, Shadow, Alignment
Style: Default,{FAMILY},60,&H00FFFFFF,&H00000000,1,0,0,5

[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:00.00,0:00:02.00,Default,{{\pos(160,120)}}a
"""


@pytest.fixture(scope="module")
def styled(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Return the clip, and what is attached to it."""
    source = source_of(styled_clip(ffmpeg, tmp_path_factory.mktemp("styled")))
    listed = [Attachment(*one) for one in list_attachments(os.fsencode(source.path))]
    return Materials({"a": replace(source, attachments=tuple(listed))})


def styled_clip(ffmpeg: Path, folder: Path) -> Path:
    """Make `styled.mkv`, with a subtitle in a font that is attached under a hostile name."""
    picture = make_numbered(ffmpeg, folder / "picture.mp4", frames=30, width=WIDTH)
    font = make_font(folder / "font.ttf", FAMILY, {"a": FULL})
    (folder / "words.ass").write_text(SUBTITLES)
    attached = ["-attach", str(font), *(word for tag in TAGS for word in ("-metadata:s:t:0", tag))]
    inputs = ["-i", str(picture), "-i", str(folder / "words.ass")]
    clip = folder / "styled.mkv"
    packaged([*inputs, "-map", "0", "-map", "1", "-c", "copy", *attached], clip)
    for path in (picture, folder / "words.ass", folder / "font.ttf"):
        path.unlink()
    return clip


def render(runner: PlanRunner, styled: Materials, **options: Any) -> Path:
    """Render the clip with these options."""
    request = {"preset": "archive", "clips": [{"video_id": "a", "end_seconds": 1}]}
    [(path, _)] = runner.render(styled, **request, options={"effort": "draft", **options})
    return path


def test_an_attached_font_draws_the_subtitles(runner: PlanRunner, styled: Materials) -> None:
    frames = decoded(runner.ffmpeg, render(runner, styled, subtitles="burn"))
    assert is_drawn(frames[5])


def is_drawn(frame: bytes) -> bool:
    # The character is a block, 54 pixels wide and 42 high; no other font has such a one.
    block = [frame[WIDTH * y + x] for y in range(108, 140, 4) for x in range(138, 184, 4)]
    return min(block) > 200


def test_separate_files_have_folders_with_the_fonts(runner: PlanRunner, styled: Materials) -> None:
    clips = [
        {"video_id": "a", "start_seconds": start, "end_seconds": start + 0.2} for start in (0, 0.6)
    ]
    options = {"effort": "draft", "subtitles": "burn"}
    plan = runner.plan(styled, preset="archive", clips=clips, separate=True, options=options)
    assert plan.folders == ("001", "001/fonts-0", "002", "002/fonts-0")
    for path, _ in runner.run(plan):
        assert is_drawn(decoded(runner.ffmpeg, path)[2])


def test_a_name_from_the_file_is_never_a_path(runner: PlanRunner, styled: Materials) -> None:
    path = render(runner, styled, subtitles="burn")
    written = {one.name for one in path.parent.rglob("*") if one.is_file()}
    assert "000.ttf" in written
    assert not any("escaped" in one.name for one in runner.folder.parent.rglob("*"))
    plan = runner.plan(styled, preset="archive", clips=[{"video_id": "a"}], options=BURN)
    assert not any("escaped" in argument for one in plan.passes for argument in one.arguments)


def test_the_fonts_of_one_file_are_written_once(runner: PlanRunner, styled: Materials) -> None:
    clips = [{"video_id": "a", "end_seconds": 0.5}] * 2
    plan = runner.plan(styled, preset="archive", clips=clips, options=BURN)
    words = [argument for one in plan.passes for argument in one.arguments]
    assert sum(word.startswith("-dump_attachment") for word in words) == 1
    assert plan.folders == ("fonts-0",)


def test_attached_fonts_are_kept_with_their_names(runner: PlanRunner, styled: Materials) -> None:
    before = list_attachments(os.fsencode(styled.videos["a"].path))
    kept = list_attachments(os.fsencode(render(runner, styled, subtitles="keep")))
    assert [one[1:] for one in kept] == [one[1:] for one in before]
    assert kept[0][1] == HOSTILE


def test_fonts_that_a_container_does_not_hold_are_noted(
    runner: PlanRunner, styled: Materials
) -> None:
    plan = runner.plan(
        styled,
        preset="web-720p",
        clips=[{"video_id": "a"}],
        options={"effort": "draft", "subtitles": "keep"},
    )
    named = [note for note in plan.notes if "font" in note or "attachment" in note]
    assert [note.partition(":")[0] for note in named] == ["The fonts of the subtitles are left out"]


@pytest.mark.parametrize("subtitles", ["burn", "keep"])
def test_fonts_that_are_used_are_not_said_to_be_left_out(
    runner: PlanRunner, styled: Materials, subtitles: str
) -> None:
    options = {"effort": "draft", "subtitles": subtitles}
    plan = runner.plan(styled, preset="archive", clips=[{"video_id": "a"}], options=options)
    assert not any("attachment" in note for note in plan.notes)
    plan = runner.plan(styled, preset="archive", clips=[{"video_id": "a"}])
    assert any("attachment" in note for note in plan.notes)


def test_the_number_and_size_of_fonts_are_bounded() -> None:
    many = [Attachment(n, f"{n}.ttf", "", 1000) for n in range(250)]
    kept, notes = fonts_among([*many, Attachment(300, "cover.png", "image/png", 10)])
    assert len(kept) == 200
    assert notes[0].startswith("50 of the fonts")
    kept, notes = fonts_among([Attachment(n, "", "font/otf", 200 * 2**20) for n in range(3)])
    assert len(kept) == 1
    assert len(notes) == 1
    assert fonts_among([Attachment(0, "a.TTF", "", 0)]) == ([], [])
