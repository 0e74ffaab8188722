"""Access to videos: by id, and as pages of sorted lists with their total counts."""

from __future__ import annotations

import os
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.database import slices
from stoat_ferret.errors import ConfigurationError, VideoNotFoundError
from stoat_ferret.library.answers import AnswerCache
from stoat_ferret.library.counts import count_hits, count_known
from stoat_ferret.library.facets import Facets, count_facets
from stoat_ferret.library.filters import collection_number, given_filters, has_index
from stoat_ferret.library.months import MonthCount, count_months
from stoat_ferret.library.places import PlacedRows, Places
from stoat_ferret.library.query import (
    MAX_LIMIT,
    MonthQuery,
    SortOrder,
    VideoFilter,
    VideoList,
    VideoPage,
    VideoQuery,
    VideoSort,
    decode_cursor,
    encode_cursor,
)
from stoat_ferret.library.root_map import root_map_of
from stoat_ferret.library.rows import (
    DETAIL_COLUMNS,
    DETAIL_TABLES,
    VIDEO_COLUMNS,
    VIDEO_TABLES,
    details_from_row,
    tags_of,
    video_from_row,
)
from stoat_ferret.library.scope import Scope
from stoat_ferret.library.search import goes_by_number, match, with_status
from stoat_ferret.library.tables import collection_videos, roots, videos
from stoat_ferret.library.video import Root, Video, VideoDetails, VideoStatus, WatchedFilter
from stoat_ferret.text import for_display, storable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.answers import KnownAnswers
    from stoat_ferret.library.places import Place
    from stoat_ferret.library.search import Matches

_SORT_COLUMNS: dict[VideoSort, sa.Column[Any]] = {
    VideoSort.NAME: videos.c.name_key,
    VideoSort.ADDED: videos.c.added_at,
    VideoSort.MODIFIED: videos.c.mtime_ns,
    VideoSort.SIZE: videos.c.size_bytes,
    VideoSort.DURATION: videos.c.duration_seconds,
    VideoSort.HEIGHT: videos.c.height,
    VideoSort.TAKEN: videos.c.taken_at,
    VideoSort.POSITION: collection_videos.c.position,
}
_SPARSE_PAGES = 5
"""Lists with fewer pages are faster to find and sort than to read in index order."""
_FIRST_ROWS = 5000
"""How many rows are read for a page of frequent hits before all hits are looked up."""
_PLACED = 20_000
"""Longer lists are read in order for a page at an offset, so that other pages are found from it."""
_SOON = 2
"""How many times as many rows are read for a page of hits as if they were spread evenly."""
_ENTRIES_PER_ROW = 10
"""How many entries of an index are read in the time of a row of `videos`."""


