"""Writes what a scan learnt of files into their records."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from stoat_ferret.database import insert
from stoat_ferret.library.picture_versions import kept_values, kept_versions
from stoat_ferret.library.staging import Staging, settle, slices
from stoat_ferret.library.tables import media_infos, videos
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.library.video_row import media_info_json, scanned_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.video import ScannedFile


@dataclass(frozen=True, slots=True)
class SaveCounts:
    """How many usable videos are new, and how many were there before."""

    added: int
    updated: int


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
    await _update(connection, [(known[path], scanned[path]) for path in paths if path in known])
    new = [scanned[path] for path in paths if path not in known]
    await _insert(connection, root_id, new, now)
    numbers = await _numbers(connection, root_id, paths)
    await _replace_media_infos(connection, {numbers[path]: scanned[path] for path in paths})
    return known.keys(), numbers


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


async def _update(connection: AsyncConnection, known: Sequence[tuple[int, ScannedFile]]) -> None:
    if known:
        statement = sa.update(videos).where(videos.c.number == sa.bindparam("row"))
        rows = [
            {
                "row": number,
                **scanned_columns(scanned),
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
