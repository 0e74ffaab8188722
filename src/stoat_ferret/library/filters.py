"""The SQL of filters, on the rows of videos and on the tables that are derived from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.folded_text import fold
from stoat_ferret.library.query import VideoSort
from stoat_ferret.library.tables import (
    roots,
    tags,
    video_annotations,
    video_tags,
    video_watches,
    videos,
)
from stoat_ferret.library.video import HeightClass, WatchedFilter
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from stoat_ferret.library.query import VideoFilter

Columns = sa.sql.expression.ColumnCollection[str, Any]
KIND_FILTERS = frozenset({"root", "codec", "hdr", "height_class", "min_height"})
"""The filters that all videos of the same kind pass, or none; see `kind_conditions`."""


def given_filters(query: VideoFilter) -> AbstractSet[str]:
    """Return the names of the filters that are set, without the status."""
    return query.as_params().keys() - {"status"}


def filter_conditions(
    query: VideoFilter, sort: VideoSort | None = None
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield a condition for each filter except words and status; for a list sorted by `sort`."""
    # A computed value keeps SQLite in list order instead of using another index.
    number = videos.c.number if sort is None else videos.c.number + 0
    height: sa.ColumnElement[int] = videos.c.height
    duration: sa.ColumnElement[float] = videos.c.duration_seconds
    if sort not in (None, VideoSort.HEIGHT):
        height = height + 0
    if sort not in (None, VideoSort.DURATION):
        duration = duration + 0
    yield from in_folder(query, videos.c.folder)
    yield from kind_conditions(query, videos.c, height)
    if query.min_duration is not None:
        yield duration >= max(query.min_duration, 0)
    if query.max_duration is not None:
        yield duration.between(0, query.max_duration)
    yield from is_rated(query, number)
    yield from is_tagged(query, number)
    yield from is_watched(query, number)


def in_folder(
    query: VideoFilter, column: sa.ColumnElement[str]
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the condition that a column of folders names the folder of `query`, or one in it."""
    folder = stored_folder(query.folder)
    if not query.subfolders:
        # As a range, since SQLite, which has no statistics here, would prefer an index that is in
        # list order to the one of folders for a single value.
        yield (column >= folder) & (column <= folder)
    elif folder:
        # Not LIKE, which ignores case in SQLite. "0" is the character after "/".
        yield (column >= folder) & (column < f"{folder[:-1]}0")


def stored_folder(folder: str | None) -> str:
    """Return a folder as the column `folder` has it: with a slash at its end, "" for the root."""
    name = storable(folder or "").strip("/")
    return f"{name}/" if name else ""


def kind_conditions(
    query: VideoFilter,
    columns: Columns,
    height: sa.ColumnElement[int] | None = None,
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions of root, codec, HDR and size on the columns of a table that has them.

    `height` is the column to compare with the minimum height, if it is not that of `columns`.
    """
    if query.root is not None:
        named = sa.select(roots.c.id).where(roots.c.name == storable(query.root))
        yield columns.root_id == named.scalar_subquery()
    if query.codec is not None:
        yield columns.video_codec == storable(query.codec).lower()
    if query.hdr is not None:
        yield columns.hdr == storable(query.hdr)
    if query.height_class is not None:
        yield height_class(columns) == query.height_class.value
    if query.min_height is not None:
        yield (columns.height if height is None else height) >= query.min_height


def is_rated(query: VideoFilter, number: sa.ColumnElement[int]) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the condition of the minimum rating on the number of a video, if there is one."""
    if query.min_rating is not None:
        rated = sa.select(video_annotations.c.video_number)
        yield number.in_(rated.where(video_annotations.c.rating >= query.min_rating))


def is_started(watches: Columns) -> sa.ColumnElement[bool]:
    """Return the condition that a row of `video_watches` has a position to resume from."""
    # Not a parameter, of which SQLite does not know that the partial index covers it.
    started: sa.ColumnElement[bool] = watches.position_seconds > sa.literal_column("0")
    return started


def is_watched(
    query: VideoFilter, number: sa.ColumnElement[int]
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the condition of how far a video was watched on its number, if there is one."""
    if query.watched is None:
        return
    watches = video_watches.alias("watches")  # apart from the one that lists join
    is_so = watches.c.watched == 1
    if query.watched is WatchedFilter.STARTED:
        is_so = is_started(watches.c)
    if query.watched is WatchedFilter.NO:
        yield ~sa.exists().where(watches.c.video_number == number, is_so)
    else:
        yield number.in_(sa.select(watches.c.video_number).where(is_so))


def is_tagged(
    query: VideoFilter, number: sa.ColumnElement[int]
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield a condition for each tag on the number of a video."""
    for key in sorted(map(fold, query.tags)):
        tagged = sa.select(video_tags.c.video_number).join(tags).where(tags.c.name_key == key)
        yield number.in_(tagged)


# The minimum length of the longer or of the shorter side.
_SIDES = {
    HeightClass.P2160: (3840, 2160),
    HeightClass.P1440: (2560, 1440),
    HeightClass.P1080: (1920, 1080),
    HeightClass.P720: (1280, 720),
    HeightClass.P480: (854, 480),
}


def height_class(
    columns: Columns,
) -> sa.ColumnElement[str | None]:
    """Return the size class of a row with these columns; NULL if its size is unknown."""
    width, height = columns.width, columns.height
    is_wide = width >= height
    longer = sa.case((is_wide, width), else_=height)
    shorter = sa.case((is_wide, height), else_=width)
    classes: list[tuple[sa.ColumnElement[bool], sa.ColumnElement[Any]]] = [
        ((longer >= least_long) | (shorter >= least_short), sa.literal_column(f"'{name}'"))
        for name, (least_long, least_short) in _SIDES.items()
    ]
    lower: sa.ColumnElement[Any] = sa.literal_column(f"'{HeightClass.LOWER}'")
    return sa.case((width <= 0, sa.null()), *classes, else_=lower)
