"""The staged rows of the files that a scan found, a million in seconds."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.database import insert
from stoat_ferret.library.tables import found_files, unreadable_folders, videos
from stoat_ferret.library.video import UNKNOWN_SIZE
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.scope import Scope
    from stoat_ferret.library.video import FoundFile, Root


class FoundState(IntEnum):
    """The states of one row of found files; those up to `STALE` are still to be read."""

    NEW = 0
    """No present video is at its path."""
    CHANGED = 1
    """The video at its path has another size or time."""
    STALE = 2
    """It is the video at its path, and is read again: asked for, or read by an old prober."""
    UNCHANGED = 3
    RETURNED = 4
    """As `UNCHANGED`, but the video is still flagged as missing."""
    SETTLED = 5
    """Saved, or known as a moved video."""
    UNPICTURED = 6
    """As `UNCHANGED`, but its thumbnail is still to be made, or made again."""


_COLUMNS = ("inventory", "path", "size_bytes", "mtime_ns", "unusable", "state")


async def add_found_files(
    connection: AsyncConnection, inventory: int, files: Sequence[FoundFile]
) -> None:
    """Insert the rows of `files`; of two with the same path the last one counts."""
    statement = insert(connection, found_files)
    again = {name: statement.excluded[name] for name in _COLUMNS[2:]}
    upsert = statement.on_conflict_do_update(index_elements=["inventory", "path"], set_=again)
    # Straight to the driver, which takes these types as they are: SQLAlchemy would spend more
    # time on each row than the database does.
    compiled = upsert.compile(dialect=connection.dialect, column_keys=list(_COLUMNS))
    state = int(FoundState.NEW)
    rows = [
        (
            inventory,
            os.fsencode(file.path),
            file.size_bytes,
            file.mtime_ns,
            file.unusable and storable(file.unusable),
            state,
        )
        for file in files
    ]
    if compiled.positional:
        await connection.exec_driver_sql(str(compiled), rows)
    else:
        named = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        await connection.exec_driver_sql(str(compiled), named)


SLICE = 5000
"""Rows in one short transaction, so that other writers never wait long."""

occupant = found_files.alias("occupant")
"""The found file at the path where a known video is expected."""


@dataclass(frozen=True, slots=True)
class Staging:
    """What all parts of an inventory need to know; `number` is that of its rows."""

    database: Database
    number: int
    root: Root
    scope: Scope
    force: bool
    probe_version: int
    thumbnail_version: int | None
    opened_at: datetime
    last_number: int
    """The newest row of videos when the scan began; no time, for clocks are set back."""

    def mine(self) -> sa.ColumnElement[bool]:
        """The condition that a found file belongs to this scan."""
        return found_files.c.inventory == self.number

    def occupies(self) -> sa.ColumnElement[bool]:
        """The condition that `occupant` lies at the path of a row of videos."""
        return (
            (occupant.c.inventory == self.number)
            & (occupant.c.path == videos.c.path)
            & (videos.c.root_id == self.root.id)
        )

    def is_hidden(self) -> sa.ColumnElement[bool]:
        """The condition that a row of videos lies below a folder that could not be read."""
        folder = unreadable_folders.c
        return sa.exists().where(
            folder.inventory == self.number,
            videos.c.path >= folder.first,
            sa.or_(folder.end.is_(None), videos.c.path < folder.end),
        )

    def has_vanished(self) -> sa.ColumnElement[bool]:
        """The condition that a row of videos ought to have been found, and was not.

        One added since the scan began may have come after this scan had looked there.
        """
        found = sa.exists().where(self.mine(), found_files.c.path == videos.c.path)
        return (
            self.scope.holds_present()
            & (videos.c.number <= self.last_number)
            & ~found
            & ~self.is_hidden()
        )

    def may_be_gone(self) -> sa.ColumnElement[bool]:
        """The condition that the content of a row of videos may be elsewhere now.

        For a row joined with `occupant`: it is missing, or this scan cannot know because it
        does not look there, or it was not found, or something else is at its path.
        """
        absent = occupant.c.path.is_(None) & ~self.is_hidden()
        # Of a file whose disk did not say its size, nobody knows whether it is another one.
        replaced = (occupant.c.state == FoundState.CHANGED) & (
            occupant.c.size_bytes != UNKNOWN_SIZE
        )
        return videos.c.missing_since.is_not(None) | ~self.scope.holds() | absent | replaced

    def may_have_been_touched(self) -> sa.ColumnElement[bool]:
        """The condition that the file at the path of a present row may still be its own.

        For a row joined with `occupant`: it has the same content, or could not be read.
        """
        content = sa.func.coalesce(occupant.c.fingerprint, videos.c.fingerprint)
        touched = (
            self.scope.holds_present()
            & occupant.c.unusable.is_(None)
            & (occupant.c.size_bytes == videos.c.size_bytes)
            & (content == videos.c.fingerprint)
        )
        return sa.func.coalesce(touched, sa.false())


def slices(values: Sequence[Any]) -> list[Sequence[Any]]:
    """`values` in parts that fit into one statement."""
    return [values[start : start + SLICE] for start in range(0, len(values), SLICE)]


async def settle(connection: AsyncConnection, staging: Staging, paths: Sequence[bytes]) -> None:
    """The found files at these paths are done."""
    for part in slices(paths):
        done = sa.update(found_files).where(staging.mine(), found_files.c.path.in_(part))
        await connection.execute(done.values(state=FoundState.SETTLED))
