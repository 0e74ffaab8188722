"""The index of trigrams that PostgreSQL searches words with, if its extension pg_trgm is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from stoat_ferret.errors import DatabaseError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

_EXTENSION = sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm")
_INDEX = sa.text(
    "CREATE INDEX IF NOT EXISTS ix_videos_trigrams ON videos"
    " USING gin (searchable gin_trgm_ops, labels gin_trgm_ops)"
)
_HAS_INDEX = sa.text("SELECT to_regclass('ix_videos_trigrams') IS NOT NULL")
# https://www.postgresql.org/docs/current/pgtrgm.html: what is a letter depends on the locale.
_KNOWS_LETTERS = sa.text("SELECT cardinality(show_trgm('привет')) > 0")

logger = structlog.get_logger(__name__)


async def ensure_trigrams(database: Database) -> None:
    """Create the index if PostgreSQL lacks it and allows it; else searches read all rows.

    Not a migration: an administrator may install the extension later.
    """
    if database.is_sqlite:
        return
    async with database.read() as connection:
        if await connection.scalar(_HAS_INDEX):
            return
    try:
        async with database.write() as connection:
            await connection.execute(_EXTENSION)
            await connection.execute(_INDEX)
    except DatabaseError as error:
        logger.warning("search_without_index", reason=str(error))


async def trigram_fault(connection: AsyncConnection) -> tuple[str, str] | None:
    """Return why searches in this PostgreSQL database are slow, and the remedy; None if fast."""
    if not await connection.scalar(_HAS_INDEX):
        return (
            "searches read all rows, because there is no index of trigrams",
            "Let an administrator run CREATE EXTENSION pg_trgm in this database. Start again then.",
        )
    if not await connection.scalar(_KNOWS_LETTERS):
        return (
            "searches for letters beyond ASCII read all rows, because its LC_CTYPE is C",
            "Move the library into a database with LC_CTYPE C.UTF-8, by pg_dump and pg_restore.",
        )
    return None
