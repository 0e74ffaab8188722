"""Migration of a database from any older schema to the schema of this version."""

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
"""The SQLite schema after all migrations, written by `scripts/generate_schema.py`."""
REVISION_QUERY = "SELECT version_num FROM alembic_version"
"""The query for the revision that Alembic has stored in a database."""
_VERSIONS = Path(__file__).parent / "versions"


async def migrate(database: Database) -> None:
    """Create or upgrade all tables in one transaction.

    Raises `DatabaseTooNewError` for a schema unknown to this version, and `DatabaseError`.
    """
    known = await anyio.to_thread.run_sync(known_revisions)
    async with database.write() as connection:
        stored = await connection.run_sync(_stored_revisions)
        for revision in stored or ():
            if revision not in known:
                raise DatabaseTooNewError(revision)
        # Alembic takes a tenth of a second to import, and most starts do not need it.
        if stored is None and database.is_sqlite:
            schema = await anyio.to_thread.run_sync(NEWEST_SCHEMA.read_text, "utf-8")
            for statement in _statements(schema):
                await connection.exec_driver_sql(statement)
        elif stored != [known[0]]:
            await anyio.to_thread.run_sync(importlib.import_module, "alembic.command")
            await connection.run_sync(upgrade)


async def is_newest(database: Database) -> bool:
    """Return whether the database has the schema of this version; changes nothing."""
    known = await anyio.to_thread.run_sync(known_revisions)
    async with database.read() as connection:
        return await connection.run_sync(_stored_revisions) == [known[0]]


def known_revisions() -> list[str]:
    """Return all revisions known to this version, newest first. Blocking.

    They are read from the file names, so Alembic need not be imported.
    """
    names = [path.stem for path in _VERSIONS.glob("v*_*.py")]
    return sorted((name[1:].partition("_")[0] for name in names), reverse=True)


@lru_cache
def schema_of(revision: str) -> tuple[tuple[str, str, str | None], ...]:
    """Return kind, name and SQL of every object in an SQLite file of `revision`. Blocking."""
    engine = sa.create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            upgrade(connection, revision)
            rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_schema")
            return tuple((kind, name, sql) for kind, name, sql in rows)
    finally:
        engine.dispose()


def upgrade(connection: sa.Connection, revision: str = "head") -> None:
    """Run the pending migrations up to `revision` in the transaction of `connection`."""
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
    """Yield the statements of an SQL script; a statement may contain semicolons."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.removesuffix(";\n")
            statement = ""
