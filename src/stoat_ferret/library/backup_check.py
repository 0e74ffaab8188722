"""Checks that a backup contains only what this program writes, before anything trusts it.

A backup may come from anywhere. Views and triggers would run when the library is read or written, a
root or a path with `..` would give access to any file, and rows of other types would make requests
fail.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import time
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from pydantic import ValidationError

from stoat_ferret.database import UtcDateTime, metadata
from stoat_ferret.errors import BackupError
from stoat_ferret.library.migrations import REVISION_QUERY, known_revisions, schema_of
from stoat_ferret.library.query import VideoList
from stoat_ferret.media.media_info import MediaInfo
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path

CHECK_SECONDS = 120.0
_SECONDS_PER_BYTE = 1 / 5_000_000
"""The time limit of a check, and the time added per byte of the file."""
_STEPS = 100_000
_MAX_BYTES = 64 * 1024 * 1024
"""The maximum size of a text or file name; a file with 100,000 chapters needs less."""
_MAX_TEXT = 1_000_000
_MAX_PATH = 65_536
_MAX_TIMESTAMP = "9999-12-31"
# Created by SQLite itself; they contain no text that is executed.
_SQLITE_TABLES = {("table", name) for name in ("sqlite_sequence", "sqlite_stat1", "sqlite_stat4")}
# A restore deletes their rows.
_DISCARDED = {
    *(
        "jobs",
        "found_files",
        "undos",
        "undo_searches",
        "undo_videos",
        "rule_candidates",
        "webhook_deliveries",
    )
}

# Conditions for the values of a column, beyond its type.
_RULES = {
    "roots.path": "is_root(path)",
    "roots.name": "length(name) > 0",
    "videos.path": "is_path(path)",
    "videos.id": "length(id) BETWEEN 1 AND 36",
    "videos.status": "status IN ('ok', 'bad', 'skipped')",
    "videos.size_bytes": "size_bytes >= 0",
    "videos.rotation": "rotation BETWEEN -360 AND 360",
    "videos.frame_rate": "is_rate(frame_rate)",
    "media_infos.media_info": "is_media_info(media_info)",
    "video_annotations.rating": "rating BETWEEN 1 AND 5",
    "video_annotations.favourite": "favourite = 1",
    "video_annotations.revision": "revision >= 0",
    "video_watches.position_seconds": "position_seconds >= 0",
    "video_watches.watched": "watched IN (0, 1)",
    "scanned_folders.path": "(length(path) = 0 OR is_path(path))",
    "scanned_folders.recursive": "recursive IN (0, 1)",
    "collections.id": "length(id) BETWEEN 1 AND 36",
    "collections.name": "length(name) > 0",
    "collections.revision": "revision >= 0",
    # As `order_keys` makes them: the place between others is computed from its digits.
    "collection_videos.position": "length(position) > 0 AND position NOT GLOB '*[^0-9A-Za-z]*'"
    " AND substr(position, -1) <> '0'",
    "markers.id": "length(id) BETWEEN 1 AND 36",
    "markers.start_seconds": "start_seconds >= 0",
    "markers.end_seconds": "end_seconds > start_seconds",
    "markers.tags": "is_names(tags)",
    "markers.revision": "revision >= 0",
    "resolved_duplicates.copies": "copies >= 0",
    "tags.name": "length(name) > 0",
    "recipes.recipe": "is_object(recipe)",
    "rules.enabled": "enabled IN (0, 1)",
    "rules.definition": "is_object(definition)",
    "rule_runs.state": "state IN ('existing', 'waiting', 'running', 'done', 'failed')",
    "saved_searches.name": "length(name) > 0",
    "saved_searches.query": "is_search(query)",
    "saved_presets.name": "length(name) > 0",
    "saved_presets.options": "is_object(options)",
}


@contextmanager
def bounded(
    connection: sqlite3.Connection, path: Path, size_bytes: int, stop: threading.Event | None
) -> Iterator[None]:
    """Interrupt statements when `stop` is set or time is up. Raises `BackupError`."""
    end = time.monotonic() + CHECK_SECONDS + size_bytes * _SECONDS_PER_BYTE
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_BYTES)
    connection.set_progress_handler(
        lambda: int(time.monotonic() > end or (stop is not None and stop.is_set())), _STEPS
    )
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT and time.monotonic() > end:
            raise BackupError(f"{for_display(path)} takes too long to be checked.") from error
        raise
    finally:
        connection.set_progress_handler(None, 0)


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `BackupError` unless the schema is exactly the one that this program creates.

    Nothing in the file is executed: no view is read before it is known that there are none.
    """
    connection.execute("PRAGMA trusted_schema=OFF")
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    found = {(kind, name): _normalized_sql(sql) for kind, name, sql in rows}
    if ("table", "alembic_version") not in found or ("table", "videos") not in found:
        raise BackupError(f"{for_display(path)} is a database, but not one of stoat-ferret.")
    versions = connection.execute(REVISION_QUERY).fetchall()
    if len(versions) != 1 or versions[0][0] not in known_revisions():
        return  # the caller reports the version
    known = {(kind, name): _normalized_sql(sql) for kind, name, sql in schema_of(versions[0][0])}
    for kind, name in sorted(found.keys() - _SQLITE_TABLES):
        wanted = known.get((kind, name))
        # The tables of the full-text index are recreated anyway.
        is_kept = kind == "table" and str(name).startswith("video_search_")
        if wanted is None or (wanted != found[kind, name] and not is_kept):
            raise BackupError(
                f"{for_display(path)} is not as stoat-ferret makes it: it has a {kind} "
                f"{str(name)[:100]!a} that is {'changed' if wanted else 'unknown'}. It "
                "cannot be trusted, and is not restored."
            )
    if missing := sorted(known.keys() - found.keys()):
        kind, name = missing[0]
        raise BackupError(
            f"{for_display(path)} is not as stoat-ferret makes it: it lacks the {kind} {name}. "
            "It is not restored."
        )


