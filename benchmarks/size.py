"""The time of lists, searches and counts in large libraries, beside the bare SQL for the same.

python -m benchmarks.size [--videos 10000 100000 1000000] [--calls 40] [--only WORD]
    [--no-sql] [--first] [--folder DIR] [--json FILE]

Each answer is asked for many times with other words and places, first of the program, then by
plain SQL over one connection of the same settings; the totals of both must be equal. Printed are
p50 and p99 of both in milliseconds, by the clock and of the processor, and the ratio of the
latter's medians. With `--first`, no answer is kept for the next call, as if the library had changed
meanwhile. `--json` writes the times for `benchmarks.plots`. Libraries are made by
`benchmarks.big_library`, in DIR if it is given, and found there again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.big_library import PLACES, TAGS, WORDS, write_library

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.folded_text import fold, search_key
from stoat_ferret.library.query import SortOrder, VideoFilter, VideoQuery, VideoSort
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.video import Orientation
from stoat_ferret.media.media_info import HdrKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SECONDS = 20.0
"""An answer is asked for no longer than this, but at least five times."""
SQL_SECONDS = 10.0
"""Plain SQL is asked for no longer than this, but at least once."""
PAGE = """
SELECT videos.*, roots.name, roots.path, rating FROM videos JOIN roots ON roots.id = root_id
LEFT JOIN video_annotations ON video_number = number
WHERE {where} ORDER BY {column} {order}, number {order} LIMIT 101 OFFSET {offset}
"""
COLUMNS = {
    VideoSort.NAME: "name_key",
    VideoSort.SIZE: "size_bytes",
    VideoSort.TAKEN: "taken_at",
}
IS_OK = "videos.status = 'ok' AND missing_since IS NULL"
SIZE_CLASS = """
CASE WHEN width <= 0 THEN NULL WHEN max(width, height) >= 3840 OR min(width, height) >= 2160 THEN 1
WHEN max(width, height) >= 1920 OR min(width, height) >= 1080 THEN 2 ELSE 3 END
"""


def of_letters(chance: random.Random, length: int) -> str:
    """Return letters that occur in some folder, `length` at most."""
    word = search_key(chance.choice([*WORDS, *PLACES, "img", "dsc", "2019", "vid"]))
    start = chance.randint(0, max(0, len(word) - length))
    return word[start : start + length]


def any_words(count: int) -> Callable[[random.Random, int], VideoQuery]:
    """Return a function that makes searches of `count` words of two to ten letters."""

    def ask(chance: random.Random, videos: int) -> VideoQuery:
        del videos
        words = [of_letters(chance, chance.randint(2, 10)) for _ in range(count)]
        return VideoQuery(q=" ".join(words))

    return ask


def in_a_month(chance: random.Random, date: str) -> dict[str, Any]:
    """Return the filters for a date in a random month."""
    year, month = chance.randint(2005, 2023), chance.randint(1, 11)
    return {
        f"{date}_from": datetime(year, month, 1, tzinfo=UTC),
        f"{date}_before": datetime(year, month + 1, 1, tzinfo=UTC),
    }


QUESTIONS: dict[str, Callable[[random.Random, int], VideoFilter]] = {
    "list: first page": lambda chance, _: VideoQuery(sort=chance.choice(list(COLUMNS))),
    "list: any page": lambda chance, videos: VideoQuery(
        sort=chance.choice(list(COLUMNS)),
        order=chance.choice(list(SortOrder)),
        offset=chance.randrange(int(videos * 0.97)),
    ),
    "list: last page": lambda _, videos: VideoQuery(offset=int(videos * 0.97)),
    "filter: codec": lambda chance, _: VideoQuery(
        codec=frozenset({chance.choice(["av1", "h264", "hevc"])})
    ),
    "filter: rare kind of HDR": lambda _, __: VideoQuery(hdr=HdrKind.DOLBY_VISION),
    "filter: size and codec, any page": lambda chance, videos: VideoQuery(
        codec=frozenset({"h264"}), min_height=1080, offset=chance.randrange(videos // 3)
    ),
    "filter: folder": lambda chance, _: VideoQuery(
        folder=f"{chance.choice(PLACES)}/{chance.randint(2004, 2024)}"
    ),
    "filter: duration": lambda chance, _: VideoQuery(min_duration=chance.randint(60, 1200)),
    "filter: added in a month": lambda chance, _: VideoQuery(**in_a_month(chance, "added")),
    "filter: recorded in a month": lambda chance, _: VideoQuery(**in_a_month(chance, "taken")),
    "filter: recorded in a month, with a codec": lambda chance, _: VideoQuery(
        codec=frozenset({"hevc"}), **in_a_month(chance, "taken")
    ),
    "filter: recorded since, any page": lambda chance, videos: VideoQuery(
        taken_from=datetime(2008, 1, 1, tzinfo=UTC), offset=chance.randrange(videos // 2)
    ),
    "filter: without sound": lambda _, __: VideoQuery(has_sound=False),
    "filter: with sound": lambda _, __: VideoQuery(has_sound=True),
    "filter: without tags": lambda _, __: VideoQuery(has_tags=False),
    "filter: without rating": lambda _, __: VideoQuery(has_rating=False),
    "filter: not a tag": lambda chance, _: VideoQuery(not_tags=frozenset({chance.choice(TAGS)})),
    "filter: not a codec": lambda _, __: VideoQuery(not_codec=frozenset({"h264", "hevc"})),
    "filter: portrait": lambda _, __: VideoQuery(orientation=frozenset({Orientation.PORTRAIT})),
    "filter: tag": lambda chance, _: VideoQuery(tags=frozenset({chance.choice(TAGS)})),
    "filter: rating": lambda chance, _: VideoQuery(min_rating=chance.randint(3, 5)),
    "search: one letter": lambda chance, _: VideoQuery(q=chance.choice("etaonhszqx")),
    "search: two letters": lambda chance, _: VideoQuery(q=of_letters(chance, 2)),
    "search: one word": any_words(1),
    "search: two words": any_words(2),
    "search: three words": any_words(3),
    "search: the word of most videos": lambda _, __: VideoQuery(q="mp4"),
    "search: a rare word": lambda chance, videos: VideoQuery(q=f"{chance.randrange(videos):07}"),
    "search: one word, any page": lambda chance, videos: VideoQuery(
        q="holiday", offset=chance.randrange(videos // 20)
    ),
    "search: one word and a filter": lambda chance, _: VideoQuery(
        q=of_letters(chance, 5), codec=frozenset({"hevc"})
    ),
    "facets: everything": lambda _, __: VideoFilter(),
    "facets: a folder": lambda chance, _: VideoFilter(
        folder=f"{chance.choice(PLACES)}/{chance.randint(2004, 2024)}"
    ),
    "facets: a codec": lambda _, __: VideoFilter(codec=frozenset({"av1"})),
    "facets: recorded in a month": lambda chance, _: VideoFilter(**in_a_month(chance, "taken")),
    "facets: without tags": lambda _, __: VideoFilter(has_tags=False),
    "facets: a tag": lambda chance, _: VideoFilter(tags=frozenset({chance.choice(TAGS)})),
    "facets: one word": lambda chance, _: VideoFilter(q=of_letters(chance, 10)),
    "facets: two words": lambda chance, _: VideoFilter(q=any_words(2)(chance, 0).q),
}


class PlainSql:
    """The same answers by statements that anybody would write."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def ask(self, query: VideoFilter) -> int:
        """Read a page with its total, or the facets; return the total."""
        where = _conditions(query)
        if isinstance(query, VideoQuery):
            column, order = COLUMNS[query.sort], query.order
            page = PAGE.format(where=where, column=column, order=order, offset=query.offset)
            self._connection.execute(page).fetchall()
            return self._count(where)
        return self._count_facets(where, query.folder)

    def _count(self, where: str) -> int:
        (total,) = self._connection.execute(
            f"SELECT count(*) FROM videos WHERE {where}"  # noqa: S608  our own words
        ).fetchone()
        return int(total)

    def _count_facets(self, where: str, folder: str | None) -> int:
        below = f"substr(folder, {len(folder) + 2 if folder else 1})"
        for value, tables in (
            ("root_id", "videos"),
            ("video_codec", "videos"),
            ("hdr", "videos"),
            (SIZE_CLASS, "videos"),
            (f"substr({below}, 1, instr({below}, '/'))", "videos"),
            ("tag_id", "videos JOIN video_tags ON video_number = number"),
        ):
            statement = f"SELECT {value}, count(*) FROM {tables} WHERE {where} GROUP BY 1"  # noqa: S608  our own words
            self._connection.execute(statement).fetchall()
        every = where.replace(IS_OK, "1")
        by_status = "SELECT videos.status, missing_since IS NULL, count(*) FROM videos WHERE"
        self._connection.execute(f"{by_status} {every} GROUP BY 1, 2").fetchall()
        return self._count(where)


