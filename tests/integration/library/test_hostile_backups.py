"""A backup may come from anywhere: anything that this program would not write is refused."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import anyio
import pytest
from tests.integration.library.test_backup import insert_job, library, names
from tests.integration.library.test_derived import check as check_derived
from tests.integration.library.test_migrations import insert_as_first_made, migrate_to

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.errors import BackupError
from stoat_ferret.library import backup_check
from stoat_ferret.library.annotations import Annotations, VideoEdit
from stoat_ferret.library.backup import back_up, inspect_library
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.restore import put_in_place_of_nothing, stage
from stoat_ferret.sqlite_engine import add_functions

FAILURE_SECONDS = 60
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"


@pytest.fixture(scope="module")
async def sound_backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a backup of three videos, one of which has a title, a rating and tags."""
    folder = tmp_path_factory.mktemp("sound")
    async with library(folder / "old" / "library.db", 3) as database:
        (video, *_) = (await VideoRepository(database).find(VideoQuery(q="film-1"))).items
        edit = VideoEdit(title="Beach", rating=4, tags=["sea"])
        await Annotations(database).edit(video.id, edit, revisions=None)
        await insert_job(database, "running")
        await back_up(folder / "old" / "library.db", folder / "copy.db")
    return folder / "copy.db"


@pytest.fixture
def backup(sound_backup: Path, tmp_path: Path) -> Path:
    """Copy that backup, for a test to corrupt."""
    (tmp_path / "data").mkdir()
    return Path(shutil.copy(sound_backup, tmp_path / "copy.db"))


def craft(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        add_functions(connection)
        for statement in statements:
            connection.execute(statement)
        connection.commit()


async def restored(backup: Path) -> Database:
    """Return the library restored from the backup."""
    data_dir = backup.parent / "data"
    staged = await stage(backup, data_dir)
    await put_in_place_of_nothing(data_dir / "library.db", staged)
    return Database(sqlite_url(data_dir / "library.db"))


async def refuse(backup: Path, word: str) -> None:
    """Check that the backup is refused in time, and that nothing is left of it."""
    with anyio.fail_after(FAILURE_SECONDS), pytest.raises(BackupError, match=word):
        await stage(backup, backup.parent / "data")
    assert names(backup.parent / "data") == []


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TRIGGER slow AFTER UPDATE ON jobs BEGIN SELECT hex(randomblob(9e8)); END",),
        (
            "DROP TRIGGER video_search_insert",
            f"CREATE TRIGGER video_search_insert AFTER INSERT ON videos BEGIN {ENDLESS}; END",
        ),
        ("CREATE VIEW more AS SELECT load_extension('x')",),
        ("DROP TABLE recipes", f"CREATE VIEW recipes AS {ENDLESS}"),
        ("DROP TABLE alembic_version", f"CREATE VIEW alembic_version (version_num) AS {ENDLESS}"),
        ("DROP TABLE videos", f"CREATE VIEW videos AS {ENDLESS}"),
        ("ALTER TABLE tags ADD COLUMN more AS (hex(name))",),
        ("ALTER TABLE tags ADD COLUMN more CHECK (length(hex(name)) > 1)",),
        ("CREATE INDEX more ON videos (hex(name))",),
        ("CREATE TABLE more (id INTEGER)",),
        ("CREATE VIRTUAL TABLE more USING fts5(x)",),
        ("DROP INDEX ix_videos_fingerprint",),
    ],
)
async def test_what_is_not_in_a_library_of_ours_is_refused(
    backup: Path, statements: tuple[str, ...]
) -> None:
    await anyio.to_thread.run_sync(craft, backup, *statements)
    await refuse(backup, "not as stoat-ferret makes it|not one of stoat-ferret")
    with pytest.raises(BackupError):  # as does the check before it
        inspect_library(backup, is_foreign=True)


