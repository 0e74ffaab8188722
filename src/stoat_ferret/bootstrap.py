"""The only place that picks concrete parts: settings in, everything that runs out."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.disk import ask_disk
from stoat_ferret.errors import (
    ConfigurationError,
    PathOutsideRootsError,
    RootUnavailableError,
)
from stoat_ferret.ffmpeg.binaries import find_ffmpeg, find_ffprobe
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.ffmpeg.program_check import ProgramCheck
from stoat_ferret.health import HealthMonitor
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.queue import JobKind
from stoat_ferret.jobs.sql_store import SqlJobStore
from stoat_ferret.library.inventory import purge_inventories
from stoat_ferret.library.migrations import migrate
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.roots import existing_folder, locate
from stoat_ferret.media.fallback_prober import FallbackProber
from stoat_ferret.media.libav_prober import LibavProber
from stoat_ferret.media.observed_prober import ObservedProber
from stoat_ferret.media.workers import MediaWorkers
from stoat_ferret.scan.job import SCAN, ScanHandler, scan_key, scan_params
from stoat_ferret.scan.scanner import ScanRequest, ScanTools, scan_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from stoat_ferret.config import Settings
    from stoat_ferret.health import Check
    from stoat_ferret.jobs.job import Job, Progress
    from stoat_ferret.library.video import Root
    from stoat_ferret.media.prober import Prober
    from stoat_ferret.scan.result import ScanResult

_T = TypeVar("_T")
_FILE_SYSTEM_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Services:
    """What the HTTP interface and the command line work with."""

    settings: Settings
    database: Database
    videos: VideoRepository
    queue: AsyncioJobQueue
    roots: tuple[Root, ...]
    health: HealthMonitor

    async def resolve_folder(self, path: str) -> tuple[Root, str]:
        """The configured root that holds the folder `path`, and the path relative to it.

        Links are resolved first. Raises `PathOutsideRootsError`, `FolderNotFoundError`, and
        `RootUnavailableError` for a file system that does not answer.
        """
        return await _answered(path, lambda: locate(path, self.roots))

    async def submit_scan(self, path: str, *, recursive: bool = True, force: bool = False) -> Job:
        """Queue a scan of the folder `path`, or return the job that does just that already."""
        root, folder = await self.resolve_folder(path)
        request = ScanRequest(root=root, folder=folder, recursive=recursive, force=force)
        return await self.queue.submit(SCAN, scan_params(request), key=scan_key(request))


def _ignore_probe(_seconds: float, _outcome: str) -> None:
    pass


@asynccontextmanager
async def open_services(
    settings: Settings, *, observe_probe: Callable[[float, str], None] = _ignore_probe
) -> AsyncIterator[Services]:
    """Everything a server needs, running; jobs that were interrupted go on. Closed at exit.

    `observe_probe` is called with the seconds and the outcome of every file that is read.
    """
    async with (
        open_library(settings) as (database, videos),
        _open_scans(settings, database) as tools,
    ):
        observed = replace(tools, prober=ObservedProber(tools.prober, observe_probe))
        roots = tuple(await videos.ensure_roots([str(root) for root in settings.roots]))
        scans = JobKind(
            handler=ScanHandler(observed, roots),
            limit=settings.scan_concurrency,
            timeout_seconds=settings.scan_timeout_seconds,
        )
        async with (
            AsyncioJobQueue(
                {SCAN: scans},
                SqlJobStore(database),
                shutdown_grace_seconds=settings.shutdown_grace_seconds,
                retention_days=settings.job_retention_days,
            ) as queue,
            HealthMonitor(_health_checks(settings, database, queue)) as health,
        ):
            yield Services(settings, database, videos, queue, roots, health)


async def scan_directly(
    settings: Settings,
    folder: str,
    *,
    recursive: bool = True,
    force: bool = False,
    result: ScanResult | None = None,
    on_progress: Callable[[Progress], None],
) -> ScanResult:
    """Scan with neither queue nor server; a folder outside every known root becomes a root.

    The caller owns the data folder. `result` grows meanwhile, for a caller that cancels.
    """
    async with (
        open_library(settings) as (database, videos),
        _open_scans(settings, database) as tools,
    ):
        await videos.ensure_roots([str(root) for root in settings.roots])
        roots = await videos.roots()
        try:
            root, relative = await _answered(folder, lambda: locate(folder, roots))
        except PathOutsideRootsError:
            real = await _answered(folder, lambda: existing_folder(folder))
            root, relative = (await videos.ensure_roots([real]))[0], ""
        request = ScanRequest(root=root, folder=relative, recursive=recursive, force=force)
        return await scan_folder(
            request, tools, scan_id=str(uuid7()), result=result, on_progress=on_progress
        )


@asynccontextmanager
async def open_library(settings: Settings) -> AsyncIterator[tuple[Database, VideoRepository]]:
    """The database, at the newest schema, and the videos in it."""
    url = settings.database_url or sqlite_url(settings.data_dir / "library.db")
    database = Database(url)
    try:
        await migrate(database)
        yield database, VideoRepository(database)
    finally:
        await database.aclose()


@asynccontextmanager
async def _open_scans(settings: Settings, database: Database) -> AsyncIterator[ScanTools]:
    await purge_inventories(database)
    limiter = anyio.CapacityLimiter(settings.media_processes)
    async with MediaWorkers(limiter) as workers:
        yield ScanTools(
            database=database,
            prober=_choose_prober(settings, workers, limiter),
            extensions=settings.video_extensions,
            concurrency=settings.media_processes,
        )


def _choose_prober(
    settings: Settings, workers: MediaWorkers, limiter: anyio.CapacityLimiter
) -> Prober:
    timeout_seconds = settings.probe_timeout_seconds
    libav = LibavProber(workers, timeout_seconds=timeout_seconds)
    try:
        ffprobe = find_ffprobe(settings.ffprobe)
    except ConfigurationError:
        if settings.prober == "libav":
            return libav
        # The server starts all the same: its health says what is missing, and so does a scan.
        ffprobe = settings.ffprobe or Path("ffprobe")
    by_ffprobe = FfprobeProber(workers, limiter, ffprobe, timeout_seconds=timeout_seconds)
    return by_ffprobe if settings.prober == "ffprobe" else FallbackProber(libav, by_ffprobe)


def _health_checks(
    settings: Settings, database: Database, queue: AsyncioJobQueue
) -> dict[str, Check]:
    async def check_database() -> str:
        async with database.read() as connection:
            await connection.execute(sa.text("SELECT 1"))
        return f"{database.engine.dialect.name} answers"

    async def check_queue() -> str:
        page = await queue.list(limit=1)
        return f"{page.total} jobs kept"

    return {
        "database": check_database,
        "ffmpeg": ProgramCheck(lambda: find_ffmpeg(settings.ffmpeg)),
        "ffprobe": ProgramCheck(lambda: find_ffprobe(settings.ffprobe)),
        "queue": check_queue,
    }


async def _answered(path: str, look: Callable[[], _T]) -> _T:
    try:
        return await ask_disk(look, timeout_seconds=_FILE_SYSTEM_SECONDS)
    except TimeoutError as error:
        reason = f"no answer within {_FILE_SYSTEM_SECONDS:g} s"
        raise RootUnavailableError(path, reason) from error
