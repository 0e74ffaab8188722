"""Groups of files with the same content: which they are, and which copy is suggested to keep."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.errors import InvalidCursorError
from stoat_ferret.library.derived import duplicate_groups
from stoat_ferret.library.rows import VIDEO_COLUMNS, VIDEO_TABLES, tags_of, video_from_row
from stoat_ferret.library.tables import resolved_duplicates, video_annotations, videos
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.video import Video

MAX_GROUPS = 100
"""The maximum number of groups in a page."""
MAX_SHOWN = 50
"""The maximum number of copies of a group that are listed."""
is_copy = (
    videos.c.fingerprint.is_not(None)
    & videos.c.missing_since.is_(None)
    # A computed value keeps SQLite from looking through all videos with this status.
    & (sa.func.coalesce(videos.c.status, "") == VideoStatus.OK.value)
)
"""The condition that a video is in a group if another one has its fingerprint."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A video of a group; `own_title` is the title that a person gave it."""

    video: Video
    own_title: str | None
    notes: str | None

    @property
    def details(self) -> int:
        """The number of its tags, and of its title, rating, notes and favourite mark."""
        given = (self.own_title, self.video.rating, self.notes)
        return len(self.video.tags) + self.video.favourite + sum(one is not None for one in given)


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Files of the same size with the same first and last 64 KiB; not all `copies` are listed.

    `spare_bytes` is the size of all copies but one. `resolved_at` is None for a group that is open.
    """

    fingerprint: str
    size_bytes: int
    copies: int
    spare_bytes: int
    listed: Sequence[Copy]
    resolved_at: datetime | None = None

    @property
    def suggested(self) -> str:
        """The id of the copy with the most details, of equal ones the one that was added first."""
        best = min(self.listed, key=lambda one: (-one.details, one.video.added_at))
        return best.video.id


@dataclass(frozen=True, slots=True)
class DuplicatePage:
    """A page of groups, the most spare bytes first; the totals are those of the whole list."""

    items: list[DuplicateGroup]
    next_after: str | None
    total: int
    spare_bytes: int


class DuplicateRepository:
    """The groups that are open, or those that are resolved.

    A group is open again once it has more copies than when it was resolved.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self, *, resolved: bool = False, after: str = "", limit: int = MAX_GROUPS
    ) -> DuplicatePage:
        """Return a page of open or of resolved groups.

        `after` is the `next_after` of the previous page.

        Raises `InvalidCursorError`.
        """
        groups = _groups(is_sqlite=self._database.is_sqlite)
        known = resolved_duplicates.c
        is_resolved = (known.fingerprint == groups.c.fingerprint) & (
            known.copies >= groups.c.copies
        )
        is_wanted: sa.ColumnElement[bool] = sa.exists().where(is_resolved).correlate(groups)
        page = sa.select(groups)
        if resolved:
            page = page.add_columns(known.resolved_at).join(resolved_duplicates, is_resolved)
        else:
            is_wanted = ~is_wanted
            page = page.add_columns(sa.null().label("resolved_at"))
        page = page.where(is_wanted, _is_after(groups, after))
        ordered = page.order_by(groups.c.spare_bytes.desc(), groups.c.fingerprint.desc())
        totals = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(groups.c.spare_bytes), 0))
        async with self._database.read() as connection:
            rows = (await connection.execute(ordered.limit(limit + 1))).all()
            total, spare = (
                await connection.execute(totals.select_from(groups).where(is_wanted))
            ).one()
            shown = rows[:limit]
            copies = await _listed(connection, [row.fingerprint for row in shown])
        items = [
            DuplicateGroup(
                row.fingerprint,
                row.size_bytes,
                row.copies,
                row.spare_bytes,
                copies[row.fingerprint],
                row.resolved_at,
            )
            for row in shown
        ]
        more = f"{shown[-1].spare_bytes}:{shown[-1].fingerprint}" if len(rows) > limit else None
        return DuplicatePage(items, more, total, int(spare))


def _groups(*, is_sqlite: bool) -> sa.FromClause:
    if is_sqlite:
        return duplicate_groups
    number, size = sa.func.count(), sa.func.max(videos.c.size_bytes)
    return (
        sa.select(
            videos.c.fingerprint,
            number.label("copies"),
            size.label("size_bytes"),
            ((number - 1) * size).label("spare_bytes"),
        )
        .where(is_copy)
        .group_by(videos.c.fingerprint)
        .having(number > 1)
        .subquery()
    )


def _is_after(groups: sa.FromClause, after: str) -> sa.ColumnElement[bool]:
    if not after:
        return sa.true()
    number, separator, fingerprint = after.partition(":")
    if not (separator and number.isascii() and number.isdecimal() and len(number) < 19):
        raise InvalidCursorError
    place = sa.tuple_(groups.c.spare_bytes, groups.c.fingerprint)
    return place < sa.tuple_(sa.literal(int(number)), sa.literal(storable(fingerprint)))


async def _listed(
    connection: AsyncConnection, fingerprints: Sequence[str]
) -> dict[str, list[Copy]]:
    """Return the first copies of these groups."""
    mine = is_copy & videos.c.fingerprint.in_(fingerprints)
    place = sa.func.row_number().over(partition_by=videos.c.fingerprint, order_by=videos.c.number)
    numbered = sa.select(videos.c.number, place.label("place")).where(mine).subquery()
    first = sa.select(numbered.c.number).where(numbered.c.place <= MAX_SHOWN)
    return await read_copies(connection, videos.c.number.in_(first))


async def read_copies(
    connection: AsyncConnection, condition: sa.ColumnElement[bool]
) -> dict[str, list[Copy]]:
    """Return the videos that meet `condition` by fingerprint, in the order of their numbers."""
    own = (video_annotations.c.title.label("own_title"), video_annotations.c.notes)
    statement: sa.Select[Any] = (
        sa.select(*VIDEO_COLUMNS, *own).select_from(VIDEO_TABLES).where(condition)
    )
    rows = (await connection.execute(statement.order_by(videos.c.number))).all()
    tags = await tags_of(connection, rows)
    copies: dict[str, list[Copy]] = defaultdict(list)
    for row in rows:
        video = video_from_row(row, tags.get(row.number, ()))
        copies[row.fingerprint].append(Copy(video, row.own_title, row.notes))
    return copies
