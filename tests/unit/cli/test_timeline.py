"""Timeline files: which are read, and where they are written."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.cli.program import run_program
from stoat_ferret.cli.render_request import with_changes
from stoat_ferret.cli.timeline_file import read_timeline, save_timeline
from stoat_ferret.errors import RenderRefusedError, TimelineRefusedError
from stoat_ferret.render.timeline.worker import MAX_TIMELINE_BYTES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "arguments",
    [
        ["timeline", "import"],
        ["timeline", "export"],
        ["timeline", "export", "x", "--request", "y"],
        ["render", "x", "--timeline", "y"],
        ["render", "--request", "x", "--timeline", "y"],
    ],
)
def test_wrong_usage_is_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run_program(arguments) == 2
    assert "Error" in capsys.readouterr().err


def test_what_cannot_be_read_or_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TimelineRefusedError, match="cannot be read"):
        read_timeline(tmp_path / "nowhere.otio")
    huge = tmp_path / "huge.otio"
    with huge.open("wb") as file:
        file.truncate(MAX_TIMELINE_BYTES + 1)
    with pytest.raises(TimelineRefusedError, match="too large"):
        read_timeline(huge)
    with huge.open("wb") as file:
        file.truncate(MAX_TIMELINE_BYTES)
    assert len(read_timeline(huge)) == MAX_TIMELINE_BYTES


def test_a_file_that_is_there_is_replaced_only_when_that_is_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "cut.otio"
    save_timeline("one", target, overwrite=False)
    with pytest.raises(RenderRefusedError, match="is there already"):
        save_timeline("two", target, overwrite=False)
    assert target.read_text("utf-8") == "one"
    save_timeline("two", target, overwrite=True)
    assert target.read_text("utf-8") == "two"
    assert stat.S_IMODE(target.stat().st_mode) & 0o400
    assert [path.name for path in tmp_path.iterdir()] == ["cut.otio"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RenderRefusedError, match="cannot be written"):
        save_timeline("one", tmp_path / "nowhere" / "cut.otio", overwrite=False)


def test_another_preset_gets_those_options_of_a_timeline_that_it_knows() -> None:
    taken = {"preset": "archive", "clips": [], "options": {"width": 640, "video_codec": "av1"}}
    given = with_changes(taken, preset="gif", name="x", options=["fit=cover"], overwrite=False)
    assert given["preset"] == "gif"
    assert given["options"] == {"width": 640, "fit": "cover"}
    same = with_changes(taken, preset=None, name=None, options=(), overwrite=False)
    assert (same["preset"], same["options"]) == ("archive", taken["options"])
    assert "name" not in same
