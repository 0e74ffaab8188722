"""The tags of videos, with counts, and the spelling of their names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.errors import InvalidCursorError, TagNotFoundError
from stoat_ferret.folded_text import fold
from stoat_ferret.library.derived import tag_counts
from stoat_ferret.library.tables import tags, video_tags, videos
from stoat_ferret.library.undo import RESPELL, create_undo
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

MAX_TAGS = 1000
"""The maximum number of tags in a list."""


class TagSort(StrEnum):
    """The order of a list of tags: by name, or those with the most videos first."""

    NAME = "name"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, the number of its videos that are not missing, and of those that are."""

    id: int
    name: str
    count: int
    missing: int

    @property
    def videos(self) -> int:
        """The number of all videos with this tag."""
        return self.count + self.missing


@dataclass(frozen=True, slots=True)
class TagPage:
    """A page of tags in their order; `total` counts all that match."""

    items: list[Tag]
    next_after: str | None
    total: int


class TagRepository:
    """The tags in use, including those of missing videos only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self,
        text: str = "",
        *,
        anywhere: bool = False,
        sort: TagSort = TagSort.NAME,
        after: str = "",
        limit: int = MAX_TAGS,
    ) -> TagPage:
        """Return the tags whose name starts with `text`, ignoring case and accents.

        With `anywhere` the name contains it. `after` is the `next_after` of the previous page.
        Raises `InvalidCursorError`.
        """
        key = fold(text)
        is_sqlite = self._database.is_sqlite
        # Not LIKE, because the text may contain wildcards.
        condition: sa.ColumnElement[bool] = sa.exists().where(video_tags.c.tag_id == tags.c.id)
        if key and anywhere:
            position = sa.func.instr if is_sqlite else sa.func.strpos
            condition &= position(tags.c.name_key, key) > 0
        elif key:
            condition &= sa.func.substr(tags.c.name_key, 1, len(key)) == key
        total = sa.select(sa.func.count()).select_from(tags).where(condition)
        page = _page_after(_counted(is_sqlite=is_sqlite, condition=condition), sort, after)
        async with self._database.read() as connection:
            rows = (await connection.execute(page.limit(limit + 1))).all()
            count = await connection.scalar(total) or 0
        shown = [_tag(row) for row in rows[:limit]]
        return TagPage(shown, _cursor(shown[-1], sort) if len(rows) > limit else None, count)

    async def get(self, tag_id: int) -> Tag:
        """Return the tag with this id. Raises `TagNotFoundError`."""
        async with self._database.read() as connection:
            return await self._get(connection, tag_id)

    async def named(self, name: str) -> Tag | None:
        """Return the tag with this name, ignoring case and accents."""
        async with self._database.read() as connection:
            return await self._one(connection, tags.c.name_key == fold(name))

    async def respell(self, tag_id: int, name: str) -> str:
        """Spell a name differently in case or accents; return the token that undoes it.

        Videos are not edited: they have the same tag. Raises `TagNotFoundError`.
        """
        async with self._database.write() as connection:
            tag = await self._get(connection, tag_id)
            same_tag = (tags.c.id == tag_id) & (tags.c.name_key == fold(name))
            update = sa.update(tags).where(same_tag).values(name=storable(name))
            await connection.execute(update)
            change = {RESPELL: {"before": tag.name, "after": storable(name)}}
            return (await create_undo(connection, change)).token

    async def _get(self, connection: AsyncConnection, tag_id: int) -> Tag:
        tag = await self._one(connection, tags.c.id == tag_id)
        if tag is None:
            raise TagNotFoundError(tag_id)
        return tag

    async def _one(
        self, connection: AsyncConnection, condition: sa.ColumnElement[bool]
    ) -> Tag | None:
        counted = _counted(is_sqlite=self._database.is_sqlite, condition=condition)
        row = (await connection.execute(sa.select(counted))).one_or_none()
        # Tags that no video has are deleted by the next edit of tags.
        return None if row is None or not _tag(row).videos else _tag(row)


def _tag(row: sa.Row[Any]) -> Tag:
    return Tag(row.id, row.name, row.videos, row.missing)


def _counted(*, is_sqlite: bool, condition: sa.ColumnElement[bool]) -> sa.Subquery:
    """Return the tags that meet `condition`, with counts: of SQLite, those that triggers keep."""
    is_missing: sa.ColumnElement[bool]
    if is_sqlite:
        number = sa.func.coalesce(sa.func.sum(tag_counts.c.videos), 0)
        mine = sa.select(number).where(tag_counts.c.tag_id == tags.c.id)
        is_missing = tag_counts.c.status == VideoStatus.MISSING.value
    else:
        tagged = sa.select(sa.func.count()).select_from(video_tags.join(videos))
        mine = tagged.where(video_tags.c.tag_id == tags.c.id)
        is_missing = videos.c.missing_since.is_not(None)
    return (
        sa.select(
            *(tags.c.id, tags.c.name, tags.c.name_key),
            mine.where(~is_missing).scalar_subquery().label("videos"),
            mine.where(is_missing).scalar_subquery().label("missing"),
        )
        .where(condition)
        .subquery()
    )


def _page_after(counted: sa.Subquery, sort: TagSort, after: str) -> sa.Select[Any]:
    statement, columns = sa.select(counted), counted.c
    if sort is TagSort.NAME:
        return statement.where(columns.name_key > fold(after)).order_by(columns.name_key)
    if after:
        number, separator, name = after.partition(":")
        if not (separator and number.isascii() and number.isdecimal() and len(number) < 11):
            raise InvalidCursorError
        same = (columns.videos == int(number)) & (columns.name_key > fold(name))
        statement = statement.where((columns.videos < int(number)) | same)
    return statement.order_by(columns.videos.desc(), columns.name_key)


def _cursor(last: Tag, sort: TagSort) -> str:
    return last.name if sort is TagSort.NAME else f"{last.count}:{last.name}"
