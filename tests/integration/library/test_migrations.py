"""Migrations create the tables that the program uses."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
import unicodedata
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hatchling.builders.wheel import WheelBuilder
from tests.integration.library.conftest import ALL_TABLES
from tests.integration.library.test_derived import check as check_derived

from generate_schema import is_current, make_by_migrations
from stoat_ferret.database import Database, metadata, sqlite_url
from stoat_ferret.errors import DatabaseTooNewError
from stoat_ferret.folded_text import fold, search_lines, sort_key
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.jobs.store import JobStore, jobs
from stoat_ferret.library import migrations, tables
from stoat_ferret.library.migrations import known_revisions, migrate
from stoat_ferret.library.query import VideoQuery, VideoSort
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.rows import UNKNOWN_MOMENT
from stoat_ferret.library.scanned_folders import scanned_parts
from stoat_ferret.library.scope import FolderPart
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(sqlite_url(tmp_path / "empty.db"))
    yield database
    await database.aclose()


def is_derived(name: str) -> bool:
    """Return whether it belongs to what triggers derive in SQLite, which its answers test."""
    counts = ("video_counts", "video_kinds", "video_folders", "video_groups", "tag_counts")
    indexes = (
        "folder_tree",
        "video_search",
        "video_letters",
        "ix_videos_unusual",
        "library_version",
        "duplicate_groups",
    )
    return any(part in name for part in (*counts, *indexes, "duplicate_groups"))


def definitions(path: Path) -> set[str]:
    """Return the words of each table and index of an SQLite file; their order does not matter."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type <> 'trigger'"
            " AND name NOT LIKE 'alembic%' AND sql NOT NULL"
        )
        definitions = [sql for name, sql in rows if not is_derived(name)]
        return {" ".join(sorted(re.findall(r"[^\s,\"]+", sql))) for sql in definitions}


async def test_migrating_makes_the_tables_of_the_program(database: Database) -> None:
    assert set(ALL_TABLES) <= set(metadata.sorted_tables)

    def compare(connection: sa.Connection) -> list[object]:
        options = {"include_name": lambda name, *_: not is_derived(str(name))}
        return list(
            compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        )

    async with database.read() as connection:
        assert await connection.run_sync(compare) == []


async def test_to_the_letter(empty: Database, migrated_file: Path, tmp_path: Path) -> None:
    async with empty.write() as connection:
        await connection.run_sync(metadata.create_all)
    assert definitions(tmp_path / "empty.db") == definitions(migrated_file)


def test_a_new_file_holds_what_the_migrations_make_byte_for_byte(tmp_path: Path) -> None:
    by_migrations, new = tmp_path / "by_migrations.db", tmp_path / "new.db"
    make_by_migrations(by_migrations)

    async def make() -> None:
        database = Database(sqlite_url(new))
        await migrate(database)
        await database.aclose()

    asyncio.run(make())
    assert everything_in(new) == everything_in(by_migrations)


def test_what_makes_a_new_file_is_written_anew_after_a_migration() -> None:
    assert is_current()


def everything_in(path: Path) -> list[object]:
    """Return all definitions in order, and all rows, including those of the search index."""
    with closing(sqlite3.connect(path)) as connection:
        schema: list[object] = connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid"
        ).fetchall()
        # What virtual tables hold is in tables of their own.
        tables = connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'virtual'"
            " AND name <> 'sqlite_schema'"
        ).fetchall()
        rows = [
            (name, *row)
            for (name,) in tables
            for row in connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608  its own names
        ]
        return [*schema, *rows]


def test_the_names_of_the_files_tell_the_revisions() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert known_revisions() == [script.revision for script in scripts.walk_revisions()]


@pytest.mark.parametrize("revision", known_revisions())
async def test_an_older_schema_becomes_the_newest(
    empty: Database, tmp_path: Path, migrated_file: Path, revision: str
) -> None:
    await migrate_to(empty, revision)
    await migrate(empty)
    assert definitions(tmp_path / "empty.db") == definitions(migrated_file)
    async with empty.read() as connection:
        stored = await connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    assert stored == known_revisions()[0]


