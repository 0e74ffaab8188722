"""A library of very many videos that have no files, made in SQL."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from stoat_ferret.library.derived import count_anew
from stoat_ferret.library.migrations import NEWEST_SCHEMA

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat

_NUMBERED = """
    WITH RECURSIVE numbers(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM numbers WHERE i < :last)
    INSERT INTO videos (
        id, root_id, path, folder, name, name_key, searchable, status, size_bytes, mtime_ns,
        probe_version, added_at, duration_seconds, height, width
    )
    SELECT
        printf('%07d-%s', i, :suffix), 1, CAST(printf('%07d%s.mp4', i, :suffix) AS BLOB), '',
        printf('%07d%s.mp4', i, :suffix), printf('%07d%s.mp4', i, :suffix), '', 'ok', 1000 * i, 0,
        1, '2026-01-01 00:00:00', 60 + i % 600, 1080, 1920
    FROM numbers
"""

_KEPT = {"ix_videos_by_name_key", "ix_videos_missing_since", "ix_video_kinds_all"}


def make_huge_library(stoat: Stoat, count: int) -> None:
    """Make the library of `stoat`, with videos that are called `0000001.mp4` and so on.

    It lacks the indexes and triggers that the list by name does without: they cost most. Its videos
    are counted, but found by no words.
    """
    stoat.data_dir.mkdir()
    with closing(sqlite3.connect(stoat.data_dir / "library.db", isolation_level=None)) as library:
        library.execute("PRAGMA synchronous = OFF")
        library.executescript(f"BEGIN; {NEWEST_SCHEMA.read_text()}")
        kinds = "type = 'trigger' OR type = 'index' AND sql IS NOT NULL"
        query = f"SELECT type, name, sql FROM sqlite_schema WHERE {kinds}"  # noqa: S608  our own words
        dropped = {}
        for kind, name, sql in library.execute(query).fetchall():
            library.execute(f"DROP {kind} {name}")
            dropped[name] = sql
        library.execute("INSERT INTO roots VALUES (1, 'videos', ?)", [os.fsencode(stoat.root)])
        add_videos(library, 1, count)
        count_anew(library)
        for name, sql in dropped.items():
            is_counted = "_counts_" in name or "_video_groups_" in name
            if name in _KEPT or is_counted or name.startswith("library_version_videos_"):
                library.execute(sql)
        library.execute("COMMIT")


def add_videos(library: sqlite3.Connection, first: int, last: int, suffix: str = "") -> None:
    """Add videos with these numbers; with a suffix, beside others with the same ones."""
    library.execute(_NUMBERED, {"first": first, "last": last, "suffix": suffix})
