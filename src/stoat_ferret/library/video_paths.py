"""Paths of selected videos, for rescans."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.database import slices
from stoat_ferret.library.search import match, with_status
from stoat_ferret.library.tables import videos
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.query import VideoFilter


class VideoPaths:
    """The paths of videos, grouped by root.

    `which` are their ids, or a query for all videos that it finds.
    """

    def __init__(self, database: Database, which: tuple[str, ...] | VideoFilter) -> None:
        self._database = database
        self._which = which

    async def count(self) -> dict[int, int]:
        """Return the number of videos by root id."""
        async with self._database.read() as connection:
            wanted = await _condition(connection, self._which)
            counted = sa.select(videos.c.root_id, sa.func.count().label("videos")).where(wanted)
            rows = await connection.execute(counted.group_by(videos.c.root_id))
            return {row.root_id: row.videos for row in rows}

    async def page(self, root_id: int, *, after: int, limit: int) -> tuple[list[str], int]:
        """Return the next paths (from `os.fsdecode`) in a root, and the position after them."""
        async with self._database.read() as connection:
            wanted = await _condition(connection, self._which)
            statement = (
                sa.select(videos.c.number, videos.c.path)
                .where(wanted, videos.c.root_id == root_id, videos.c.number > after)
                .order_by(videos.c.number)
                .limit(limit)
            )
            rows = (await connection.execute(statement)).all()
        return [os.fsdecode(row.path) for row in rows], rows[-1].number if rows else after


async def known_paths(database: Database, root_id: int, paths: Sequence[str]) -> set[str]:
    """Return the `paths` that belong to a video, present or missing."""
    known: set[str] = set()
    async with database.read() as connection:
        for part in slices([os.fsencode(path) for path in paths]):
            here = sa.select(videos.c.path).where(_at(root_id, part))
            # Present and missing rows have separate indexes; with both in one query, SQLite uses
            # neither.
            present = here.where(videos.c.missing_since.is_(None))
            missing = here.where(videos.c.missing_since.is_not(None))
            rows = await connection.scalars(present.union(missing))
            known.update(map(os.fsdecode, rows))
    return known


async def flag_gone(database: Database, root_id: int, paths: Sequence[str]) -> None:
    """Flag the videos at these paths as missing from now on."""
    async with database.write() as connection:
        for part in slices([os.fsencode(path) for path in paths]):
            gone = sa.update(videos).where(_at(root_id, part), videos.c.missing_since.is_(None))
            await connection.execute(gone.values(missing_since=datetime.now(UTC)))


def _at(root_id: int, paths: Sequence[bytes]) -> sa.ColumnElement[bool]:
    return (videos.c.root_id == root_id) & videos.c.path.in_(paths)


async def _condition(
    connection: AsyncConnection, which: tuple[str, ...] | VideoFilter
) -> sa.ColumnElement[bool]:
    if isinstance(which, tuple):
        return videos.c.id.in_([storable(video_id) for video_id in which])
    matches = await match(connection, which)
    return sa.or_(*(with_status(matches.condition, status) for status in which.status))
