"""Counts of videos: by root, and for a query by status, folder, codec, size, HDR kind and tag."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.library.counts import (
    FOLDER_FILTERS,
    folder_conditions,
    has_status,
    select_groups,
)
from stoat_ferret.library.derived import (
    folder_tree,
    tag_counts,
    video_folders,
    video_groups,
    video_kinds,
)
from stoat_ferret.library.filters import (
    KIND_FILTERS,
    given_filters,
    height_class,
    kind_conditions,
    orientation,
    stored_folder,
)
from stoat_ferret.library.search import goes_by_number, match, with_status
from stoat_ferret.library.tables import roots, tags, video_tags, videos
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.answers import AnswerCache, KnownAnswers
    from stoat_ferret.library.counts import GroupSelection
    from stoat_ferret.library.filters import Columns
    from stoat_ferret.library.query import VideoFilter
    from stoat_ferret.library.search import Matches

MAX_VALUES = 200
"""The maximum number of values in a facet; the most frequent ones are kept."""

RootCounts = dict[int, Counter[VideoStatus]]
"""Counts by root id; roots without videos are not included."""


KindCounts = dict[str, Counter[str | None]]
"""Counts of values by the name of the facet."""

_ANY_OF = {"codecs": "codec", "heights": "height_class", "orientations": "orientation"}
"""The facets that are counted as if the filter of the same values were not set."""


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A value and the number of videos that have it; None stands for an unknown value."""

    value: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The facet counts of a query, in descending order.

    `folders` are the direct subfolders of the requested folder, each with everything below it.
    `statuses` counts what the query would find with each status. So do `codecs`, `heights` and
    `orientations`: any of several may be wanted, and the others can be added.
    """

    statuses: Sequence[FacetCount]
    roots: Sequence[FacetCount]
    folders: Sequence[FacetCount]
    codecs: Sequence[FacetCount]
    heights: Sequence[FacetCount]
    orientations: Sequence[FacetCount]
    hdr: Sequence[FacetCount]
    tags: Sequence[FacetCount]


async def count_facets(database: Database, query: VideoFilter, answers: AnswerCache) -> Facets:
    """Count the facets of all that `query` finds, on all pages, in one snapshot."""
    async with database.read() as connection:
        known = await answers.at(connection)
        return await known.get(("facets", query.key), lambda: _count(connection, query, known))


async def _count(connection: AsyncConnection, query: VideoFilter, known: KnownAnswers) -> Facets:
    matches = await match(connection, query, known=known)
    groups = _groups_of(query, matches)
    if groups is None:
        folders = await _count_folders(connection, matches, query)
        tags = await _count_tags(connection, matches, query)
    else:
        folders = await _folders_of_groups(connection, query, groups)
        tags = await _tags_of_groups(connection, query, groups)
    counts = await _count_kinds(connection, query, matches)
    for name, filter_name in _ANY_OF.items():
        if getattr(query, filter_name):
            others = query.without(filter_name)
            others_match = await match(connection, others, known=known)
            counts[name] = (await _count_kinds(connection, others, others_match))[name]
    kinds = {name: _sorted(of_name) for name, of_name in counts.items()}
    return Facets(folders=folders, tags=tags, **kinds)


def _groups_of(query: VideoFilter, matches: Matches) -> GroupSelection | None:
    return None if matches.indexed is None else select_groups(query, matches.indexed)


async def _count_kinds(
    connection: AsyncConnection, query: VideoFilter, matches: Matches
) -> KindCounts:
    """Count all facets except folders and tags."""
    groups = _groups_of(query, matches)
    if groups is not None:
        return await _kinds_of_groups(connection, query, groups)
    counts = await _kinds_of_rows(connection, matches, query)
    return {"statuses": await _count_statuses(connection, matches), **counts}


async def _kinds_of_groups(
    connection: AsyncConnection, query: VideoFilter, groups: GroupSelection
) -> KindCounts:
    """Count by what triggers derive from the rows."""
    given = given_filters(query)
    kinds: sa.FromClause = video_kinds
    numbers: sa.ColumnElement[int] = video_kinds.c.videos
    conditions = list(kind_conditions(query, video_kinds.c))
    if not given <= KIND_FILTERS:
        counted = groups.counted(video_groups.c.kind).subquery()
        kinds = counted.join(video_kinds, video_kinds.c.id == counted.c.kind)
        numbers = counted.c.videos
    columns = {"statuses": video_kinds.c.status, **_kind_columns(video_kinds.c)}
    counts: KindCounts = {name: Counter() for name in columns}
    statement = sa.select(
        *(column.label(name) for name, column in columns.items()), numbers.label("videos")
    ).select_from(kinds.join(roots, roots.c.id == video_kinds.c.root_id))
    for row in await connection.execute(statement.where(*conditions)):
        counts["statuses"][row.statuses] += row.videos
        if VideoStatus(row.statuses) in query.status:
            for name in list(columns)[1:]:
                counts[name][getattr(row, name)] += row.videos
    return counts


def _kind_columns(columns: Columns) -> dict[str, sa.ColumnElement[Any]]:
    """Return what is counted, by the names of facets, from the columns of a table that has it."""
    return {
        "roots": roots.c.name,
        "codecs": columns.video_codec,
        "heights": height_class(columns),
        "orientations": orientation(columns),
        "hdr": columns.hdr,
    }


async def _folders_of_groups(
    connection: AsyncConnection, query: VideoFilter, groups: GroupSelection
) -> list[FacetCount]:
    above = stored_folder(query.folder)
    if given_filters(query) <= {"root"} and query.status == {VideoStatus.OK}:
        # Of all folders: below one, adding those up that the index has side by side is faster.
        return await _folders_of_tree(connection, query)
    below = sa.func.substr(video_folders.c.folder, len(above) + 1)
    name = sa.func.substr(below, 1, sa.func.instr(below, "/") - 1).label("value")
    folders: sa.FromClause = video_folders
    numbers: sa.ColumnElement[int] = video_folders.c.videos
    conditions = [has_status(video_folders, query), *folder_conditions(query)]
    if not given_filters(query) <= FOLDER_FILTERS:
        by_folder = groups.counted(video_groups.c.folder).where(has_status(video_groups, query))
        counted = by_folder.subquery()
        folders = counted.join(video_folders, video_folders.c.id == counted.c.folder)
        numbers = counted.c.videos
    total = sa.func.sum(numbers).label("videos")
    statement = (
        sa.select(name, total)
        .select_from(folders)
        .where(*conditions, video_folders.c.folder != above)
        .group_by(sa.text("1"))
        .order_by(total.desc(), sa.text("1"))
        .limit(MAX_VALUES)
    )
    rows = await connection.execute(statement)
    return _sorted(Counter({f"{above}{row.value}": row.videos for row in rows}))


async def _folders_of_tree(connection: AsyncConnection, query: VideoFilter) -> list[FacetCount]:
    """Return the folders in roots with the counts that the tree of folders keeps."""
    total = sa.func.sum(folder_tree.c.videos_below).label("videos")
    statement = (
        sa.select(folder_tree.c.folder, total)
        .where(
            # The index of levels begins with the root.
            folder_tree.c.root_id.in_(sa.select(roots.c.id)),
            folder_tree.c.parent == "",
            folder_tree.c.videos_below > 0,
            *kind_conditions(query, folder_tree.c),
        )
        .group_by(folder_tree.c.folder)
        .order_by(total.desc(), folder_tree.c.folder)
        .limit(MAX_VALUES)
    )
    rows = await connection.execute(statement)
    return _sorted(Counter({row.folder.removesuffix("/"): row.videos for row in rows}))


async def _tags_of_groups(
    connection: AsyncConnection, query: VideoFilter, groups: GroupSelection
) -> list[FacetCount]:
    if given_filters(query):
        tagged = groups.tables.join(video_tags, video_tags.c.video_number == video_groups.c.number)
        found = replace(groups, tables=tagged).counted(video_tags.c.tag_id)
        counted = found.where(has_status(video_groups, query)).subquery()
    else:
        columns = (tag_counts.c.tag_id, sa.func.sum(tag_counts.c.videos).label("videos"))
        known = sa.select(*columns).where(has_status(tag_counts, query), tag_counts.c.videos > 0)
        counted = known.group_by(tag_counts.c.tag_id).subquery()
    statement = (
        sa.select(tags.c.name, counted.c.videos)
        .select_from(counted.join(tags, tags.c.id == counted.c.tag_id))
        .order_by(counted.c.videos.desc(), tags.c.name)
        .limit(MAX_VALUES)
    )
    rows = await connection.execute(statement)
    return _sorted(Counter({row.name: row.videos for row in rows}))


async def _count_statuses(connection: AsyncConnection, matches: Matches) -> Counter[str | None]:
    counts: Counter[str | None] = Counter()
    for status in VideoStatus:
        by_number = goes_by_number(matches, status)
        found = with_status(matches.condition, status, by_number=by_number)
        counted = sa.select(sa.func.count()).select_from(videos).where(found)
        counts[status.value] = await connection.scalar(counted) or 0
    return +counts


async def _kinds_of_rows(
    connection: AsyncConnection, matches: Matches, query: VideoFilter
) -> KindCounts:
    """Count in one statement, because few combinations of values exist."""
    columns = _kind_columns(videos.c)
    labeled = [column.label(name) for name, column in columns.items()]
    counts: KindCounts = {name: Counter() for name in columns}
    is_found = query.is_in_folder or matches.has_index
    for status in query.status:
        by_number = goes_by_number(matches, status, reads_rows=not is_found)
        statement = (
            sa.select(*labeled, sa.func.count().label("videos"))
            .select_from(videos.join(roots))
            .where(with_status(matches.condition, status, by_number=by_number))
            .group_by(*(sa.text(str(index + 1)) for index in range(len(columns))))
        )
        for row in await connection.execute(statement):
            for name, value in zip(columns, row, strict=False):
                counts[name][value] += row.videos
    return counts


async def _count_folders(
    connection: AsyncConnection, matches: Matches, query: VideoFilter
) -> list[FacetCount]:
    above = stored_folder(query.folder)
    position = sa.func.instr if connection.dialect.name == "sqlite" else sa.func.strpos
    below = sa.func.substr(videos.c.folder, len(above) + 1)
    name = sa.func.substr(below, 1, position(below, "/") - 1)
    condition = matches.condition & (videos.c.folder != above)
    counts: Counter[str | None] = Counter()
    for status in query.status:
        by_number = goes_by_number(matches, status)
        found = with_status(condition, status, by_number=by_number)
        for row in await connection.execute(_most_frequent(name, videos).where(found)):
            counts[f"{above}{row.value}"] += row.videos
    return _sorted(counts)


async def _count_tags(
    connection: AsyncConnection, matches: Matches, query: VideoFilter
) -> list[FacetCount]:
    counts: Counter[str | None] = Counter()
    for status in query.status:
        tagged = video_tags.join(videos).join(tags)
        statement = _most_frequent(tags.c.name, tagged).where(
            with_status(matches.condition, status)
        )
        for row in await connection.execute(statement):
            counts[row.value] += row.videos
    return _sorted(counts)


def _most_frequent(value: sa.ColumnElement[Any], tables: sa.FromClause) -> sa.Select[Any]:
    count = sa.func.count().label("videos")
    labeled = value.label("value")
    ordered = sa.select(labeled, count).select_from(tables).group_by(sa.text("1"))
    return ordered.order_by(count.desc(), sa.text("1")).limit(MAX_VALUES)


def _sorted(counts: Counter[str | None]) -> list[FacetCount]:
    items = sorted(counts.items(), key=lambda item: (-item[1], item[0] or ""))
    return [FacetCount(value, count) for value, count in items[:MAX_VALUES]]


async def count_by_root(database: Database) -> Mapping[int, Counter[VideoStatus]]:
    """Count in one snapshot. PostgreSQL scans all videos, about a second for a million."""
    if database.is_sqlite:
        statement = sa.select(
            video_kinds.c.root_id,
            video_kinds.c.status,
            sa.func.sum(video_kinds.c.videos).label("videos"),
        )
    else:
        missing = videos.c.missing_since.is_not(None)
        shown = sa.case((missing, VideoStatus.MISSING.value), else_=videos.c.status)
        statement = sa.select(
            videos.c.root_id, shown.label("status"), sa.func.count().label("videos")
        )
    counts: RootCounts = {}
    async with database.read() as connection:
        for row in await connection.execute(statement.group_by(sa.text("1"), sa.text("2"))):
            counts.setdefault(row.root_id, Counter())[VideoStatus(row.status)] = row.videos
    return counts
