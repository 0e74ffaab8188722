"""What a query for videos means to the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.library.height_class import height_class
from stoat_ferret.library.search import search
from stoat_ferret.library.tables import roots, tags, video_annotations, video_tags, videos
from stoat_ferret.library.text import fold, plain
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.library.video_query import VideoSort

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.video_query import VideoQuery


@dataclass(frozen=True, slots=True)
class Matches:
    """The rows of videos that match a query, but for its status.

    `condition`, `in_order` and `are_few` are those of `Hits`. `by_number` says that no index
    holds all that is asked for. `count` is how many there are of all statuses, where that is
    known.
    """

    condition: sa.ColumnElement[bool]
    in_order: sa.ColumnElement[bool]
    are_few: bool
    by_number: bool
    count: int | None


async def match(connection: AsyncConnection, query: VideoQuery) -> Matches:
    """The rows that match `query`, for this transaction."""
    hits = await search(connection, query.q)
    return Matches(
        condition=sa.and_(hits.condition, *_conditions(query, in_order=False)),
        in_order=sa.and_(hits.in_order, *_conditions(query, in_order=True)),
        are_few=hits.are_few,
        by_number=hits.are_few or (not query.folder and (hits.are_in_rows or _is_in_rows(query))),
        count=hits.count if query.is_only_words else None,
    )


def with_status(
    condition: sa.ColumnElement[bool], status: VideoStatus, *, by_number: bool = False
) -> sa.ColumnElement[bool]:
    """`condition`, for videos that are shown with this status.

    `by_number` keeps SQLite, which has no statistics here, from walking an index on the status.
    """
    if status is VideoStatus.MISSING:
        return condition & videos.c.missing_since.is_not(None)
    shown, missing_since = videos.c.status, videos.c.missing_since
    if by_number:
        # What is computed is in no index, and says of no index that its rows are enough.
        return (
            condition
            & (shown.concat("") == status.value)
            & sa.func.coalesce(missing_since, sa.null()).is_(None)
        )
    return condition & (shown == status.value) & missing_since.is_(None)


def goes_by_number(matches: Matches, status: VideoStatus, *, reads_rows: bool = False) -> bool:
    """Whether videos with this status are found faster without an index on the status.

    `reads_rows` says that more is needed of every row than such an index holds.
    """
    # Few are anything but `ok`: for those the index is the shorter way.
    is_usual = status is VideoStatus.OK and (matches.by_number or reads_rows)
    return matches.are_few or is_usual


def _is_in_rows(query: VideoQuery) -> bool:
    in_rows = (query.root, query.codec, query.hdr, query.height_class)
    return bool(any(in_rows) or query.tags or query.min_rating)


def _conditions(query: VideoQuery, *, in_order: bool) -> Iterator[sa.ColumnElement[bool]]:
    # What is computed keeps SQLite from leaving the order of the list for another index.
    number = videos.c.number + 0 if in_order else videos.c.number
    yield from _places(query)
    yield from _measures(query, in_order=in_order)
    if query.codec is not None:
        yield videos.c.video_codec == plain(query.codec).lower()
    if query.hdr is not None:
        yield videos.c.hdr == plain(query.hdr)
    if query.min_rating is not None:
        rated = sa.select(video_annotations.c.video_number)
        yield number.in_(rated.where(video_annotations.c.rating >= query.min_rating))
    for key in sorted(map(fold, query.tags)):
        tagged = sa.select(video_tags.c.video_number).join(tags).where(tags.c.name_key == key)
        yield number.in_(tagged)


def _places(query: VideoQuery) -> Iterator[sa.ColumnElement[bool]]:
    if query.root is not None:
        named = sa.select(roots.c.id).where(roots.c.name == plain(query.root))
        yield videos.c.root_id == named.scalar_subquery()
    if query.folder:
        # Not LIKE: SQLite's takes upper and lower case for the same. After the slash is the zero.
        folder = plain(query.folder).strip("/")
        yield (videos.c.folder >= f"{folder}/") & (videos.c.folder < f"{folder}0")


def _measures(query: VideoQuery, *, in_order: bool) -> Iterator[sa.ColumnElement[bool]]:
    height: sa.ColumnElement[int] = videos.c.height
    duration: sa.ColumnElement[float] = videos.c.duration_seconds
    if in_order and query.sort is not VideoSort.HEIGHT:
        height = height + 0
    if in_order and query.sort is not VideoSort.DURATION:
        duration = duration + 0
    if query.height_class is not None:
        yield height_class() == query.height_class.value
    if query.min_height is not None:
        yield height >= query.min_height
    if query.min_duration is not None:
        yield duration >= max(query.min_duration, 0)
    if query.max_duration is not None:
        yield duration.between(0, query.max_duration)
