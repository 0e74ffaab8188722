"""The videos that are known: by id, and as sorted lists."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.errors import VideoNotFoundError
from stoat_ferret.library.cursor import decode_cursor, encode_cursor
from stoat_ferret.library.plain_text import plain
from stoat_ferret.library.scope import Scope
from stoat_ferret.library.tables import roots, videos
from stoat_ferret.library.video import Root, Video
from stoat_ferret.library.video_filter import matches, with_status
from stoat_ferret.library.video_query import SortOrder, VideoPage, VideoQuery, VideoSort
from stoat_ferret.library.video_row import VIDEO_COLUMNS, VIDEO_TABLES, video_from_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

_SORT_COLUMNS: dict[VideoSort, sa.Column[Any]] = {
    VideoSort.NAME: videos.c.name_key,
    VideoSort.ADDED: videos.c.added_at,
    VideoSort.MODIFIED: videos.c.mtime_ns,
    VideoSort.SIZE: videos.c.size_bytes,
    VideoSort.DURATION: videos.c.duration_seconds,
    VideoSort.HEIGHT: videos.c.height,
}


class VideoRepository:
    """The records of files; only scans write what is in them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ensure_roots(self, paths: Sequence[str]) -> list[Root]:
        """The roots at these absolute paths, in this order, made where there is none yet.

        A root is called like its folder, with a number where that name is taken, and keeps its
        id and name for good.
        """
        encoded = [_encode(path) for path in paths]
        async with self._database.write() as connection:
            known = {root.path: root for root in await _all_roots(connection)}
            names = {root.name for root in known.values()}
            for path in encoded:
                if os.fsdecode(path) not in known:
                    root = await _add_root(connection, path, names)
                    known[root.path] = root
                    names.add(root.name)
        return [known[os.fsdecode(path)] for path in encoded]

    async def roots(self) -> list[Root]:
        """Every root there ever was, the oldest first."""
        async with self._database.read() as connection:
            return await _all_roots(connection)

    async def get(self, video_id: str) -> Video:
        """The video with this id. Raises `VideoNotFoundError`."""
        async with self._database.read() as connection:
            found = await _select(connection, videos.c.id == plain(video_id))
        if not found:
            raise VideoNotFoundError(video_id)
        return found[0]

    async def duplicates(self, video: Video) -> list[Video]:
        """Other files, not missing, with the same content as `video`; at most 100."""
        if video.fingerprint is None:
            return []
        same = videos.c.fingerprint == video.fingerprint
        present = videos.c.missing_since.is_(None)
        async with self._database.read() as connection:
            return await _select(connection, same & present & (videos.c.id != video.id), limit=100)

    async def delete(self, video_id: str) -> None:
        """Forget the record, never the file. Raises `VideoNotFoundError`."""
        async with self._database.write() as connection:
            deleted = await connection.execute(
                sa.delete(videos).where(videos.c.id == plain(video_id))
            )
        if not deleted.rowcount:
            raise VideoNotFoundError(video_id)

    async def find(self, query: VideoQuery) -> VideoPage:
        """A page of a list. Raises `InvalidCursorError`.

        Following the cursors gives every video that is there throughout exactly once, whatever
        is added or removed meanwhile.
        """
        condition = matches(query)
        page = condition if query.cursor is None else condition & _after(query, query.cursor)
        rows: list[sa.Row[Any]] = []
        total = 0
        async with self._database.read() as connection:
            # One status at a time: each then has an index that is already in order.
            for status in sorted(query.status):
                rows += await _fetch(connection, query, with_status(page, status))
                counted = sa.select(sa.func.count()).select_from(videos)
                total += await connection.scalar(counted.where(with_status(condition, status))) or 0
        return _page(query, rows, total)

    async def count_known(self, root: Root, folder: str) -> int:
        """How many videos are known, and not missing, in a folder and below it."""
        scope = Scope(root.id, folder)
        present = sa.select(sa.func.count()).select_from(videos).where(scope.holds_present())
        async with self._database.read() as connection:
            return await connection.scalar(present) or 0


def _encode(path: str) -> bytes:
    return os.fsencode(os.path.normpath(path))


async def _all_roots(connection: AsyncConnection) -> list[Root]:
    rows = await connection.execute(sa.select(roots).order_by(roots.c.id))
    return [Root(row.id, row.name, os.fsdecode(row.path)) for row in rows]


async def _add_root(connection: AsyncConnection, path: bytes, names: set[str]) -> Root:
    folder_name = plain(PurePath(os.fsdecode(path)).name) or "/"
    name, count = folder_name, 1
    while name in names:
        count += 1
        name = f"{folder_name} ({count})"
    added = sa.insert(roots).values(name=name, path=path).returning(roots.c.id)
    return Root((await connection.execute(added)).scalar_one(), name, os.fsdecode(path))


async def _select(
    connection: AsyncConnection, condition: sa.ColumnElement[bool], *, limit: int = 1
) -> list[Video]:
    statement = sa.select(*VIDEO_COLUMNS).select_from(VIDEO_TABLES).where(condition)
    rows = await connection.execute(statement.order_by(videos.c.number).limit(limit))
    return [video_from_row(row) for row in rows]


async def _fetch(
    connection: AsyncConnection, query: VideoQuery, condition: sa.ColumnElement[bool]
) -> Sequence[sa.Row[Any]]:
    key = _SORT_COLUMNS[query.sort]
    order = [key.asc(), videos.c.number.asc()]
    if query.order is SortOrder.DESC:
        order = [key.desc(), videos.c.number.desc()]
    statement = (
        sa.select(key.label("sort_key"), *VIDEO_COLUMNS)
        .select_from(VIDEO_TABLES)
        .where(condition)
        .order_by(*order)
        .limit(query.limit + 1)
    )
    return (await connection.execute(statement)).all()


def _after(query: VideoQuery, cursor: str) -> sa.ColumnElement[bool]:
    key, number = decode_cursor(query, cursor)
    column = _SORT_COLUMNS[query.sort]
    place = sa.tuple_(column, videos.c.number)
    # The types say how the values are bound: a moment, for one, is kept as text by SQLite.
    given = sa.tuple_(sa.literal(key, column.type), sa.literal(number, videos.c.number.type))
    return place > given if query.order is SortOrder.ASC else place < given


def _page(query: VideoQuery, rows: list[sa.Row[Any]], total: int) -> VideoPage:
    rows.sort(key=lambda row: (row.sort_key, row.number), reverse=query.order is SortOrder.DESC)
    shown, more = rows[: query.limit], rows[query.limit :]
    cursor = encode_cursor(query, shown[-1].sort_key, shown[-1].number) if more else None
    return VideoPage([video_from_row(row) for row in shown], cursor, total)
