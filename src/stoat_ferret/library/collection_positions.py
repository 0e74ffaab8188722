"""The places of videos in collections, which are removed and restored with their records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.database import insert
from stoat_ferret.library.tables import collection_videos, collections

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


async def positions_of(
    connection: AsyncConnection, numbers: Sequence[int]
) -> dict[int, dict[str, str]]:
    """Return the positions of these videos by the ids of their collections, by number."""
    entries = collection_videos.c
    statement = sa.select(entries.video_number, collections.c.id, entries.position)
    statement = statement.join(collections).where(entries.video_number.in_(numbers))
    found: dict[int, dict[str, str]] = {}
    for row in await connection.execute(statement):
        found.setdefault(row.video_number, {})[row.id] = row.position
    return found


async def restore_positions(
    connection: AsyncConnection, places: Mapping[int, Mapping[str, str]]
) -> None:
    """Put restored videos back into their collections, as far as these exist."""
    ids = {one for positions in places.values() for one in positions}
    known = sa.select(collections.c.id, collections.c.number).where(collections.c.id.in_(ids))
    numbers = {row.id: row.number for row in await connection.execute(known)} if ids else {}
    rows = [
        {"collection": numbers[one], "video_number": video, "position": position}
        for video, positions in places.items()
        for one, position in positions.items()
        if one in numbers
    ]
    if rows:
        statement = insert(connection, collection_videos).on_conflict_do_nothing()
        await connection.execute(statement, rows)
