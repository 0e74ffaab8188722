"""Brings a database to the schema of this version, whichever older one it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio.to_thread
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from stoat_ferret.errors import DatabaseTooNewError

if TYPE_CHECKING:
    import sqlalchemy as sa

    from stoat_ferret.database import Database


async def migrate(database: Database) -> None:
    """Make or upgrade every table, all or nothing.

    Raises `DatabaseTooNewError` for a schema that this version does not know, and
    `DatabaseError`.
    """
    known = await anyio.to_thread.run_sync(known_revisions)
    async with database.write() as connection:
        await connection.run_sync(_upgrade, known)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "stoat_ferret.library:migrations")
    config.set_main_option("path_separator", "os")
    return config


def known_revisions() -> list[str]:
    """All revisions that this version knows, the newest first; blocking."""
    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in scripts.walk_revisions()]


def _upgrade(connection: sa.Connection, known: list[str]) -> None:
    heads = MigrationContext.configure(connection).get_current_heads()
    for found in heads:
        if found not in known:
            raise DatabaseTooNewError(found)
    if heads != (known[0],):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
