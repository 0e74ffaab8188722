"""The videos of collections: added, removed and moved, each of which can be undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.database import SLICE, slices
from stoat_ferret.errors import CollectionFullError, NotInCollectionError
from stoat_ferret.library.bulk_edits import found_by
from stoat_ferret.library.collection_undo import (
    ADD,
    MOVE,
    REMOVE,
    change_of,
    save_added,
    save_entries,
)
from stoat_ferret.library.collections import lock_collection
from stoat_ferret.library.order_keys import MAX_LENGTH, keys_between
from stoat_ferret.library.query import VideoFilter, VideoList
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.saved_videos import numbers_of
from stoat_ferret.library.tables import collection_videos, videos
from stoat_ferret.library.undo import create_undo
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.undo import Undo

MAX_VIDEOS = 100_000
"""The maximum number of videos in a collection."""
ADDED_SLICE = 1000
"""Videos that are added in one transaction, kept short so that other writers never wait long."""

_POSITION = collection_videos.c.position
_NUMBER = collection_videos.c.video_number


@dataclass(frozen=True, slots=True)
class EntriesChange:
    """The number of videos that were added, removed or moved, and the token that undoes it.

    `unchanged` counts those that are in the collection already, or not in it. `undo` is None if
    nothing was changed.
    """

    changed: int = 0
    unchanged: int = 0
    not_found: Sequence[str] = field(default=())
    undo: str | None = None


class CollectionEntries:
    """Changes which videos are in a collection, and their order.

    Every method raises `CollectionNotFoundError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, collection_id: str, which: Sequence[str] | VideoList) -> EntriesChange:
        """Add videos at the end, in their order; those that are in the collection stay there.

        Raises `CollectionFullError`.
        """
        ids = await self._ids_of(which)
        await self._check_room(collection_id, ids)
        undo: Undo | None = None
        missing: list[str] = []
        for start in range(0, len(ids), ADDED_SLICE):
            part = ids[start : start + ADDED_SLICE]
            async with self._database.write() as connection:
                known = await numbers_of(connection, part)
                undo = await _add(connection, collection_id, known, part, undo)
            missing += [one for one in part if one not in known]
        added = undo.edited if undo else 0
        return EntriesChange(added, len(ids) - added - len(missing), missing, _token(undo))

    async def _check_room(self, collection_id: str, ids: Sequence[str]) -> None:
        """Raise `CollectionFullError` before any of them is added."""
        async with self._database.write() as connection:
            collection = await lock_collection(connection, collection_id)
            mine = collection_videos.c.collection == collection.number
            entries = sa.select(sa.func.count()).select_from(collection_videos.join(videos))
            count = len(ids) + (await connection.scalar(entries.where(mine)) or 0)
            for part in slices(ids):
                there = entries.where(mine, videos.c.id.in_(part))
                count -= await connection.scalar(there) or 0
        if count > MAX_VIDEOS:
            raise CollectionFullError(MAX_VIDEOS)

    async def _ids_of(self, which: Sequence[str] | VideoList) -> list[str]:
        if not isinstance(which, VideoList):
            return list(dict.fromkeys(map(storable, which)))
        ids = await VideoRepository(self._database).find_ids(which, limit=MAX_VIDEOS + 1)
        if len(ids) > MAX_VIDEOS:
            raise CollectionFullError(MAX_VIDEOS)
        return ids

    async def remove(self, collection_id: str, which: Sequence[str] | VideoFilter) -> EntriesChange:
        """Remove videos from the collection, not from the library."""
        undo: Undo | None = None
        while True:
            async with self._database.write() as connection:
                collection = await lock_collection(connection, collection_id)
                mine = collection_videos.c.collection == collection.number
                joined = sa.select(_NUMBER).select_from(collection_videos.join(videos))
                chosen = joined.where(mine, await _is_among(connection, which))
                numbers = (await connection.scalars(chosen.limit(SLICE))).all()
                if not numbers:
                    break
                change = change_of(REMOVE, collection_id, collection.name)
                undo = undo or await create_undo(connection, change)
                gone = mine & _NUMBER.in_(numbers)
                undo = await save_entries(connection, undo, gone, count=len(numbers))
                await connection.execute(sa.delete(collection_videos).where(gone))
        removed = undo.edited if undo else 0
        left = 0 if isinstance(which, VideoFilter) else len(set(which)) - removed
        return EntriesChange(removed, left, undo=_token(undo))

    async def move(
        self, collection_id: str, video_ids: Sequence[str], *, before: str | None
    ) -> EntriesChange:
        """Move videos before another one of the collection, in their order; None: to the end.

        Those that are not in the collection are left out. Raises `NotInCollectionError`.
        """
        async with self._database.write() as connection:
            collection = await lock_collection(connection, collection_id)
            known = await numbers_of(connection, [*map(storable, video_ids)])
            wanted = [known[one] for one in dict.fromkeys(video_ids) if one in known]
            mine = collection_videos.c.collection == collection.number
            there = set(
                await connection.scalars(sa.select(_NUMBER).where(mine, _NUMBER.in_(wanted)))
            )
            moved = [number for number in wanted if number in there]
            place = _Place(collection.number, before, moved)
            keys = await place.keys(connection)
            if not moved:
                return EntriesChange(0, len(set(video_ids)))
            undo = await create_undo(connection, change_of(MOVE, collection_id, collection.name))
            await save_entries(connection, undo, mine & _NUMBER.in_(moved), count=len(moved))
            update = sa.update(collection_videos).where(mine, sa.bindparam("which") == _NUMBER)
            await connection.execute(
                update.values(position=sa.bindparam("place")),
                [{"which": number, "place": key} for number, key in zip(moved, keys, strict=True)],
            )
        return EntriesChange(len(moved), len(set(video_ids)) - len(moved), undo=undo.token)


def _token(undo: Undo | None) -> str | None:
    return None if undo is None else undo.token


async def _is_among(
    connection: AsyncConnection, which: Sequence[str] | VideoFilter
) -> sa.ColumnElement[bool]:
    if isinstance(which, VideoFilter):
        return await found_by(connection, which)
    return videos.c.id.in_([*map(storable, which)])


async def _add(
    connection: AsyncConnection,
    collection_id: str,
    known: Mapping[str, int],
    ids: Sequence[str],
    undo: Undo | None,
) -> Undo | None:
    """Add the `known` ones of these videos as a part of an edit; return it, None without one."""
    collection = await lock_collection(connection, collection_id)
    mine = collection_videos.c.collection == collection.number
    present = sa.select(_NUMBER).where(mine, _NUMBER.in_(known.values()))
    there = set(await connection.scalars(present))
    new = [one for one in ids if one in known and known[one] not in there]
    if not new:
        return undo
    undo = undo or await create_undo(connection, change_of(ADD, collection_id, collection.name))
    last = await connection.scalar(sa.select(sa.func.max(_POSITION)).where(mine))
    rows = [
        {"collection": collection.number, "video_number": known[one], "position": key}
        for one, key in zip(new, keys_between(last, None, len(new)), strict=True)
    ]
    await connection.execute(sa.insert(collection_videos), rows)
    return await save_added(connection, undo, new)


@dataclass(frozen=True, slots=True)
class _Place:
    """The place before a video in a collection, for the rows with the numbers `moved`."""

    collection: int
    before: str | None
    moved: Sequence[int]

    async def keys(self, connection: AsyncConnection) -> list[str]:
        """Return keys for the moved rows. Raises `NotInCollectionError`."""
        low, high = await self._ends(connection)
        if low is None or high is None or low < high:
            keys = keys_between(low, high, len(self.moved))
            if all(len(key) <= MAX_LENGTH for key in keys):
                return keys
        await _renumber(connection, self.collection)
        return keys_between(*await self._ends(connection), len(self.moved))

    async def _ends(self, connection: AsyncConnection) -> tuple[str | None, str | None]:
        """Return the keys around the place, without those of moved rows."""
        mine = (collection_videos.c.collection == self.collection) & _NUMBER.not_in(self.moved)
        row = sa.tuple_(_POSITION, _NUMBER)
        high: str | None = None
        is_lower: sa.ColumnElement[bool] = sa.true()
        if self.before is not None:
            anchor = sa.select(_POSITION, _NUMBER).join(videos)
            named = anchor.where(mine, videos.c.id == storable(self.before))
            found = (await connection.execute(named)).one_or_none()
            if found is None:
                raise NotInCollectionError(self.before)
            high = found.position
            place = (
                sa.literal(found.position, _POSITION.type),
                sa.literal(found.video_number, _NUMBER.type),
            )
            is_lower = row < sa.tuple_(*place)
        last = sa.select(_POSITION).where(mine, is_lower)
        ordered = last.order_by(_POSITION.desc(), _NUMBER.desc()).limit(1)
        return await connection.scalar(ordered), high


async def _renumber(connection: AsyncConnection, collection: int) -> None:
    """Make all keys of a collection anew, in their order."""
    mine = collection_videos.c.collection == collection
    ordered = sa.select(_NUMBER).where(mine).order_by(_POSITION, _NUMBER)
    numbers = (await connection.scalars(ordered)).all()
    update = sa.update(collection_videos).where(mine, sa.bindparam("which") == _NUMBER)
    keys = keys_between(None, None, len(numbers))
    values = [{"which": one, "place": key} for one, key in zip(numbers, keys, strict=True)]
    await connection.execute(update.values(position=sa.bindparam("place")), values)
