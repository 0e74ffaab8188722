"""The tree of the library's folders: levels in pages, and the way down to a folder."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.database import slices
from stoat_ferret.errors import FolderNotFoundError, InvalidCursorError
from stoat_ferret.folded_text import folder_chain, folder_key, folder_parent
from stoat_ferret.library.derived import folder_tree, video_folders, video_groups
from stoat_ferret.library.filters import stored_folder
from stoat_ferret.library.folder_recount import recount_level
from stoat_ferret.library.picture_versions import Pictured
from stoat_ferret.library.tables import roots, videos
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

_PICTURE_CANDIDATES = 8
"""The number of videos of a folder among which one with a thumbnail is looked for."""
_LEVEL_ORDER = (folder_tree.c.name_key, folder_tree.c.folder)


@dataclass(frozen=True, slots=True)
class LibraryFolder:
    """A folder of the library that holds videos, in it or below it; or a root, even if empty.

    `folder` is relative to the root, "" for the root itself. `videos` counts those in the folder
    itself, `total_videos` those in subfolders too, both without bad, skipped and missing files;
    `missing` counts missing ones in it and below. `picture` is a video with a thumbnail.
    """

    root: str
    folder: str
    name: str
    videos: int = 0
    total_videos: int = 0
    missing: int = 0
    has_subfolders: bool = False
    picture: Pictured | None = None


@dataclass(frozen=True, slots=True)
class PlacedFolder:
    """A folder, and the number of folders before it in its level."""

    folder: LibraryFolder
    index: int


@dataclass(frozen=True, slots=True)
class FolderLevel:
    """A page of the subfolders of a folder in natural order; `total` counts all of them."""

    folder: LibraryFolder
    items: list[LibraryFolder]
    next_cursor: str | None
    total: int


@dataclass(frozen=True, slots=True)
class _Root:
    id: int
    name: str


class FolderTree:
    """Reads the tree of folders, as the records of videos make it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def roots(self, names: Iterable[str] = ()) -> list[LibraryFolder]:
        """Return the roots with records and those of these names, by name."""
        wanted = set(names)
        async with self._database.read() as connection:
            rows = (await connection.execute(sa.select(roots.c.id, roots.c.name))).all()
            tops = [await _own(connection, _Root(row.id, row.name), "") for row in rows]
            found = [top for top in tops if top.records or top.root.name in wanted]
            return await _with_pictures(connection, sorted(found, key=lambda top: top.name_key))

    async def level(
        self,
        root: str,
        folder: str | None = None,
        *,
        limit: int = 100,
        cursor: str | None = None,
        offset: int = 0,
    ) -> FolderLevel:
        """Return the subfolders of `folder` that hold videos, a page of them.

        Following the cursors returns each folder that exists throughout exactly once. Raises
        `FolderNotFoundError` if no record is in the folder, and `InvalidCursorError`.
        """
        stored = stored_folder(folder)
        async with self._database.read() as connection:
            parent = await _own(connection, await _root(connection, root), stored)
            if stored and not parent.records:
                raise FolderNotFoundError(f"{root}/{stored[:-1]}")
            after = None if cursor is None else _decode(cursor, root, stored)
            rows, total = await _read_level(connection, parent, after, offset, limit + 1)
            own, *items = await _with_pictures(connection, [parent, *rows[:limit]])
        more = len(rows) > limit
        return FolderLevel(own, items, _encode(rows[limit - 1]) if more else None, total)

    async def count_videos(self, root: str, folders: Sequence[str]) -> list[int]:
        """Count the videos in each of these subfolders of one folder, and below them.

        Folders that hold none may be among them.
        """
        stored = [stored_folder(folder) for folder in folders]
        counts: dict[str, int] = {}
        async with self._database.read() as connection:
            top = await _root(connection, root)
            if connection.dialect.name != "sqlite" and stored:
                _, level = await _recounted(connection, top, folder_parent(stored[0]) or "")
                counts = {row.folder: row.videos_below for row in level}
            else:
                known = sa.select(folder_tree.c.folder, folder_tree.c.videos_below)
                for part in slices(stored):
                    is_in = folder_tree.c.folder.in_(part) & (folder_tree.c.root_id == top.id)
                    rows = await connection.execute(known.where(is_in))
                    counts |= {row.folder: row.videos_below for row in rows}
        return [counts.get(one, 0) for one in stored]

    async def path(self, root: str, folder: str | None = None) -> list[PlacedFolder]:
        """Return the folders from the root down to `folder`, each with its place in its level.

        Raises `FolderNotFoundError` if no record is in the folder.
        """
        stored = stored_folder(folder)
        async with self._database.read() as connection:
            top = await _root(connection, root)
            rows = [await _own(connection, top, one) for one in json.loads(folder_chain(stored))]
            if stored and not rows[-1].records:
                raise FolderNotFoundError(f"{root}/{stored[:-1]}")
            indexes = [await _index(connection, row) for row in rows]
            folders = await _with_pictures(connection, rows)
        return [PlacedFolder(one, index) for one, index in zip(folders, indexes, strict=True)]