class VideoRepository:
    """The records of videos; only scans write their contents."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._answers = AnswerCache()

    async def ensure_roots(self, paths: Sequence[str]) -> list[Root]:
        """Return the roots at these absolute paths, in the same order; create missing roots.

        A root is named as its place is on this machine, or after its folder, with a number if the
        name is taken. It keeps its id and name permanently. Raises `ConfigurationError` if another
        root is recorded at the place of a root on this machine, or if one of `paths` is the
        recorded place of a root that is elsewhere on this machine.
        """
        encoded = [_encode(path) for path in paths]
        async with self._database.write() as connection:
            known = {root.path: root for root in await _all_roots(connection)}
            root_map = root_map_of(connection)
            root_map.check(known.values())
            names = {root.name for root in known.values()}
            for path in map(os.fsdecode, encoded):
                if path not in known:
                    await _check_unrecorded(connection, path)
                    root = await _add_root(connection, path, names, root_map.name_of(path))
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
            tags = (await tags_of(connection, [row])).get(row.number, ())
            return details_from_row(row, tags, root_map_of(connection))

    async def get_many(self, video_ids: Sequence[str]) -> dict[str, Video]:
        """Return those of these videos that exist, by id."""
        statement = sa.select(*VIDEO_COLUMNS).select_from(VIDEO_TABLES)
        found: dict[str, Video] = {}
        async with self._database.read() as connection:
            for part in slices([storable(video_id) for video_id in video_ids]):
                rows = (await connection.execute(statement.where(videos.c.id.in_(part)))).all()
                found |= {video.id: video for video in await _with_tags(connection, rows)}
        return found

    async def find_ids(self, query: VideoFilter, *, limit: int) -> list[str]:
        """Return the ids of the first videos that `query` finds, `limit` at most.

        They are in the order of `query`, if it has one, else of its collection, or by name.
        """
        ids: list[str] = []
        cursor = None
        while len(ids) < limit:
            page = await self.find(
                VideoQuery(**dict(query), limit=min(MAX_LIMIT, limit - len(ids)), cursor=cursor)
            )
            ids += [video.id for video in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        return ids

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
            return await _with_tags(connection, (await connection.execute(statement)).all())

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
            return await _read_page(connection, query, await self._answers.at(connection))

    async def find_index(self, video_id: str, query: VideoList) -> int | None:
        """Return the number of videos before this one in a list; None if it is not in the list."""
        async with self._database.read() as connection:
            return await _find_index(connection, video_id, query)

    async def count_facets(self, query: VideoFilter) -> Facets:
        """Count the facets of all videos that `query` finds."""
        return await count_facets(self._database, query, self._answers)

    async def count_months(self, query: MonthQuery) -> Sequence[MonthCount]:
        """Count all videos that `query` finds by month, in the order of the list."""
        return await count_months(self._database, query, self._answers)

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
    root_map = root_map_of(connection)
    return [Root(row.id, row.name, root_map.path_of(row.name, row.path)) for row in rows]


async def _check_unrecorded(connection: AsyncConnection, path: str) -> None:
    """Raise `ConfigurationError` if a root that is elsewhere on this machine is recorded there."""
    recorded = sa.select(roots.c.name).where(roots.c.path == os.fsencode(path))
    name = await connection.scalar(recorded)
    if name is not None:
        raise ConfigurationError(
            f"{for_display(path)} is where the library has its folder {name}, for which "
            "STOAT_ROOT_MAP names another place on this machine. Take it out of STOAT_ROOTS or of "
            "STOAT_ROOT_MAP, or if it is another folder, use a link to it in STOAT_ROOTS."
        )


async def _add_root(
    connection: AsyncConnection, path: str, names: set[str], own_name: str | None
) -> Root:
    folder_name = own_name or storable(PurePath(path).name) or "/"
    name, count = folder_name, 1
    while name in names:
        count += 1
        name = f"{folder_name} ({count})"
    added = sa.insert(roots).values(name=name, path=os.fsencode(path)).returning(roots.c.id)
    return Root((await connection.execute(added)).scalar_one(), name, path)


async def _read_page(
    connection: AsyncConnection, query: VideoQuery, known: KnownAnswers
) -> VideoPage:
    """Return the page of `query`; see `VideoRepository.find`."""
    after = sa.true() if query.cursor is None else _after(query, query.cursor)
    matches = await match(connection, query, query.sort, known=known)
    total = await known.get(("total", query.key), lambda: _count_all(connection, matches, query))
    rows: list[sa.Row[Any]] = []
    if query.sort is VideoSort.POSITION:
        rows += await _rows_by_position(connection, query, after, total)
    elif total:
        is_placed = bool(query.offset) and not query.q and len(query.status) == 1
        is_sparse = await _is_sparse(connection, matches, query, total)
        is_sparse &= not (is_placed and total > _PLACED)
        condition = (matches.condition if is_sparse else matches.in_order) & after
        # One status at a time, so that an index returns the rows in order.
        conditions = [
            with_status(condition, status, by_number=is_sparse and goes_by_number(matches, status))
            for status in sorted(query.status)
        ]
        if is_sparse and matches.has_index:
            # Found apart from the order, or SQLite would read the index of the order instead.
            found_numbers = [sa.select(videos.c.number).where(found) for found in conditions]
            conditions = [videos.c.number.in_(numbers) for numbers in found_numbers]
        if query.offset:
            if is_sparse or not is_placed:
                numbers = await _numbers_at(connection, conditions, query, total)
            else:
                numbers = await _numbers_near(connection, conditions[0], query, total, known)
            conditions = [videos.c.number.in_(numbers)]
        is_probable = not (is_sparse or query.offset)
        for status, found in zip(sorted(query.status), conditions, strict=False):
            shown = with_status(after, status)
            soon = await _rows_soon(connection, matches, query, shown, total) if is_probable else ()
            if not soon and is_probable and matches.are_listed:
                # Sorted, since they are far down in the order.
                by_number = goes_by_number(matches, status)
                listed = with_status(matches.condition & after, status, by_number=by_number)
                soon = (await connection.execute(_in_order(query).where(listed))).all()
            rows += soon or (await connection.execute(_in_order(query).where(found))).all()
    rows.sort(key=_position, reverse=query.order is SortOrder.DESC)
    items, more = rows[: query.limit], rows[query.limit :]
    cursor = encode_cursor(query, *_position(items[-1])) if more else None
    return VideoPage(await _with_tags(connection, items), cursor, total)


async def _rows_by_position(
    connection: AsyncConnection, query: VideoQuery, after: sa.ColumnElement[bool], total: int
) -> list[sa.Row[Any]]:
    """Return the rows of a page in the order of a collection."""
    others = await match(connection, query.without("collection"), query.sort)
    # By number: the index of the collection is in the order of the list.
    shown = (
        with_status(others.in_order, status, by_number=True) for status in sorted(query.status)
    )
    found = _is_entry(query) & sa.or_(*shown) & after
    if query.offset:
        numbers = await _numbers_at(connection, [found], query, total)
        found = _is_entry(query) & videos.c.number.in_(numbers)
    return list(await connection.execute(_in_order(query).where(found)))


def _is_entry(query: VideoList) -> sa.ColumnElement[bool]:
    """Return the condition that joins `videos` with the rows of the collection of `query`."""
    is_of_video = collection_videos.c.video_number == videos.c.number
    return is_of_video & (
        collection_videos.c.collection == collection_number(query.collection or "")
    )


async def _with_tags(connection: AsyncConnection, rows: Sequence[sa.Row[Any]]) -> list[Video]:
    """Convert rows of `VIDEO_COLUMNS` to videos."""
    tags = await tags_of(connection, rows)
    root_map = root_map_of(connection)
    return [video_from_row(row, tags.get(row.number, ()), root_map) for row in rows]


async def _count_all(connection: AsyncConnection, matches: Matches, query: VideoQuery) -> int:
    if query.watched is WatchedFilter.NO:
        # Far fewer were watched than were not, and the number of all is usually known.
        anyhow, watched = [
            await _count_all(connection, await match(connection, other, query.sort), other)
            for other in (
                query.model_copy(update={"watched": None}),
                query.model_copy(update={"watched": WatchedFilter.YES}),
            )
        ]
        return anyhow - watched
    if matches.indexed is not None:
        total = await count_known(connection, query)
        if total is None:
            total = await _count_absent(connection, query)
        if total is None:
            total = await count_hits(connection, query, matches.indexed)
        if total is not None:
            return total
    if matches.count is None:
        counts = [await _count(connection, matches, status) for status in query.status]
        return sum(counts)
    # Far fewer videos are bad, skipped or missing than are shown.
    others = [
        await _count(connection, matches, status) for status in set(VideoStatus) - query.status
    ]
    return matches.count - sum(others)


async def _count_absent(connection: AsyncConnection, query: VideoQuery) -> int | None:
    """Return how many of known videos lack what few have; None if `query` does not ask for that."""
    for name, having in _HAVING.items():
        opposite = having(query)
        if opposite is not None:
            known = await count_known(connection, query.without(name))
            if known is not None:
                found = await match(connection, opposite, query.sort)
                return known - await _count_all(connection, found, opposite)
    return None


def _having_tag(query: VideoQuery) -> VideoQuery | None:
    if len(query.not_tags) != 1 or query.tags:
        return None
    return query.model_copy(update={"not_tags": frozenset(), "tags": query.not_tags})


def _opposite(name: str, value: bool, query: VideoQuery) -> VideoQuery | None:
    is_asked = getattr(query, name) is value
    return query.model_copy(update={name: not value}) if is_asked else None


_HAVING: Mapping[str, Callable[[VideoQuery], VideoQuery | None]] = {
    "not_tags": _having_tag,
    "has_tags": partial(_opposite, "has_tags", False),
    "has_rating": partial(_opposite, "has_rating", False),
    "has_sound": partial(_opposite, "has_sound", True),
}
"""By the name of a filter, the query for the videos that it leaves out, which are few."""


async def _count(connection: AsyncConnection, matches: Matches, status: VideoStatus) -> int:
    is_unusual = status is not VideoStatus.OK and matches.count is not None
    condition = matches.in_order if is_unusual else matches.condition
    by_number = goes_by_number(matches, status)
    counted = sa.select(sa.func.count()).select_from(videos)
    counted = counted.where(with_status(condition, status, by_number=by_number))
    return await connection.scalar(counted) or 0


async def _rows_soon(
    connection: AsyncConnection,
    matches: Matches,
    query: VideoQuery,
    shown: sa.ColumnElement[bool],
    total: int,
) -> Sequence[sa.Row[Any]]:
    """Return the rows of a page if probable hits fill it soon, else none.

    Names decide both whether a word occurs and where a video is: all hits may be far down.
    """
    probable, first_rows = matches.probable, _FIRST_ROWS
    if matches.are_listed:
        known = await count_known(connection, VideoFilter(status=query.status)) or 0
        probable = matches.in_order
        first_rows = _SOON * (query.limit + 1) * known // max(total, 1)
        if first_rows >= min(known, _ENTRIES_PER_ROW * total):  # sorting all hits is faster
            return ()
    if probable is None:
        return ()
    first = shown & await _is_soon(connection, query, shown, first_rows)
    rows = (await connection.execute(_in_order(query).where(probable, first))).all()
    return rows if len(rows) > query.limit else ()


async def _is_soon(
    connection: AsyncConnection,
    query: VideoQuery,
    condition: sa.ColumnElement[bool],
    first_rows: int,
) -> sa.ColumnElement[bool]:
    """Return the condition that a row is among the first that fulfil `condition`."""
    key = _SORT_COLUMNS[query.sort].label("sort_key")
    order = _order(query.order is SortOrder.DESC, key)
    ends = sa.select(key, videos.c.number).where(condition).order_by(*order)
    end = (await connection.execute(ends.offset(first_rows).limit(1))).one_or_none()
    if end is None:
        return sa.true()
    return _is_beyond(query, end.sort_key, end.number, is_after=False)


async def _is_sparse(
    connection: AsyncConnection, matches: Matches, query: VideoQuery, total: int
) -> bool:
    """Return whether finding and sorting all of the list is faster than reading it in order.

    The one reads all rows that match, the other all in the order of an index until the page is
    full: of these, a row each, or an entry of the index.
    """
    is_found = matches.by_number or (matches.has_index and has_index(query, besides=query.sort))
    if not is_found or total < _SPARSE_PAGES * (query.limit + 1):
        return is_found
    known = await count_known(connection, VideoFilter(status=query.status))
    skipped = min(query.offset, max(total - query.offset, 0))
    in_order = (skipped + query.limit + 1) * (known or 0) / total
    return total < in_order / (1 if matches.reads_rows else _ENTRIES_PER_ROW)


async def _numbers_at(
    connection: AsyncConnection,
    conditions: Sequence[sa.ColumnElement[bool]],
    query: VideoQuery,
    total: int,
) -> Sequence[int]:
    """Return the row numbers of the page that starts at the offset of `query`.

    Rows before the page, or after it if they are fewer, are only counted, in a sorted index if
    there is one.
    """
    size = min(query.limit + 1, total - query.offset)
    if size <= 0:
        return ()
    skipped = query.offset
    if from_end := skipped > total - skipped - size:
        skipped = total - skipped - size
    is_desc = (query.order is SortOrder.DESC) is not from_end
    key = _SORT_COLUMNS[query.sort].label("sort_key")
    parts = [
        sa.select(key, videos.c.number).where(found).order_by(*_order(is_desc, key))
        for found in conditions
    ]
    if len(parts) == 1:
        paged = parts[0].with_only_columns(videos.c.number)
    else:
        # No part contributes rows beyond the end of the page.
        limited = [part.limit(skipped + size).subquery() for part in parts]
        positions = sa.union_all(*map(sa.select, limited)).subquery().c
        ordered = _order(is_desc, positions.sort_key, positions.number)
        paged = sa.select(positions.number).order_by(*ordered)
    return (await connection.scalars(paged.limit(size).offset(skipped))).all()


async def _numbers_near(
    connection: AsyncConnection,
    condition: sa.ColumnElement[bool],
    query: VideoQuery,
    total: int,
    known: KnownAnswers,
) -> Sequence[int]:
    """Return the numbers of the page at the offset of `query`, from the nearest known place."""
    end = min(query.offset + query.limit + 1, total)
    if end <= query.offset:
        return ()
    key = _SORT_COLUMNS[query.sort].label("sort_key")

    def select(place: Place, *, is_after: bool) -> sa.Select[Any]:
        found = condition
        if place.number is not None:
            found &= _is_beyond(query, place.key, place.number, is_after=is_after)
        is_desc = (query.order is SortOrder.DESC) is is_after
        return sa.select(key, videos.c.number).where(found).order_by(*_order(is_desc, key))

    rows = PlacedRows(
        connection,
        after=partial(select, is_after=True),
        before=partial(select, is_after=False),
        step=PlacedRows.step_of(has_filters=bool(given_filters(query))),
    )
    list_key = ("places", query.key, query.sort, query.order)
    places = await known.get(list_key, _no_places)
    return await rows.numbers(query.offset, end, total, places)


async def _no_places() -> Places:
    return Places()


async def _find_index(connection: AsyncConnection, video_id: str, query: VideoList) -> int | None:
    """Return the index of a video; see `VideoRepository.find_index`."""
    key = _SORT_COLUMNS[query.sort]
    matches = await match(connection, query, query.sort)
    parts = [with_status(matches.in_order, status) for status in query.status]
    if query.sort is VideoSort.POSITION:
        parts = [part & _is_entry(query) for part in parts]
    is_it = videos.c.id == storable(video_id)
    place = sa.select(key, videos.c.number).where(is_it, sa.or_(*parts))
    row = (await connection.execute(place)).one_or_none()
    if row is None:
        return None
    is_before = _is_beyond(query, *row, is_after=False)
    counted = sa.select(sa.func.count(videos.c.number))
    counts = [await connection.scalar(counted.where(part, is_before)) or 0 for part in parts]
    return sum(counts)


def _order(
    is_desc: bool,
    key: sa.ColumnElement[Any],
    number: sa.ColumnElement[int] = videos.c.number,
) -> tuple[sa.ColumnElement[Any], ...]:
    return (key.desc(), number.desc()) if is_desc else (key.asc(), number.asc())


# Made once: so many columns take longer to name than to read.
_SELECTIONS = {
    sort: sa.select(*VIDEO_COLUMNS, key.label("sort_key")).select_from(VIDEO_TABLES)
    for sort, key in _SORT_COLUMNS.items()
}


def _in_order(query: VideoQuery) -> sa.Select[Any]:
    is_desc = query.order is SortOrder.DESC
    order = _order(is_desc, _SORT_COLUMNS[query.sort])
    return _SELECTIONS[query.sort].order_by(*order).limit(query.limit + 1)


def _after(query: VideoQuery, cursor: str) -> sa.ColumnElement[bool]:
    return _is_beyond(query, *decode_cursor(query, cursor), is_after=True)


def _is_beyond(
    query: VideoList, key: Any, number: int, *, is_after: bool
) -> sa.ColumnElement[bool]:
    """Return the condition that a row is after a place in the order of the list, or before it."""
    column = _SORT_COLUMNS[query.sort]
    position = sa.tuple_(column, videos.c.number)
    # The types control how values are bound: SQLite stores timestamps as text, for example.
    given = sa.tuple_(sa.literal(key, column.type), sa.literal(number, videos.c.number.type))
    return position > given if (query.order is SortOrder.ASC) is is_after else position < given


def _position(row: sa.Row[Any]) -> tuple[Any, int]:
    return row.sort_key, row.number
