"""What only a library in PostgreSQL has: its index of trigrams, COPY, and statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from tests.integration.library.scans import Content, open_inventory, scan

from stoat_ferret.cli.database_check import check_database
from stoat_ferret.config import load_settings
from stoat_ferret.database import Database
from stoat_ferret.library.annotations import VideoEdit
from stoat_ferret.library.bulk_edits import BulkChange, BulkEdits
from stoat_ferret.library.query import SortOrder, VideoQuery, VideoSort
from stoat_ferret.library.reconcile.staging import add_found_files
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.search import search
from stoat_ferret.library.tables import found_files, videos
from stoat_ferret.library.trigrams import ensure_trigrams
from stoat_ferret.library.video import FoundFile, VideoStatus, WatchedFilter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection
    from tests.postgresql import PostgresqlServer


@pytest.fixture
async def database(postgresql_url: str) -> AsyncIterator[Database]:
    opened = Database(postgresql_url)
    yield opened
    await opened.aclose()


async def plan_of(connection: AsyncConnection, q: str) -> str:
    """Return how PostgreSQL would look for `q` in so many rows that reading all is too slow."""
    await connection.exec_driver_sql("SET LOCAL enable_seqscan TO off")
    await connection.exec_driver_sql("SET LOCAL enable_indexscan TO off")
    hits = sa.select(videos.c.number).where((await search(connection, q)).condition)
    dialect = connection.dialect
    text = str(hits.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    rows = await connection.exec_driver_sql(f"EXPLAIN {text}")
    return "\n".join(row[0] for row in rows)


async def test_words_are_found_by_an_index_of_trigrams(database: Database) -> None:
    await ensure_trigrams(database)
    await ensure_trigrams(database)
    async with database.write() as connection:
        for words in ("holiday", "übung", "two words", "100%", "_under_", r"back\slash"):
            assert "Bitmap Index Scan on ix_videos_trigrams" in await plan_of(connection, words)


async def test_without_the_extension_words_are_found_all_the_same(
    database: Database, postgresql_url: str, tmp_path: Path
) -> None:
    library = VideoRepository(database)
    (root,) = await library.ensure_roots(["/films"])
    disk = {
        (root.id, name): Content(name, 100 + place, 1000)
        for place, name in enumerate(["100%.mp4", "100a.mp4", "a_b.mp4", "axb.mp4", r"c\d.mp4"])
    }
    await scan(database, root, disk)
    settings = load_settings(database_url=postgresql_url, data_dir=tmp_path, roots=(tmp_path,))

    async def found(q: str) -> list[str]:
        return [video.path for video in (await library.find(VideoQuery(q=q))).items]

    async def check() -> None:
        assert await found("100%") == ["100%.mp4"]
        assert await found("a_b") == ["a_b.mp4"]
        assert await found(r"c\d") == [r"c\d.mp4"]

    finding = await check_database(settings)
    assert (finding.state, "pg_trgm" in str(finding.mend)) == ("warning", True)
    await check()
    await ensure_trigrams(database)
    await check()
    assert (await check_database(settings)).state == "ok"


async def test_a_database_whose_locale_knows_no_letters_is_said_to_be_slow(
    postgresql: PostgresqlServer, tmp_path: Path
) -> None:
    url = postgresql.new_database(template="template0", options="LOCALE 'C'")
    settings = load_settings(database_url=url, data_dir=tmp_path, roots=(tmp_path,))
    assert "filled when it is needed" in (await check_database(settings)).detail
    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(videos.metadata.create_all)
        await connection.exec_driver_sql("CREATE TABLE alembic_version (version_num text)")
    await ensure_trigrams(database)
    await database.aclose()
    finding = await check_database(settings)
    assert (finding.state, "C.UTF-8" in str(finding.mend)) == ("warning", True)


async def test_found_files_are_copied_and_the_last_of_a_path_counts(database: Database) -> None:
    (root,) = await VideoRepository(database).ensure_roots(["/films"])
    async with open_inventory(database, root) as inventory:
        number = inventory._staging.number
        first = [FoundFile(f"{name}.mp4", 1, 1) for name in "abc"]
        async with database.write() as connection:
            await add_found_files(connection, number, first)
            await add_found_files(connection, number, [FoundFile("d\\\t\n.mp4", 2, 2)])
            await add_found_files(connection, number, [FoundFile("b.mp4", 5, 5, "no file")])
        async with database.read() as connection:
            columns = (found_files.c.path, found_files.c.size_bytes, found_files.c.unusable)
            rows = await connection.execute(sa.select(*columns).order_by(found_files.c.path))
            stored = [tuple(row) for row in rows]
        assert stored == [
            (b"a.mp4", 1, None),
            (b"b.mp4", 5, "no file"),
            (b"c.mp4", 1, None),
            (b"d\\\t\n.mp4", 2, None),
        ]
        await inventory.compare()
        async with database.read() as connection:
            known = "SELECT reltuples FROM pg_class WHERE relname = 'found_files'"
            assert await connection.scalar(sa.text(known)) == len(stored)


FILTERS = [
    VideoQuery(limit=1, **values)
    for values in (
        {"q": "clip"},
        {"q": "-clip"},
        {"min_rating": 4},
        {"tag": ["sea"]},
        {"codec": ["h264"]},
        {"folder": "many", "min_height": 100},
        {"watched": WatchedFilter.NO},
        {"status": frozenset(VideoStatus)},
        {"sort": VideoSort.ADDED, "order": SortOrder.DESC, "min_duration": 0},
    )
]


async def test_lists_longer_than_some_pages_are_whole(database: Database) -> None:
    """For long lists, SQLite is told by counts that triggers keep what to read first."""
    library = VideoRepository(database)
    (root,) = await library.ensure_roots(["/films"])
    await scan(
        database,
        root,
        {(root.id, f"many/clip {n:02}.mp4"): Content(f"{n}", n + 1, 1000) for n in range(20)},
    )
    bulk = BulkEdits(database)
    change = BulkChange(VideoEdit(rating=5, add_tags=("sea",)))
    undo = await bulk.start(change)
    assert await bulk.collect(undo, VideoQuery(q="clip")) == 20
    assert await bulk.edit_slice(undo.number, change) == 20
    for query in FILTERS:
        page = await library.find(query)
        listed = list(page.items)
        while page.next_cursor is not None:
            page = await library.find(query.model_copy(update={"cursor": page.next_cursor}))
            listed += page.items
        assert len({video.id for video in listed}) == len(listed) == page.total
        assert page.total == (0 if query.q == "-clip" else 20), query
        skipped = await library.find(query.model_copy(update={"offset": 7}))
        assert [video.id for video in skipped.items] == [video.id for video in listed[7:8]]
