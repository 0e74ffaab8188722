"""Counts of videos by month, to jump to a month in a list that is sorted by a date."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.library.filters import given_filters
from stoat_ferret.library.query import MonthQuery, SortOrder, VideoSort
from stoat_ferret.library.rows import UNKNOWN_MOMENT
from stoat_ferret.library.search import goes_by_number, match, with_status
from stoat_ferret.library.tables import videos
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.answers import AnswerCache, KnownAnswers

MAX_MONTHS = 1200
"""The maximum number of months that are counted; the first ones of the list are kept."""
_UNKNOWN = f"{UNKNOWN_MOMENT.year:04}-{UNKNOWN_MOMENT.month:02}"
_COLUMNS = {"added": videos.c.added_at, "taken": videos.c.taken_at}


@dataclass(frozen=True, slots=True)
class MonthCount:
    """A month of UTC as in 2024-05, None if unknown, and the number of videos of it."""

    month: str | None
    count: int


async def count_months(
    database: Database, query: MonthQuery, answers: AnswerCache
) -> Sequence[MonthCount]:
    """Count all that `query` finds by month, in the order of the list, in one snapshot."""
    async with database.read() as connection:
        known = await answers.at(connection)
        key = ("months", query.key, query.sort)
        counts = await known.get(key, lambda: _count(connection, query, known))
    months = sorted(counts.items(), reverse=query.order is SortOrder.DESC)
    return [
        MonthCount(None if month == _UNKNOWN else month, count)
        for month, count in months[:MAX_MONTHS]
    ]


async def _count(
    connection: AsyncConnection, query: MonthQuery, known: KnownAnswers
) -> Counter[str]:
    counts: Counter[str] = Counter()
    matches = await match(connection, query, VideoSort(query.sort), known=known)
    for status in query.status:
        # An index of dates has all that is shown, and nothing that is missing.
        is_indexed = connection.dialect.name == "sqlite" and status is not VideoStatus.MISSING
        if is_indexed and not given_filters(query):
            counted: sa.Executable = await _count_ranges(connection, query, status)
        else:
            by_number = goes_by_number(matches, status)
            found = with_status(matches.condition, status, by_number=by_number)
            counted = _group(connection, query, found)
        for row in await connection.execute(counted):
            counts[row.month] += row.videos
    return +counts


def _group(
    connection: AsyncConnection, query: MonthQuery, found: sa.ColumnElement[bool]
) -> sa.Executable:
    column = _COLUMNS[query.sort]
    if connection.dialect.name == "sqlite":
        month: sa.ColumnElement[str] = sa.func.substr(_text(query), 1, 7)
    else:
        month = sa.func.to_char(sa.func.timezone("UTC", column), "YYYY-MM")
    count = sa.func.count().label("videos")
    return sa.select(month.label("month"), count).where(found).group_by(sa.text("1"))


def _text(query: MonthQuery) -> sa.ColumnElement[str]:
    """Return the date as SQLite stores it, which begins with year and month."""
    return sa.type_coerce(_COLUMNS[query.sort], sa.Text)


async def _count_ranges(
    connection: AsyncConnection, query: MonthQuery, status: VideoStatus
) -> sa.Executable:
    """Return the statement that counts a range of the index for each month that there may be.

    Grouping as many rows by what begins their dates takes many times as long.
    """
    date = _COLUMNS[query.sort]
    shown = with_status(date > UNKNOWN_MOMENT, status)
    ends = [
        sa.select(end(date)).where(shown).scalar_subquery() for end in (sa.func.min, sa.func.max)
    ]
    first, last = (await connection.execute(sa.select(*ends))).one()
    starts = [UNKNOWN_MOMENT.year * 12]
    if first is not None:
        starts += range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    pairs = [(_named(start), _named(start + 1)) for start in starts]
    months = sa.func.json_each(json.dumps(pairs)).table_valued("value")
    start, end = (sa.func.json_extract(months.c.value, f"$[{place}]") for place in range(2))
    found = with_status((_text(query) >= start) & (_text(query) < end), status)
    count = sa.select(sa.func.count()).select_from(videos).where(found).correlate(months)
    return sa.select(start.label("month"), count.scalar_subquery().label("videos"))


def _named(months: int) -> str:
    """Return the name of a month, by its number since the year 0."""
    return f"{months // 12:04}-{months % 12 + 1:02}"