async def test_migrating_again_changes_nothing(empty: Database, tmp_path: Path) -> None:
    await migrate(empty)
    before = definitions(tmp_path / "empty.db")
    await migrate(empty)
    assert definitions(tmp_path / "empty.db") == before


async def test_a_newer_database_is_left_alone(empty: Database, tmp_path: Path) -> None:
    await migrate(empty)
    before = definitions(tmp_path / "empty.db")
    async with empty.write() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = 'from 2031'"))
    with pytest.raises(DatabaseTooNewError, match="from 2031"):
        await migrate(empty)
    assert definitions(tmp_path / "empty.db") == before


async def test_a_migration_that_fails_leaves_nothing_behind(
    empty: Database, tmp_path: Path
) -> None:
    async with empty.write() as connection:
        # In the way of the last table.
        await connection.execute(sa.text("CREATE TABLE jobs (id INTEGER)"))
    with pytest.raises(Exception, match="jobs"):
        await migrate(empty)
    assert definitions(tmp_path / "empty.db") == {"(id CREATE INTEGER) TABLE jobs"}


def test_a_wheel_holds_every_migration() -> None:
    builder = WheelBuilder(str(Path(__file__).parents[3]))
    shipped = {file.distribution_path for file in builder.recurse_included_files()}
    folder = Path(migrations.__file__).parent
    needed = {
        f"stoat_ferret/library/migrations/{path.relative_to(folder).as_posix()}"
        for pattern in ("*.py", "*.mako", "*.sql", "versions/*.py")
        for path in folder.glob(pattern)
    }
    assert len(needed) >= 6
    assert needed <= shipped


async def test_what_lists_show_is_filled_in_from_what_was_known(empty: Database) -> None:
    await migrate_to(empty, "0001")
    info = {
        "container": "mov,mp4",
        "bit_rate": 800,
        "tags": {"creation_time": "2024-05-06T12:00:00Z"},
        "video": [
            {"attached_picture": True, "width": 9, "rotation": 0, "frame_rate": None},
            {"attached_picture": False, "width": 640, "rotation": 90, "frame_rate": "25/1"},
        ],
        "audio": [{"codec": "aac"}],
    }
    async with empty.write() as connection:
        await insert_as_first_made(connection, "a", "b")
        await connection.execute(
            sa.insert(tables.media_infos).values(video_number=1, media_info=json.dumps(info))
        )
    await migrate(empty)
    columns = ("width", "rotation", "frame_rate", "audio_codec", "bit_rate", "container")
    async with empty.read() as connection:
        statement = sa.select(*(tables.videos.c[name] for name in (*columns, "taken_at")))
        with_info, without = await connection.execute(statement.order_by(tables.videos.c.number))
    moment = datetime(2024, 5, 6, 12, tzinfo=UTC)
    assert tuple(with_info) == (640, 90, "25/1", "aac", 800, "mov,mp4", moment)
    assert tuple(without) == (-1, 0, None, None, None, None, UNKNOWN_MOMENT)


async def test_what_triggers_derive_is_derived_from_what_was_there(empty: Database) -> None:
    await migrate_to(empty, "0007")
    async with empty.write() as connection:
        await insert_as_first_made(connection, "a/b", "é", "a/c/10/d", "a.b/2", title="sea")
        for statement in (
            "UPDATE videos SET missing_since = '2025-01-01 00:00:00' WHERE number = 2",
            "UPDATE videos SET fingerprint = 'same', status = 'ok'",
            "INSERT INTO tags (id, name, name_key) VALUES (1, 'sun', 'sun')",
            "INSERT INTO video_tags (video_number, tag_id) VALUES (1, 1), (2, 1)",
        ):
            await connection.execute(sa.text(statement))
    await migrate(empty)
    await check_derived(empty)


