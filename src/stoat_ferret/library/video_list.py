"""Pages of sorted lists, and the total counts of the lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.library.query import SortOrder, VideoPage, VideoSort, decode_cursor, encode_cursor
from stoat_ferret.library.rows import VIDEO_COLUMNS, VIDEO_TABLES, tags_of, video_from_row
from stoat_ferret.library.search import goes_by_number, match, with_status
from stoat_ferret.library.tables import videos
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.query import VideoQuery
    from stoat_ferret.library.search import Matches
    from stoat_ferret.library.video import Video

_SORT_COLUMNS: dict[VideoSort, sa.Column[Any]] = {
    VideoSort.NAME: videos.c.name_key,
    VideoSort.ADDED: videos.c.added_at,
    VideoSort.MODIFIED: videos.c.mtime_ns,
    VideoSort.SIZE: videos.c.size_bytes,
    VideoSort.DURATION: videos.c.duration_seconds,
    VideoSort.HEIGHT: videos.c.height,
    VideoSort.TAKEN: videos.c.taken_at,
}
_SPARSE_PAGES = 5
"""Lists with fewer pages are faster to find and sort than to read in index order."""


async def read_page(connection: AsyncConnection, query: VideoQuery) -> VideoPage:
    """Return the page of `query`; see `VideoRepository.find`."""
    after = sa.true() if query.cursor is None else _after(query, query.cursor)
    matches = await match(connection, query, query.sort)
    total = await _count_all(connection, matches, query)
    rows: list[sa.Row[Any]] = []
    if total:
        is_sparse = matches.by_number and total < _SPARSE_PAGES * (query.limit + 1)
        condition = (matches.condition if is_sparse else matches.in_order) & after
        # One status at a time, so that an index returns the rows in order.
        conditions = [
            with_status(condition, status, by_number=is_sparse and goes_by_number(matches, status))
            for status in sorted(query.status)
        ]
        if query.offset:
            conditions = [videos.c.number.in_(await _numbers_at(connection, conditions, query))]
        for found in conditions:
            rows += (await connection.execute(_in_order(query).where(found))).all()
    rows.sort(key=_position, reverse=query.order is SortOrder.DESC)
    shown, more = rows[: query.limit], rows[query.limit :]
    cursor = encode_cursor(query, *_position(shown[-1])) if more else None
    return VideoPage(await with_tags(connection, shown), cursor, total)


async def with_tags(connection: AsyncConnection, rows: Sequence[sa.Row[Any]]) -> list[Video]:
    """Convert rows of `VIDEO_COLUMNS` to videos."""
    tags = await tags_of(connection, rows)
    return [video_from_row(row, tags.get(row.number, ())) for row in rows]


async def _count_all(connection: AsyncConnection, matches: Matches, query: VideoQuery) -> int:
    if matches.count is None:
        counts = [await _count(connection, matches, status) for status in query.status]
        return sum(counts)
    # Far fewer videos are bad, skipped or missing than are shown.
    others = [
        await _count(connection, matches, status) for status in set(VideoStatus) - query.status
    ]
    return matches.count - sum(others)


async def _count(connection: AsyncConnection, matches: Matches, status: VideoStatus) -> int:
    is_unusual = status is not VideoStatus.OK and matches.count is not None
    condition = matches.in_order if is_unusual else matches.condition
    by_number = goes_by_number(matches, status)
    counted = sa.select(sa.func.count()).select_from(videos)
    counted = counted.where(with_status(condition, status, by_number=by_number))
    return await connection.scalar(counted) or 0


async def _numbers_at(
    connection: AsyncConnection, conditions: Sequence[sa.ColumnElement[bool]], query: VideoQuery
) -> Sequence[int]:
    """Return the row numbers of the page that starts at the offset of `query`.

    Rows before the page are only counted, in a sorted index if there is one.
    """
    key = _SORT_COLUMNS[query.sort].label("sort_key")
    parts = [
        sa.select(key, videos.c.number).where(found).order_by(*_order(query, key, videos.c.number))
        for found in conditions
    ]
    if len(parts) == 1:
        paged = parts[0].with_only_columns(videos.c.number)
    else:
        # No part contributes rows beyond the end of the page.
        limited = [part.limit(query.offset + query.limit + 1).subquery() for part in parts]
        positions = sa.union_all(*map(sa.select, limited)).subquery().c
        paged = sa.select(positions.number).order_by(
            *_order(query, positions.sort_key, positions.number)
        )
    return (await connection.scalars(paged.limit(query.limit + 1).offset(query.offset))).all()


def _order(
    query: VideoQuery, key: sa.ColumnElement[Any], number: sa.ColumnElement[int]
) -> tuple[sa.ColumnElement[Any], ...]:
    if query.order is SortOrder.DESC:
        return key.desc(), number.desc()
    return key.asc(), number.asc()


def _in_order(query: VideoQuery) -> sa.Select[Any]:
    key = _SORT_COLUMNS[query.sort]
    statement = sa.select(*VIDEO_COLUMNS, key.label("sort_key")).select_from(VIDEO_TABLES)
    return statement.order_by(*_order(query, key, videos.c.number)).limit(query.limit + 1)


def _after(query: VideoQuery, cursor: str) -> sa.ColumnElement[bool]:
    key, number = decode_cursor(query, cursor)
    column = _SORT_COLUMNS[query.sort]
    position = sa.tuple_(column, videos.c.number)
    # The types control how values are bound: SQLite stores timestamps as text, for example.
    given = sa.tuple_(sa.literal(key, column.type), sa.literal(number, videos.c.number.type))
    return position > given if query.order is SortOrder.ASC else position < given


def _position(row: sa.Row[Any]) -> tuple[Any, int]:
    return row.sort_key, row.number
