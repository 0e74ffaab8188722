"""The terms of a search, and the SQL of video queries, with the full-text index if there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.folded_text import QUOTATION_MARKS, fold, search_key
from stoat_ferret.library.answers import KnownAnswers
from stoat_ferret.library.derived import (
    video_groups,
    video_kinds,
    video_letters,
    video_search,
)
from stoat_ferret.library.filters import (
    KIND_FILTERS,
    NUMBER_FILTERS,
    filter_conditions,
    given_filters,
    has_index,
    kind_conditions,
)
from stoat_ferret.library.query import VideoSort
from stoat_ferret.library.tables import tags, video_tags, videos
from stoat_ferret.library.video import VideoStatus, WatchedFilter
from stoat_ferret.text import letter_word

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.query import VideoFilter

_INDEXED_LENGTH = 3
_FEW = 1000
_LISTED = 20_000
_LISTED_TOGETHER = 100_000
_MANY = 20_000

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
    rows in the order of an index; `reads_rows` is true if it needs columns that such an index
    lacks. `count` is their number including missing videos, if known. `are_few` is true if they
    can be fetched directly by number. `probable`, where it is set, is a condition on the rows of
    hits so frequent that reading a few thousand rows probably fills a page. `are_in_rows` is true
    if no index on a sort column helps to find all of them. `indexed`, where it is set, finds them
    without their rows. `size_bytes` is the size of the list of their numbers, where there is one.
    """

    condition: sa.ColumnElement[bool]
    in_order: sa.ColumnElement[bool]
    count: int | None = None
    are_few: bool = False
    are_in_rows: bool = False
    reads_rows: bool = False
    probable: sa.ColumnElement[bool] | None = None
    indexed: IndexedHits | None = None
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class IndexedHits:
    """The hits of `terms` in a full-text index, each of which must match `others` too.

    `index` and `is_hit` are the index and the condition of its rows; without an index, all videos
    are meant. `numbers` selects the hits where they were read. `count` is their number; None if
    unknown.
    """

    index: sa.TableClause | None = None
    is_hit: sa.ColumnElement[bool] | None = None
    numbers: sa.Select[Any] | None = None
    count: int | None = None
    terms: Sequence[SearchTerm] = ()
    others: Sequence[SearchTerm] = ()

    @property
    def are_read(self) -> bool:
        """True if looking at the rows of these hits is faster than looking others up."""
        are_short = any(len(term.text) < _INDEXED_LENGTH for term in self.others)
        return are_short and self.count is not None and self.count <= _MANY

    def terms_in_rows(self) -> sa.ColumnElement[bool]:
        """Return the condition of the terms on a row of `videos`."""
        return _all_in_rows(self.terms)

    def others_in_rows(self) -> sa.ColumnElement[bool]:
        """Return the condition of the other terms on a row of `videos`."""
        return _all_in_rows(self.others)

    def others_by(self, number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """Return the condition of the other terms on the number of a video."""
        return sa.and_(sa.true(), *(_by_itself(term, number) for term in self.others))


async def search(connection: AsyncConnection, q: str) -> Hits:
    """Return the hits of `q`, for this transaction.

    SQLite looks words up in its indexes; PostgreSQL searches the rows, and decides itself whether
    it uses its index of trigrams (`library.trigrams`).
    """
    terms = parse_search(q)
    if connection.dialect.name != "sqlite":
        in_rows = _all_in_rows(terms, _contains)
        return Hits(in_rows, in_rows)
    for index in (video_search, video_letters):
        if any(_index_of(term) is index and not term.is_excluded for term in terms):
            return await _look_up(connection, terms, index)
    number = videos.c.number
    condition = sa.and_(sa.true(), *(_by_itself(term, number) for term in terms))
    # The addition keeps SQLite in list order; otherwise it fetches every hit by number.
    in_order = sa.and_(sa.true(), *(_by_itself(term, number + 0) for term in terms))
    indexed = IndexedHits(others=terms)
    return Hits(condition, in_order, are_in_rows=bool(terms), indexed=indexed)


def _index_of(term: SearchTerm) -> sa.TableClause | None:
    if term.tags:
        return None
    return video_search if len(term.text) >= _INDEXED_LENGTH else video_letters


def _is_in(column: sa.ColumnElement[str], text: str) -> sa.ColumnElement[bool]:
    return sa.func.instr(column, text) > 0


def _contains(column: sa.ColumnElement[str], text: str) -> sa.ColumnElement[bool]:
    # Only LIKE uses an index of trigrams.
    return column.contains(text, autoescape=True)


def _all_in_rows(
    terms: Iterable[SearchTerm],
    occurs: Callable[[sa.ColumnElement[str], str], sa.ColumnElement[bool]] = _is_in,
) -> sa.ColumnElement[bool]:
    return sa.and_(sa.true(), *(_in_rows(term, occurs) for term in terms))


def _in_rows(
    term: SearchTerm, occurs: Callable[[sa.ColumnElement[str], str], sa.ColumnElement[bool]]
) -> sa.ColumnElement[bool]:
    columns = (videos.c.searchable, videos.c.labels)
    found = sa.or_(*(occurs(column, term.text) for column in columns))
    if term.tags:
        # The addition keeps SQLite in list order; otherwise it starts from the tagged videos.
        found |= (videos.c.number + 0).in_(_tagged(term))
    return sa.not_(found) if term.is_excluded else found


def _by_itself(term: SearchTerm, number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition of a term if no other term narrows down the rows."""
    index = video_search if len(term.text) >= _INDEXED_LENGTH else video_letters
    hits = sa.select(index.c.rowid).where(_matches(index, _quoted(term)))
    found = hits.union_all(_tagged(term)) if term.tags else hits
    return number.not_in(found) if term.is_excluded else number.in_(found)


def _tagged(term: SearchTerm) -> sa.Select[Any]:
    tagged = sa.select(video_tags.c.video_number).join(tags)
    return tagged.where(tags.c.name_key.in_(term.tags))


def _matches(index: sa.TableClause, phrases: str) -> sa.ColumnElement[bool]:
    # The column with the name of the index stands for all of it.
    return index.c[index.name].match(phrases)


def _quoted(term: SearchTerm) -> str:
    # A quoted string is literal text: https://sqlite.org/fts5.html#fts5_strings
    if len(term.text) < _INDEXED_LENGTH:
        beginning = " *" if len(term.text) == 1 else ""
        return f'"{letter_word(term.text)}"{beginning}'
    return '"' + term.text.replace('"', '""') + '"'


async def _look_up(
    connection: AsyncConnection, terms: Sequence[SearchTerm], index: sa.TableClause
) -> Hits:
    mine = [term for term in terms if _index_of(term) is index]
    is_hit = _matches(index, _phrases(mine))
    hits = sa.select(index.c.rowid).where(is_hit)
    others = [term for term in terms if _index_of(term) is not index]
    found = await _list(connection, hits, [term for term in others if _is_short(term)])
    if found is None:
        counted = sa.select(sa.func.count()).select_from(index).where(is_hit)
        count = await connection.scalar(counted) or 0
        indexed = IndexedHits(index, is_hit, count=count, terms=mine, others=others)
    else:
        count, listed = found
        if not count:
            none = IndexedHits(numbers=_listed("[]"), count=0)
            return Hits(sa.false(), sa.false(), count=0, are_few=True, indexed=none)
        mine += [term for term in others if _is_short(term)]
        others = [term for term in others if not _is_short(term)]
        hits = _listed(listed)
        indexed = IndexedHits(numbers=hits, count=count, terms=mine, others=others)
    size_bytes = 0 if found is None else len(listed)
    rest = _all_in_rows(others)
    condition = videos.c.number.in_(hits) & rest
    if count <= _FEW:
        few = Hits(condition, condition, are_few=True, indexed=indexed)
        return replace(few, size_bytes=size_bytes)
    in_order: sa.ColumnElement[bool] = (videos.c.number + 0).in_(hits) & rest
    return Hits(
        condition,
        in_order,
        count=None if others else count,
        are_in_rows=True,
        reads_rows=bool(others),
        probable=_all_in_rows(terms) if count > _MANY else None,
        indexed=indexed,
        size_bytes=size_bytes,
    )


def _phrases(terms: Sequence[SearchTerm]) -> str:
    """Return the query for an index that finds all of `terms`, of which one is not excluded."""
    phrases = " AND ".join(_quoted(term) for term in terms if not term.is_excluded)
    if unwanted := [_quoted(term) for term in terms if term.is_excluded]:
        return f"({phrases}) NOT ({' OR '.join(unwanted)})"
    return phrases


def _is_short(term: SearchTerm) -> bool:
    return _index_of(term) is video_letters and not term.is_excluded


async def _list(
    connection: AsyncConnection, hits: sa.Select[Any], short: Sequence[SearchTerm]
) -> tuple[int, str] | None:
    """Return the number of hits that contain `short`, and a JSON array; None if they are many.

    As one text, since SQLite makes it in a fifth of the time that as many rows take.
    """
    most = _LISTED_TOGETHER if short else _LISTED
    if short:
        letters = sa.select(video_letters.c.rowid).where(_matches(video_letters, _phrases(short)))
        # With an order, SQLite merges both, which are in order, and stores neither.
        some = sa.intersect(hits, letters).order_by(sa.text("1")).limit(most + 1).subquery()
    else:
        some = hits.limit(most + 1).subquery()
    counted = sa.select(sa.func.count(), sa.func.json_group_array(some.c.rowid))
    count, listed = (await connection.execute(counted)).one()
    return None if count > most else (count, listed)


def _listed(numbers: str) -> sa.Select[Any]:
    """Return a selection of the numbers in a JSON array, one parameter for any number of them."""
    values = sa.func.json_each(numbers).table_valued("value")
    return sa.select(sa.cast(values.c.value, sa.Integer))


@dataclass(frozen=True, slots=True)
class Matches:
    """The rows of videos that match a query, ignoring its status.

    `condition`, `in_order`, `probable`, `are_few` and `indexed` are those of `Hits`. `by_number` is
    true if no index covers all filters, and `reads_rows` if `in_order` needs columns that the
    indexes of lists lack. `has_index` is true if the index of another column finds the rows.
    `count` is the number of rows of all statuses, if known. `are_listed` is true if `condition` has
    the numbers of few enough rows to sort them all.
    """

    condition: sa.ColumnElement[bool]
    in_order: sa.ColumnElement[bool]
    probable: sa.ColumnElement[bool] | None
    are_few: bool
    by_number: bool
    reads_rows: bool
    has_index: bool
    count: int | None
    indexed: IndexedHits | None
    are_listed: bool = False


async def match(
    connection: AsyncConnection,
    query: VideoFilter,
    sort: VideoSort = VideoSort.NAME,
    *,
    known: KnownAnswers | None = None,
) -> Matches:
    """Return the rows that match `query`, for this transaction; `in_order` follows `sort`."""
    q = query.q or ""
    known = known or KnownAnswers()
    hits = await known.get(("hits", q), lambda: search(connection, q))
    condition, in_order = [*filter_conditions(query)], [*filter_conditions(query, sort)]
    if connection.dialect.name != "sqlite":
        return _left_to_the_planner(sa.and_(hits.condition, *condition))
    has_kinds = hits.indexed is not None and has_only_kinds(query)
    if has_kinds:
        condition, in_order = [_is_of_kind(query)], [_has_kind(query)]
    is_found = query.is_in_folder or has_index(query)
    is_in_rows = hits.are_in_rows or has_kinds or _is_in_rows(query)
    has_only_numbers = has_kinds or given_filters(query) <= NUMBER_FILTERS | {"q"}
    return Matches(
        condition=sa.and_(hits.condition, *condition),
        in_order=sa.and_(hits.in_order, *in_order),
        probable=None if hits.probable is None else sa.and_(hits.probable, *in_order),
        are_few=hits.are_few,
        by_number=hits.are_few or (not is_found and is_in_rows),
        reads_rows=hits.reads_rows or not has_only_numbers,
        has_index=has_index(query) and not hits.are_few,
        count=hits.count if query.is_only_words else None,
        indexed=hits.indexed,
        are_listed=_are_listed(hits),
    )


def _are_listed(hits: Hits) -> bool:
    indexed = hits.indexed
    if indexed is None or indexed.numbers is None:
        return False
    return indexed.count is not None and indexed.count <= _LISTED


def _left_to_the_planner(condition: sa.ColumnElement[bool]) -> Matches:
    """Return rows that a database with statistics finds by itself, in whatever order is wanted."""
    return Matches(
        condition=condition,
        in_order=condition,
        probable=None,
        are_few=False,
        by_number=False,
        reads_rows=False,
        has_index=False,
        count=None,
        indexed=None,
    )


def has_only_kinds(query: VideoFilter) -> bool:
    """Return whether filters are set, and all of them are in `KIND_FILTERS`."""
    given = given_filters(query)
    return bool(given) and given <= KIND_FILTERS


def _is_of_kind(query: VideoFilter) -> sa.ColumnElement[bool]:
    """Return the condition of the kinds on a row of videos, for finding all of them."""
    numbers = sa.select(video_groups.c.number).where(video_groups.c.kind.in_(_kinds(query)))
    return videos.c.number.in_(numbers)


def _has_kind(query: VideoFilter) -> sa.ColumnElement[bool]:
    """Return the condition of the kinds on a row of videos, for finding them in list order."""
    # Not the columns of the row itself, which is far larger than this one.
    kind = sa.select(video_groups.c.kind).where(video_groups.c.number == videos.c.number)
    return kind.scalar_subquery().in_(_kinds(query))


def _kinds(query: VideoFilter) -> sa.Select[Any]:
    return sa.select(video_kinds.c.id).where(*kind_conditions(query, video_kinds.c))


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
    given = given_filters(query)
    if query.watched is WatchedFilter.NO:
        # Most videos were not watched, so the first of them are found soon in the order of a list.
        given -= {"watched"}
    return not given.isdisjoint((KIND_FILTERS - {"min_height"}) | NUMBER_FILTERS)
