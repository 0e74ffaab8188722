"""The terms of a search, and the SQL of video queries, with the full-text index if there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.library.query import VideoSort
from stoat_ferret.library.tables import roots, tags, video_annotations, video_tags, videos
from stoat_ferret.library.text import QUOTATION_MARKS, fold, search_key
from stoat_ferret.library.video import HeightClass, VideoStatus
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.query import VideoFilter

_INDEXED_LENGTH = 3
_FEW = 1000
_MANY = 20_000

# SQLite's full-text index, maintained by triggers on `videos`; its name is also its query column.
_index = sa.table("video_search", sa.column("rowid"), sa.column("video_search"))

# A minus or number sign is text if nothing follows it or if it is inside a word.
_TERM = re.compile(
    rf"""
    (?P<minus>-(?=[^\s-]))?
    (?P<tag>\#(?=[^\s#]))?
    (?: [{QUOTATION_MARKS}] (?P<phrase>[^{QUOTATION_MARKS}]*) (?:[{QUOTATION_MARKS}]|$)
      | (?P<word>\S+)
    )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, order=True)
class SearchTerm:
    """A search term: `text` must occur in the searched text, or must not if `is_excluded`.

    A video with a tag whose key is in `tags` counts as containing the text.
    """

    text: str
    tags: tuple[str, ...] = ()
    is_excluded: bool = False

    def matches(self, texts: Collection[str], tags: Collection[str]) -> bool:
        """Return whether the term matches a video with these search keys and tag keys."""
        occurs = any(self.text in text for text in texts)
        return (occurs or any(tag in tags for tag in self.tags)) is not self.is_excluded


def parse_search(q: str) -> list[SearchTerm]:
    """Return the terms of `q`, all of which must match; every text is a valid query.

    `"two words"` is a phrase, even without the second quotation mark; `-` excludes the term that
    follows; `#` searches for a tag, or for the same characters in the text.
    """
    terms = {_term(match): None for match in _TERM.finditer(q)}
    # An empty term would match everything.
    return sorted(term for term in terms if term.text)


def _term(match: re.Match[str]) -> SearchTerm:
    phrase, word = match["phrase"], match["word"]
    text = word if phrase is None else phrase.strip()
    is_excluded = match["minus"] is not None
    if match["tag"] is None or not search_key(text).strip():
        return SearchTerm(search_key(text), is_excluded=is_excluded)
    keys = tuple(sorted({fold(text), search_key(text)}))
    return SearchTerm(search_key(f"#{text}"), keys, is_excluded)


@dataclass(frozen=True, slots=True)
class Hits:
    """The rows of videos that match a search.

    `condition` selects them. `in_order` selects the same rows and is faster for reading the first
    rows in the order of an index. `count` is their number including missing videos, if known.
    `are_few` is true if they can be fetched directly by number. `are_in_rows` is true if no index
    on a sort column helps to find all of them.
    """

    condition: sa.ColumnElement[bool]
    in_order: sa.ColumnElement[bool]
    count: int | None = None
    are_few: bool = False
    are_in_rows: bool = False


async def search(connection: AsyncConnection, q: str) -> Hits:
    """Return the hits of `q`, for this transaction.

    Terms of three or more letters use the index. Shorter terms, and all terms on PostgreSQL, are
    searched in the rows.
    """
    terms = parse_search(q)
    if connection.dialect.name != "sqlite":
        in_rows = _all_in_rows(terms, sa.func.strpos)
        return Hits(in_rows, in_rows)
    wanted = [term for term in terms if _is_indexed(term) and not term.is_excluded]
    if not wanted:
        number = videos.c.number
        condition = sa.and_(sa.true(), *(_by_itself(term, number) for term in terms))
        # The addition keeps SQLite in list order; otherwise it fetches every hit by number.
        in_order = sa.and_(sa.true(), *(_by_itself(term, number + 0) for term in terms))
        return Hits(condition, in_order, are_in_rows=bool(terms))
    return await _look_up(connection, terms, wanted)


def _is_indexed(term: SearchTerm) -> bool:
    return len(term.text) >= _INDEXED_LENGTH and not term.tags


