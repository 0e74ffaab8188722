"""Backups of the library: copies in one file, made while it is in use, and their contents."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
import threading
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from stoat_ferret.database import finish, open_to_read
from stoat_ferret.disk import in_thread, run_on_disk_thread
from stoat_ferret.errors import BackupError, reason_of
from stoat_ferret.library.backup_check import bounded, check_rows, check_schema
from stoat_ferret.library.migrations import REVISION_QUERY, known_revisions
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")

_STEP_PAGES = 2000
"""Pages per step (8 MB); the copy can be stopped between steps."""
_SPARE_BYTES = 64 * 1024 * 1024
_SUFFIXES = ("", "-journal", "-wal", "-shm")
TEMPORARY = ".tmp"


@dataclass(frozen=True, slots=True)
class LibrarySummary:
    """The contents of a library; `changed_at` is the time of the newest record or annotation."""

    schema: str
    videos: int
    missing: int
    tags: int
    annotated: int
    size_bytes: int
    changed_at: datetime | None


async def run_in_thread(work: Callable[[threading.Event], T]) -> T:
    """Return the result of `work` in a thread; on cancellation set its event and wait for it."""
    stop = threading.Event()

    async def run() -> T:
        return await in_thread(work, stop)

    async def interrupt() -> None:
        stop.set()

    return await finish(run(), interrupt=interrupt)


async def back_up(
    library: Path,
    target: Path,
    *,
    replace: bool = False,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> LibrarySummary:
    """Copy the SQLite file `library` to `target` while others may use it.

    The copy is a consistent snapshot. It is made under a temporary name, checked, and synced to
    disk before it is renamed. It replaces an existing file only with `replace`, and never the
    library. `on_progress` is called in a thread with the number of copied pages and the total.
    Raises `BackupError`.
    """

    def work(stop: threading.Event) -> LibrarySummary:
        with own_errors(f"The backup {for_display(target)} cannot be made"):
            _refuse_library(target, library)
            _refuse_target(target, replace=replace)
            require_room(target.parent, library_size(library))
            temporary = target.with_name(f".{target.name}.{os.getpid()}{TEMPORARY}")
            try:
                copy_library(library, temporary, stop, on_progress)
                summary = inspect_library(temporary, stop)
                publish(temporary, target, replace=replace)
            finally:
                remove_library(temporary)
        return summary

    return await run_in_thread(work)


def copy_library(
    source: Path,
    target: Path,
    stop: threading.Event,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Copy a snapshot of `source` to the new file `target`, private to this user. Blocking."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))

    def progress(_: int, remaining: int, total: int) -> None:
        if stop.is_set():
            raise InterruptedError
        on_progress(total - remaining, total)

    with closing(open_to_read(source)) as origin, closing(sqlite3.connect(target)) as copy:
        # Without a transaction, each change by another process would restart the copy.
        origin.execute("BEGIN")
        origin.execute("SELECT count(*) FROM sqlite_master").fetchone()
        origin.backup(copy, pages=_STEP_PAGES, progress=progress)
        copy.execute("PRAGMA journal_mode=DELETE").fetchone()


def inspect_library(
    path: Path,
    stop: threading.Event | None = None,
    *,
    is_foreign: bool = False,
    thorough: bool = False,
    name: Path | None = None,
) -> LibrarySummary:
    """Check the SQLite file at `path` and return a summary of its contents. Blocking.

    A file that `is_foreign` may come from anybody: it must contain only what this program writes.
    `thorough` also checks indexes against tables, and then each row of a foreign file. `name` is
    the file name for error messages if it is not `path`. Raises `BackupError` for a file that is
    damaged, is not a library, or was written by a newer version.
    """
    name = name or path
    with own_errors(f"{for_display(name)} is not a library that can be used"):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        if not path.is_file() and path.exists():
            raise OSError(errno.EINVAL, "it is not a regular file")
        size_bytes = library_size(path)
        with (
            closing(open_to_read(path)) as connection,
            bounded(connection, name, size_bytes, stop),
        ):
            if is_foreign:
                check_schema(connection, name)
            schema = _schema(connection, name)
            check = "integrity_check(1)" if thorough else "quick_check(1)"
            (found,) = connection.execute(f"PRAGMA {check}").fetchone()
            if found != "ok":
                raise BackupError(f"{for_display(name)} is damaged ({' '.join(found.split())}).")
            if is_foreign and thorough:
                check_rows(connection, name)
            return _summary(connection, schema, size_bytes)


def publish(temporary: Path, target: Path, *, replace: bool) -> None:
    """Give a finished file its final name, durable on return. Blocking."""
    _sync(temporary, os.O_RDONLY)
    if replace:
        temporary.replace(target)
    else:
        try:
            os.link(temporary, target)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links, such as exFAT
            _refuse_target(target, replace=False)
            temporary.rename(target)
    _sync(target.parent, os.O_RDONLY | os.O_DIRECTORY)


def remove_library(path: Path) -> None:
    """Remove a SQLite file with its journal and WAL. Blocking."""
    for suffix in _SUFFIXES:
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink()


async def discard_library(path: Path) -> None:
    """Run `remove_library` in a thread, to completion even if the task is cancelled."""
    await finish(run_on_disk_thread(remove_library, path))


def require_room(folder: Path, size_bytes: int) -> None:
    """Raise `BackupError` if `folder` lacks space for `size_bytes` and a reserve. Blocking."""
    free = shutil.disk_usage(folder).free
    if free < size_bytes + _SPARE_BYTES:
        needed = (size_bytes + _SPARE_BYTES) / 1e6
        raise BackupError(
            f"There is not enough room in {for_display(folder)}: {needed:,.0f} MB are needed and "
            f"{free / 1e6:,.0f} MB are free."
        )


@contextmanager
def own_errors(what: str) -> Iterator[None]:
    """Convert SQLite and disk errors to `BackupError`s that start with `what`."""
    try:
        yield
    except sqlite3.Error as error:
        raise BackupError(f"{what}: {_reason(error)}.") from error
    except FileExistsError as error:
        raise BackupError(f"{what}: a file of this name exists already.") from error
    except OSError as error:
        reason = (reason_of(error) or "stopped").lower()
        raise BackupError(f"{what}: {reason}.") from error


def _reason(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    known = {
        "SQLITE_NOTADB": "it is not a database",
        "SQLITE_FULL": "the disk is full",
        "SQLITE_CORRUPT": "it is damaged",
        "SQLITE_CANTOPEN": "it cannot be opened",
    }
    return next((text for prefix, text in known.items() if name.startswith(prefix)), str(error))


def _refuse_library(target: Path, library: Path) -> None:
    # A process that has it open would continue with an unlinked file.
    own = {
        file.parent.resolve() / (file.name + suffix)
        for file in (library, library.resolve())
        for suffix in _SUFFIXES
    }
    if target.parent.resolve() / target.name in own:
        raise BackupError(f"{for_display(target)} is the library itself. Choose another name.")


def _refuse_target(target: Path, *, replace: bool) -> None:
    if target.is_dir():
        raise BackupError(f"{for_display(target)} is a folder. Name a file in it.")
    if not os.path.lexists(target):
        return
    if not stat.S_ISREG(target.lstat().st_mode):
        raise BackupError(
            f"{for_display(target)} is not a regular file (a link, a device, a pipe), and those "
            "are never replaced. Choose another name."
        )
    if not replace:
        raise BackupError(
            f"{for_display(target)} is there already. Choose another name, or add --force to "
            "replace it."
        )


def _schema(connection: sqlite3.Connection, path: Path) -> str:
    tables = _tables(connection)
    versions = (
        connection.execute(REVISION_QUERY).fetchall()
        if {"alembic_version", "videos", "jobs"} <= tables
        else []
    )
    if len(versions) != 1:
        raise BackupError(f"{for_display(path)} is a database, but not one of stoat-ferret.")
    (schema,) = versions[0]
    if schema not in known_revisions():
        raise BackupError(
            f"{for_display(path)} was written by a newer stoat-ferret: this version does not "
            f"know its schema {schema}. Install that version first."
        )
    return str(schema)


def _tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows}


def _summary(connection: sqlite3.Connection, schema: str, size_bytes: int) -> LibrarySummary:
    tables = _tables(connection)

    def scalar(table: str, query: str) -> Any:
        return connection.execute(query).fetchone()[0] if table in tables else None

    moments = (
        scalar("videos", "SELECT max(added_at) FROM videos"),
        scalar("video_annotations", "SELECT max(changed_at) FROM video_annotations"),
    )
    newest = max(filter(None, moments), default=None)
    annotated = (
        "SELECT count(*) FROM (SELECT video_number FROM video_annotations"
        " UNION SELECT video_number FROM video_tags)"
    )
    return LibrarySummary(
        schema=schema,
        videos=scalar("videos", "SELECT count(*) FROM videos"),
        missing=scalar("videos", "SELECT count(*) FROM videos WHERE missing_since IS NOT NULL"),
        tags=scalar("tags", "SELECT count(*) FROM tags") or 0,
        annotated=scalar("video_tags", annotated) or 0,
        size_bytes=size_bytes,
        changed_at=datetime.fromisoformat(newest).replace(tzinfo=UTC) if newest else None,
    )


def library_size(path: Path) -> int:
    """Return the size of the file and its WAL in bytes. Blocking."""
    wal = path.with_name(f"{path.name}-wal")
    return path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