@pytest.mark.parametrize(
    ("statement", "column"),
    [
        ("UPDATE roots SET path = CAST('/films/../etc' AS BLOB)", "path"),
        ("UPDATE roots SET path = CAST('films' AS BLOB)", "path"),
        ("UPDATE roots SET path = CAST('/films/' AS BLOB)", "path"),
        ("UPDATE roots SET path = '/films'", "path"),
        ("UPDATE roots SET name = ''", "name"),
        ("UPDATE videos SET path = CAST('../etc/passwd' AS BLOB) WHERE number = 2", "path"),
        ("UPDATE videos SET path = CAST('a/../../b' AS BLOB) WHERE number = 2", "path"),
        ("UPDATE videos SET path = CAST('/etc/passwd' AS BLOB) WHERE number = 2", "path"),
        ("UPDATE videos SET path = x'610062' WHERE number = 2", "path"),
        ("UPDATE videos SET path = CAST('a//b' AS BLOB) WHERE number = 2", "path"),
        ("UPDATE videos SET mtime_ns = 'soon'", "mtime_ns"),
        ("UPDATE videos SET mtime_ns = 1.5", "mtime_ns"),
        ("UPDATE videos SET size_bytes = -1", "size_bytes"),
        ("UPDATE videos SET duration_seconds = 9e999", "duration_seconds"),
        ("UPDATE videos SET duration_seconds = x'00'", "duration_seconds"),
        ("UPDATE videos SET width = 99999999999", "width"),
        ("UPDATE videos SET status = 'missing'", "status"),
        ("UPDATE videos SET title = x'00ff'", "title"),
        ("UPDATE videos SET name = zeroblob(10)", "name"),
        ("UPDATE videos SET title = hex(zeroblob(1000000))", "title"),
        ("UPDATE videos SET frame_rate = '1/0'", "frame_rate"),
        (
            "INSERT INTO saved_searches VALUES (1, 'a', 'a', '{\"codec\": 5}', 0)",
            "query",
        ),
        ("INSERT INTO saved_presets VALUES (1, 'a', 'a', 'proxy', '[]')", "options"),
        ("INSERT INTO collections VALUES (1, '', 'a', 'a', 1, '2026-01-01 00:00:00')", "id"),
        ("INSERT INTO collections VALUES (1, 'a', '', 'a', 1, '2026-01-01 00:00:00')", "name"),
        (
            "INSERT INTO collections VALUES (1, 'a', 'a', 'a', -1, '2026-01-01 00:00:00')",
            "revision",
        ),
        ("INSERT INTO collection_videos VALUES (1, 1, 'V-')", "position"),
        ("INSERT INTO collection_videos VALUES (1, 1, 'V0')", "position"),
        ("INSERT INTO markers VALUES (1, 'a', 1, -1, NULL, '', '[]', '', 1)", "start_seconds"),
        ("INSERT INTO markers VALUES (1, 'a', 1, 2, 1, '', '[]', '', 1)", "end_seconds"),
        ("INSERT INTO markers VALUES (1, 'a', 1, 1, NULL, '', '[1]', '', 1)", "tags"),
        ("UPDATE videos SET added_at = 5", "added_at"),
        ("UPDATE videos SET added_at = '2024-02-31 00:00:00.000000'", "added_at"),
        ("UPDATE videos SET added_at = '2024-01-01 00:00:00+01:00'", "added_at"),
        ("UPDATE videos SET taken_at = '9999-12-31 23:59:59.999999'", "taken_at"),
        ("UPDATE media_infos SET media_info = '{}'", "media_info"),
        ("UPDATE media_infos SET media_info = '{\"video\": 5'", "media_info"),
        (
            "UPDATE media_infos SET media_info = replace(hex(zeroblob(50000)), '0', '[')",
            "media_info",
        ),
        ("UPDATE video_annotations SET rating = 6", "rating"),
        ("UPDATE video_annotations SET notes = x'ff'", "notes"),
        ("UPDATE tags SET name = ''", "name"),
        (
            "INSERT INTO recipes VALUES (1, 'x', 'y', '[]', '2026-01-01 00:00:00')",
            "recipe",
        ),
        (
            "INSERT INTO rules VALUES ('r', 'a', 1, '[]', NULL, '2026-01-01 00:00:00', NULL, '')",
            "definition",
        ),
        ("INSERT INTO video_watches VALUES (1, -1, 0, '2026-01-01 00:00:00')", "position_seconds"),
        (
            "INSERT INTO video_watches VALUES (1, 9e999, 0, '2026-01-01 00:00:00')",
            "position_seconds",
        ),
        ("INSERT INTO video_watches VALUES (1, 1, 2, '2026-01-01 00:00:00')", "watched"),
        ("INSERT INTO scanned_folders VALUES (1, x'2e2e', 1, '2026-01-01 00:00:00')", "path"),
        ("INSERT INTO scanned_folders VALUES (1, x'2f', 1, '2026-01-01 00:00:00')", "path"),
        ("INSERT INTO scanned_folders VALUES (1, x'61', 2, '2026-01-01 00:00:00')", "recursive"),
    ],
)
async def test_a_row_that_this_program_would_not_write_is_refused(
    backup: Path, statement: str, column: str
) -> None:
    await anyio.to_thread.run_sync(craft, backup, statement)
    await refuse(backup, f"copy.db has a row .* whose {column} is not a value that")


async def test_a_row_that_belongs_to_none_is_refused(backup: Path) -> None:
    await anyio.to_thread.run_sync(craft, backup, "UPDATE videos SET root_id = 99")
    await refuse(backup, "belongs to a row of roots that is not there")


async def test_the_time_that_checking_takes_is_bounded(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_check, "CHECK_SECONDS", -1e9)
    monkeypatch.setattr(backup_check, "_STEPS", 1)
    await refuse(backup, "takes too long to be checked")