def _conditions(query: VideoFilter) -> str:
    """Return the conditions of the filters that are asked for here."""
    found = [IS_OK]
    words = search_key(query.q or "").split()
    if long := [f'"{word}"' for word in words if len(word) > 2]:
        hits = f"SELECT rowid FROM video_search WHERE video_search MATCH '{' AND '.join(long)}'"  # noqa: S608  our own words
        found.append(f"number IN ({hits})")
    short = [word for word in words if len(word) <= 2]
    found += [f"(instr(searchable, '{one}') OR instr(labels, '{one}'))" for one in short]
    if query.min_rating:
        rated = "SELECT video_number FROM video_annotations WHERE"
        found.append(f"number IN ({rated} rating >= {query.min_rating})")
    if query.folder:
        found.append(f"folder >= '{query.folder}/' AND folder < '{query.folder}0'")
    found += [*_kinds(query), *_tags(query), *_dates(query), *_absences(query)]
    if query.min_height:
        found.append(f"height >= {query.min_height}")
    if query.min_duration:
        found.append(f"duration_seconds >= {query.min_duration}")
    return " AND ".join(found)


def _kinds(query: VideoFilter) -> Iterator[str]:
    """Yield the conditions of codecs and pictures."""
    if query.hdr:
        yield f"hdr = '{query.hdr}'"
    if query.orientation:
        yield "width > 0 AND width < height"
    for codecs, word in ((query.codec, "IN"), (query.not_codec, "NOT IN")):
        if codecs:
            listed = ", ".join(f"'{codec}'" for codec in codecs)
            yield f"coalesce(video_codec, '') {word} ({listed})"