async def test_what_is_searched_is_folded_anew_and_indexed(empty: Database) -> None:
    await migrate_to(empty, "0002")
    async with empty.write() as connection:
        await insert_as_first_made(connection, "Été/Plage", "caf\udcff", title="Łódź")
    await migrate(empty)
    videos = VideoRepository(empty)
    for q in ("ete", "ÉTÉ lodz", "plage"):
        assert [item.path for item in (await videos.find(VideoQuery(q=q))).items] == ["Été/Plage"]
    async with empty.read() as connection:
        statement = sa.select(tables.videos.c.name_key, tables.videos.c.searchable)
        rows = (await connection.execute(statement.order_by(tables.videos.c.number))).all()
    assert [tuple(row) for row in rows] == [
        (sort_key("Plage"), search_lines("Été/Plage", "Łódź")),
        (sort_key("caf\ufffd"), search_lines("caf\ufffd", "Łódź")),
    ]
    listed = await videos.find(VideoQuery(sort=VideoSort.TAKEN, limit=1))
    rest = await videos.find(VideoQuery(sort=VideoSort.TAKEN, cursor=listed.next_cursor))
    assert (len(listed.items), len(rest.items)) == (1, 1)


SPELLINGS = (
    "Ocean\u2019s 11",
    "Spider\u2013Man 2",
    "so\u00adft",
    "\u0623\u064e\u062d\u0645\u062f",
    "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
    "Talk 007",
    "a\u00b4b 日本が",
)


async def test_what_is_stored_is_what_this_version_would_store(empty: Database) -> None:
    """The migration has a copy of the case folding, which must equal the original."""
    await migrate_to(empty, "0004")
    async with empty.write() as connection:
        await insert_as_first_made(connection, *SPELLINGS)
        for number, names in enumerate((["Sci\u2013Fi", "x"], ["sci-fi", "X\u200b"]), start=1):
            for tag in names:
                await insert_tag(connection, number, tag)
        said = sa.update(tables.videos).where(tables.videos.c.number <= 2).values(labels="old")
        await connection.execute(said)
        title = {
            "video_number": 1,
            "title": "It\u2019s",
            "revision": 1,
            "changed_at": UNKNOWN_MOMENT,
        }
        await connection.execute(sa.insert(tables.video_annotations).values(title))
    await migrate(empty)
    videos, t = VideoRepository(empty), tables.videos.c
    async with empty.read() as connection:
        statement = sa.select(t.name, t.name_key, t.searchable, t.labels).order_by(t.number)
        rows = (await connection.execute(statement)).all()
        tag_keys = (await connection.scalars(sa.select(tables.tags.c.name_key))).all()
    assert [row.name_key for row in rows] == [sort_key(row.name) for row in rows]
    assert [row.searchable for row in rows] == [search_lines(row.name) for row in rows]
    labels = [search_lines("It's", "sci-fi", "x"), search_lines("sci-fi", "x")]
    assert [row.labels for row in rows] == [*labels, *[""] * (len(rows) - 2)]
    assert sorted(tag_keys) == [fold("sci-fi"), "x"]
    for q in ("ocean's it's", "#sci-fi -spider", '"ocean\'s 11"'):
        assert [item.path for item in (await videos.find(VideoQuery(q=q))).items] == [SPELLINGS[0]]
    page = await videos.find(VideoQuery(q="#x", sort=VideoSort.ADDED))
    assert [item.tags for item in page.items] == [("Sci\u2013Fi", "x")] * 2


async def insert_tag(connection: AsyncConnection, number: int, name: str) -> None:
    """Insert a tag in the old way: with a different key for each spelling."""
    tag = sa.insert(tables.tags).values(name=name, name_key=name.lower())
    tag_id = await connection.scalar(tag.returning(tables.tags.c.id))
    await connection.execute(
        sa.insert(tables.video_tags).values(video_number=number, tag_id=tag_id)
    )


async def test_what_was_bad_because_of_its_disk_is_read_again(empty: Database) -> None:
    await migrate_to(empty, "0004")
    reasons = {
        "a": "It cannot be read (Input/output error). Check its permissions and its disk.",
        "b": "It could not be read within 30 s, so its prober was killed.",
        "c": "It is not there any more.",
        "d": "It is damaged, incomplete, or no media file (moov atom not found).",
    }
    async with empty.write() as connection:
        await insert_as_first_made(connection, *reasons, "e")
        for path, reason in reasons.items():
            bad = sa.update(tables.videos).where(tables.videos.c.path == path.encode())
            await connection.execute(bad.values(status="bad", reason=reason))
    await migrate(empty)
    async with empty.read() as connection:
        rows = await connection.execute(sa.select(tables.videos.c.path, tables.videos.c.read_error))
        errors = {row.path.decode(): row.read_error for row in rows}
    assert errors == {**dict.fromkeys("de"), **{path: reasons[path] for path in "abc"}}


