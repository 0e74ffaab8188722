"""Picks the concrete parts, with `media_tools`: settings in, everything that runs out."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stoat_ferret.database_check import DatabaseCheck
from stoat_ferret.disk import RealPaths
from stoat_ferret.errors import PathOutsideRootsError
from stoat_ferret.ffmpeg.binaries import ProgramCheck, find_ffmpeg, find_ffprobe
from stoat_ferret.ffmpeg.capabilities import FfmpegCapabilities, FfmpegCheck
from stoat_ferret.health import HealthMonitor, RootsCheck
from stoat_ferret.jobs.asyncio_queue import CLOSE_SECONDS, AsyncioJobQueue
from stoat_ferret.jobs.queue import JobRunner
from stoat_ferret.jobs.store import JobStore
from stoat_ferret.library.opening import open_library
from stoat_ferret.library.picture_versions import PictureVersions
from stoat_ferret.library.roots import RootFinder, existing_folder, with_disk_timeout
from stoat_ferret.library_services import LibraryServices
from stoat_ferret.media.picture_files import PictureFiles
from stoat_ferret.media.prober import ObservedProber
from stoat_ferret.media_tools import open_media
from stoat_ferret.pictures.store import PictureStore
from stoat_ferret.pictures.storyboard_job import (
    STORYBOARD,
    STORYBOARD_PRIORITY,
    StoryboardHandler,
    StoryboardRequest,
    ThenStoryboards,
)
from stoat_ferret.render.run.job import RENDER, RenderHandler, render_key
from stoat_ferret.render.run.output_folder import OutputFolderCheck, sweep_renders
from stoat_ferret.render.run.renderer import RenderTools, prepare
from stoat_ferret.render_tools import find_output_folder, open_render_tools, open_timelines
from stoat_ferret.scan.job import SCAN, ScanHandler, scan_key, scan_params
from stoat_ferret.scan.rescan import RescanRequest
from stoat_ferret.scan.scanner import ScanRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence

    from stoat_ferret.config import Settings
    from stoat_ferret.database import Database
    from stoat_ferret.health import Check
    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.queue import Handler, JobQueue
    from stoat_ferret.library.repository import VideoRepository
    from stoat_ferret.library.video import Root
    from stoat_ferret.media_tools import MediaTools
    from stoat_ferret.render.request.request import RenderRequest
    from stoat_ferret.render.run.output_folder import OutputFolder
    from stoat_ferret.render.timeline.exchange import TimelineExchange

REFUSAL_SECONDS = 10.0
"""How long a render is looked into before it is accepted unseen."""


@dataclass(frozen=True, slots=True)
class Services(LibraryServices):
    """What the HTTP interface works with: the library, and the tasks that are done for it.

    `roots` are those that are configured; what is rendered may lie in a root of its own.
    """

    ffmpeg: FfmpegCapabilities
    renders: RenderTools
    timelines: TimelineExchange
    health: HealthMonitor
    root_finder: RootFinder

    @property
    def all_roots(self) -> tuple[Root, ...]:
        """Those that are configured, and that of rendered files."""
        return _with(self.renders.output.root, self.roots)

    async def resolve_folder(self, path: str) -> tuple[Root, str]:
        """The configured root that holds the folder `path`, and the path relative to it.

        Links are resolved first. Raises `PathOutsideRootsError`, `FolderNotFoundError`, and
        `RootUnavailableError` for a file system that does not answer.
        """
        return await self.root_finder.folder(path, self.all_roots)

    async def submit_scan(self, path: str, *, recursive: bool = True, force: bool = False) -> Job:
        """Queue a scan of the folder `path`, or return the job that does just that already.

        A file at `path` is read again, whether it changed or not.
        """
        file = await self.root_finder.file(path, self.all_roots)
        if file is not None:
            return await self.submit_rescan(RescanRequest(root=file[0].name, file=file[1]))
        root, folder = await self.resolve_folder(path)
        request = ScanRequest(root=root, folder=folder, recursive=recursive, force=force)
        return await self.queue.submit(SCAN.name, scan_params(request), key=scan_key(request))

    async def submit_rescan(self, request: RescanRequest) -> Job:
        """Queue a second look at some files, or return the job that does just that already."""
        return await self.queue.submit(SCAN.name, request.params, key=request.key)

    async def submit_storyboards(
        self, *, video_ids: Sequence[str] | None = None, path: str | None = None
    ) -> Job:
        """Queue the making of storyboards, or return the job that does just that already.

        Of these videos, or of all that have none: in the folder `path`, or in all roots.
        """
        if video_ids is not None or path is None:
            return await _submit_storyboards(
                self.queue, StoryboardRequest(None if video_ids is None else tuple(video_ids))
            )
        root, folder = await self.resolve_folder(path)
        return await _submit_storyboards(self.queue, StoryboardRequest(None, root.name, folder))

    async def submit_render(self, request: RenderRequest) -> Job:
        """Queue a render, or return the job that does just that already.

        What cannot be made is refused at once: raises what `prepare` raises.
        """
        try:
            async with asyncio.timeout(REFUSAL_SECONDS):
                await prepare(request, self.renders)
        except TimeoutError:
            pass  # the machine or a disk is busy: the job will tell
        return await self.queue.submit(RENDER.name, request.params, key=render_key(request))


def _with(root: Root, roots: tuple[Root, ...]) -> tuple[Root, ...]:
    return roots if root in roots else (*roots, root)


async def _submit_storyboards(queue: JobQueue, request: StoryboardRequest) -> Job:
    return await queue.submit(
        STORYBOARD.name, request.params, key=request.key, priority=STORYBOARD_PRIORITY
    )


def _ignore_probe(_seconds: float, _outcome: str) -> None:
    pass


def _time_for_jobs(grace_seconds: float) -> float:
    """The seconds of the grace in which jobs may end by themselves; then they are put back."""
    return max(grace_seconds - CLOSE_SECONDS, grace_seconds / 2)


@asynccontextmanager
async def open_services(
    settings: Settings, *, observe_probe: Callable[[float, str], None] = _ignore_probe
) -> AsyncIterator[Services]:
    """Everything a server needs, running; jobs that were interrupted go on. Closed at exit.

    `observe_probe` is called with the seconds and the outcome of every file that is read.
    """
    async with (
        open_library(settings, "stoat-ferret serve") as (database, videos),
        open_media(settings, database) as media,
    ):
        parts = _Parts(settings, database, videos, media)
        roots = await videos.ensure_roots([str(root) for root in settings.roots])
        output = await find_output_folder(settings, videos, roots, parts.root_finder)
        async with (
            _compose(parts, roots, output, observe_probe=observe_probe) as services,
            services.health,
            _in_background(services.pictures.sweep()),
            _in_background(sweep_renders(output, JobStore(database))),
        ):
            yield services


@asynccontextmanager
async def open_task_services(
    settings: Settings, command: str, *, new_root_for: str | None = None
) -> AsyncIterator[Services]:
    """Everything that one `command` needs to do a task in its own process. Closed at exit.

    All roots that there ever were are in use, and a folder `new_root_for` that is outside of
    them becomes one. Jobs that others left wait for the next server. Raises what
    `RootFinder.folder` raises.
    """
    async with (
        open_library(settings, command) as (database, videos),
        open_media(settings, database) as media,
    ):
        parts = _Parts(settings, database, videos, media)
        configured = await videos.ensure_roots([str(root) for root in settings.roots])
        output = await find_output_folder(settings, videos, configured, parts.root_finder)
        if new_root_for is not None:
            await _ensure_root_for(new_root_for, videos, parts.root_finder)
        async with (
            _compose(parts, await videos.roots(), output, serves=False) as services,
            _in_background(sweep_renders(output, JobStore(database))),
        ):
            yield services


async def _ensure_root_for(path: str, videos: VideoRepository, finder: RootFinder) -> None:
    """Make the folder `path` a root where it, or the file of that path, is below none."""
    roots = await videos.roots()
    if await finder.file(path, roots) is not None:
        return
    try:
        await finder.folder(path, roots)
    except PathOutsideRootsError:
        await videos.ensure_roots([await with_disk_timeout(path, lambda: existing_folder(path))])


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is open already when the services are put together."""

    settings: Settings
    database: Database
    videos: VideoRepository
    media: MediaTools
    real_paths: RealPaths = field(default_factory=RealPaths)

    @property
    def root_finder(self) -> RootFinder:
        """Finds the root of a folder; all of them wait for the same disks."""
        return RootFinder(self.real_paths)


