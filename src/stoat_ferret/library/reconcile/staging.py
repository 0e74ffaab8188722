"""Staging of found files in database rows, a million in seconds."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.database import insert, slices
from stoat_ferret.library.scope import FolderPart, Scope
from stoat_ferret.library.tables import found_files, found_folders, unreadable_folders, videos
from stoat_ferret.library.video import UNKNOWN_SIZE, VideoStatus
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.video import FoundFile, Root


class FoundState(IntEnum):
    """The state of a found file; files up to `STALE` still have to be read."""

    NEW = 0
    """No present video has this path."""
    CHANGED = 1
    """The video at this path has another size or modification time."""
    STALE = 2
    """The video at this path is unchanged but read again: by request, or after a prober update."""
    UNCHANGED = 3
    RETURNED = 4
    """Like `UNCHANGED`, but the video is still flagged as missing."""
    SETTLED = 5
    """Saved, or recognized as a moved video."""
    NEEDS_THUMBNAIL = 6
    """Like `UNCHANGED`, but its thumbnail has to be made (again)."""


_COLUMNS = ("inventory", "path", "size_bytes", "mtime_ns", "unusable", "state")


async def add_found_files(
    connection: AsyncConnection, inventory: int, files: Sequence[FoundFile]
) -> None:
    """Insert rows for `files`; if two have the same path, the last one counts."""
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
    if connection.dialect.name == "postgresql" and await _are_copied(connection, rows):
        return
    statement = insert(connection, found_files)
    again = {name: statement.excluded[name] for name in _COLUMNS[2:]}
    upsert = statement.on_conflict_do_update(index_elements=["inventory", "path"], set_=again)
    # Pass the rows straight to the driver, which accepts these types as they are: SQLAlchemy would
    # spend more time per row than the database.
    compiled = upsert.compile(dialect=connection.dialect, column_keys=list(_COLUMNS))
    if compiled.positional:
        await connection.exec_driver_sql(str(compiled), rows)
    else:
        named = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        await connection.exec_driver_sql(str(compiled), named)


async def _are_copied(connection: AsyncConnection, rows: Sequence[tuple[Any, ...]]) -> bool:
    """Insert `rows` by COPY, four times as fast as INSERT; return False if one is refused.

    COPY knows no conflicts, and fails if a path is there already.
    """
    import psycopg

    driver: Any = (await connection.get_raw_connection()).driver_connection
    try:
        async with (
            connection.begin_nested(),
            driver.cursor() as cursor,
            cursor.copy(f"COPY found_files ({', '.join(_COLUMNS)}) FROM STDIN") as copy,
        ):
            for row in rows:
                await copy.write_row(row)
    except psycopg.Error:
        return False
    return True


occupant = found_files.alias("occupant")
"""The found file at the path where a known video is expected."""


@dataclass(frozen=True, slots=True)
class Staging:
    """The settings shared by all parts of an inventory; `number` identifies its rows."""

    database: Database
    number: int
    root: Root
    scope: Scope
    force: bool
    probe_version: int
    thumbnail_version: int | None
    opened_at: datetime
    last_number: int
    """The newest row of videos when the scan started; not a time, because clocks are set back."""

    def as_json(self) -> dict[str, Any]:
        """Return what another process needs besides the root, as plain JSON."""
        scope = self.scope
        return {
            "folder": os.fsencode(scope.folder).hex(),
            "recursive": scope.recursive,
            "parts": [[os.fsencode(one.folder).hex(), one.recursive] for one in scope.parts],
            "force": self.force,
            "probe_version": self.probe_version,
            "thumbnail_version": self.thumbnail_version,
            "opened_at": self.opened_at.isoformat(),
            "last_number": self.last_number,
        }

    @classmethod
    def from_json(
        cls, database: Database, number: int, root: Root, settings: Mapping[str, Any]
    ) -> Staging:
        """Return the settings that `as_json` has described."""
        parts = tuple(
            FolderPart(os.fsdecode(bytes.fromhex(folder)), recursive)
            for folder, recursive in settings["parts"]
        )
        folder = os.fsdecode(bytes.fromhex(settings["folder"]))
        return cls(
            database=database,
            number=number,
            root=root,
            scope=Scope(root.id, folder, settings["recursive"], parts),
            force=settings["force"],
            probe_version=settings["probe_version"],
            thumbnail_version=settings["thumbnail_version"],
            opened_at=datetime.fromisoformat(settings["opened_at"]),
            last_number=settings["last_number"],
        )

    def mine(self) -> sa.ColumnElement[bool]:
        """Return the condition that a found file belongs to this scan."""
        return found_files.c.inventory == self.number

    def occupies(self) -> sa.ColumnElement[bool]:
        """Return the condition that `occupant` is at the path of a row of videos."""
        return (
            (occupant.c.inventory == self.number)
            & (occupant.c.path == videos.c.path)
            & (videos.c.root_id == self.root.id)
        )

    def is_hidden(self) -> sa.ColumnElement[bool]:
        """Return the condition that a row of videos is below a folder that could not be read."""
        folder = unreadable_folders.c
        return sa.exists().where(
            folder.inventory == self.number,
            videos.c.path >= folder.first,
            sa.or_(folder.end.is_(None), videos.c.path < folder.end),
        )

    def is_in_known_folder(self) -> sa.ColumnElement[bool]:
        """Return the condition that a row of this root is in a folder that needed no comparison."""
        return sa.exists().where(
            found_folders.c.inventory == self.number,
            found_folders.c.folder == videos.c.folder,
            found_folders.c.is_known == 1,
        )

    def is_same(self) -> sa.ColumnElement[bool]:
        """Return the condition that a found file has the size and time of a row of videos."""
        return (videos.c.size_bytes == found_files.c.size_bytes) & (
            videos.c.mtime_ns == found_files.c.mtime_ns
        )

    def is_outdated(self) -> sa.ColumnElement[bool]:
        """Return the condition that a row of videos is read again though its file is the same."""
        return (videos.c.probe_version != self.probe_version) | videos.c.read_error.is_not(None)

    def needs_thumbnail(self) -> sa.ColumnElement[bool]:
        """Return the condition that a row of videos has no thumbnail of the wanted version."""
        if self.thumbnail_version is None:
            return sa.false()
        return (videos.c.status == VideoStatus.OK.value) & (
            sa.func.abs(videos.c.thumbnail_version) != self.thumbnail_version
        )

    def has_vanished(self) -> sa.ColumnElement[bool]:
        """Return the condition that a row of videos should have been found but was not.

        A video added after the scan started may have appeared where the scan had already been.
        """
        found = sa.exists().where(self.mine(), found_files.c.path == videos.c.path)
        return (
            self.scope.holds_present()
            & (videos.c.number <= self.last_number)
            & ~found
            & ~self.is_hidden()
            & ~self.is_in_known_folder()
        )

    def may_be_gone(self) -> sa.ColumnElement[bool]:
        """Return the condition that the content of a row of videos may be elsewhere now.

        Applies to a row joined with `occupant`: the video is missing, is outside the folder of this
        scan, was not found, or has another file at its path.
        """
        absent = occupant.c.path.is_(None) & ~self.is_hidden() & ~self.is_in_known_folder()
        # If the disk did not report the size of a file, it is unknown whether the file changed.
        replaced = (occupant.c.state == FoundState.CHANGED) & (
            occupant.c.size_bytes != UNKNOWN_SIZE
        )
        return videos.c.missing_since.is_not(None) | ~self.scope.holds() | absent | replaced

    def may_have_been_touched(self) -> sa.ColumnElement[bool]:
        """Return the condition that the file at the path of a present row may still be its own.

        Applies to a row joined with `occupant`: the content is the same, or could not be read.
        """
        content = sa.func.coalesce(occupant.c.fingerprint, videos.c.fingerprint)
        touched = (
            self.scope.holds_present()
            & occupant.c.unusable.is_(None)
            & (occupant.c.size_bytes == videos.c.size_bytes)
            & (content == videos.c.fingerprint)
        )
        return sa.func.coalesce(touched, sa.false())


async def settle(connection: AsyncConnection, staging: Staging, paths: Sequence[bytes]) -> None:
    """Mark the found files at these paths as settled."""
    for part in slices(paths):
        done = sa.update(found_files).where(staging.mine(), found_files.c.path.in_(part))
        await connection.execute(done.values(state=FoundState.SETTLED))
