"""A bulk edit continues after its server was killed, and edits nothing twice."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from tests.browser.huge_library import add_videos
from tests.e2e.stoat import is_final

from stoat_ferret.library.migrations import NEWEST_SCHEMA
from stoat_ferret.sqlite_engine import add_functions

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat

COUNT = 20_000


def test_a_killed_edit_and_a_killed_undo_go_on_and_do_nothing_twice(stoat: Stoat) -> None:
    make_library(stoat, COUNT)
    with stoat.serve() as server:
        body = {"query": {}, "rating": 4, "add_tags": ["sea"]}
        job = server.call("POST", "/videos/bulk", json=body)
        server.wait_for_job(job["id"], lambda one: one["progress_detail"]["done"])
        server.running.kill()
    with stoat.serve() as server:
        ended = server.wait_for_job(job["id"], is_final)
        assert (ended["status"], ended["attempt"]) == ("succeeded", 2)
        assert ended["result"]["edited"] == ended["result"]["found"] == COUNT
        revisions = "SELECT revision, rating, count(*) FROM video_annotations GROUP BY 1, 2"
        assert stoat.rows(revisions) == [(1, 4, COUNT)]
        undo = server.call("POST", f"/undo/{ended['result']['undo']}")
        server.wait_for_job(undo["id"], lambda one: one["progress_detail"]["done"])
        server.running.kill()
    with stoat.serve() as server:
        ended = server.wait_for_job(undo["id"], is_final)
        assert (ended["status"], ended["attempt"]) == ("succeeded", 2)
        assert stoat.rows(revisions) == [(2, None, COUNT)]
        assert stoat.rows("SELECT count(*) FROM video_tags") == [(0,)]
        assert stoat.rows("SELECT count(*) FROM undo_videos") == [(0,)]


def make_library(stoat: Stoat, count: int) -> None:
    """Make a library of `count` videos that have no files."""
    stoat.data_dir.mkdir()
    with closing(sqlite3.connect(stoat.data_dir / "library.db")) as library:
        add_functions(library)
        library.executescript(f"BEGIN; {NEWEST_SCHEMA.read_text()}; COMMIT")
        library.execute("INSERT INTO roots VALUES (1, 'videos', ?)", [os.fsencode(stoat.root)])
        add_videos(library, 1, count)
        library.commit()
