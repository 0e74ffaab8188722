"""Restore of the library from a backup, atomically."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from stoat_ferret.database import Database, open_to_read, sqlite_url
from stoat_ferret.errors import BackupError
from stoat_ferret.library.backup import (
    TEMPORARY,
    copy_library,
    discard_library,
    inspect_library,
    library_size,
    own_errors,
    publish,
    remove_library,
    require_room,
    run_in_thread,
)
from stoat_ferret.library.derived import INDEXES, rebuild
from stoat_ferret.library.migrations import REVISION_QUERY, known_revisions, migrate
from stoat_ferret.library.reconcile.folders import forget_signatures
from stoat_ferret.library.reconcile.inventory import purge_inventories
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence
    from pathlib import Path

    from stoat_ferret.library.video import Root

STAGED_NAME = re.compile(r"restore-[0-9a-f]{32}\.db", re.ASCII)
_STALE_SECONDS = 3600.0
_BUSY_SECONDS = 30.0


async def stage(backup: Path, data_dir: Path) -> Path:
    """Copy `backup` to the data folder, check it and migrate it to the newest schema.

    The name of the copy matches `STAGED_NAME`; the caller removes it (`discard_library`). Raises
    `BackupError`.
    """
    staged = data_dir / f"restore-{uuid4().hex}.db"

    def work(stop: threading.Event) -> None:
        with own_errors(f"{for_display(backup)} cannot be restored"):
            _remove_stale(data_dir)
            # Room for the copy and for its WAL, which may contain the newest schema.
            require_room(data_dir, 2 * library_size(backup))
            copy_library(backup, staged, stop)
        inspect_library(staged, stop, is_foreign=True, thorough=True, name=backup)
        with own_errors(f"{for_display(backup)} cannot be restored"):
            _rebuild_index(staged)

    try:
        await run_in_thread(work)
        await _migrate_staged(staged)
    except BaseException:
        await discard_library(staged)
        raise
    return staged


async def put_in_place(
    database: Database,
    library: Path,
    staged: Path,
    *,
    roots: Sequence[Root],
    active: Sequence[str],
) -> Path:
    """Replace the contents of `database`, the SQLite file `library`, with those of `staged`.

    This is one transaction: if the process is killed, the library is either the old or the new one.
    The list of jobs does not change. Returns the path of a backup of the old contents. Raises
    `BackupError` without any change if jobs have a status in `active`, or if `roots`, which are in
    use, differ in the backup.
    """

    def work(stop: threading.Event) -> Path:
        with own_errors("The backup cannot be restored"):
            inspect_library(staged, stop)
            # Room for the backup of the old library and for the WAL, which holds all of the new
            # one.
            require_room(library.parent, library_size(library) + library_size(staged))
            _adapt(library, staged, roots, active)
            kept = _back_up_old(library, stop)
            _replace(library, staged)
            return kept

    async with database.without_writers():
        return await run_in_thread(work)


async def put_in_place_of_nothing(library: Path, staged: Path) -> Path | None:
    """Make `staged` the library if there is none, or if it cannot be read.

    No process may have the library open. Returns the path of the old files; None if there were
    none.
    """

    def work(_: threading.Event) -> Path | None:
        with own_errors("The backup cannot be restored"):
            kept = library.parent / "backups" / f"damaged-{_stamp()}.db"
            with closing(sqlite3.connect(staged)) as connection, connection:
                connection.execute("DELETE FROM jobs")
            was_there = _keep_files(library, kept)
            publish(staged, library, replace=True)
            return kept if was_there else None

    return await run_in_thread(work)


async def _migrate_staged(staged: Path) -> None:
    database = Database(sqlite_url(staged))
    try:
        await migrate(database)
        await purge_inventories(database)
        # They may come from anybody, and would make scans overlook changes.
        async with database.write() as connection:
            await forget_signatures(connection)
    finally:
        await database.aclose()

    def settle(_: threading.Event) -> None:
        with own_errors("The backup cannot be restored"), closing(_open(staged)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()

    await run_in_thread(settle)


def _rebuild_index(staged: Path) -> None:
    """Rebuild the full-text indexes and the counts, which cannot be checked in a backup.

    Jobs are deleted: those of another library are invalid here. So are undos, which hold whole
    records that anybody may have written. Rules are turned off: they may call any address.
    """
    with closing(_open(staged)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM jobs")
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'undos'").fetchone():
            # Those of older versions have not all of these.
            saved = "SELECT name FROM sqlite_schema WHERE name IN ('undo_videos', 'undo_searches')"
            for (table,) in connection.execute(saved).fetchall():
                connection.execute(f"DELETE FROM {table}")  # noqa: S608  our own names
            connection.execute("DELETE FROM undos")
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'rules'").fetchone():
            connection.execute("UPDATE rules SET enabled = 0, judged = NULL")
            connection.execute("DELETE FROM rule_runs WHERE state IN ('waiting', 'running')")
            connection.execute("DELETE FROM rule_batches WHERE ended_at IS NULL")
            connection.execute("DELETE FROM rule_candidates")
            connection.execute("DELETE FROM webhook_deliveries")
        made = connection.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE type = 'trigger'"
            " OR name IN (?, ?) ORDER BY type",
            INDEXES,
        ).fetchall()
        for kind, name, _ in reversed(made):
            connection.execute(f"DROP {kind} {name}")
        for _, _, sql in made:
            connection.execute(sql)
        kept = {name for _, name, _ in made}
        if kept.issuperset(INDEXES):
            rebuild(connection)
        elif made:  # the migration makes the others
            connection.execute("INSERT INTO video_search (video_search) VALUES ('rebuild')")
        connection.execute("COMMIT")


def _remove_stale(data_dir: Path) -> None:
    """Remove the files of restores that were killed."""
    for path in data_dir.glob("restore-*.db"):
        old = time.time() - path.stat().st_mtime > _STALE_SECONDS
        if STAGED_NAME.fullmatch(path.name) and old:
            remove_library(path)


def _adapt(library: Path, staged: Path, roots: Sequence[Root], active: Sequence[str]) -> None:
    """Give the staged library the jobs and the roots of the library in use."""
    with closing(_open(staged)) as new, closing(open_to_read(library)) as live:
        (schema,) = new.execute(REVISION_QUERY).fetchone()
        if schema != known_revisions()[0]:
            raise BackupError(f"The staged library has schema {schema}, which is not the newest.")
        new.execute("BEGIN IMMEDIATE")
        _copy_jobs(new, live, active)
        for root in roots:
            _adapt_root(new, live, root)
        new.execute("COMMIT")


def _copy_jobs(new: sqlite3.Connection, live: sqlite3.Connection, active: Sequence[str]) -> None:
    columns = [row[1] for row in live.execute("PRAGMA table_info(jobs)")]
    rows = live.execute(f"SELECT {', '.join(columns)} FROM jobs").fetchall()  # noqa: S608  our own names
    if any(row[columns.index("status")] in active for row in rows):
        raise BackupError(
            "Jobs are queued, running or paused, and a restore must not change the library under "
            "them. Wait for them or cancel them (`stoat-ferret jobs`), and restore again."
        )
    new.execute("DELETE FROM jobs")
    marks = ", ".join("?" * len(columns))
    new.executemany(f"INSERT INTO jobs ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608  our own names


def _adapt_root(new: sqlite3.Connection, live: sqlite3.Connection, root: Root) -> None:
    """Give the root the id and the name that the running server uses."""
    # As recorded: on this machine, it may have another place.
    mine = live.execute("SELECT id, name, path FROM roots WHERE id = ?", (root.id,)).fetchone()
    found = new.execute(
        "SELECT id, name, path FROM roots WHERE id = ? OR name = ? OR path = ?", mine
    ).fetchall()
    if not found:
        new.execute("INSERT INTO roots (id, name, path) VALUES (?, ?, ?)", mine)
    elif found != [mine]:
        raise BackupError(
            f"The backup knows the root {root.name} ({for_display(root.path)}) as another one "
            "than the running server does. Stop the server, restore again, and start it."
        )


def _back_up_old(library: Path, stop: threading.Event) -> Path:
    """Back up the library before it is replaced; return the path."""
    folder = library.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    kept = folder / f"before-restore-{_stamp()}.db"
    temporary = kept.with_name(f".{kept.name}{TEMPORARY}")
    try:
        copy_library(library, temporary, stop)
        inspect_library(temporary, stop)
        publish(temporary, kept, replace=False)
    finally:
        remove_library(temporary)
    return kept


def _keep_files(library: Path, kept: Path) -> bool:
    """Keep the files of an unreadable library, and remove its journal and WAL.

    Otherwise SQLite would apply the old WAL to the new library. Returns whether there were any
    files.
    """
    logs = [library.with_name(library.name + suffix) for suffix in ("-wal", "-journal", "-shm")]
    there = [path for path in (library, *logs) if path.exists()]
    if not there:
        return False
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    for path in there:
        copy = kept.with_name(kept.name + path.name.removeprefix(library.name))
        try:
            os.link(path, copy)
        except OSError:  # a file system without hard links
            copy.write_bytes(path.read_bytes())
    for log in logs:
        log.unlink(missing_ok=True)
    return True


def _replace(library: Path, staged: Path) -> None:
    """Write every page of the library in one transaction."""
    end = time.monotonic() + _BUSY_SECONDS

    def progress(_status: int, remaining: int, _total: int) -> None:
        if remaining and time.monotonic() > end:
            raise TimeoutError("another program holds the library locked")

    with closing(_open(staged)) as new, closing(_open(library)) as live:
        live.execute("PRAGMA synchronous=FULL")
        new.backup(live, pages=-1, progress=progress)
        # The WAL is now as long as the library; if readers use it, it is truncated later.
        live.execute("PRAGMA busy_timeout=0")
        live.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
