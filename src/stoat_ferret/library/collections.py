"""Collections: ordered lists of videos under a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from stoat_ferret.errors import (
    CollectionChangedError,
    CollectionExistsError,
    CollectionNotFoundError,
    TooManyCollectionsError,
)
from stoat_ferret.folded_text import fold, sort_key
from stoat_ferret.library.collection_undo import DELETE, change_of, save_entries
from stoat_ferret.library.picture_versions import Pictured
from stoat_ferret.library.tables import collection_videos, collections, videos
from stoat_ferret.library.undo import create_undo
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Collection as AbstractCollection

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

MAX_COLLECTIONS = 1000
"""The maximum number of collections, which are listed at once."""


@dataclass(frozen=True, slots=True)
class VideoCollection:
    """A collection; names are distinguished like those of tags.

    `revision` counts its names. `count` is the number of its videos, whatever their status, and
    `cover` the first of them that has a thumbnail.
    """

    number: int
    id: str
    name: str
    revision: int
    created_at: datetime
    count: int
    cover: Pictured | None


class CollectionRepository:
    """The collections of all people; their videos are those of `CollectionEntries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, *, video_id: str | None = None) -> list[VideoCollection]:
        """Return all collections, or those that a video is in, by name."""
        condition: sa.ColumnElement[bool] = sa.true()
        if video_id is not None:
            entries = sa.select(collection_videos.c.collection).join(videos)
            is_in = entries.where(videos.c.id == storable(video_id))
            condition = collections.c.number.in_(is_in)
        async with self._database.read() as connection:
            rows = (await connection.execute(_with_counts().where(condition))).all()
            found = [await _from_row(connection, row) for row in rows]
        return sorted(found, key=lambda one: (sort_key(one.name), one.name))

    async def get(self, collection_id: str) -> VideoCollection:
        """Return a collection. Raises `CollectionNotFoundError`."""
        async with self._database.read() as connection:
            return await _get(connection, collection_id)

    async def add(self, name: str) -> VideoCollection:
        """Create an empty collection.

        Raises `CollectionExistsError` and `TooManyCollectionsError`.
        """
        async with self._database.write() as connection:
            await _check_name(connection, name, None)
            count = await connection.scalar(sa.select(sa.func.count()).select_from(collections))
            if (count or 0) >= MAX_COLLECTIONS:
                raise TooManyCollectionsError(MAX_COLLECTIONS)
            new = {
                "id": str(uuid7()),
                **_named(name),
                "revision": 1,
                "created_at": datetime.now(UTC),
            }
            await connection.execute(sa.insert(collections).values(new))
            return await _get(connection, str(new["id"]))

    async def rename(
        self, collection_id: str, name: str, *, revisions: AbstractCollection[int] | None
    ) -> VideoCollection:
        """Rename a collection if its revision is in `revisions`; None accepts any revision.

        Raises `CollectionNotFoundError`, `CollectionChangedError` and `CollectionExistsError`.
        """
        async with self._database.write() as connection:
            await lock_collection(connection, collection_id)
            known = await _get(connection, collection_id)
            if revisions is not None and known.revision not in revisions:
                raise CollectionChangedError(known.name)
            await _check_name(connection, name, known.number)
            renamed = sa.update(collections).where(collections.c.number == known.number)
            await connection.execute(
                renamed.values(**_named(name), revision=collections.c.revision + 1)
            )
            return await _get(connection, collection_id)

    async def delete(self, collection_id: str) -> str:
        """Delete a collection, not its videos; return the token that restores it.

        Raises `CollectionNotFoundError`.
        """
        async with self._database.write() as connection:
            await lock_collection(connection, collection_id)
            known = await _get(connection, collection_id)
            change = change_of(DELETE, known.id, known.name, created_at=known.created_at)
            undo = await create_undo(connection, change)
            mine = collection_videos.c.collection == known.number
            await save_entries(connection, undo, mine, count=known.count)
            gone = sa.delete(collections).where(collections.c.number == known.number)
            await connection.execute(gone)
            return undo.token


async def lock_collection(connection: AsyncConnection, collection_id: str) -> sa.Row[int, str]:
    """Return the number and the name of a collection that others do not change until the end.

    Raises `CollectionNotFoundError`.
    """
    # In PostgreSQL, so that two requests take turns, as all writers in SQLite do.
    named = sa.select(collections.c.number, collections.c.name)
    named = named.where(collections.c.id == storable(collection_id)).with_for_update()
    row = (await connection.execute(named)).one_or_none()
    if row is None:
        raise CollectionNotFoundError(collection_id)
    return row


def _with_counts() -> sa.Select[Any]:
    counted = sa.select(sa.func.count()).select_from(collection_videos)
    mine = collection_videos.c.collection == collections.c.number
    return sa.select(collections, counted.where(mine).scalar_subquery().label("videos"))


async def _get(connection: AsyncConnection, collection_id: str) -> VideoCollection:
    one = _with_counts().where(collections.c.id == storable(collection_id))
    row = (await connection.execute(one)).one_or_none()
    if row is None:
        raise CollectionNotFoundError(collection_id)
    return await _from_row(connection, row)


async def _from_row(connection: AsyncConnection, row: sa.Row[Any]) -> VideoCollection:
    cover = (
        sa.select(*(videos.c[name] for name in Pictured.__slots__))
        .select_from(collection_videos.join(videos))
        .where(collection_videos.c.collection == row.number, videos.c.thumbnail_version > 0)
        .order_by(collection_videos.c.position, collection_videos.c.video_number)
        .limit(1)
    )
    first = (await connection.execute(cover)).one_or_none()
    return VideoCollection(
        number=row.number,
        id=row.id,
        name=row.name,
        revision=row.revision,
        created_at=row.created_at,
        count=row.videos,
        cover=None if first is None else Pictured(*first),
    )


async def _check_name(connection: AsyncConnection, name: str, number: int | None) -> None:
    same = sa.select(collections.c.number, collections.c.name)
    row = (await connection.execute(same.where(collections.c.name_key == fold(name)))).one_or_none()
    if row is not None and row.number != number:
        raise CollectionExistsError(row.name)


def _named(name: str) -> dict[str, str]:
    return {"name": storable(name), "name_key": fold(name)}
