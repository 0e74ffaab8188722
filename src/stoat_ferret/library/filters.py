"""The SQL of filters, on the rows of videos and on the tables that are derived from them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.folded_text import fold
from stoat_ferret.library.query import VideoSort
from stoat_ferret.library.rows import UNKNOWN_MOMENT
from stoat_ferret.library.tables import (
    collection_videos,
    collections,
    roots,
    tags,
    video_annotations,
    video_tags,
    video_watches,
    videos,
)
from stoat_ferret.library.video import HeightClass, Orientation, WatchedFilter
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from stoat_ferret.library.query import VideoFilter

FIRST_KNOWN_MOMENT = UNKNOWN_MOMENT + timedelta(microseconds=1)
"""The first recording time that is one."""
Columns = sa.sql.expression.ColumnCollection[str, Any]
KIND_FILTERS = frozenset(
    {"root", "codec", "not_codec", "hdr", "height_class", "min_height", "orientation"}
)
"""The filters that all videos of the same kind pass, or none; see `kind_conditions`."""

NUMBER_FILTERS = frozenset(
    {
        "tags",
        "not_tags",
        "has_tags",
        "min_rating",
        "has_rating",
        "favourite",
        "watched",
        "collection",
    }
)
"""The filters that look only at the numbers of videos; see `number_conditions`."""
_DATE_FILTERS = {
    VideoSort.ADDED: frozenset({"added_from", "added_before"}),
    VideoSort.TAKEN: frozenset({"taken_from", "taken_before"}),
}
"""The filters by the dates that lists are sorted by."""


def given_filters(query: VideoFilter) -> AbstractSet[str]:
    """Return the names of the filters that are set, without the status."""
    return query.as_params().keys() - {"status"}


def has_index(query: VideoFilter, *, besides: VideoSort | None = None) -> bool:
    """Return whether a filter is by a column of few equal values, which has an index.

    `besides` is an order whose index finds and sorts at once, and does not count.
    """
    given = given_filters(query)
    dates = (names for sort, names in _DATE_FILTERS.items() if sort is not besides)
    return query.has_sound is False or any(not given.isdisjoint(names) for names in dates)


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
    yield from _date_conditions(query, sort)
    if query.has_sound is not None:
        codec = videos.c.audio_codec
        yield codec.is_not(None) if query.has_sound else codec.is_(None)
    yield from number_conditions(query, number, in_order=sort is not None)


def _date_conditions(
    query: VideoFilter, sort: VideoSort | None
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions of the dates; for a list sorted by `sort`."""
    added: sa.ColumnElement[datetime] = videos.c.added_at
    taken: sa.ColumnElement[datetime] = videos.c.taken_at
    if sort not in (None, VideoSort.ADDED):
        added = sa.func.coalesce(added, sa.null())
    if sort not in (None, VideoSort.TAKEN):
        taken = sa.func.coalesce(taken, sa.null())
    if query.added_from is not None:
        yield added >= query.added_from
    if query.added_before is not None:
        yield added < query.added_before
    if query.taken_from is not None:
        yield taken >= max(query.taken_from, FIRST_KNOWN_MOMENT)
    if query.taken_before is not None:
        yield (taken >= FIRST_KNOWN_MOMENT) & (taken < query.taken_before)


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
    if query.codec:
        yield columns.video_codec.in_(_codecs(query.codec))
    if query.not_codec:
        # A row without a codec has none of these.
        yield sa.func.coalesce(columns.video_codec, "").not_in(_codecs(query.not_codec))
    if query.hdr is not None:
        yield columns.hdr == storable(query.hdr)
    if query.height_class:
        yield height_class(columns).in_(sorted(query.height_class))
    if query.orientation:
        yield orientation(columns).in_(sorted(query.orientation))
    if query.min_height is not None:
        yield (columns.height if height is None else height) >= query.min_height