@dataclass(frozen=True, slots=True)
class _Row:
    """A folder as it is stored, with a slash at its end."""

    root: _Root
    folder: str
    name_key: str
    videos: int = 0
    videos_below: int = 0
    missing: int = 0
    records: int = 0
    has_subfolders: bool = False
    picture_number: int | None = None

    def shown(self, picture: Pictured | None) -> LibraryFolder:
        """Return it as others see it."""
        return LibraryFolder(
            root=self.root.name,
            folder=self.folder[:-1],
            name=self.folder[:-1].rpartition("/")[2] or self.root.name,
            videos=self.videos,
            total_videos=self.videos_below,
            missing=self.missing,
            has_subfolders=self.has_subfolders,
            picture=picture,
        )


async def _root(connection: AsyncConnection, name: str) -> _Root:
    statement = sa.select(roots.c.id, roots.c.name).where(roots.c.name == storable(name))
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise FolderNotFoundError(name)
    return _Root(row.id, row.name)


async def _own(connection: AsyncConnection, root: _Root, folder: str) -> _Row:
    """Return a folder itself; without records if there are none in it."""
    if connection.dialect.name != "sqlite":
        own, _ = await _recounted(connection, root, folder)
        return own
    is_it = (folder_tree.c.root_id == root.id) & (folder_tree.c.folder == folder)
    row = (await connection.execute(_rows().where(is_it))).one_or_none()
    return _Row(root, folder, _key(root, folder)) if row is None else _row(root, row)


def _key(root: _Root, folder: str) -> str:
    return folder_key(folder or f"{root.name}/")


def _row(root: _Root, row: sa.Row[Any]) -> _Row:
    counts = (row.videos, row.videos_below, row.missing_below, row.records_below)
    key = row.name_key if row.folder else _key(root, "")
    has_subfolders = row.next_folder is not None and row.next_folder.startswith(row.folder)
    return _Row(root, row.folder, key, *counts, has_subfolders, row.picture_number)


def _rows() -> sa.Select[Any]:
    """Return the selection of folders, with the number of the video that pictures each."""
    tree = folder_tree.c
    following, filled = folder_tree.alias("following"), folder_tree.alias("filled")
    # A folder and all below it follow each other, so what comes next says whether there are any,
    # and what holds videos in it is the next that does.
    next_folder = (
        sa.select(sa.func.min(following.c.folder))
        .where(following.c.root_id == tree.root_id, following.c.folder > tree.folder)
        .correlate(folder_tree)
        .scalar_subquery()
    )
    next_filled = (
        sa.select(filled.c.folder)
        .where(filled.c.root_id == tree.root_id, filled.c.folder >= tree.folder)
        .where(filled.c.videos > sa.literal_column("0"))
        .order_by(filled.c.folder)
        .limit(1)
        .correlate(folder_tree)
        .scalar_subquery()
    )
    group = (
        sa.select(video_folders.c.id)
        .where(video_folders.c.root_id == tree.root_id, video_folders.c.folder == next_filled)
        .where(video_folders.c.status == VideoStatus.OK.value)
        .correlate(folder_tree)
        .scalar_subquery()
    )
    first = (
        sa.select(video_groups.c.number)
        .where(video_groups.c.folder == group)
        .order_by(video_groups.c.number)
        .limit(_PICTURE_CANDIDATES)
        .correlate(folder_tree)
    )
    pictured = (
        sa.select(videos.c.number)
        .where(videos.c.number.in_(first), videos.c.thumbnail_version > 0)
        .order_by(videos.c.number)
        .limit(1)
        .correlate(folder_tree)
        .scalar_subquery()
    )
    return sa.select(
        folder_tree,
        next_folder.label("next_folder"),
        sa.case((tree.videos_below > 0, pictured)).label("picture_number"),
    )