@asynccontextmanager
async def _compose(
    parts: _Parts,
    roots: Sequence[Root],
    output: OutputFolder,
    *,
    observe_probe: Callable[[float, str], None] = _ignore_probe,
    serves: bool = True,
) -> AsyncIterator[Services]:
    """The services over `parts`, with the queue running and nothing else.

    One that does not serve runs what is submitted here, and starts no job by itself.
    """
    settings, database, videos, media = parts.settings, parts.database, parts.videos, parts.media
    tools = replace(media.scans, prober=ObservedProber(media.scans.prober, observe_probe))
    all_roots = _with(output.root, tuple(roots))
    ffmpeg = FfmpegCapabilities(lambda: find_ffmpeg(settings.ffmpeg))
    renders = await open_render_tools(
        settings,
        database,
        videos,
        media,
        prober=tools.prober,
        ffmpeg=ffmpeg,
        output=output,
        roots=all_roots,
        root_finder=parts.root_finder,
    )
    versions = PictureVersions(database)
    scan: Handler = ScanHandler(tools, all_roots)
    if settings.storyboards_after_scan and serves:  # a command ends with its scan
        scan = ThenStoryboards(scan, lambda request: _submit_storyboards(queue, request))
    storyboards = StoryboardHandler(media.storyboards, versions, all_roots, parts.real_paths)
    queue = AsyncioJobQueue(
        {
            SCAN.name: JobRunner(scan, settings.scan_concurrency, settings.scan_timeout_seconds),
            STORYBOARD.name: JobRunner(storyboards),
            RENDER.name: JobRunner(
                RenderHandler(renders),
                settings.render_concurrency,
                settings.render_timeout_seconds,
            ),
        },
        JobStore(database),
        shutdown_grace_seconds=_time_for_jobs(settings.shutdown_grace_seconds),
        retention_days=settings.job_retention_days,
        recover=serves,
    )
    async with ffmpeg, queue, open_timelines(database, renders.gatherer) as timelines:
        yield Services(
            settings=settings,
            database=database,
            videos=videos,
            queue=queue,
            roots=tuple(roots),
            pictures=PictureStore(PictureFiles(str(settings.pictures_dir)), versions),
            ffmpeg=ffmpeg,
            renders=renders,
            timelines=timelines,
            health=HealthMonitor(
                {
                    **_health_checks(settings, database, queue, ffmpeg),
                    "roots": RootsCheck(roots, parts.real_paths),
                }
            ),
            root_finder=parts.root_finder,
        )


def _health_checks(
    settings: Settings, database: Database, queue: JobQueue, ffmpeg: FfmpegCapabilities
) -> dict[str, Check]:
    async def check_queue() -> str:
        page = await queue.list(limit=1)
        return f"{page.total} {'job' if page.total == 1 else 'jobs'} kept"

    return {
        "database": DatabaseCheck(database),
        "ffmpeg": FfmpegCheck(ffmpeg),
        "ffprobe": ProgramCheck(lambda: find_ffprobe(settings.ffprobe)),
        "queue": check_queue,
        "output": OutputFolderCheck(settings.renders_dir),
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
