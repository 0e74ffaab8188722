"""The only place that picks concrete parts: settings in, everything that runs out."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.to_thread
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.disk import ask_disk
from stoat_ferret.errors import (
    BackupError,
    ConfigurationError,
    PathOutsideRootsError,
    RootUnavailableError,
)
from stoat_ferret.ffmpeg.binaries import find_ffmpeg, find_ffprobe
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.ffmpeg.program_check import ProgramCheck
from stoat_ferret.health import HealthMonitor
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.jobs.queue import JobKind
from stoat_ferret.jobs.sql_store import SqlJobStore
from stoat_ferret.library.backup import LibrarySummary, inspect_library, run_in_thread
from stoat_ferret.library.inventory import purge_inventories
from stoat_ferret.library.migrations import migrate
from stoat_ferret.library.picture_versions import PictureVersions
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.restoring import put_in_place
from stoat_ferret.library.roots import existing_folder, locate
from stoat_ferret.media.fallback_prober import FallbackProber
from stoat_ferret.media.libav_prober import LibavProber
from stoat_ferret.media.observed_prober import ObservedProber
from stoat_ferret.media.picture_files import PictureFiles
from stoat_ferret.media.strip_maker import LibavStripMaker
from stoat_ferret.media.thumbnailer import LibavThumbnailer
from stoat_ferret.media.workers import MediaWorkers
from stoat_ferret.pictures.after_scan import ThenStrips
from stoat_ferret.pictures.store import PictureStore
from stoat_ferret.pictures.strip_job import StripHandler, make_strips
from stoat_ferret.pictures.strip_request import STRIP, STRIP_PRIORITY, StripRequest
from stoat_ferret.scan.job import SCAN, ScanHandler, scan_key, scan_params
from stoat_ferret.scan.scanner import ScanRequest, ScanTools, scan_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence

    from stoat_ferret.config import Settings
    from stoat_ferret.health import Check
    from stoat_ferret.jobs.job import Job, Progress
    from stoat_ferret.jobs.queue import Handler
    from stoat_ferret.library.video import Root
    from stoat_ferret.media.prober import Prober
    from stoat_ferret.pictures.strip_result import StripResult
    from stoat_ferret.scan.result import ScanResult

_T = TypeVar("_T")
_FILE_SYSTEM_SECONDS = 10.0
ACTIVE_STATUSES = tuple(status.value for status in JobStatus if not status.is_final)
"""Of jobs that have not ended."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the HTTP interface and the command line work with."""

    settings: Settings
    database: Database
    videos: VideoRepository
    queue: AsyncioJobQueue
    roots: tuple[Root, ...]
    pictures: PictureStore
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

    async def submit_strips(
        self, *, video_ids: Sequence[str] | None = None, path: str | None = None
    ) -> Job:
        """Queue the making of contact strips, or return the job that does just that already.

        Of these videos, or of all that have none: in the folder `path`, or in all roots.
        """
        if video_ids is not None or path is None:
            return await _submit_strips(
                self.queue, StripRequest(None if video_ids is None else tuple(video_ids))
            )
        root, folder = await self.resolve_folder(path)
        return await _submit_strips(self.queue, StripRequest(None, root.name, folder))


async def _submit_strips(queue: AsyncioJobQueue, request: StripRequest) -> Job:
    return await queue.submit(STRIP, request.params, key=request.key, priority=STRIP_PRIORITY)


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
        _open_media(settings, database) as media,
    ):
        tools = replace(media.scans, prober=ObservedProber(media.scans.prober, observe_probe))
        roots = tuple(await videos.ensure_roots([str(root) for root in settings.roots]))
        versions = PictureVersions(database)
        scan: Handler = ScanHandler(tools, roots)
        if settings.strips_after_scan:
            scan = ThenStrips(scan, lambda request: _submit_strips(queue, request))
        strips = StripHandler(media.strips, versions, roots)
        queue = AsyncioJobQueue(
            {
                SCAN: JobKind(scan, settings.scan_concurrency, settings.scan_timeout_seconds),
                STRIP: JobKind(strips),
            },
            SqlJobStore(database),
            shutdown_grace_seconds=settings.shutdown_grace_seconds,
            retention_days=settings.job_retention_days,
        )
        pictures = PictureStore(PictureFiles(str(settings.pictures_dir)), versions)
        async with (
            queue,
            HealthMonitor(_health_checks(settings, database, queue)) as health,
            _in_background(pictures.sweep()),
        ):
            yield Services(settings, database, videos, queue, roots, pictures, health)


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
        _open_media(settings, database) as media,
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
            request, media.scans, scan_id=str(uuid7()), result=result, on_progress=on_progress
        )