def _tags(query: VideoFilter) -> Iterator[str]:
    """Yield the conditions of tags."""
    for names, word in ((query.tags, "IN"), (query.not_tags, "NOT IN")):
        for name in names:
            tagged = "SELECT video_number FROM video_tags JOIN tags ON tags.id = tag_id WHERE"
            yield f"number {word} ({tagged} name_key = '{fold(name)}')"


def _dates(query: VideoFilter) -> Iterator[str]:
    """Yield the conditions of dates."""
    added = ("added_at", query.added_from, query.added_before)
    for column, first, end in (added, ("taken_at", query.taken_from, query.taken_before)):
        if first:
            yield f"{column} >= '{first:%Y-%m-%d %H:%M:%S.%f}'"
        if end:
            yield f"{column} > '0001-01-02' AND {column} < '{end:%Y-%m-%d %H:%M:%S.%f}'"


def _absences(query: VideoFilter) -> Iterator[str]:
    """Yield the conditions of what is there, or is not."""
    for wanted, table, column in (
        (query.has_tags, "video_tags", "tag_id"),
        (query.has_rating, "video_annotations", "rating"),
    ):
        if wanted is not None:
            rows = f"SELECT video_number FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608  our own words
            yield f"number {'' if wanted else 'NOT'} IN ({rows})"
    if query.has_sound is not None:
        yield f"audio_codec IS {'NOT' if query.has_sound else ''} NULL"


