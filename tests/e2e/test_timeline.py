"""Timelines through the real command: imported, rendered, exported, with and without a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.integration.render.numbered import make_numbered, numbers
from tests.timelines import FRAMES, NOTES, edited_timeline

from stoat_ferret.ffmpeg.binaries import packaged_ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.stoat import Stoat


@pytest.fixture
def timeline(stoat: Stoat, tmp_path: Path) -> Path:
    """Return a timeline of two videos in the root, as an editor exports it."""
    program = packaged_ffmpeg()
    assert program, "the extra `ffmpeg` is not installed"
    first, second = (
        make_numbered(program, stoat.root / name, frames=75) for name in ("numbered.mp4", "b.mp4")
    )
    for left in (*stoat.root.glob("*.gray"), *stoat.root.glob("*.s16")):
        left.unlink()
    file = tmp_path / "cut.otio"
    file.write_text(edited_timeline(first, second), "utf-8")
    return file


def test_a_timeline_is_taken_over_written_and_rendered(
    stoat: Stoat, timeline: Path, tmp_path: Path
) -> None:
    request, back = tmp_path / "request.json", tmp_path / "back.otio"
    with stoat.serve() as server:
        server.scan(stoat.root)
        served = stoat.run("timeline", "import", timeline)
        assert served.stderr.splitlines() == list(NOTES)
        request.write_text(served.stdout, "utf-8")
        written = stoat.json("timeline", "export", "--request", request, "-o", back)
        assert written == {"file": str(back), "notes": []}
        taken = stoat.json("timeline", "import", back)
        assert taken == {"request": json.loads(served.stdout), "notes": []}
        assert_rendered(stoat, timeline)
        wrong = tmp_path / "cut.edl"
        wrong.write_text("TITLE: an edit list", "utf-8")
        result = stoat.run("render", "--timeline", wrong, "--json")
        assert result.returncode == 1, result
        assert "This is not an OpenTimelineIO file" in json.loads(result.stdout)["error"]
    alone = stoat.run("timeline", "import", timeline)
    assert (alone.stdout, alone.stderr) == (served.stdout, served.stderr)


def assert_rendered(stoat: Stoat, timeline: Path) -> None:
    """Check that the notes come first, and that the file is frame-accurate."""
    draft = ("--option", "effort=draft", "--name", "cut")
    result = stoat.run("render", "--timeline", timeline, "--preset", "web-720p", *draft)
    assert result.returncode == 0, result.stderr
    assert result.stderr.splitlines()[: len(NOTES)] == list(NOTES)
    made = stoat.data_dir / "renders" / "cut.mp4"
    assert result.stdout.startswith(str(made))
    program = packaged_ffmpeg()
    assert program
    shown = numbers(program, made)
    assert len(shown) == FRAMES
    assert (shown[:17], shown[22:40]) == (list(range(10, 27)), list(range(27, 45)))
