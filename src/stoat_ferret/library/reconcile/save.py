"""Writes what a scan learnt of files into their records."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog
from uuid_utils.compat import uuid7

from stoat_ferret.database import insert
from stoat_ferret.errors import shown
from stoat_ferret.library.picture_versions import kept_values, kept_versions
from stoat_ferret.library.reconcile.staging import Staging, settle, slices
from stoat_ferret.library.tables import media_infos, videos
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.library.video_row import media_info_json, read_error_columns, scanned_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.video import ScannedFile

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SaveCounts:
    """How many usable videos are new, and how many were there before.

    `refused` contains the files whose results the database did not accept, as they are now.
    """

    added: int
    updated: int
    refused: tuple[ScannedFile, ...] = ()

    def __add__(self, other: SaveCounts) -> SaveCounts:
        return SaveCounts(
            self.added + other.added, self.updated + other.updated, self.refused + other.refused
        )


async def save(
    connection: AsyncConnection, staging: Staging, files: Sequence[ScannedFile], now: datetime
) -> SaveCounts:
    """Insert or update the records of `files`; see `Inventory.save`."""
    scanned = {os.fsencode(file.file.path): file for file in files}
    paths = list(scanned)
    known, _ = await save_records(connection, staging.root.id, scanned, now)
    await settle(connection, staging, paths)
    return SaveCounts(
        added=_count_usable(scanned[path] for path in paths if path not in known),
        updated=_count_usable(scanned[path] for path in paths if path in known),
    )


async def save_records(
    connection: AsyncConnection, root_id: int, scanned: Mapping[bytes, ScannedFile], now: datetime
) -> tuple[Collection[bytes], Mapping[bytes, int]]:
    """Insert or update the records of files, by path: which were known, and all their numbers."""
    paths = list(scanned)
    known = await _numbers(connection, root_id, paths)
    noted = await _note_read_errors(connection, scanned, known, now)
    read = [path for path in paths if path not in noted]
    old = [(known[path], scanned[path]) for path in read if path in known]
    await _update(connection, old, now)
    await _insert(connection, root_id, [scanned[path] for path in read if path not in known], now)
    numbers = await _numbers(connection, root_id, paths)
    await _replace_media_infos(connection, {numbers[path]: scanned[path] for path in read})
    return known.keys(), numbers


def unstorable(scanned: ScannedFile) -> ScannedFile:
    """The record of a file of which the database does not take what was learnt."""
    logger.error("file_not_stored", path=shown(scanned.file.path))
    reason = "What was read of it cannot be stored. Its log entry says which file that was."
    return replace(
        scanned, status=VideoStatus.BAD, reason=reason, media_info=None, fingerprint=None
    )


async def _note_read_errors(
    connection: AsyncConnection,
    scanned: Mapping[bytes, ScannedFile],
    known: Mapping[bytes, int],
    now: datetime,
) -> Collection[bytes]:
    """Note on records that their file could not be read; returns the paths of those.

    One that never was read has nothing to keep, and is not among them.
    """
    unread = {path: file for path, file in scanned.items() if file.read_error and path in known}
    was_read = ~((videos.c.status == VideoStatus.BAD.value) & videos.c.read_error.is_not(None))
    kept: set[int] = set()
    for part in slices([known[path] for path in unread]):
        numbers = sa.select(videos.c.number).where(videos.c.number.in_(part), was_read)
        kept.update(await connection.scalars(numbers))
    noted = [path for path in unread if known[path] in kept]
    if noted:
        statement = sa.update(videos).where(videos.c.number == sa.bindparam("row"))
        rows = [{"row": known[path], **read_error_columns(unread[path], now)} for path in noted]
        await connection.execute(statement.values(missing_since=None), rows)
    return noted


def _count_usable(files: Iterable[ScannedFile]) -> int:
    return sum(file.status is VideoStatus.OK for file in files)


async def _numbers(
    connection: AsyncConnection, root_id: int, paths: Sequence[bytes]
) -> dict[bytes, int]:
    """The record that each path belongs to: the present one, else the last to go missing."""
    numbers: dict[bytes, int] = {}
    for part in slices(paths):
        here = (videos.c.root_id == root_id, videos.c.path.in_(part))
        columns = sa.select(videos.c.path, videos.c.number)
        missing = columns.where(*here, videos.c.missing_since.is_not(None))
        present = columns.where(*here, videos.c.missing_since.is_(None))
        in_order = missing.order_by(videos.c.missing_since, videos.c.number)
        for statement in (in_order, present):
            rows: Iterable[sa.Row[Any]] = await connection.execute(statement)
            numbers.update({row.path: row.number for row in rows})
    return numbers


async def _update(
    connection: AsyncConnection, known: Sequence[tuple[int, ScannedFile]], now: datetime
) -> None:
    if known:
        statement = sa.update(videos).where(videos.c.number == sa.bindparam("row"))
        rows = [
            {
                "row": number,
                **scanned_columns(scanned),
                **read_error_columns(scanned, now),
                **kept_values(scanned.fingerprint, scanned.thumbnail_version),
            }
            for number, scanned in known
        ]
        statement = statement.values(missing_since=None, **kept_versions())
        await connection.execute(statement, rows)


async def _insert(
    connection: AsyncConnection, root_id: int, new: Sequence[ScannedFile], now: datetime
) -> None:
    rows = [
        {
            "id": str(uuid7()),
            "root_id": root_id,
            "added_at": now,
            "thumbnail_version": scanned.thumbnail_version,
            **scanned_columns(scanned),
            **read_error_columns(scanned, now),
        }
        for scanned in new
    ]
    if rows:
        await connection.execute(sa.insert(videos), rows)


async def _replace_media_infos(
    connection: AsyncConnection, scanned: Mapping[int, ScannedFile]
) -> None:
    for part in slices(list(scanned)):
        await connection.execute(sa.delete(media_infos).where(media_infos.c.video_number.in_(part)))
    rows = [
        {"video_number": number, "media_info": media_info_json(file.media_info)}
        for number, file in scanned.items()
        if file.media_info is not None
    ]
    if rows:
        await connection.execute(insert(connection, media_infos), rows)
