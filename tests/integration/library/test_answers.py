"""Answers are computed once for a state of the library, and never kept beyond it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import pytest
import sqlalchemy as sa
from tests.filters import EXAMPLES, SORTS
from tests.integration.library.rows import save, video
from tests.integration.library.scans import ids

from stoat_ferret.library import answers as answers_module
from stoat_ferret.library.answers import AnswerCache
from stoat_ferret.library.derived import library_version, rebuild
from stoat_ferret.library.filters import filter_conditions
from stoat_ferret.library.migrations import NEWEST_SCHEMA
from stoat_ferret.library.query import VideoFilter, VideoQuery
from stoat_ferret.library.repository import _SORT_COLUMNS, VideoRepository
from stoat_ferret.library.tables import videos as videos_table
from stoat_ferret.sqlite_engine import add_functions

if TYPE_CHECKING:
    from stoat_ferret.database import Database

RATE = (
    "INSERT INTO video_annotations (video_number, rating, revision, changed_at) SELECT number, {}"
)
ALL_ROWS = f"{RATE}, 1, '2025-01-01' FROM videos"
WATCH = (
    "INSERT INTO video_watches (video_number, position_seconds, watched, changed_at)"
    " SELECT number, 5, 0, '2025-01-01' FROM videos"
)
COLLECT = "INSERT INTO collection_videos (collection, video_number, position, added_at) "
CHANGES = {
    "a name": "UPDATE videos SET name_key = 'zz'",
    "a size": "UPDATE videos SET size_bytes = size_bytes + 1",
    "a text": "UPDATE videos SET searchable = searchable || ' x'",
    "missing": "UPDATE videos SET missing_since = '2025-01-01'",
    "a codec": "UPDATE videos SET video_codec = 'av1'",
    "a recording time": "UPDATE videos SET taken_at = '2020-01-01'",
    "a removal": "DELETE FROM videos",
    "a rating": ALL_ROWS.format("3"),
    "a tag's name": "UPDATE tags SET name = 'Sea'",
    "a tag of a video": "DELETE FROM video_tags",
    "a root's name": "UPDATE roots SET name = 'films'",
    "a position": WATCH,
}
"""Statements of another program, by what they change."""
OTHERS = {
    "a job": "DELETE FROM jobs",
    "a thumbnail": "UPDATE videos SET thumbnail_version = thumbnail_version + 1",
    "the same values": "UPDATE videos SET width = width, status = status, labels = labels",
}


@pytest.fixture
async def videos(database: Database) -> VideoRepository:
    """Add two videos with a tag."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL keeps no answers")
    repository = VideoRepository(database)
    (root,) = await repository.ensure_roots(["/one"])
    await save(database, root, video("a.mp4"), video("b.mp4"))
    async with database.write() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO tags (id, name, name_key) VALUES (1, 'sea', 'sea')"
        )
        await connection.exec_driver_sql("INSERT INTO video_tags SELECT number, 1 FROM videos")
    return repository


async def version(database: Database) -> int:
    """Return the version of the library."""
    async with database.read() as connection:
        return int(await connection.scalar(sa.select(library_version.c.number)) or 0)


async def change_elsewhere(database: Database, statement: str) -> None:
    """Run a statement as another process does."""

    def run() -> None:
        with closing(sqlite3.connect(str(database.engine.url.database))) as connection, connection:
            add_functions(connection)
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute(statement)

    await anyio.to_thread.run_sync(run)


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
async def test_a_change_by_another_process_counts_at_once(
    statement: str, database: Database, videos: VideoRepository
) -> None:
    queries = [VideoQuery(), VideoQuery(q="a"), VideoQuery(min_rating=2), VideoQuery(tags={"sea"})]
    for query in queries:
        await videos.find(query)
    await videos.count_facets(VideoFilter())
    before = await version(database)
    await change_elsewhere(database, statement)
    assert await version(database) != before
    new = VideoRepository(database)
    for query in queries:
        assert await videos.find(query) == await new.find(query)
    assert await videos.count_facets(VideoFilter()) == await new.count_facets(VideoFilter())


async def test_a_favourite_counts_too(database: Database, videos: VideoRepository) -> None:
    await change_elsewhere(database, ALL_ROWS.format("3"))
    favourites = VideoQuery(favourite=True)
    assert (await videos.find(favourites)).total == 0
    await change_elsewhere(database, "UPDATE video_annotations SET favourite = 1")
    assert (await videos.find(favourites)).total == 2


@pytest.mark.parametrize("statement", OTHERS.values(), ids=OTHERS)
async def test_what_no_answer_depends_on_changes_no_version(
    statement: str, database: Database, videos: VideoRepository
) -> None:
    del videos
    before = await version(database)
    await change_elsewhere(database, statement)
    assert await version(database) == before


async def test_facets_of_everything_are_counted_once(
    database: Database, videos: VideoRepository
) -> None:
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    engine = database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    first = await videos.count_facets(VideoFilter())
    counted = len(statements)
    assert await videos.count_facets(VideoFilter()) == first
    sa.event.remove(engine, "before_cursor_execute", note)
    assert counted > 3
    assert len(statements) == counted + 1, statements[counted:]


async def test_a_reader_of_an_older_state_gets_no_newer_answer(
    database: Database, videos: VideoRepository
) -> None:
    cache = AnswerCache()

    async def count() -> int:
        return int(await connection.scalar(sa.text("SELECT count(*) FROM videos")) or 0)

    async with database.read() as connection:
        old = await cache.at(connection)
        assert await old.get("count", count) == 2
        await videos.delete((await ids(database))["a.mp4"])
        async with database.read() as later:
            new = await cache.at(later)
            assert await new.get("count", lambda: _value(1)) == 1
        assert await old.get("count", count) == 2


async def _value(value: int) -> int:
    return value


async def test_the_content_of_another_library_has_another_version(
    database: Database, videos: VideoRepository
) -> None:
    before = await version(database)

    def restore() -> None:
        with closing(sqlite3.connect(str(database.engine.url.database))) as connection, connection:
            rebuild(connection)

    await anyio.to_thread.run_sync(restore)
    assert abs(await version(database) - before) > 1000
    assert (await videos.find(VideoQuery())).total == 2


async def test_the_least_used_answers_are_forgotten(
    database: Database, videos: VideoRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    del videos
    monkeypatch.setattr(answers_module, "_MOST", 2)
    async with database.read() as connection:
        known = await AnswerCache().at(connection)
        for key, value in (("a", 1), ("b", 2), ("a", 9), ("c", 3), ("b", 4), ("c", 9)):
            expected = {"a": 1, "c": 3}.get(key) or value
            assert await known.get(key, partial(_value, value)) == expected


def test_each_column_that_filters_and_orders_read_changes_the_version() -> None:
    schema = NEWEST_SCHEMA.read_text("utf-8")
    trigger = re.search(r"library_version_videos_update AFTER UPDATE OF (.*?) ON videos", schema)
    assert trigger is not None
    watched = set(trigger[1].split(", "))
    conditions = [
        condition
        for name, (value, _) in EXAMPLES.items()
        for condition in filter_conditions(VideoFilter.model_validate({name: value}))
    ]
    orders = [_SORT_COLUMNS[sort] for sort in SORTS]
    read = {
        column.name
        for part in (*conditions, *orders)
        for column in sa.sql.visitors.iterate(part)
        if isinstance(column, sa.Column) and column.table is videos_table
    }
    assert len(read) > 10
    assert read - {"number"} <= watched, read - watched
