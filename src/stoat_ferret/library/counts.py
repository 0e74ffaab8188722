"""Counting of videos in SQLite by what triggers derive from their rows, without reading these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.folded_text import fold
from stoat_ferret.library.derived import tag_counts, video_folders, video_groups, video_kinds
from stoat_ferret.library.filters import (
    KIND_FILTERS,
    NUMBER_FILTERS,
    given_filters,
    in_folder,
    kind_conditions,
    number_conditions,
)
from stoat_ferret.library.tables import tags, videos
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.query import VideoFilter
    from stoat_ferret.library.search import IndexedHits

FOLDER_FILTERS = frozenset({"root", "folder", "subfolders"})
"""The filters that all videos of a folder pass, or none, without its subfolders."""
_GROUP_FILTERS = KIND_FILTERS | FOLDER_FILTERS | NUMBER_FILTERS | {"q"}
_UNUSUAL = frozenset(VideoStatus) - {VideoStatus.OK}


async def count_known(connection: AsyncConnection, query: VideoFilter) -> int | None:
    """Return how many videos `query` finds; None unless a sum of counts says it."""
    given = given_filters(query)
    table: sa.TableClause
    if given <= KIND_FILTERS:
        table, conditions = video_kinds, list(kind_conditions(query, video_kinds.c))
    elif given <= FOLDER_FILTERS:
        table, conditions = video_folders, folder_conditions(query)
    elif given == {"tags"} and len({*map(fold, query.tags)}) == 1:
        (key,) = {*map(fold, query.tags)}
        tag = sa.select(tags.c.id).where(tags.c.name_key == key)
        table, conditions = tag_counts, [tag_counts.c.tag_id.in_(tag)]
    else:
        return None
    total = sa.select(sa.func.sum(table.c.videos)).where(*conditions, has_status(table, query))
    return await connection.scalar(total) or 0


def has_status(table: sa.TableClause, query: VideoFilter) -> sa.ColumnElement[bool]:
    """Return the condition that a row of a derived table is about the statuses of `query`."""
    return table.c.status.in_(sorted(status.value for status in query.status))


def folder_conditions(query: VideoFilter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of root and folder on a row of `video_folders`."""
    only_root = query.without(*KIND_FILTERS - {"root"})
    return [*in_folder(query, video_folders.c.folder), *kind_conditions(only_root, video_folders.c)]


@dataclass(frozen=True, slots=True)
class GroupSelection:
    """Rows of `video_groups`: those of the videos that a query finds with any status."""

    tables: sa.FromClause
    conditions: tuple[sa.ColumnElement[bool], ...]

    def counted(self, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
        """Return the statement that counts them, by the values of `columns`."""
        count = sa.func.count().label("videos")
        statement = sa.select(*columns, count).select_from(self.tables).where(*self.conditions)
        return statement.group_by(*columns) if columns else statement


def select_groups(query: VideoFilter, hits: IndexedHits) -> GroupSelection | None:
    """Return what `query` finds; None if only the rows of `videos` say what that is."""
    given = given_filters(query)
    if not given <= _GROUP_FILTERS:
        return None
    number = video_groups.c.number
    tables: sa.FromClause = video_groups
    conditions: list[sa.ColumnElement[bool]] = []
    if hits.numbers is not None:
        conditions.append(number.in_(hits.numbers))
    elif hits.index is not None and hits.is_hit is not None:
        # The addition keeps SQLite from searching the index again for every row.
        tables = hits.index.join(video_groups, number == hits.index.c.rowid + 0)
        conditions.append(hits.is_hit)
    if hits.others and hits.are_read:
        tables = tables.join(videos, videos.c.number == number)
        conditions.append(hits.others_in_rows())
    elif hits.others:
        conditions.append(hits.others_by(number))
    if not KIND_FILTERS.isdisjoint(given):
        kinds = sa.select(video_kinds.c.id).where(*kind_conditions(query, video_kinds.c))
        # The addition keeps SQLite from reading all that is of these kinds, for one folder.
        kind = video_groups.c.kind + 0 if query.is_in_folder else video_groups.c.kind
        conditions.append(kind.in_(kinds))
    if query.is_in_folder:
        folders = sa.select(video_folders.c.id).where(*folder_conditions(query))
        conditions.append(video_groups.c.folder.in_(folders))
    conditions += number_conditions(query, number)
    return GroupSelection(tables, tuple(conditions))


async def count_hits(
    connection: AsyncConnection, query: VideoFilter, hits: IndexedHits
) -> int | None:
    """Return how many videos `query` finds; None if only the rows of `videos` say it."""
    selection = select_groups(query, hits)
    if selection is None:
        return None
    if _is_usual_search(query, hits) and hits.count is not None:
        others = query.model_copy(update={"q": None, "status": _UNUSUAL})
        if (await count_known(connection, others) or 0) < hits.count:
            return hits.count - await _count_unusual(connection, hits)
    counted = selection.counted().where(has_status(video_groups, query))
    return await connection.scalar(counted) or 0


def _is_usual_search(query: VideoFilter, hits: IndexedHits) -> bool:
    """Return whether `query` finds what is `ok` among the hits of an index, and all of that."""
    is_usual = query.status == {VideoStatus.OK} and given_filters(query) == {"q"}
    return is_usual and hits.count is not None and not hits.others


async def _count_unusual(connection: AsyncConnection, hits: IndexedHits) -> int:
    """Count the hits that are not `ok` by reading the texts of all that are not."""
    is_unusual = (videos.c.status != sa.literal_column("'ok'")) | videos.c.missing_since.is_not(
        None
    )
    statement = (
        sa.select(sa.func.count()).select_from(videos).where(is_unusual, hits.terms_in_rows())
    )
    # SQLite has no statistics here that say how few they are.
    forced = statement.with_hint(videos, "INDEXED BY ix_videos_unusual", "sqlite")
    return await connection.scalar(forced) or 0
