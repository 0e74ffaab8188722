"""Rows of markers as plain JSON, which are removed and restored with their videos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.database import insert
from stoat_ferret.library.tables import markers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

_SAVED = ("id", "start_seconds", "end_seconds", "title", "tags", "searchable", "revision")


async def saved_markers(
    connection: AsyncConnection, condition: sa.ColumnElement[bool]
) -> dict[int, list[dict[str, Any]]]:
    """Return the markers with this condition as plain JSON, by the number of their video."""
    columns = (markers.c[name] for name in _SAVED)
    found = sa.select(markers.c.video_number, *columns).where(condition)
    saved: dict[int, list[dict[str, Any]]] = {}
    for row in await connection.execute(found.order_by(markers.c.number)):
        plain = {name: getattr(row, name) for name in _SAVED}
        saved.setdefault(row.video_number, []).append(plain)
    return saved


async def insert_markers(
    connection: AsyncConnection, saved: Mapping[int, Sequence[Mapping[str, Any]]]
) -> None:
    """Put markers back that `saved_markers` has returned, except those that are there."""
    rows = [
        {**{name: one[name] for name in _SAVED}, "video_number": number}
        for number, mine in saved.items()
        for one in mine
    ]
    if rows:
        await connection.execute(insert(connection, markers).on_conflict_do_nothing(), rows)