async def test_contact_strips_become_storyboards(empty: Database) -> None:
    await migrate_to(empty, "0006")
    async with empty.write() as connection:
        await insert_as_first_made(connection, "a")
        await connection.execute(sa.text("UPDATE videos SET strip_version = 1"))
        job = {"status": "succeeded", "params": {}, "progress": {}}
        for number, kind in enumerate(("strip", "scan")):
            row = {**job, "id": str(number), "kind": kind, "created_at": datetime.now(UTC)}
            await connection.execute(sa.insert(jobs).values(row))
    await migrate(empty)
    async with empty.read() as connection:
        version = await connection.scalar(sa.select(tables.videos.c.storyboard_version))
        kinds = await connection.scalars(sa.select(jobs.c.kind).order_by(jobs.c.id))
        assert (version, list(kinds)) == (1, ["storyboard", "scan"])


async def test_jobs_keep_their_keys_when_they_can_be_paused(empty: Database) -> None:
    await migrate_to(empty, "0013")
    row = {"id": "a", "kind": "scan", "status": "queued", "params": {}, "progress": {}}
    values = {**row, "key": "films", "created_at": datetime.now(UTC)}
    async with empty.write() as connection:
        await connection.execute(sa.insert(jobs).values(values))
    await migrate(empty)
    store = JobStore(empty)
    job = await store.get("a")
    assert job.revision == 0
    assert await store.move(job, replace(job, status=JobStatus.PAUSED))
    again = replace(job, id="b")
    assert (await store.insert(again)).id == "a"


@pytest.mark.parametrize(
    ("paths", "scanned"),
    [
        ((), []),
        (("a.mp4",), [FolderPart("")]),
        (("a/b.mp4", "a/c/d.mp4"), [FolderPart("a")]),
        (("ab/c.mp4", "abc/d.mp4"), [FolderPart("")]),
    ],
)
async def test_the_folder_of_all_videos_counts_as_scanned(
    empty: Database, paths: tuple[str, ...], scanned: list[FolderPart]
) -> None:
    await migrate_to(empty, "0014")
    async with empty.write() as connection:
        await insert_as_first_made(connection, *paths)
    await migrate(empty)
    assert await scanned_parts(empty) == ({1: scanned} if scanned else {})


def old_fold(text: str) -> str:
    """Fold text as before accents were ignored."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", storable(text)).casefold())


async def insert_as_first_made(
    connection: AsyncConnection, *paths: str, title: str | None = None
) -> None:
    """Insert rows with the columns of the first schema."""
    await connection.execute(sa.insert(tables.roots).values(id=1, name="r", path=b"/r"))
    for path in paths:
        row = {
            "id": path[:3].encode(errors="replace").decode(),
            "root_id": 1,
            "path": os.fsencode(path),
            "folder": "",
            "name": storable(path),
            "name_key": old_fold(os.path.basename(path)),  # noqa: PTH119  only text
            "title": title,
            "searchable": old_fold(f"{path}\n{title or ''}"),
            "status": "ok",
            "size_bytes": 1,
            "mtime_ns": 1,
            "probe_version": 1,
            "added_at": datetime(2026, 1, 1, tzinfo=UTC),
            "duration_seconds": 1.0,
            "height": 360,
        }
        old = sa.table("videos", *(sa.column(name) for name in row))
        await connection.execute(sa.insert(old).values(row))


async def migrate_to(database: Database, revision: str) -> None:
    def upgrade(connection: sa.Connection) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    async with database.write() as connection:
        await connection.run_sync(upgrade)


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", "stoat_ferret.library:migrations")
    config.set_main_option("path_separator", "os")
    return config
