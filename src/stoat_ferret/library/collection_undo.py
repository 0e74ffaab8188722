"""What changes of collections replace, in the tables of undoing, and its restoring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.folded_text import fold
from stoat_ferret.library.saved_videos import numbers_of
from stoat_ferret.library.tables import collection_videos, collections, undo_videos, undos, videos

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.saved_videos import SavedVideo
    from stoat_ferret.library.undo import Undo

COLLECTION = "collection"
"""The key of changes of collections in their JSON form."""
ADD, REMOVE, MOVE, DELETE = "add", "remove", "move", "delete"


def change_of(
    action: str, collection_id: str, name: str, *, created_at: datetime | None = None
) -> dict[str, Any]:
    """Return the JSON form of a change of a collection."""
    given = {"action": action, "id": collection_id, "name": name}
    made = {} if created_at is None else {"created_at": created_at.isoformat()}
    return {COLLECTION: given | made}


async def save_entries(
    connection: AsyncConnection, undo: Undo, condition: sa.ColumnElement[bool], *, count: int
) -> Undo:
    """Store where the rows of `collection_videos` with this condition are, as `count` videos.

    Returns `undo` with its new numbers.
    """
    place = sa.literal('{"position": "').concat(collection_videos.c.position).concat('"}')
    order = (collection_videos.c.position, collection_videos.c.video_number)
    number = sa.func.row_number().over(order_by=order) + undo.done
    found = sa.select(sa.literal(undo.number), number, videos.c.id, place)
    found = found.select_from(collection_videos.join(videos)).where(condition)
    columns = ["undo", "position", "video_id", "before"]
    await connection.execute(sa.insert(undo_videos).from_select(columns, found))
    return await _count(connection, undo, count)


async def save_added(connection: AsyncConnection, undo: Undo, video_ids: Sequence[str]) -> Undo:
    """Store which videos were added to a collection; return `undo` with its new numbers."""
    rows = [
        {"undo": undo.number, "position": position, "video_id": video_id, "before": "{}"}
        for position, video_id in enumerate(video_ids, undo.done + 1)
    ]
    if rows:
        await connection.execute(sa.insert(undo_videos), rows)
    return await _count(connection, undo, len(rows))


async def _count(connection: AsyncConnection, undo: Undo, count: int) -> Undo:
    total = undo.done + count
    counts = {"found": total, "done": total, "edited": total}
    update = sa.update(undos).where(undos.c.number == undo.number)
    await connection.execute(update.values(counts))
    values = {name: getattr(undo, name) for name in undo.__slots__}
    return type(undo)(**(values | counts))


@dataclass(frozen=True, slots=True)
class CollectionChange:
    """A change of a collection that is undone, for one transaction."""

    action: str
    id: str
    name: str
    created_at: datetime

    @classmethod
    def from_json(cls, change: Mapping[str, Any]) -> CollectionChange:
        """Return the change that `change_of` has described."""
        given = change[COLLECTION]
        made = given.get("created_at")
        created_at = datetime.now(UTC) if made is None else datetime.fromisoformat(made)
        return cls(given["action"], given["id"], given["name"], created_at)

    async def reopen(self, connection: AsyncConnection) -> None:
        """Make a deleted collection again; its name may have a number if it is taken now."""
        is_there = sa.select(collections.c.number).where(collections.c.id == self.id)
        if self.action != DELETE or await connection.scalar(is_there) is not None:
            return
        keys = set(await connection.scalars(sa.select(collections.c.name_key)))
        name, count = self.name, 1
        while fold(name) in keys:
            count += 1
            name = f"{self.name} ({count})"
        new = {"id": self.id, "name": name, "name_key": fold(name), "revision": 1}
        values = sa.insert(collections).values(**new, created_at=self.created_at)
        await connection.execute(values)

    async def restore(self, connection: AsyncConnection, saved: Sequence[SavedVideo]) -> int:
        """Put back where these videos were in the collection, and return for how many.

        Videos that no longer exist, or were moved in or out of the collection, are left alone.
        """
        number = await connection.scalar(
            sa.select(collections.c.number).where(collections.c.id == self.id)
        )
        if number is None:
            return 0
        numbers = await numbers_of(connection, [one.video_id for one in saved])
        places = {
            numbers[one.video_id]: one.before.get("position")
            for one in saved
            if one.video_id in numbers
        }
        mine = collection_videos.c.collection == number
        mine &= collection_videos.c.video_number.in_(list(places))
        there = set(
            await connection.scalars(sa.select(collection_videos.c.video_number).where(mine))
        )
        if self.action == ADD:
            await connection.execute(sa.delete(collection_videos).where(mine))
            return len(there)
        if self.action == MOVE:
            return await _move_back(
                connection, number, {one: places[one] for one in places if one in there}
            )
        rows = [
            {"collection": number, "video_number": one, "position": place}
            for one, place in places.items()
            if one not in there
        ]
        if rows:
            await connection.execute(sa.insert(collection_videos), rows)
        return len(rows)


async def _move_back(
    connection: AsyncConnection, number: int, places: Mapping[int, str | None]
) -> int:
    update = (
        sa.update(collection_videos)
        .where(collection_videos.c.collection == number)
        .where(collection_videos.c.video_number == sa.bindparam("which"))
        .values(position=sa.bindparam("place"))
    )
    values = [{"which": one, "place": place} for one, place in places.items()]
    if values:
        await connection.execute(update, values)
    return len(values)


def as_change(change: Mapping[str, Any]) -> CollectionChange | None:
    """Return the change of a collection; None if it is another change."""
    return CollectionChange.from_json(change) if COLLECTION in change else None
