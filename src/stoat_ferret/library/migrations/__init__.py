"""Brings a database to the schema of this version, whichever older one it has."""

from __future__ import annotations

import importlib
import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
import sqlalchemy as sa

from stoat_ferret.errors import DatabaseTooNewError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoat_ferret.database import Database

NEWEST_SCHEMA = Path(__file__).parent / "newest_sqlite.sql"
"""The schema that all migrations make in SQLite, written by `scripts/generate_schema.py`."""
REVISION_QUERY = "SELECT version_num FROM alembic_version"
"""Reads the revision that Alembic has stored in a database."""
_VERSIONS = Path(__file__).parent / "versions"


async def migrate(database: Database) -> None:
    """Make or upgrade every table, all or nothing.

    Raises `DatabaseTooNewError` for a schema that this version does not know, and
    `DatabaseError`.
    """
    known = await anyio.to_thread.run_sync(known_revisions)
    async with database.write() as connection:
        stored = await connection.run_sync(_stored_revisions)
        for revision in stored or ():
            if revision not in known:
                raise DatabaseTooNewError(revision)
        # Alembic takes a tenth of a second to load, and most starts do without.
        if stored is None and database.is_sqlite:
            schema = await anyio.to_thread.run_sync(NEWEST_SCHEMA.read_text, "utf-8")
            for statement in _statements(schema):
                await connection.exec_driver_sql(statement)
        elif stored != [known[0]]:
            await anyio.to_thread.run_sync(importlib.import_module, "alembic.command")
            await connection.run_sync(upgrade)


async def is_newest(database: Database) -> bool:
    """Return whether the schema is the one of this version; change nothing."""
    known = await anyio.to_thread.run_sync(known_revisions)
    async with database.read() as connection:
        return await connection.run_sync(_stored_revisions) == [known[0]]


def known_revisions() -> list[str]:
    """All revisions that this version knows, the newest first; blocking.

    Read from the names of the files, for which Alembic need not be loaded.
    """
    names = [path.stem for path in _VERSIONS.glob("v*_*.py")]
    return sorted((name[1:].partition("_")[0] for name in names), reverse=True)


@lru_cache
def schema_of(revision: str) -> tuple[tuple[str, str, str | None], ...]:
    """List kind, name and definition of all that an SQLite file of `revision` holds. Blocking."""
    engine = sa.create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            upgrade(connection, revision)
            rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_schema")
            return tuple((kind, name, sql) for kind, name, sql in rows)
    finally:
        engine.dispose()


def upgrade(connection: sa.Connection, revision: str = "head") -> None:
    """Run the migrations up to `revision` that `connection` has not had, in its transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "stoat_ferret.library:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _stored_revisions(connection: sa.Connection) -> list[str] | None:
    """Return the revisions that Alembic has stored in the database; None for a new one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return list(connection.scalars(sa.text(REVISION_QUERY)))


def _statements(script: str) -> Iterator[str]:
    """The statements of an SQL script, those with semicolons inside whole."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.removesuffix(";\n")
            statement = ""