def _normalized_sql(sql: object) -> str:
    """Return the definition without white space and quotation marks."""
    return re.sub(r'[\s"]+', "", str(sql or ""))


def check_rows(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `BackupError` for rows that this program would not write; call `check_schema` first."""
    for name, function in _SQL_FUNCTIONS.items():
        connection.create_function(name, 1, function, deterministic=True)
    present = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    for table in metadata.sorted_tables:
        if table.name in present and table.name not in _DISCARDED:
            _check_table(connection, table, path)
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise BackupError(
            f"{for_display(path)} is damaged: row {broken[1]} of the table {broken[0]} belongs "
            f"to a row of {broken[2]} that is not there."
        )


def _check_table(connection: sqlite3.Connection, table: sa.Table, path: Path) -> None:
    there = {row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")}
    faults = " ".join(
        f"WHEN NOT coalesce({_rule(column)}, 0) THEN '{column.name}'"
        for column in table.columns
        if column.name in there
    )
    fault = connection.execute(
        f"SELECT fault FROM (SELECT CASE {faults} END AS fault FROM {table.name})"  # noqa: S608  our own names
        " WHERE fault IS NOT NULL LIMIT 1"
    ).fetchone()
    if fault is not None:
        raise BackupError(
            f"{for_display(path)} has a row in the table {table.name} whose {fault[0]} is not "
            "a value that stoat-ferret writes. It cannot be trusted, and is not restored."
        )


def _rule(column: sa.Column[Any]) -> str:
    """Return the SQL condition for the values of a column."""
    name = column.name
    rule = _type_rule(column)
    more = _RULES.get(f"{column.table.name}.{name}")
    rule = f"({rule} AND {more})" if more else rule
    return f"({name} IS NULL OR {rule})" if column.nullable else rule


def _type_rule(column: sa.Column[Any]) -> str:
    name, kind = column.name, column.type
    if isinstance(kind, UtcDateTime):
        return f"is_moment({name})"
    if isinstance(kind, sa.LargeBinary):
        return f"typeof({name}) = 'blob' AND length({name}) <= {_MAX_PATH}"
    if isinstance(kind, sa.Float):
        return f"typeof({name}) IN ('real', 'integer') AND abs({name}) < 1e15"
    if isinstance(kind, sa.BigInteger):
        return f"typeof({name}) = 'integer'"
    if isinstance(kind, sa.Integer):
        return f"typeof({name}) = 'integer' AND abs({name} / 2147483648) < 1"
    limit = _MAX_BYTES if f"{column.table.name}.{name}" in _RULES else _MAX_TEXT
    return f"typeof({name}) = 'text' AND length({name}) <= {limit}"


def _is_root(path: object) -> bool:
    text = os.fsdecode(path) if isinstance(path, bytes) else ""
    is_plain = os.path.isabs(text) and os.path.normpath(text) == text  # noqa: PTH117  only text
    return is_plain and "\0" not in text


def _is_path(path: object) -> bool:
    if not isinstance(path, bytes) or b"\0" in path:
        return False
    return all(part not in {b"", b".", b".."} for part in path.split(b"/"))


def _is_moment(text: object) -> bool:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return False
    is_sorted = str(text) < _MAX_TIMESTAMP and str(text)[10:11] == " "
    return isinstance(text, str) and not moment.utcoffset() and is_sorted


def _is_rate(text: object) -> bool:
    return re.fullmatch("-?[0-9]{1,20}/[1-9][0-9]{0,19}", str(text), re.ASCII) is not None


def _is_media_info(text: object) -> bool:
    try:
        MediaInfo.model_validate_json(str(text))
    except ValidationError:
        return False
    return True


def _is_object(text: object) -> bool:
    try:
        return isinstance(json.loads(str(text)), dict)
    except (ValueError, RecursionError):
        return False


def _is_names(text: object) -> bool:
    try:
        names = json.loads(str(text))
    except (ValueError, RecursionError):
        return False
    return isinstance(names, list) and all(isinstance(name, str) for name in names)


def _is_search(text: object) -> bool:
    try:
        VideoList.model_validate_json(str(text))
    except ValidationError:
        return False
    return True


_SQL_FUNCTIONS = {
    "is_root": _is_root,
    "is_path": _is_path,
    "is_moment": _is_moment,
    "is_rate": _is_rate,
    "is_media_info": _is_media_info,
    "is_object": _is_object,
    "is_names": _is_names,
    "is_search": _is_search,
}
