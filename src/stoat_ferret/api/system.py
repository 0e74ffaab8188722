"""Facts about this server, its resources and its disk usage, answered from a cache."""

from __future__ import annotations

import asyncio
import importlib.metadata
import platform
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

import sqlalchemy as sa

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import DatabaseError
from stoat_ferret.library.facets import count_by_root
from stoat_ferret.library.migrations import REVISION_QUERY
from stoat_ferret.library.opening import library_file
from stoat_ferret.pictures.disk_usage import PictureUse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from stoat_ferret.api.folders import FolderReader, Space
    from stoat_ferret.bootstrap import Services
    from stoat_ferret.library.video import Root, VideoStatus
    from stoat_ferret.watch_folders.folder_watching import RootWatch

T = TypeVar("T")


class CachedAnswer(Generic[T]):
    """The latest result of `find`, which runs once at a time, and again when it is stale."""

    def __init__(self, find: Callable[[], Awaitable[T]], *, fresh_seconds: float) -> None:
        self._find = find
        self._fresh_seconds = fresh_seconds
        self._found: tuple[float, T] | None = None
        self._task: asyncio.Task[None] | None = None

    async def newest(self, *, wait_seconds: float) -> T | None:
        """Return the result; after `wait_seconds` the previous one, or None if there is none.

        Raises the errors of `find` if it fails in time.
        """
        if self._found is None or time.monotonic() - self._found[0] >= self._fresh_seconds:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._ask())
            await asyncio.wait([self._task], timeout=wait_seconds)
            if self._task.done():
                self._task.result()
        return None if self._found is None else self._found[1]

    async def close(self) -> None:
        """Cancel a running call."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _ask(self) -> None:
        started = time.monotonic()
        self._found = (started, await self._find())


WAIT_SECONDS = 1.0
"""The time that a response waits for a count; it then contains the previous one."""
_FRESH_SECONDS = 0.25
"""Short: people look here right after a scan."""
_SQLITE_SUFFIXES = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The database of the library; `size_bytes` is None if it is unknown."""

    engine: str
    version: str
    revision: str
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class RootFacts:
    """A root; `space` is None if its disk does not respond, `videos` until counted."""

    root: Root
    is_available: bool
    space: Space | None
    videos: Counter[VideoStatus] | None
    watch: RootWatch


class SystemReader:
    """A collector of facts about one server; slow ones are found in the background."""

    def __init__(self, services: Services, folders: FolderReader) -> None:
        self.started_at = datetime.now(UTC)
        self.python = platform.python_version()
        self.machine = f"{platform.system()} {platform.machine()}"
        self.pictures = PictureUse(services.settings.pictures_folder)
        self._services = services
        self._folders = folders
        self._counts = CachedAnswer(
            lambda: count_by_root(services.database), fresh_seconds=_FRESH_SECONDS
        )
        self._database = CachedAnswer(self._describe_database, fresh_seconds=_FRESH_SECONDS)

    async def database(self) -> DatabaseFacts | None:
        """Return the facts of the database; None if it is busy or does not work."""
        return await _or_none(self._database)

    async def roots(self) -> list[RootFacts]:
        """Return the facts of the configured roots."""
        roots = tuple(self._services.roots)  # people may change them meanwhile
        counting = _or_none(self._counts)
        counts, available, spaces = await asyncio.gather(
            counting,
            asyncio.gather(*(self._folders.is_available(root.path) for root in roots)),
            asyncio.gather(*(self._folders.space(root.path) for root in roots)),
        )
        return [
            RootFacts(
                root,
                is_available,
                space if is_available else None,
                None if counts is None else counts.get(root.id, Counter()),
                self._services.watching.watch_of(root),
            )
            for root, is_available, space in zip(roots, available, spaces, strict=True)
        ]

    async def data_disk(self) -> Space | None:
        """Return the space of the disk of the data folder."""
        return await self._folders.space(str(self._services.settings.data_dir))

    async def libav(self) -> str | None:
        """Return the version of PyAV, which includes FFmpeg's libraries; None without it."""
        try:
            return await run_on_disk_thread(
                importlib.metadata.version, "av", timeout_seconds=WAIT_SECONDS
            )
        except (importlib.metadata.PackageNotFoundError, TimeoutError):
            return None

    async def close(self) -> None:
        """Cancel running counts."""
        await asyncio.gather(self.pictures.close(), self._counts.close(), self._database.close())

    async def _describe_database(self) -> DatabaseFacts:
        database = self._services.database
        revision = sa.text(REVISION_QUERY)
        async with database.read() as connection:
            known = (await connection.execute(revision)).scalar_one()
            if database.is_sqlite:
                file = library_file(self._services.settings)
                size = await run_on_disk_thread(_size_of_library, file)
                return DatabaseFacts("SQLite", sqlite3.sqlite_version, known, size)
            version = (await connection.execute(sa.text("SHOW server_version"))).scalar_one()
            query = sa.text("SELECT pg_database_size(current_database())")
            size = (await connection.execute(query)).scalar_one()
            return DatabaseFacts("PostgreSQL", version.split()[0], known, size)


async def _or_none(answer: CachedAnswer[T]) -> T | None:
    """Return the cached answer, or None: the check of the database reports the reason."""
    try:
        return await answer.newest(wait_seconds=WAIT_SECONDS)
    except DatabaseError:
        return None


def _size_of_library(file: Path) -> int:
    files = [file.with_name(f"{file.name}{suffix}") for suffix in _SQLITE_SUFFIXES]
    return sum(one.stat().st_size for one in files if one.exists())
