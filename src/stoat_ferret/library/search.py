"""Which videos hold all words of a search, by an index where the database has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.library.plain_text import fold
from stoat_ferret.library.tables import videos

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection

_INDEXED_LENGTH = 3
_FEW = 2000

# The full-text index of SQLite that triggers on `videos` keep; its name is also its query.
_index = sa.table("video_search", sa.column("rowid"), sa.column("video_search"))


def words_of(q: str) -> list[str]:
    """The words of `q` in the form in which they are searched for, each once."""
    return sorted(set(fold(q).split()))


async def holds_words(connection: AsyncConnection, q: str) -> sa.ColumnElement[bool]:
    """The condition that each word of `q` is a part of what is searched in a row of videos.

    A word of three letters or more is looked up in the index; shorter ones, and all of them on
    PostgreSQL, are looked for in the rows.
    """
    words = words_of(q)
    if connection.dialect.name != "sqlite":
        return _in_rows(words, sa.func.strpos)
    indexed = [word for word in words if len(word) >= _INDEXED_LENGTH]
    in_rows = _in_rows((word for word in words if len(word) < _INDEXED_LENGTH), sa.func.instr)
    if not indexed:
        return in_rows
    return await _in_index(connection, indexed) & in_rows


def _in_rows(words: Iterable[str], position: Any) -> sa.ColumnElement[bool]:
    columns = (videos.c.searchable, videos.c.labels)
    found = (sa.or_(*(position(column, word) > 0 for column in columns)) for word in words)
    return sa.and_(sa.true(), *found)


async def _in_index(connection: AsyncConnection, words: Iterable[str]) -> sa.ColumnElement[bool]:
    # A quoted string is text, whatever is in it: https://sqlite.org/fts5.html#fts5_strings
    phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
    hits = sa.select(_index.c.rowid).where(_index.c.video_search.match(phrases))
    few = (await connection.scalars(hits.limit(_FEW))).all()
    if len(few) < _FEW:
        return videos.c.number.in_(few)
    # Many: the rows are read in the order of the list, and most of them are hits. The sum keeps
    # SQLite from fetching every hit by its number and sorting them all.
    return (videos.c.number + 0).in_(hits)