async def ask_program(videos: VideoRepository, query: VideoFilter) -> int:
    """Ask the repository; return the total."""
    if isinstance(query, VideoQuery):
        return (await videos.find(query)).total
    return sum(one.count for one in (await videos.count_facets(query)).codecs)


class Times:
    """The times of answers in milliseconds: by the clock, and of the processor."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Add the time of the block."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.cpu.append((time.process_time() - cpu) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)

    def quantiles(self) -> dict[str, float]:
        """Return p50 and p99 of both, by name."""
        return {
            f"{name}_{quantile_name}": round(of(times), 2)
            for name, times in (("wall", self.wall), ("cpu", self.cpu))
            for quantile_name, of in (("p50", statistics.median), ("p99", quantile))
        }

    def __str__(self) -> str:
        """Return p50 and p99 of both."""
        wall, cpu = (
            f"{statistics.median(times):7.1f} {quantile(times):7.1f}"
            for times in (self.wall, self.cpu)
        )
        return f"{wall}  cpu {cpu}"


async def measure(
    name: str,
    repositories: Iterator[VideoRepository],
    plain: PlainSql | None,
    queries: Sequence[VideoFilter],
) -> Times:
    """Ask both in turn, and print the times; return those of the program."""
    program, sql = Times(), Times()
    started = time.perf_counter()
    for query, videos in zip(queries, repositories, strict=False):
        with program.measured():
            total = await ask_program(videos, query)
        # It may take seconds where the program takes milliseconds.
        if plain is not None and sum(sql.wall) < SQL_SECONDS * 1000:
            with sql.measured():
                expected = plain.ask(query)
            assert total == expected, (query, total, expected)
        if time.perf_counter() - started > SECONDS + SQL_SECONDS and len(program.wall) >= 5:
            break
    beside = ""
    if sql.cpu:
        ratio = statistics.median(program.cpu) / statistics.median(sql.cpu)
        beside = f"   | SQL {sql}   | ratio {ratio:6.2f}"
    print(f"{name:<34} {program}{beside}", flush=True)
    return program


def quantile(times: Sequence[float]) -> float:
    """Return the 99th percentile; of few times, the largest."""
    return (
        statistics.quantiles(times, n=100, method="inclusive")[98] if len(times) > 1 else times[0]
    )


async def measure_library(
    path: Path, count: int, options: argparse.Namespace
) -> dict[str, dict[str, float]]:
    """Measure all answers of one library; return p50 and p99 in milliseconds by name."""
    measured: dict[str, dict[str, float]] = {}
    database = Database(sqlite_url(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA cache_size=-16384")
        plain = None if options.no_sql else PlainSql(connection)
        kept = VideoRepository(database)
        repositories = (VideoRepository(database) if options.first else kept for _ in repeat(None))
        for name, question in QUESTIONS.items():
            if options.only in name:
                chance = random.Random(name)  # noqa: S311  the same questions each time
                asked = [question(chance, count) for _ in range(options.calls)]
                measured[name] = (await measure(name, repositories, plain, asked)).quantiles()
    await database.aclose()
    return measured


def main() -> None:
    """Measure libraries of each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--only", default="", help="only answers with this in their name")
    parser.add_argument("--no-sql", action="store_true", help="ask the program only")
    parser.add_argument("--first", action="store_true", help="keep no answers")
    parser.add_argument("--json", type=Path, help="where to write the times")
    parser.add_argument("--folder", type=Path, help="where to keep the libraries")
    arguments = parser.parse_args()
    measured: dict[int, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        for count in arguments.videos:
            path = folder / f"library-{count}.db"
            if not path.exists():
                write_library(path, count)
            print(f"\n{count:,} videos, {path.stat().st_size // 2**20:,} MB", flush=True)
            measured[count] = asyncio.run(measure_library(path, count, arguments))
    if arguments.json:
        arguments.json.write_text(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
