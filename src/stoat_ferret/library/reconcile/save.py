"""Saving of scanned files and of the new paths of moved videos."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog
from uuid_utils.compat import uuid7

from stoat_ferret.database import insert, slices
from stoat_ferret.library.picture_versions import kept_values, kept_versions
from stoat_ferret.library.reconcile.staging import Staging, settle
from stoat_ferret.library.rows import (
    path_columns,
    read_error_columns,
    scanned_columns,
)
from stoat_ferret.library.tables import media_infos, videos
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.reconcile.moves import PossibleMove
    from stoat_ferret.library.video import ScannedFile

_PATH_COLUMNS = ("root_id", "path", "folder", "name", "name_key", "searchable")
_COLUMNS = (*_PATH_COLUMNS, "size_bytes", "mtime_ns", "missing_since")


async def relocate(
    connection: AsyncConnection, staging: Staging, moves: Sequence[PossibleMove]
) -> int:
    """Apply `moves`; see `Inventory.apply_moves`."""
    videos_and_moves = await _select_offered(connection, moves)
    paths = [os.fsencode(move.file.path) for _, move in videos_and_moves]
    # Flag these paths as missing first, including videos that are about to move: in a swap, each
    # takes the path of the other. Missing rows do not occupy their path.
    await _flag_missing_at(connection, staging, paths)
    taken = set(paths)
    new = [_new_values(staging, row, move, taken) for row, move in videos_and_moves]
    await _update_path(connection, new)
    await settle(connection, staging, paths)
    return len(paths)


async def _select_offered(
    connection: AsyncConnection, moves: Sequence[PossibleMove]
) -> list[tuple[sa.Row[Any], PossibleMove]]:
    """Return the moves whose video was neither deleted nor moved in the meantime."""
    offered = {move.video_id: move for move in moves}
    columns = (videos.c.number, videos.c.id, videos.c.title, *(videos.c[name] for name in _COLUMNS))
    rows: list[sa.Row[Any]] = []
    for ids in slices(list(offered)):
        rows += await connection.execute(sa.select(*columns).where(videos.c.id.in_(ids)))
    return [(row, offered[row.id]) for row in rows if _is_where(row, offered[row.id])]


def _is_where(row: sa.Row[Any], move: PossibleMove) -> bool:
    return (row.root_id, os.fsdecode(row.path)) == (move.video_root.id, move.old_path)


def _new_values(
    staging: Staging, row: sa.Row[Any], move: PossibleMove, taken: set[bytes]
) -> dict[str, Any]:
    """Return the changed values of the video in `row`, and its number as `row`."""
    values = {
        **path_columns(move.file.path, row.title),
        "root_id": staging.root.id,
        "size_bytes": move.file.size_bytes,
        "mtime_ns": move.file.mtime_ns,
    }
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    is_flagged = row.root_id == staging.root.id and row.path in taken
    if is_flagged or row.missing_since is not None:
        changed["missing_since"] = None
    return {"row": row.number, **changed}


async def _update_path(connection: AsyncConnection, rows: Iterable[Mapping[str, Any]]) -> None:
    # The indexes of every named column are updated, even if its value does not change.
    by_columns: defaultdict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_columns[tuple(row)].append(row)
    for names, group in by_columns.items():
        if names != ("row",):
            statement = sa.update(videos).where(videos.c.number == sa.bindparam("row"))
            await connection.execute(statement, group)


async def _flag_missing_at(
    connection: AsyncConnection, staging: Staging, paths: Sequence[bytes]
) -> None:
    for part in slices(paths):
        flag = sa.update(videos).where(
            videos.c.root_id == staging.root.id,
            videos.c.path.in_(part),
            videos.c.missing_since.is_(None),
        )
        await connection.execute(flag.values(missing_since=staging.opened_at))


logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SaveCounts:
    """The numbers of usable videos that were added and updated.

    `refused` contains the records saved in place of those that the database did not accept.
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
    """Insert or update records by path; return the known paths, and the numbers of all."""
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
    """Return the record to save for a file whose results the database does not accept."""
    logger.error("file_not_stored", path=for_display(scanned.file.path))
    reason = "Its media information cannot be stored. See the server log for the file."
    return replace(scanned, status=VideoStatus.BAD, reason=reason, media=None, fingerprint=None)


async def _note_read_errors(
    connection: AsyncConnection,
    scanned: Mapping[bytes, ScannedFile],
    known: Mapping[bytes, int],
    now: datetime,
) -> Collection[bytes]:
    """Store read errors on existing records; return their paths.

    A record that was never read has nothing to preserve and is not included.
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
    """Return the record number of each path: the present one, else the last to go missing."""
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
        {"video_number": number, "media_info": file.media.document}
        for number, file in scanned.items()
        if file.media is not None
    ]
    if rows:
        await connection.execute(insert(connection, media_infos), rows)
