"""Gives moved videos their new places."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.library.reconcile.staging import Staging, settle, slices
from stoat_ferret.library.tables import videos
from stoat_ferret.library.video_row import path_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.reconcile.move_matching import PossibleMove

_PLACE = ("root_id", "path", "folder", "name", "name_key", "searchable")
_COLUMNS = (*_PLACE, "size_bytes", "mtime_ns", "missing_since")


async def relocate(
    connection: AsyncConnection, staging: Staging, moves: Sequence[PossibleMove]
) -> int:
    """Follow `moves`; see `Inventory.apply_moves`."""
    videos_and_moves = await _still_as_offered(connection, moves)
    paths = [os.fsencode(move.file.path) for _, move in videos_and_moves]
    # Out of the way first, also those that are about to move: in a swap each is where the
    # other goes. Missing rows do not occupy their path.
    await _flag_missing_at(connection, staging, paths)
    taken = set(paths)
    new = [_new_values(staging, row, move, taken) for row, move in videos_and_moves]
    await _update(connection, new)
    await settle(connection, staging, paths)
    return len(paths)


async def _still_as_offered(
    connection: AsyncConnection, moves: Sequence[PossibleMove]
) -> list[tuple[sa.Row[Any], PossibleMove]]:
    """The videos that were neither forgotten nor moved meanwhile."""
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
    """What changes for the video in `row`, with its number as `row`."""
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


async def _update(connection: AsyncConnection, rows: Iterable[Mapping[str, Any]]) -> None:
    # Each column that is named costs the work on its indexes, whether it changes or not.
    alike: defaultdict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        alike[tuple(row)].append(row)
    for names, group in alike.items():
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
