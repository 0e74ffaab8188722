"""Restoring a backup through a client, or in place of a library that cannot be read."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio.to_thread

from stoat_ferret.cli.client import open_client
from stoat_ferret.data_folder import COMMAND_SECONDS, DataFolder
from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.database_lock import own_database
from stoat_ferret.errors import BackupError
from stoat_ferret.library.backup import (
    LibrarySummary,
    discard_library,
    inspect_library,
    run_in_thread,
)
from stoat_ferret.library.opening import library_file
from stoat_ferret.library.restore import put_in_place_of_nothing, stage
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from stoat_ferret.config import Settings

COMMAND = "stoat-ferret restore"


async def compare(settings: Settings, source: Path) -> tuple[LibrarySummary, LibrarySummary | None]:
    """Summarize the backup and the library; None if there is no readable library.

    Raises `BackupError` for a backup that cannot be used.
    """
    library = library_file(settings)
    new = await run_in_thread(lambda stop: inspect_library(source, stop, is_foreign=True))
    old: LibrarySummary | None = None
    with suppress(BackupError):
        old = await run_in_thread(lambda stop: inspect_library(library, stop))
    return new, old


async def put_back(settings: Settings, source: Path, *, is_readable: bool) -> str | None:
    """Replace the library with `source`; return the path of the previous library's backup."""
    if not is_readable:
        return await _put_in_place_of_nothing(settings, source)
    async with open_client(settings, owner=COMMAND) as client, _staged(settings, source) as staged:
        kept: str | None = (await client.restore(staged.name))["kept"]
        return kept


async def _put_in_place_of_nothing(settings: Settings, source: Path) -> str | None:
    """Make `source` the library if there is none that a client could open."""
    data_folder = DataFolder(settings.data_dir)
    url = await anyio.to_thread.run_sync(data_folder.running_server)
    if url:
        raise BackupError(
            f"The library of the server at {url} cannot be read. Stop the server, restore again, "
            "and start it."
        )
    library = library_file(settings)
    database = Database(sqlite_url(library))
    async with (
        data_folder.own(COMMAND, wait_seconds=COMMAND_SECONDS),
        own_database(database, COMMAND, settings.data_dir),
        _staged(settings, source) as staged,
    ):
        damaged = await put_in_place_of_nothing(library, staged)
        return None if damaged is None else for_display(damaged)


@asynccontextmanager
async def _staged(settings: Settings, source: Path) -> AsyncIterator[Path]:
    """Yield a copy of `source` in the data folder, at the newest schema."""
    staged = await stage(source, settings.data_dir)
    try:
        yield staged
    finally:
        await discard_library(staged)
