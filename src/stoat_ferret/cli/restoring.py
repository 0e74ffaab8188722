"""Restores a backup through the running server, or without one."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import anyio.to_thread

from stoat_ferret.data_folder import DataFolder
from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.database_lock import own_database
from stoat_ferret.errors import BackupError, shown
from stoat_ferret.jobs.job import ACTIVE_STATUSES
from stoat_ferret.library.backup import (
    LibrarySummary,
    discard_library,
    inspect_library,
    run_in_thread,
)
from stoat_ferret.library.opening import library_file
from stoat_ferret.library.restoring import (
    put_in_place,
    put_in_place_of_nothing,
    stage,
)

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.config import Settings


async def compare(settings: Settings, source: Path) -> tuple[LibrarySummary, LibrarySummary | None]:
    """What is in the backup, and in the library; None where there is none that can be read.

    Raises `BackupError` for a backup that cannot be used.
    """
    library = library_file(settings)
    new = await run_in_thread(lambda stop: inspect_library(source, stop, is_foreign=True))
    old: LibrarySummary | None = None
    with suppress(BackupError):
        old = await run_in_thread(lambda stop: inspect_library(library, stop))
    return new, old


async def put_back(settings: Settings, source: Path, *, is_readable: bool) -> str | None:
    """Replace the library by `source`; returns where the one before is kept."""
    data_folder = DataFolder(settings.data_dir)
    url = await anyio.to_thread.run_sync(data_folder.running_server)
    if url is None:
        async with data_folder.own("stoat-ferret restore"):
            return await _put_back_directly(settings, source, is_readable=is_readable)
    if not is_readable:
        raise BackupError(
            f"The library of the server at {url} cannot be read. Stop the server, restore again, "
            "and start it."
        )
    from stoat_ferret.cli.server_client import ServerClient

    staged = await stage(source, settings.data_dir)
    try:
        async with ServerClient(url, settings.token) as server:
            kept: str | None = (await server.restore(staged.name))["kept"]
            return kept
    finally:
        await discard_library(staged)


async def _put_back_directly(settings: Settings, source: Path, *, is_readable: bool) -> str | None:
    library = library_file(settings)
    database = Database(sqlite_url(library))
    async with own_database(database, "stoat-ferret restore", settings.data_dir):
        return await _replace(settings, database, source, is_readable=is_readable)


async def _replace(
    settings: Settings, database: Database, source: Path, *, is_readable: bool
) -> str | None:
    library = library_file(settings)
    staged = await stage(source, settings.data_dir)
    try:
        if not is_readable:
            damaged = await put_in_place_of_nothing(library, staged)
            return None if damaged is None else shown(damaged)
        try:
            # What a server left running would go on by itself: on the restored library.
            kept = await put_in_place(database, library, staged, roots=(), active=ACTIVE_STATUSES)
            return shown(kept)
        finally:
            await database.aclose()
    finally:
        await discard_library(staged)
