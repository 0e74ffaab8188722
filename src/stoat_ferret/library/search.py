"""The search for videos, which uses an index if the database has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.library.search_terms import SearchTerm, parse_search
from stoat_ferret.library.tables import tags, video_tags, videos

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

_INDEXED_LENGTH = 3
_FEW = 1000
_MANY = 20_000

# The full-text index of SQLite that triggers on `videos` keep; its name is also its query.
_index = sa.table("video_search", sa.column("rowid"), sa.column("video_search"))


@dataclass(frozen=True, slots=True)
class Hits:
    """The rows of videos that a search finds.

    `condition` holds for them; `in_order` does too, and is the faster one for who reads rows in
    the order of an index until some are found. `count` is how many there are, missing videos
    included, where that is known. `are_few` says that their numbers lead to them at once, and
    `are_in_rows` that no index on what lists are sorted by helps to find all of them.
    """

    condition: sa.ColumnElement[bool]
    in_order: sa.ColumnElement[bool]
    count: int | None = None
    are_few: bool = False
    are_in_rows: bool = False


async def search(connection: AsyncConnection, q: str) -> Hits:
    """The hits of `q`, for this transaction.

    A text of three letters or more is looked up in the index; shorter ones, and all of them on
    PostgreSQL, are looked for in the rows.
    """
    terms = parse_search(q)
    if connection.dialect.name != "sqlite":
        in_rows = _all_in_rows(terms, sa.func.strpos)
        return Hits(in_rows, in_rows)
    wanted = [term for term in terms if _is_indexed(term) and not term.is_excluded]
    if not wanted:
        number = videos.c.number
        condition = sa.and_(sa.true(), *(_by_itself(term, number) for term in terms))
        # The sum keeps SQLite from leaving the order of the list to fetch every hit by its number.
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
        # The sum keeps SQLite from leaving the order of a list for the numbers of the tagged.
        found |= (videos.c.number + 0).in_(_tagged(term))
    return sa.not_(found) if term.is_excluded else found


def _by_itself(term: SearchTerm, number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The condition for a term with no word beside it that narrows the rows down."""
    if len(term.text) < _INDEXED_LENGTH:
        return _in_rows(term, sa.func.instr)
    hits = sa.select(_index.c.rowid).where(_index.c.video_search.match(_quoted(term)))
    found = hits.union_all(_tagged(term)) if term.tags else hits
    return number.not_in(found) if term.is_excluded else number.in_(found)


def _tagged(term: SearchTerm) -> sa.Select[Any]:
    tagged = sa.select(video_tags.c.video_number).join(tags)
    return tagged.where(tags.c.name_key.in_(term.tags))


def _quoted(term: SearchTerm) -> str:
    # A quoted string is text, whatever is in it: https://sqlite.org/fts5.html#fts5_strings
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
