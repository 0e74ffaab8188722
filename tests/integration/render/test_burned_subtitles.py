"""Subtitles that are burned in: those that are shown already, in other scripts, in long lines."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import anyio
import pytest
from tests.clips import ffmpeg as packaged
from tests.fonts import FULL, make_font
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import HEIGHT, WIDTH, decoded

from stoat_ferret.render.plan.source import Materials
from stoat_ferret.render.run.glyph_notes import glyph_notes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

SRT = f"1\n00:00:00,200 --> 00:00:01,400\n{'日' * 40}\n"
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir></fontconfig>"""


@pytest.fixture
def fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let fontconfig find two fonts alone, of which one has Chinese characters."""
    make_font(tmp_path / "latin.ttf", "Stoat Latin", dict.fromkeys("abc", FULL))
    make_font(tmp_path / "chinese.ttf", "Stoat Chinese", {"日": FULL})
    (tmp_path / "fonts.conf").write_text(FONTS.format(folder=tmp_path))
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))


@pytest.fixture(scope="module", params=["mkv", "mp4"])
def said(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Return a black clip with a long line, as SubRip or in MP4's own format."""
    folder = tmp_path_factory.mktemp("said")
    (folder / "words.srt").write_text(SRT)
    path = folder / f"said.{request.param}"
    black = f"color=black:size={WIDTH}x{HEIGHT}:rate=25:duration=2"
    form = "srt" if request.param == "mkv" else "mov_text"
    inputs = ["-f", "lavfi", "-i", black, "-i", str(folder / "words.srt")]
    packaged([*inputs, "-c:v", "libx264", "-preset", "ultrafast", "-c:s", form], path)
    return Materials({"a": source_of(path)})


def test_a_line_that_is_shown_already_is_burned_in_and_wrapped(
    runner: PlanRunner, said: Materials, fonts: None
) -> None:
    [(path, _)] = runner.render(
        said,
        preset="web-720p",
        clips=[{"video_id": "a", "start_seconds": 0.6, "end_seconds": 1.8}],
        options={"effort": "draft", "subtitles": "burn"},
    )
    frames = decoded(runner.ffmpeg, path)
    lit = [number for number, frame in enumerate(frames) if max(frame) > 160]
    assert lit == [*range(20)]  # until 1.4 - 0.6 seconds
    spots = [spot for spot, value in enumerate(frames[5]) if value > 160]
    columns = {spot % WIDTH for spot in spots}
    rows = sorted({spot // WIDTH for spot in spots})
    assert min(columns) > 2
    assert max(columns) < WIDTH - 3
    assert any(after - before > 1 for before, after in pairwise(rows))


def test_characters_that_no_font_has_are_noted(runner: PlanRunner, said: Materials) -> None:
    private = chr(0xF8000)
    plan = runner.plan(
        said, preset="web-720p", clips=[{"video_id": "a"}], options={"subtitles": "burn"}
    )
    folder = runner.folder / f"read-{said.videos['a'].info.size_bytes}"
    folder.mkdir()
    (folder / "subtitles-0.srt").write_text(SRT.replace("日", private))
    (note,) = anyio.run(glyph_notes, plan, folder)
    assert note.startswith(f"No installed font can draw {private}: ")
    silent = runner.plan(said, preset="web-720p", clips=[{"video_id": "a"}])
    assert anyio.run(glyph_notes, silent, folder) == ()


def test_that_note_names_one_of_separate_files(runner: PlanRunner, said: Materials) -> None:
    plan = runner.plan(
        said,
        preset="web-720p",
        clips=[{"video_id": "a"}] * 2,
        options={"subtitles": "burn"},
        separate=True,
        name="part-{number}",
    )
    folder = runner.folder / f"apart-{said.videos['a'].info.size_bytes}"
    for one in plan.folders:
        (folder / one).mkdir(parents=True)
    (folder / "001" / "subtitles-0.srt").write_text(SRT)
    (folder / "002" / "subtitles-0.srt").write_text(SRT.replace("日", chr(0xF8000)))
    notes = anyio.run(glyph_notes, plan, folder)
    assert any(note.startswith("part-2.mp4: No installed font can draw") for note in notes)
    assert not any(chr(0xF8000) in note for note in notes if note.startswith("part-1.mp4"))