async def _read_level(
    connection: AsyncConnection,
    parent: _Row,
    after: tuple[str, str] | None,
    offset: int,
    limit: int,
) -> tuple[list[_Row], int]:
    """Return rows of a level, and the number of all of them."""
    if connection.dialect.name != "sqlite":
        _, level = await _recounted(connection, parent.root, parent.folder)
        start = [row for row in level if after is None or (row.name_key, row.folder) > after]
        return start[offset : offset + limit], len(level)
    is_in = _is_in_level(parent.root, parent.folder)
    total = await connection.scalar(
        sa.select(sa.func.count()).select_from(folder_tree).where(is_in)
    )
    if after is not None:
        is_in &= sa.tuple_(*_LEVEL_ORDER) > sa.tuple_(*map(sa.literal, after))
    page = _rows().where(is_in).order_by(*_LEVEL_ORDER).limit(limit).offset(offset)
    rows = [_row(parent.root, row) for row in await connection.execute(page)]
    return rows, total or 0


def _is_in_level(root: _Root, parent: str | None) -> sa.ColumnElement[bool]:
    return (folder_tree.c.root_id == root.id) & (folder_tree.c.parent == parent)


async def _index(connection: AsyncConnection, row: _Row) -> int:
    """Return the number of folders before this one in its level; 0 for a root."""
    parent = folder_parent(row.folder)
    if parent is None:
        return 0
    place = (row.name_key, row.folder)
    if connection.dialect.name != "sqlite":
        _, level = await _recounted(connection, row.root, parent)
        return sum((one.name_key, one.folder) < place for one in level)
    is_before = sa.tuple_(*_LEVEL_ORDER) < sa.tuple_(*map(sa.literal, place))
    counted = sa.select(sa.func.count()).select_from(folder_tree)
    return await connection.scalar(counted.where(_is_in_level(row.root, parent), is_before)) or 0


async def _recounted(
    connection: AsyncConnection, root: _Root, folder: str
) -> tuple[_Row, list[_Row]]:
    """Return a folder and its level, counted from the rows of videos."""
    own, level = await recount_level(connection, root.id, folder)
    rows = [_Row(root, one, folder_key(one), **counts.columns) for one, counts in level.items()]
    rows.sort(key=lambda row: (row.name_key, row.folder))
    return _Row(root, folder, _key(root, folder), **own.columns), rows


async def _with_pictures(connection: AsyncConnection, rows: Sequence[_Row]) -> list[LibraryFolder]:
    numbers = [row.picture_number for row in rows if row.picture_number is not None]
    pictures: dict[int | None, Pictured] = {}
    columns = [videos.c[name] for name in Pictured.__slots__]
    for part in slices(numbers):
        found = await connection.execute(
            sa.select(videos.c.number, *columns).where(videos.c.number.in_(part))
        )
        pictures |= {number: Pictured(*values) for number, *values in found}
    return [row.shown(pictures.get(row.picture_number)) for row in rows]


def _encode(row: _Row) -> str:
    """Return the cursor that continues after a folder."""
    text = json.dumps([row.root.name, row.name_key, row.folder], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, root: str, parent: str) -> tuple[str, str]:
    """Return the place in a cursor of this level. Raises `InvalidCursorError`."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        name, key, folder = json.loads(base64.b64decode(padded, b"-_", validate=True))
        if (
            name != root
            or folder_parent(folder) != parent
            or storable(key + folder) != key + folder
        ):
            raise InvalidCursorError
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidCursorError from error
    return key, folder
