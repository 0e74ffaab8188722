"""What a query for videos means to the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.library.plain_text import fold, plain
from stoat_ferret.library.search import holds_words
from stoat_ferret.library.tables import roots, tags, video_annotations, video_tags, videos
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.video_query import VideoQuery


async def matches(connection: AsyncConnection, query: VideoQuery) -> sa.ColumnElement[bool]:
    """The condition of `query` on a row of videos, but for its status; for this transaction."""
    return sa.and_(await holds_words(connection, query.q), *_conditions(query))


def with_status(condition: sa.ColumnElement[bool], status: VideoStatus) -> sa.ColumnElement[bool]:
    """`condition`, for videos that are shown with this status."""
    if status is VideoStatus.MISSING:
        return condition & videos.c.missing_since.is_not(None)
    return condition & (videos.c.status == status.value) & videos.c.missing_since.is_(None)


def _conditions(query: VideoQuery) -> Iterator[sa.ColumnElement[bool]]:
    yield from _places(query)
    yield from _measures(query)
    if query.codec is not None:
        yield videos.c.video_codec == plain(query.codec).lower()
    if query.hdr is not None:
        yield videos.c.hdr == plain(query.hdr)
    if query.min_rating is not None:
        rated = sa.select(video_annotations.c.video_number)
        yield videos.c.number.in_(rated.where(video_annotations.c.rating >= query.min_rating))
    for key in sorted(map(fold, query.tags)):
        tagged = sa.select(video_tags.c.video_number).join(tags).where(tags.c.name_key == key)
        yield videos.c.number.in_(tagged)


def _places(query: VideoQuery) -> Iterator[sa.ColumnElement[bool]]:
    if query.root is not None:
        named = sa.select(roots.c.id).where(roots.c.name == plain(query.root))
        yield videos.c.root_id == named.scalar_subquery()
    if query.folder:
        # Not LIKE: SQLite's takes upper and lower case for the same. After the slash is the zero.
        folder = plain(query.folder).strip("/")
        yield (videos.c.folder >= f"{folder}/") & (videos.c.folder < f"{folder}0")


def _measures(query: VideoQuery) -> Iterator[sa.ColumnElement[bool]]:
    if query.min_height is not None:
        yield videos.c.height >= query.min_height
    if query.min_duration is not None:
        yield videos.c.duration_seconds >= max(query.min_duration, 0)
    if query.max_duration is not None:
        yield videos.c.duration_seconds.between(0, query.max_duration)