def _codecs(names: AbstractSet[str]) -> list[str]:
    return sorted(storable(name).lower() for name in names)


def is_started(watches: Columns) -> sa.ColumnElement[bool]:
    """Return the condition that a row of `video_watches` has a position to resume from."""
    # Not a parameter, of which SQLite does not know that the partial index covers it.
    started: sa.ColumnElement[bool] = watches.position_seconds > sa.literal_column("0")
    return started


def number_conditions(
    query: VideoFilter, number: sa.ColumnElement[int], *, in_order: bool = False
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions of what people gave to a video, and of collections, on its number.

    With `in_order`, what few videos have is looked up for each row, which a page of a list has soon
    enough of; otherwise all that have it are read once.
    """
    among = partial(_is_among, in_order=in_order)
    rating = video_annotations.c.rating
    rated = sa.select(video_annotations.c.video_number)
    if query.min_rating is not None:
        yield number.in_(rated.where(rating >= query.min_rating))
    if query.has_rating is not None:
        yield among(number, rated.where(rating.is_not(None)), expected=query.has_rating)
    if query.favourite is not None:
        # Not a parameter, as in `is_started`.
        favourites = rated.where(video_annotations.c.favourite == sa.literal_column("1"))
        yield among(number, favourites, expected=query.favourite)
    for key in sorted(map(fold, query.tags)):
        yield number.in_(_tagged([key]))
    if query.not_tags:
        yield among(number, _tagged(sorted(map(fold, query.not_tags))), expected=False)
    if query.has_tags is not None:
        any_tag = sa.select(video_tags.c.video_number)
        yield among(number, any_tag, expected=query.has_tags)
    if query.watched is not None:
        yield _is_watched(query.watched, number)
    if query.collection:
        # Apart from the rows that a list in the order of the collection joins.
        entries = collection_videos.alias("entries")
        mine = entries.c.collection == collection_number(query.collection)
        yield number.in_(sa.select(entries.c.video_number).where(mine))


def collection_number(collection_id: str) -> sa.ScalarSelect[int]:
    """Return the number of the collection with this id, as a part of a statement."""
    named = sa.select(collections.c.number).where(collections.c.id == storable(collection_id))
    return named.scalar_subquery()


def _is_watched(watched: WatchedFilter, number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    watches = video_watches.alias("watches")  # apart from the one that lists join
    is_so = watches.c.watched == 1
    if watched is WatchedFilter.STARTED:
        is_so = is_started(watches.c)
    if watched is WatchedFilter.NO:
        return ~sa.exists().where(watches.c.video_number == number, is_so)
    return number.in_(sa.select(watches.c.video_number).where(is_so))


def _tagged(keys: Sequence[str]) -> sa.Select[Any]:
    return sa.select(video_tags.c.video_number).join(tags).where(tags.c.name_key.in_(keys))


def _is_among(
    number: sa.ColumnElement[int],
    numbers: sa.Select[tuple[int]],
    *,
    expected: bool,
    in_order: bool,
) -> sa.ColumnElement[bool]:
    if expected:
        return number.in_(numbers)
    if in_order:
        (column,) = numbers.selected_columns
        return ~numbers.where(column == number).correlate(videos).exists()
    return number.not_in(numbers)


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


def orientation(columns: Columns) -> sa.ColumnElement[str | None]:
    """Return the orientation of a row with these columns; NULL if its size is unknown."""
    width, height = columns.width, columns.height
    cases: list[tuple[sa.ColumnElement[bool], sa.ColumnElement[Any]]] = [
        (width <= 0, sa.null()),
        (width > height, sa.literal_column(f"'{Orientation.LANDSCAPE}'")),
        (width < height, sa.literal_column(f"'{Orientation.PORTRAIT}'")),
    ]
    square: sa.ColumnElement[Any] = sa.literal_column(f"'{Orientation.SQUARE}'")
    return sa.case(*cases, else_=square)
