"""Opening of the library that the settings name."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from stoat_ferret.data_folder import QUESTION_SECONDS
from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.database_lock import own_database
from stoat_ferret.errors import BackupError, DatabaseInUseError
from stoat_ferret.library.migrations import is_newest, migrate
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.root_map import ROOT_MAP_OPTION, RootMap
from stoat_ferret.library.trigrams import ensure_trigrams

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import sqlalchemy as sa

    from stoat_ferret.config import Settings


@asynccontextmanager
async def open_library(
    settings: Settings, purpose: str
) -> AsyncIterator[tuple[Database, VideoRepository]]:
    """Open the database at the newest schema and its videos, with exclusive ownership.

    `purpose` is the command shown to other processes. Raises `DatabaseInUseError`.
    """
    database = _library(settings)
    async with own_database(database, purpose, settings.data_dir):
        try:
            await migrate(database)
            await ensure_trigrams(database)
            yield database, VideoRepository(database)
        finally:
            await database.aclose()


@asynccontextmanager
async def open_library_to_read(
    settings: Settings,
) -> AsyncIterator[tuple[Database, VideoRepository]]:
    """Open the library beside a process that owns it and has migrated it.

    Raises `DatabaseInUseError` if that process is of an older version. Does not wait if the schema
    is the newest.
    """
    database = _library(settings)
    try:
        owner = "a command that reads", settings.data_dir
        try:
            async with own_database(database, *owner, wait_seconds=QUESTION_SECONDS):
                await migrate(database)
        except DatabaseInUseError:
            if not await is_newest(database):
                async with own_database(database, *owner):
                    await migrate(database)
        yield database, VideoRepository(database)
    finally:
        await database.aclose()


def _library(settings: Settings) -> Database:
    root_map = RootMap({name: str(path) for name, path in settings.root_map.items()})
    return Database(library_url(settings), options={ROOT_MAP_OPTION: root_map})


def library_file(settings: Settings) -> Path:
    """Return the SQLite file of the library. Raises `BackupError` if it is in PostgreSQL."""
    url = make_url(library_url(settings))
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BackupError(
            "The library is in PostgreSQL, which has its own tools for this: back it up with "
            "pg_dump, and put it back with pg_restore."
        )
    return Path(url.database).absolute()


def library_url(settings: Settings) -> str | sa.URL:
    """Return the database URL of the library."""
    return settings.database_url or sqlite_url(settings.data_dir / "library.db")
