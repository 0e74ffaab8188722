"""The tags of videos: list with counts, rename, merge and delete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.database import insert
from stoat_ferret.errors import TagExistsError, TagNotFoundError
from stoat_ferret.folded_text import fold
from stoat_ferret.library.annotations import relabel
from stoat_ferret.library.tables import tags, video_annotations, video_tags, videos
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

MAX_TAGS = 1000
"""The maximum number of tags in a list."""
_RELABEL_SLICE = 200


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag; `count` is the number of its videos that are not missing."""

    id: int
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class TagPage:
    """A page of tags in order of their names; `total` counts all that match."""

    items: list[Tag]
    next_after: str | None
    total: int


class TagRepository:
    """The tags in use, including those of missing videos only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, prefix: str = "", *, after: str = "", limit: int = MAX_TAGS) -> TagPage:
        """Return the tags whose name starts with `prefix`, ignoring case and accents.

        `after` is the `next_after` of the previous page.
        """
        is_used = sa.exists().where(video_tags.c.tag_id == tags.c.id)
        # A prefix comparison, not LIKE, because the prefix may contain wildcards.
        key = fold(storable(prefix))
        condition = is_used & (sa.func.substr(tags.c.name_key, 1, len(key)) == key)
        page = _with_counts().where(condition, tags.c.name_key > fold(after))
        total = sa.select(sa.func.count()).select_from(tags).where(condition)
        async with self._database.read() as connection:
            rows = (await connection.execute(page.limit(limit + 1))).all()
            count = await connection.scalar(total) or 0
        shown = [Tag(row.id, row.name, row.count) for row in rows[:limit]]
        return TagPage(shown, shown[-1].name if len(rows) > limit else None, count)

    async def get(self, tag_id: int) -> Tag:
        """Return the tag with this id. Raises `TagNotFoundError`."""
        async with self._database.read() as connection:
            return await _get(connection, tag_id)

    async def rename(self, tag_id: int, name: str, *, merge: bool = False) -> Tag:
        """Rename a tag; with `merge`, the new name may be another tag, which it is merged into.

        Raises `TagNotFoundError` and `TagExistsError`. Returns the remaining tag.
        """
        async with self._database.write() as connection:
            await _get(connection, tag_id)
            same_name = sa.select(tags.c.id, tags.c.name).where(tags.c.name_key == fold(name))
            other = (await connection.execute(same_name)).one_or_none()
            if other is not None and other.id != tag_id:
                if not merge:
                    raise TagExistsError(other.name)
                await _merge(connection, tag_id, other.id)
                return await _get(connection, other.id)
            renamed = sa.update(tags).where(tags.c.id == tag_id)
            await connection.execute(renamed.values(name=storable(name), name_key=fold(name)))
            await _touch(connection, await _tagged(connection, tag_id))
            return await _get(connection, tag_id)

    async def delete(self, tag_id: int) -> int:
        """Remove a tag from all videos; return how many had it. Raises `TagNotFoundError`."""
        async with self._database.write() as connection:
            await _get(connection, tag_id)
            numbers = await _tagged(connection, tag_id)
            await _remove(connection, tag_id)
            await _touch(connection, numbers)
        return len(numbers)


def _with_counts() -> sa.Select[Any]:
    present = (
        sa.select(sa.func.count())
        .select_from(video_tags.join(videos))
        .where(video_tags.c.tag_id == tags.c.id, videos.c.missing_since.is_(None))
        .scalar_subquery()
    )
    columns = (tags.c.id, tags.c.name, present.label("count"))
    return sa.select(*columns).order_by(tags.c.name_key)


async def _get(connection: AsyncConnection, tag_id: int) -> Tag:
    row = (await connection.execute(_with_counts().where(tags.c.id == tag_id))).one_or_none()
    if row is None:
        raise TagNotFoundError(tag_id)
    return Tag(row.id, row.name, row.count)


async def _tagged(connection: AsyncConnection, tag_id: int) -> Sequence[int]:
    tagged = sa.select(video_tags.c.video_number).where(video_tags.c.tag_id == tag_id)
    return (await connection.scalars(tagged.order_by(video_tags.c.video_number))).all()


async def _merge(connection: AsyncConnection, tag_id: int, into: int) -> None:
    numbers = await _tagged(connection, tag_id)
    rows = [{"video_number": number, "tag_id": into} for number in numbers]
    await _remove(connection, tag_id)
    if rows:
        await connection.execute(insert(connection, video_tags).on_conflict_do_nothing(), rows)
    await _touch(connection, numbers)


async def _remove(connection: AsyncConnection, tag_id: int) -> None:
    await connection.execute(sa.delete(video_tags).where(video_tags.c.tag_id == tag_id))
    await connection.execute(sa.delete(tags).where(tags.c.id == tag_id))


async def _touch(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Increment the revisions of these videos, and update their searchable labels."""
    for start in range(0, len(numbers), _RELABEL_SLICE):
        part = numbers[start : start + _RELABEL_SLICE]
        changed = sa.update(video_annotations).where(video_annotations.c.video_number.in_(part))
        revision = video_annotations.c.revision + 1
        await connection.execute(changed.values(revision=revision, changed_at=datetime.now(UTC)))
        await relabel(connection, part)
