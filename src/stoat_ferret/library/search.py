"""Which videos hold all words of a search, by an index where the database has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.library.plain_text import fold
from stoat_ferret.library.tables import videos

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

_INDEXED_LENGTH = 3
_FEW = 1000
_MANY = 20_000

# The full-text index of SQLite that triggers on `videos` keep; its name is also its query.
_index = sa.table("video_search", sa.column("rowid"), sa.column("video_search"))


@dataclass(frozen=True, slots=True)
class Hits:
    """The rows of videos in which each word of a search is a part of what is searched.

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

    A word of three letters or more is looked up in the index; shorter ones, and all of them on
    PostgreSQL, are looked for in the rows.
    """
    words = sorted(set(fold(q).split()))
    if connection.dialect.name != "sqlite":
        in_rows = _in_rows(words, sa.func.strpos)
        return Hits(in_rows, in_rows)
    indexed = [word for word in words if len(word) >= _INDEXED_LENGTH]
    if not indexed:
        in_rows = _in_rows(words, sa.func.instr)
        return Hits(in_rows, in_rows, are_in_rows=bool(words))
    return await _look_up(connection, words, indexed)


def _in_rows(words: Sequence[str], position: Any) -> sa.ColumnElement[bool]:
    columns = (videos.c.searchable, videos.c.labels)
    found = (sa.or_(*(position(column, word) > 0 for column in columns)) for word in words)
    return sa.and_(sa.true(), *found)


async def _look_up(
    connection: AsyncConnection, words: Sequence[str], indexed: Sequence[str]
) -> Hits:
    # A quoted string is text, whatever is in it: https://sqlite.org/fts5.html#fts5_strings
    phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in indexed)
    is_hit = _index.c.video_search.match(phrases)
    hits = sa.select(_index.c.rowid).where(is_hit)
    short = _in_rows([word for word in words if word not in indexed], sa.func.instr)
    numbers = (await connection.scalars(hits.limit(_FEW + 1))).all()
    if not numbers:
        return Hits(sa.false(), sa.false(), count=0, are_few=True)
    if len(numbers) <= _FEW:
        condition = videos.c.number.in_(numbers) & short
        return Hits(condition, condition, are_few=True)
    count = await connection.scalar(sa.select(sa.func.count()).select_from(_index).where(is_hit))
    condition = videos.c.number.in_(hits) & short
    # The sum keeps SQLite from leaving the order of the list to fetch every hit by its number.
    in_order: sa.ColumnElement[bool] = (videos.c.number + 0).in_(hits) & short
    if (count or 0) > _MANY:
        in_order = _in_rows(words, sa.func.instr)
    whole = count if len(indexed) == len(words) else None
    return Hits(condition, in_order, count=whole, are_in_rows=True)
