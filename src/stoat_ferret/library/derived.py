"""The tables of SQLite that triggers derive from others: counts, and the indexes of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.sqlite_engine import add_functions

if TYPE_CHECKING:
    import sqlite3

video_search = sa.table("video_search", sa.column("rowid"), sa.column("video_search"))
"""The index of all texts of three and more characters; its name is also its query column."""
video_letters = sa.table("video_letters", sa.column("rowid"), sa.column("video_letters"))
"""The index of all texts of one and two characters, as words of `text.letter_word`."""

video_groups = sa.table(
    "video_groups", *(sa.column(name) for name in ("number", "status", "kind", "folder"))
)
"""For each video, its shown status (`missing` included), its row of `video_kinds`, and its row of
`video_folders`. Small rows, so that many videos are counted quickly."""
video_kinds = sa.table(
    "video_kinds",
    *(sa.column(name) for name in ("id", "root_id", "status", "video_codec", "hdr")),
    *(sa.column(name) for name in ("width", "height", "videos")),
)
"""The number of videos that are alike in all of this."""
video_folders = sa.table(
    "video_folders",
    *(sa.column(name) for name in ("id", "root_id", "status", "folder", "videos")),
)
"""The number of videos in a folder, without its subfolders."""
folder_tree = sa.table(
    "folder_tree",
    *(sa.column(name) for name in ("root_id", "folder", "parent", "name_key", "videos")),
    *(sa.column(name) for name in ("videos_below", "missing_below", "records_below")),
)
"""The folders with videos and all above them, with counts: see its migration. Derived from
`video_folders`, whose triggers keep it."""
tag_counts = sa.table("tag_counts", *(sa.column(name) for name in ("tag_id", "status", "videos")))
"""The number of videos with a tag."""
duplicate_groups = sa.table(
    "duplicate_groups",
    *(sa.column(name) for name in ("fingerprint", "copies", "size_bytes", "spare_bytes")),
)
"""The fingerprints that several usable videos have; `spare_bytes` are those of all but one."""
library_version = sa.table("library_version", sa.column("number"))
"""A number that is another one after each change that an answer to a query may depend on; without
a row before the first change."""

INDEXES = ("video_search", "video_letters")
_COUNT = (
    *(
        f"DELETE FROM {name}"  # noqa: S608  our own names
        for name in ("video_kinds", "video_folders", "video_groups", "tag_counts")
    ),
    """
    INSERT INTO video_kinds (root_id, status, video_codec, hdr, width, height, videos)
    SELECT root_id, iif(missing_since IS NULL, status, 'missing'), video_codec, hdr, width, height,
    count(*) FROM videos GROUP BY 1, 2, 3, 4, 5, 6
    """,
    """
    INSERT INTO video_folders (root_id, status, folder, videos)
    SELECT root_id, iif(missing_since IS NULL, status, 'missing'), folder, count(*)
    FROM videos GROUP BY 1, 2, 3
    """,
    """
    INSERT INTO video_groups (number, status, kind, folder)
    SELECT number, iif(missing_since IS NULL, status, 'missing'), (
        SELECT id FROM video_kinds AS kinds WHERE kinds.root_id = videos.root_id
        AND kinds.status = iif(missing_since IS NULL, videos.status, 'missing')
        AND kinds.width = videos.width AND kinds.height = videos.height
        AND kinds.video_codec IS videos.video_codec AND kinds.hdr IS videos.hdr
    ), (
        SELECT id FROM video_folders AS folders WHERE folders.root_id = videos.root_id
        AND folders.status = iif(missing_since IS NULL, videos.status, 'missing')
        AND folders.folder = videos.folder
    ) FROM videos ORDER BY number
    """,
    """
    INSERT INTO tag_counts (tag_id, status, videos)
    SELECT tag_id, iif(missing_since IS NULL, status, 'missing'), count(*)
    FROM video_tags JOIN videos ON number = video_number GROUP BY 1, 2
    """,
)
_COUNT_DUPLICATES = """
    INSERT INTO duplicate_groups (fingerprint, copies, size_bytes, spare_bytes)
    SELECT fingerprint, count(*), max(size_bytes), (count(*) - 1) * max(size_bytes) FROM videos
    WHERE fingerprint IS NOT NULL AND missing_since IS NULL AND status = 'ok'
    GROUP BY fingerprint HAVING count(*) > 1
    """
_NEW_VERSION = """
    INSERT INTO library_version (id, number) VALUES (1, abs(random() % 4611686018427387904))
    ON CONFLICT (id) DO UPDATE SET number = excluded.number
    """
_INDEX = (
    "INSERT INTO video_search (video_search) VALUES ('rebuild')",
    "INSERT INTO video_letters (video_letters) VALUES ('delete-all')",
    """
    INSERT INTO video_letters (rowid, pairs)
    SELECT number, letter_pairs(searchable || labels) FROM videos ORDER BY number
    """,
)


def rebuild(connection: sqlite3.Connection) -> None:
    """Make the content of all of them anew, in the transaction of `connection`. Blocking."""
    add_functions(connection)
    count_anew(connection)
    for statement in _INDEX:
        connection.execute(statement)


def count_anew(connection: sqlite3.Connection) -> None:
    """Make the counts anew, without the indexes of words. Blocking."""
    # Not in backups of older versions.
    names = ", ".join(
        f"'{table.name}'" for table in (folder_tree, duplicate_groups, library_version)
    )
    newer = f"SELECT name FROM sqlite_schema WHERE name IN ({names})"  # noqa: S608  our own names
    present = {name for (name,) in connection.execute(newer)}
    for name in sorted(present):
        connection.execute(f"DELETE FROM {name}")  # noqa: S608  our own names
    for statement in _COUNT:
        connection.execute(statement)
    if duplicate_groups.name in present:
        connection.execute(_COUNT_DUPLICATES)
    if library_version.name in present:
        # Not the number of the library whose place this one takes.
        connection.execute(_NEW_VERSION)
