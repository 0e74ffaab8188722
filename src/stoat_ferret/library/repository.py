"""Access to videos: by id, and as sorted lists."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.errors import VideoNotFoundError
from stoat_ferret.library.facets import Facets, count_facets
from stoat_ferret.library.rows import (
    DETAIL_COLUMNS,
    DETAIL_TABLES,
    VIDEO_COLUMNS,
    VIDEO_TABLES,
    details_from_row,
    tags_of,
)
from stoat_ferret.library.scope import Scope
from stoat_ferret.library.tables import roots, videos
from stoat_ferret.library.video import Root, Video, VideoDetails
from stoat_ferret.library.video_list import read_page, with_tags
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.query import VideoFilter, VideoPage, VideoQuery


class VideoRepository:
    """The records of videos; only scans write their contents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ensure_roots(self, paths: Sequence[str]) -> list[Root]:
        """Return the roots at these absolute paths, in the same order; create missing roots.

        A root is named after its folder, with a number if the name is taken. It keeps its id and
        name permanently.
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
        """Return every root that ever existed, oldest first."""
        async with self._database.read() as connection:
            return await _all_roots(connection)

    async def get(self, video_id: str) -> VideoDetails:
        """Return all details of a video. Raises `VideoNotFoundError`."""
        statement = sa.select(*DETAIL_COLUMNS).select_from(DETAIL_TABLES)
        async with self._database.read() as connection:
            found = await connection.execute(statement.where(videos.c.id == storable(video_id)))
            row = found.one_or_none()
            if row is None:
                raise VideoNotFoundError(video_id)
            return details_from_row(row, (await tags_of(connection, [row])).get(row.number, ()))

    async def duplicates(self, video: Video) -> list[Video]:
        """Return other files, not missing, with the same content as `video`; at most 100."""
        if video.fingerprint is None:
            return []
        same = videos.c.fingerprint == video.fingerprint
        present = videos.c.missing_since.is_(None)
        statement = (
            sa.select(*VIDEO_COLUMNS)
            .select_from(VIDEO_TABLES)
            .where(same, present, videos.c.id != video.id)
            .order_by(videos.c.number)
            .limit(100)
        )
        async with self._database.read() as connection:
            return await with_tags(connection, (await connection.execute(statement)).all())

    async def delete(self, video_id: str) -> None:
        """Delete a record and its annotations, not the file. Raises `VideoNotFoundError`."""
        async with self._database.write() as connection:
            deleted = await connection.execute(
                sa.delete(videos).where(videos.c.id == storable(video_id))
            )
        if not deleted.rowcount:
            raise VideoNotFoundError(video_id)

    async def find(self, query: VideoQuery) -> VideoPage:
        """Return a page of a list. Raises `InvalidCursorError`.

        Following the cursors returns every video that exists throughout exactly once, even if
        others are added or removed meanwhile.
        """
        async with self._database.read() as connection:
            return await read_page(connection, query)

    async def count_facets(self, query: VideoFilter) -> Facets:
        """Count the facets of all videos that `query` finds."""
        return await count_facets(self._database, query)

    async def count_known(self, root: Root, folder: str) -> int:
        """Count the known videos that are not missing, in a folder and below it."""
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
    folder_name = storable(PurePath(os.fsdecode(path)).name) or "/"
    name, count = folder_name, 1
    while name in names:
        count += 1
        name = f"{folder_name} ({count})"
    added = sa.insert(roots).values(name=name, path=path).returning(roots.c.id)
    return Root((await connection.execute(added)).scalar_one(), name, os.fsdecode(path))
