"""The tree of folders with counts that triggers keep; PostgreSQL computes it when asked."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

# Not frozen here: whoever changes the key has to make those of all rows anew, in a later migration.
from stoat_ferret.folded_text import folder_chain, folder_key, folder_parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

revision = "0011"
down_revision = "0010"

_PAGE = 1000
_COLUMNS = "root_id, folder, parent, name_key, videos, videos_below, missing_below, records_below"

_TABLES = (
    # The folders that hold videos, and those above them. `videos` counts those that are `ok` in the
    # folder itself; the others include subfolders, and `records_below` all statuses.
    """
CREATE TABLE folder_tree (
    root_id INTEGER NOT NULL,
    folder TEXT NOT NULL,
    parent TEXT,
    name_key TEXT NOT NULL,
    videos INTEGER NOT NULL,
    videos_below INTEGER NOT NULL,
    missing_below INTEGER NOT NULL,
    records_below INTEGER NOT NULL,
    PRIMARY KEY (root_id, folder)
) WITHOUT ROWID
""",
    "CREATE INDEX ix_folder_tree_level ON folder_tree (root_id, parent, name_key, folder)",
)


def _add(row: str, change: str) -> str:
    """Return the statement that adds `change` to the counts of the folder of `row` and above."""
    return f"""
    UPDATE folder_tree SET
        videos = videos + iif({row}.status = 'ok' AND folder = {row}.folder, {change}, 0),
        videos_below = videos_below + iif({row}.status = 'ok', {change}, 0),
        missing_below = missing_below + iif({row}.status = 'missing', {change}, 0),
        records_below = records_below + {change}
    WHERE root_id = {row}.root_id
    AND folder IN (SELECT value FROM json_each(folder_chain({row}.folder)));"""  # noqa: S608  our own names


_TRIGGERS = (
    f"""
CREATE TRIGGER folder_tree_insert AFTER INSERT ON video_folders BEGIN
    INSERT INTO folder_tree ({_COLUMNS})
    SELECT new.root_id, value, folder_parent(value), folder_key(value), 0, 0, 0, 0
    FROM json_each(folder_chain(new.folder)) WHERE true
    ON CONFLICT DO NOTHING;{_add("new", "new.videos")}
END
""",  # noqa: S608  our own names
    f"""
CREATE TRIGGER folder_tree_update AFTER UPDATE OF videos ON video_folders
WHEN new.videos <> old.videos BEGIN{_add("new", "(new.videos - old.videos)")}
END
""",
    f"""
CREATE TRIGGER folder_tree_delete AFTER DELETE ON video_folders
WHEN old.videos <> 0 BEGIN{_add("old", "(-old.videos)")}
END
""",
    """
CREATE TRIGGER folder_tree_empty AFTER UPDATE OF records_below ON folder_tree
WHEN new.records_below = 0 BEGIN
    DELETE FROM folder_tree WHERE root_id = new.root_id AND folder = new.folder;
END
""",
)


def upgrade() -> None:
    """Create the table, and count what is there."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for statement in _TABLES:
        op.execute(statement)
    _count()
    for trigger in _TRIGGERS:
        op.execute(trigger)


def _count() -> None:
    connection = op.get_bind()
    marks = ", ".join("?" * len(_COLUMNS.split(", ")))
    add = f"INSERT INTO folder_tree ({_COLUMNS}) VALUES ({marks})"  # noqa: S608  our own names
    folders = _tree(_counted(connection))
    while page := [folder.row() for folder in islice(folders, _PAGE)]:
        connection.exec_driver_sql(add, page)


def _counted(connection: sa.Connection) -> Iterator[_Counted]:
    """Yield the counts of folders that hold videos, in the order of roots and folders."""
    page = sa.text(
        "SELECT folder, sum(iif(status = 'ok', videos, 0)) AS ok,"
        " sum(iif(status = 'missing', videos, 0)) AS missing, sum(videos) AS records"
        " FROM video_folders WHERE root_id = :root AND folder >= :first"
        " GROUP BY folder ORDER BY folder LIMIT 10000"
    )
    for root in connection.scalars(sa.text("SELECT id FROM roots ORDER BY id")).all():
        first = ""
        while rows := connection.execute(page, {"root": root, "first": first}).all():
            for row in rows:
                yield _Counted(root, row.folder, row.ok, row.missing, row.records)
            first = f"{rows[-1].folder}\1"  # no name contains NUL, so no folder is between


class _Counted:
    """A folder and its counts, named as the columns."""

    def __init__(
        self, root_id: int, folder: str, videos: int = 0, missing: int = 0, records: int = 0
    ) -> None:
        self.root_id = root_id
        self.folder = folder
        self.videos = videos
        self.videos_below = videos
        self.missing_below = missing
        self.records_below = records

    def is_in(self, other: _Counted) -> bool:
        """Return whether it is the same folder or a subfolder of it."""
        return self.root_id == other.root_id and self.folder.startswith(other.folder)

    def add(self, below: _Counted) -> None:
        """Add the counts of a subfolder."""
        self.videos_below += below.videos_below
        self.missing_below += below.missing_below
        self.records_below += below.records_below

    def row(self) -> tuple[int | str | None, ...]:
        """Return the values of `_COLUMNS`."""
        names = (folder_parent(self.folder), folder_key(self.folder))
        counts = (self.videos, self.videos_below, self.missing_below, self.records_below)
        return (self.root_id, self.folder, *names, *counts)


def _tree(counted: Iterable[_Counted]) -> Iterator[_Counted]:
    """Yield all folders with the counts of their subfolders; holds one path of them at a time."""
    path: list[_Counted] = []

    def close() -> _Counted:
        closed = path.pop()
        if path:
            path[-1].add(closed)
        return closed

    for one in counted:
        while path and not one.is_in(path[-1]):
            yield close()
        for folder in json.loads(folder_chain(one.folder)):
            if not path or len(folder) > len(path[-1].folder):
                path.append(_Counted(one.root_id, folder))
        path[-1].videos = one.videos
        path[-1].add(one)
    while path:
        yield close()
