"""Collections and markers by their commands, all of them in this process."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.huge_library import add_videos

from stoat_ferret.cli.program import run_program
from stoat_ferret.library.migrations import NEWEST_SCHEMA
from stoat_ferret.sqlite_engine import add_functions

if TYPE_CHECKING:
    from pathlib import Path


class Commands:
    """Runs commands on a library of three videos."""

    def __init__(self, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._data_dir = data_dir
        self._capsys = capsys

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command that ends with this code; return what it prints."""
        assert run_program([*arguments, "--data-dir", str(self._data_dir)]) == code
        printed = self._capsys.readouterr()
        return printed.err if code else printed.out

    def json(self, *arguments: str) -> Any:
        """Run a command; return the document that it prints."""
        return json.loads(self.run(*arguments, "--json"))


@pytest.fixture
def commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Commands:
    """Make the library."""
    with closing(sqlite3.connect(tmp_path / "library.db")) as library:
        add_functions(library)
        library.executescript(f"BEGIN; {NEWEST_SCHEMA.read_text()}; COMMIT")
        library.execute("INSERT INTO roots VALUES (1, 'videos', ?)", [os.fsencode(tmp_path)])
        add_videos(library, 1, 3)
        library.execute("UPDATE videos SET searchable = name")
        library.commit()
    return Commands(tmp_path, capsys)


def test_a_collection_is_made_filled_sorted_and_deleted(commands: Commands) -> None:
    first, second, third = (row["id"] for row in commands.json("videos")["items"])
    commands.json("collections", "create", "Film")
    added = commands.json("collections", "add", "film", "--q", "mp4", "--order", "desc")
    assert added["changed"] == 3
    commands.json("collections", "move", "Film", first, "--before", third)
    order = [row["id"] for row in commands.json("collections", "show", "Film")["items"]]
    assert order == [first, third, second]
    assert commands.run("collections", "remove", "Film", third) == "1 video removed.\n"
    commands.run("collections", "rename", "Film", "Summer film")
    listed = commands.run("collections", "list", "--video", first).splitlines()
    assert listed[1].startswith("Summer film\t2\t")
    request = commands.json("collections", "request", "Summer film")
    assert [clip["video_id"] for clip in request["clips"]] == [first, second]
    refused = commands.run("collections", "delete", "Film", "--yes", code=1)
    assert "no collection Film" in refused
    assert commands.json("collections", "delete", "Summer film", "--yes")["undo"]
    assert commands.json("collections", "list")["items"] == []


def test_markers_are_added_edited_exported_and_removed(commands: Commands) -> None:
    video = commands.json("videos")["items"][0]["id"]
    commands.json("markers", "add", video, "0.25", "--title", "Start")
    tags = ("--tag", "sea", "--tag", "sun")
    marker = commands.json("markers", "add", video, "1", "1.5", *tags)["id"]
    edited = commands.json("markers", "edit", marker, "--title", "The jump", "--tag", "sea")
    assert (edited["title"], edited["end_seconds"], edited["tags"]) == ("The jump", 1.5, ["sea"])
    found = commands.json("markers", "list", "--q", "jump")["items"]
    assert [row["id"] for row in found] == [marker]
    lines = commands.run("markers", "list", video, "--csv").splitlines()
    assert lines[2:] == [f"1.0,1.5,The jump,sea,{marker}"]
    request = commands.json("markers", "request", video)
    clip = {"video_id": video, "start_seconds": 1.0, "end_seconds": 1.5}
    assert (request["clips"], request["separate"]) == ([clip], True)
    assert commands.json("markers", "remove", marker)["undo"]
    assert len(commands.json("markers", "list", video)["items"]) == 1
    commands.run("markers", "request", video, code=2)
