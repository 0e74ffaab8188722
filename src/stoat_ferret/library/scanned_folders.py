"""The folders that were scanned, and what is recorded of some of their files."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from stoat_ferret.database import insert, slices
from stoat_ferret.library.scope import FolderPart, Scope
from stoat_ferret.library.tables import scanned_folders, videos

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from stoat_ferret.database import Database


async def remember_scanned(
    database: Database, root_id: int, part: FolderPart, scanned_at: datetime
) -> None:
    """Store that this part of a root was scanned."""
    row = {
        "root_id": root_id,
        "path": os.fsencode(part.folder),
        "recursive": int(part.recursive),
        "scanned_at": scanned_at,
    }
    async with database.write() as connection:
        upsert = insert(connection, scanned_folders).on_conflict_do_update(
            index_elements=["root_id", "path", "recursive"], set_={"scanned_at": scanned_at}
        )
        await connection.execute(upsert, row)


async def scanned_parts(database: Database) -> dict[int, list[FolderPart]]:
    """Return the parts of each root that were scanned, by the id of the root."""
    found: defaultdict[int, list[FolderPart]] = defaultdict(list)
    async with database.read() as connection:
        for row in await connection.execute(sa.select(scanned_folders)):
            part = FolderPart(os.fsdecode(row.path), bool(row.recursive))
            found[row.root_id].append(part)
    return dict(found)


async def whole_scans(database: Database) -> dict[int, datetime]:
    """Return when each root was last scanned as a whole, by its id; never is not in it."""
    columns = scanned_folders.c
    whole = sa.select(columns.root_id, columns.scanned_at).where(
        columns.path == b"", columns.recursive == 1
    )
    async with database.read() as connection:
        return {row.root_id: row.scanned_at for row in await connection.execute(whole)}


class RecordedFile(NamedTuple):
    """The size and time that a scan has recorded of a file, and whether it is to be read again."""

    size_bytes: int
    mtime_ns: int
    is_outdated: bool


async def recorded_files(
    database: Database, root_id: int, paths: Collection[str]
) -> dict[str, RecordedFile]:
    """Return what is recorded of the present videos at these paths."""
    columns = (videos.c.path, videos.c.size_bytes, videos.c.mtime_ns, videos.c.read_error)
    present = sa.select(*columns).where(
        videos.c.root_id == root_id, videos.c.missing_since.is_(None)
    )
    found = {}
    async with database.read() as connection:
        for some in slices([os.fsencode(path) for path in paths]):
            for row in await connection.execute(present.where(videos.c.path.in_(some))):
                record = RecordedFile(row.size_bytes, row.mtime_ns, row.read_error is not None)
                found[os.fsdecode(row.path)] = record
    return found


async def holds_videos(database: Database, root_id: int, folder: str) -> bool:
    """Return whether a present video is recorded in the folder, or below it."""
    present = Scope(root_id, folder).holds_present()
    async with database.read() as connection:
        return bool(await connection.scalar(sa.select(sa.exists().where(present))))
