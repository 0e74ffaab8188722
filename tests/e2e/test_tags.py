"""Tags are edited, and duplicates listed, through the real command."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from tests.e2e.test_bulk_edits import make_library

from stoat_ferret.cli.program import run_program
from stoat_ferret.sqlite_engine import add_functions

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat

MANY = 1100
"""More than are edited at once."""


def test_tags_of_many_are_edited_by_jobs_and_that_is_undone(stoat: Stoat) -> None:
    make_library(stoat, MANY)
    with closing(sqlite3.connect(stoat.data_dir / "library.db")) as library:
        add_functions(library)
        library.execute("UPDATE videos SET fingerprint = 'same' WHERE number <= 2")
        library.execute("UPDATE videos SET labels = 'sea'")  # of those without, no tags are read
        library.execute("INSERT INTO tags VALUES (1, 'sea', 'sea'), (2, 'sun', 'sun')")
        library.execute("INSERT INTO video_tags SELECT number, 1 FROM videos")
        library.execute("INSERT INTO video_tags VALUES (1, 2)")
        library.commit()
    listed = stoat.run("duplicates").stdout.splitlines()[1]
    paths = "videos/0000001.mp4 | videos/0000002.mp4"
    assert listed.split("\t") == ["2", "2.0 kB", "2.0 kB", "content", paths, "same"]
    assert stoat.json("duplicates", "--resolved")["items"] == []
    assert stoat.run("duplicates", "--reopen", "same").stdout == "0 groups reopened.\n"
    taken = stoat.run("tag", "rename", "SEA", "sun", "--yes")
    assert (taken.returncode, "already a tag" in taken.stderr) == (1, True)
    merged = stoat.run("tag", "merge", "SEA", "sun", "--yes")
    done, _, how = merged.stdout.partition("\nTo undo it: stoat-ferret undo ")
    assert done == f"Merged on {MANY:,} videos.", merged.stderr
    assert tags(stoat) == [("sun", MANY)]
    assert stoat.json("undo", how.strip())["restored"] == MANY
    assert tags(stoat) == [("sea", MANY), ("sun", 1)]


@pytest.mark.parametrize("wrong", [("rename", "sea"), ("merge", "Sea", "sea"), ("delete",)])
def test_wrong_usage_is_exit_code_2(wrong: tuple[str, ...]) -> None:
    assert run_program(["tag", *wrong]) == 2


def tags(stoat: Stoat) -> list[tuple[str, int]]:
    """Return the tags with their numbers of videos."""
    return stoat.rows(
        "SELECT name, count(*) FROM tags JOIN video_tags ON tag_id = id GROUP BY id ORDER BY name"
    )