async def test_the_index_of_words_and_the_jobs_are_not_taken_from_a_backup(backup: Path) -> None:
    spoil = (
        "UPDATE video_search_data SET block = randomblob(200) WHERE id > 10",
        "DELETE FROM video_search_idx",
        "INSERT OR REPLACE INTO video_search_config VALUES ('rank', 'hex(randomblob(9))')",
    )
    await anyio.to_thread.run_sync(craft, backup, *spoil)
    database = await restored(backup)
    try:
        videos = VideoRepository(database)
        for q, count in (("film", 3), ("beach", 1), ("#sea", 1), ("nowhere", 0)):
            assert (await videos.find(VideoQuery(q=q))).total == count
        async with database.read() as connection:
            jobs = await connection.exec_driver_sql("SELECT count(*) FROM jobs")
            assert jobs.scalar() == 0
    finally:
        await database.aclose()


async def test_signatures_of_folders_are_not_taken_from_a_backup(backup: Path) -> None:
    signature = "INSERT INTO folder_signatures VALUES (1, '', x'00', x'00', 3, 1, 1)"
    await anyio.to_thread.run_sync(craft, backup, signature)
    database = await restored(backup)
    try:
        async with database.read() as connection:
            count = await connection.exec_driver_sql("SELECT count(*) FROM folder_signatures")
            assert count.scalar() == 0
    finally:
        await database.aclose()


async def test_a_rule_of_a_backup_is_off_and_calls_nobody(backup: Path) -> None:
    now = "2026-01-01 00:00:00.000000"
    rule = f"('r', 'Spy', 1, '{{}}', 'whsec_', '{now}', NULL, '{now}')"
    call = f"('d', 'r', 'b', '{{}}', 1, 'waiting', 0, '{now}', NULL, NULL, '{now}', NULL)"
    rows = {
        "rules": rule,
        "rule_runs": f"(1, 'r', 'v', '', 'running', 'b', NULL, '{now}')",
        "rule_batches": f"('b', 'r', '{now}', NULL, NULL, NULL)",
        "rule_candidates": "(1, 1, 1)",
        "webhook_deliveries": call,
    }
    inserts = [f"INSERT INTO {table} VALUES {row}" for table, row in rows.items()]  # noqa: S608  our own words
    await anyio.to_thread.run_sync(craft, backup, *inserts)
    database = await restored(backup)
    try:
        async with database.read() as connection:
            for table in rows:
                enabled = " WHERE enabled = 1" if table == "rules" else ""
                counted = f"SELECT count(*) FROM {table}{enabled}"  # noqa: S608  our own words
                count = await connection.exec_driver_sql(counted)
                assert count.scalar() == 0, table
            name = await connection.exec_driver_sql("SELECT name FROM rules")
            assert name.scalar() == "Spy"
    finally:
        await database.aclose()


async def test_no_count_is_taken_from_a_backup(backup: Path) -> None:
    spoil = (
        "UPDATE video_kinds SET videos = 99, width = -7",
        "DELETE FROM video_folders",
        "UPDATE folder_tree SET videos_below = 77, name_key = 'z'",
        "INSERT INTO folder_tree VALUES (1, 'no/such/', 'no/', 'such', 1, 1, 1, 1)",
        "UPDATE video_groups SET kind = 12345, status = 'bad'",
        "INSERT INTO tag_counts VALUES (1, 'skipped', 5)",
        "INSERT INTO video_letters (video_letters) VALUES ('delete-all')",
    )
    await anyio.to_thread.run_sync(craft, backup, *spoil)
    database = await restored(backup)
    try:
        await check_derived(database)
    finally:
        await database.aclose()


async def test_what_sqlite_keeps_for_itself_is_no_offence(backup: Path) -> None:
    await anyio.to_thread.run_sync(craft, backup, "ANALYZE")
    await (await restored(backup)).aclose()
    assert names(backup.parent / "data") == ["library.db"]


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004"])
async def test_a_backup_of_an_older_version_is_restored(tmp_path: Path, revision: str) -> None:
    old = Database(sqlite_url(tmp_path / "copy.db"))
    await migrate_to(old, revision)
    async with old.write() as connection:
        await insert_as_first_made(connection, "Ocean\u2019s 11.mp4", "b.mp4")
    await old.aclose()
    (tmp_path / "data").mkdir()
    database = await restored(tmp_path / "copy.db")
    try:
        found = await VideoRepository(database).find(VideoQuery(q="ocean's"))
        assert [video.path for video in found.items] == ["Ocean\u2019s 11.mp4"]
    finally:
        await database.aclose()


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(BackupError, match="not a regular file"):
            inspect_library(path, is_foreign=True)


async def test_a_backup_replaces_regular_files_only(backup: Path) -> None:
    folder = backup.parent
    (folder / "link").symlink_to("precious")
    (folder / "precious").write_text("mine")
    os.mkfifo(folder / "pipe")
    library_file = backup  # which is a library, too
    for target in (folder / "link", folder / "pipe", Path("/dev/null")):
        for replace in (False, True):
            with pytest.raises(BackupError, match="not a regular file"):
                await back_up(library_file, target, replace=replace)
    assert (folder / "precious").read_text() == "mine"
    assert Path("/dev/null").is_char_device()  # noqa: ASYNC240  it answers at once
    await back_up(library_file, folder / "precious", replace=True)
    assert inspect_library(folder / "precious").videos == 3