async def make_strips_directly(
    settings: Settings,
    folder: str | None,
    *,
    result: StripResult,
    on_progress: Callable[[Progress], None],
) -> None:
    """Make the contact strips that are missing, with neither queue nor server.

    In a folder of a known root, or in all roots that there ever were. The caller owns the data
    folder.
    """
    async with (
        open_library(settings) as (database, videos),
        _open_media(settings, database) as media,
    ):
        await videos.ensure_roots([str(root) for root in settings.roots])
        roots = await videos.roots()
        request = StripRequest()
        if folder is not None:
            root, relative = await _answered(folder, lambda: locate(folder, roots))
            request = StripRequest(None, root.name, relative)
        await make_strips(
            request,
            media.strips,
            PictureVersions(database),
            roots,
            result=result,
            on_progress=on_progress,
            should_stop=lambda: False,
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


def library_file(settings: Settings) -> Path:
    """The SQLite file of the library. Raises `BackupError` where it is in PostgreSQL."""
    url = make_url(settings.database_url or sqlite_url(settings.data_dir / "library.db"))
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BackupError(
            "The library is in PostgreSQL, which has its own tools for this: back it up with "
            "pg_dump, and put it back with pg_restore."
        )
    return Path(url.database).absolute()


async def restore_staged(services: Services, name: str) -> tuple[LibrarySummary, Path]:
    """Replace the library that is served by the one staged under `name` in the data folder.

    Returns what is in it, and where the one before is kept. Raises `BackupError`.
    """
    staged = services.settings.data_dir / name
    summary = await run_in_thread(lambda stop: inspect_library(staged, stop))
    kept = await put_in_place(
        services.database,
        library_file(services.settings),
        staged,
        roots=services.roots,
        active=ACTIVE_STATUSES,
    )
    return summary, kept


@dataclass(frozen=True, slots=True)
class _Media:
    """What reads files, all of it over one pool of worker processes."""

    scans: ScanTools
    strips: LibavStripMaker


@asynccontextmanager
async def _open_media(settings: Settings, database: Database) -> AsyncIterator[_Media]:
    await purge_inventories(database)
    limiter = anyio.CapacityLimiter(settings.media_processes)
    seconds, folder = settings.probe_timeout_seconds, str(settings.pictures_dir)
    async with MediaWorkers(limiter) as workers:
        thumbnailer = LibavThumbnailer(workers, folder, timeout_seconds=seconds)
        strips = LibavStripMaker(
            workers, folder, step_seconds=seconds, timeout_seconds=settings.strip_timeout_seconds
        )
        choose = partial(_choose_prober, settings, workers, limiter, thumbnailer)
        scans = ScanTools(
            database=database,
            prober=await anyio.to_thread.run_sync(choose),
            thumbnailer=thumbnailer if settings.thumbnails else None,
            extensions=settings.video_extensions,
            # One more, so that no process waits for its next file.
            concurrency=settings.media_processes + 1,
        )
        yield _Media(scans, strips)


def _choose_prober(
    settings: Settings,
    workers: MediaWorkers,
    limiter: anyio.CapacityLimiter,
    thumbnailer: LibavThumbnailer,
) -> Prober:
    timeout_seconds = settings.probe_timeout_seconds
    thumbnails = str(settings.pictures_dir) if settings.thumbnails else None
    libav = LibavProber(workers, timeout_seconds=timeout_seconds, thumbnails=thumbnails)
    try:
        ffprobe = find_ffprobe(settings.ffprobe)
    except ConfigurationError:
        if settings.prober == "libav":
            return libav
        # The server starts all the same: its health says what is missing, and so does a scan.
        ffprobe = settings.ffprobe or Path("ffprobe")
    by_ffprobe = FfprobeProber(
        workers,
        limiter,
        ffprobe,
        timeout_seconds=timeout_seconds,
        thumbnailer=thumbnailer if settings.thumbnails else None,
    )
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


@asynccontextmanager
async def _in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """`work` goes on while the block does, and no longer."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _answered(path: str, look: Callable[[], _T]) -> _T:
    try:
        return await ask_disk(look, timeout_seconds=_FILE_SYSTEM_SECONDS)
    except TimeoutError as error:
        reason = f"no answer within {_FILE_SYSTEM_SECONDS:g} s"
        raise RootUnavailableError(path, reason) from error