def _all_in_rows(terms: Iterable[SearchTerm], position: Any) -> sa.ColumnElement[bool]:
    return sa.and_(sa.true(), *(_in_rows(term, position) for term in terms))


def _in_rows(term: SearchTerm, position: Any) -> sa.ColumnElement[bool]:
    columns = (videos.c.searchable, videos.c.labels)
    found = sa.or_(*(position(column, term.text) > 0 for column in columns))
    if term.tags:
        # The addition keeps SQLite in list order; otherwise it starts from the tagged videos.
        found |= (videos.c.number + 0).in_(_tagged(term))
    return sa.not_(found) if term.is_excluded else found


def _by_itself(term: SearchTerm, number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition of a term if no other term narrows down the rows."""
    if len(term.text) < _INDEXED_LENGTH:
        return _in_rows(term, sa.func.instr)
    hits = sa.select(_index.c.rowid).where(_index.c.video_search.match(_quoted(term)))
    found = hits.union_all(_tagged(term)) if term.tags else hits
    return number.not_in(found) if term.is_excluded else number.in_(found)


def _tagged(term: SearchTerm) -> sa.Select[Any]:
    tagged = sa.select(video_tags.c.video_number).join(tags)
    return tagged.where(tags.c.name_key.in_(term.tags))


def _quoted(term: SearchTerm) -> str:
    # A quoted string is literal text: https://sqlite.org/fts5.html#fts5_strings
    return '"' + term.text.replace('"', '""') + '"'


async def _look_up(
    connection: AsyncConnection, terms: Sequence[SearchTerm], wanted: Sequence[SearchTerm]
) -> Hits:
    unwanted = [term for term in terms if _is_indexed(term) and term.is_excluded]
    phrases = " AND ".join(map(_quoted, wanted))
    if unwanted:
        phrases = f"({phrases}) NOT ({' OR '.join(map(_quoted, unwanted))})"
    is_hit = _index.c.video_search.match(phrases)
    hits = sa.select(_index.c.rowid).where(is_hit)
    others = [term for term in terms if not _is_indexed(term)]
    rest = _all_in_rows(others, sa.func.instr)
    numbers = (await connection.scalars(hits.limit(_FEW + 1))).all()
    if not numbers:
        return Hits(sa.false(), sa.false(), count=0, are_few=True)
    if len(numbers) <= _FEW:
        condition = videos.c.number.in_(numbers) & rest
        return Hits(condition, condition, are_few=True)
    count = await connection.scalar(sa.select(sa.func.count()).select_from(_index).where(is_hit))
    condition = videos.c.number.in_(hits) & rest
    in_order: sa.ColumnElement[bool] = (videos.c.number + 0).in_(hits) & rest
    if (count or 0) > _MANY:
        in_order = _all_in_rows(terms, sa.func.instr)
    whole = None if others else count
    return Hits(condition, in_order, count=whole, are_in_rows=True)


@dataclass(frozen=True, slots=True)
class Matches:
    """The rows of videos that match a query, ignoring its status.

    `condition`, `in_order` and `are_few` are those of `Hits`. `by_number` is true if no index
    covers all filters. `count` is the number of rows of all statuses, if known.
    """

    condition: sa.ColumnElement[bool]
    in_order: sa.ColumnElement[bool]
    are_few: bool
    by_number: bool
    count: int | None


async def match(
    connection: AsyncConnection, query: VideoFilter, sort: VideoSort = VideoSort.NAME
) -> Matches:
    """Return the rows that match `query`, for this transaction; `in_order` follows `sort`."""
    hits = await search(connection, query.q or "")
    return Matches(
        condition=sa.and_(hits.condition, *filter_conditions(query)),
        in_order=sa.and_(hits.in_order, *filter_conditions(query, sort)),
        are_few=hits.are_few,
        by_number=hits.are_few or (not query.folder and (hits.are_in_rows or _is_in_rows(query))),
        count=hits.count if query.is_only_words else None,
    )


def with_status(
    condition: sa.ColumnElement[bool], status: VideoStatus, *, by_number: bool = False
) -> sa.ColumnElement[bool]:
    """Restrict `condition` to videos that are shown with this status.

    `by_number` keeps SQLite, which has no statistics here, from using an index on the status.
    """
    if status is VideoStatus.MISSING:
        return condition & videos.c.missing_since.is_not(None)
    shown, missing_since = videos.c.status, videos.c.missing_since
    if by_number:
        # Computed values are in no index, so SQLite cannot consider any index sufficient.
        return (
            condition
            & (shown.concat("") == status.value)
            & sa.func.coalesce(missing_since, sa.null()).is_(None)
        )
    return condition & (shown == status.value) & missing_since.is_(None)


def goes_by_number(matches: Matches, status: VideoStatus, *, reads_rows: bool = False) -> bool:
    """Return whether videos with this status are found faster without the status indexes.

    `reads_rows` is true if the query needs more columns than such an index has.
    """
    # Few videos are not `ok`; for those the index is faster.
    is_usual = status is VideoStatus.OK and (matches.by_number or reads_rows)
    return matches.are_few or is_usual


def _is_in_rows(query: VideoFilter) -> bool:
    in_rows = (query.root, query.codec, query.hdr, query.height_class)
    return bool(any(in_rows) or query.tags or query.min_rating)


def filter_conditions(
    query: VideoFilter, sort: VideoSort | None = None
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield a condition for each filter except words and status; for a list sorted by `sort`."""
    # A computed value keeps SQLite in list order instead of using another index.
    number = videos.c.number if sort is None else videos.c.number + 0
    yield from _location_conditions(query)
    yield from _size_conditions(query, sort)
    if query.codec is not None:
        yield videos.c.video_codec == storable(query.codec).lower()
    if query.hdr is not None:
        yield videos.c.hdr == storable(query.hdr)
    if query.min_rating is not None:
        rated = sa.select(video_annotations.c.video_number)
        yield number.in_(rated.where(video_annotations.c.rating >= query.min_rating))
    for key in sorted(map(fold, query.tags)):
        tagged = sa.select(video_tags.c.video_number).join(tags).where(tags.c.name_key == key)
        yield number.in_(tagged)


def _location_conditions(query: VideoFilter) -> Iterator[sa.ColumnElement[bool]]:
    if query.root is not None:
        named = sa.select(roots.c.id).where(roots.c.name == storable(query.root))
        yield videos.c.root_id == named.scalar_subquery()
    if query.folder:
        # Not LIKE, which ignores case in SQLite. "0" is the character after "/".
        folder = storable(query.folder).strip("/")
        yield (videos.c.folder >= f"{folder}/") & (videos.c.folder < f"{folder}0")


def _size_conditions(
    query: VideoFilter, sort: VideoSort | None
) -> Iterator[sa.ColumnElement[bool]]:
    height: sa.ColumnElement[int] = videos.c.height
    duration: sa.ColumnElement[float] = videos.c.duration_seconds
    if sort not in (None, VideoSort.HEIGHT):
        height = height + 0
    if sort not in (None, VideoSort.DURATION):
        duration = duration + 0
    if query.height_class is not None:
        yield height_class() == query.height_class.value
    if query.min_height is not None:
        yield height >= query.min_height
    if query.min_duration is not None:
        yield duration >= max(query.min_duration, 0)
    if query.max_duration is not None:
        yield duration.between(0, query.max_duration)


# The minimum length of the longer or of the shorter side.
_SIDES = {
    HeightClass.P2160: (3840, 2160),
    HeightClass.P1440: (2560, 1440),
    HeightClass.P1080: (1920, 1080),
    HeightClass.P720: (1280, 720),
    HeightClass.P480: (854, 480),
}


def height_class() -> sa.ColumnElement[str | None]:
    """Return the size class of a row of videos; NULL if its size is unknown."""
    width, height = videos.c.width, videos.c.height
    is_wide = width >= height
    longer = sa.case((is_wide, width), else_=height)
    shorter = sa.case((is_wide, height), else_=width)
    classes: list[tuple[sa.ColumnElement[bool], sa.ColumnElement[Any]]] = [
        ((longer >= least_long) | (shorter >= least_short), sa.literal_column(f"'{name}'"))
        for name, (least_long, least_short) in _SIDES.items()
    ]
    lower: sa.ColumnElement[Any] = sa.literal_column(f"'{HeightClass.LOWER}'")
    return sa.case((width <= 0, sa.null()), *classes, else_=lower)
