"""Composition: choose the concrete parts that the settings ask for, and open them as services."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from stoat_ferret.database_check import DatabaseCheck
from stoat_ferret.disk import RealPaths
from stoat_ferret.edits.editor import BulkEditor
from stoat_ferret.edits.job import EDIT_VIDEOS, UNDO_EDIT, EditHandler, UndoHandler
from stoat_ferret.errors import PathOutsideRootsError, RenderRefusedError
from stoat_ferret.ffmpeg.binaries import ProgramCheck, find_ffmpeg, find_ffprobe
from stoat_ferret.ffmpeg.capabilities import FfmpegCapabilities, FfmpegCheck
from stoat_ferret.health import HealthMonitor, RootsCheck
from stoat_ferret.idle_watch import IdleWatch, Players
from stoat_ferret.job_notices import JobNotices, apprise_senders
from stoat_ferret.jobs.asyncio_queue import CLOSE_SECONDS, AsyncioJobQueue
from stoat_ferret.jobs.fence import FencedHandler
from stoat_ferret.jobs.queue import JobRunner
from stoat_ferret.jobs.store import JobStore
from stoat_ferret.leftovers import remove_leftovers, remove_leftovers_of_jobs
from stoat_ferret.library.bulk_edits import BulkEdits
from stoat_ferret.library.forget import Forgetting
from stoat_ferret.library.opening import open_library
from stoat_ferret.library.picture_versions import PictureVersions
from stoat_ferret.library.recipes import RecipeBook
from stoat_ferret.library.root_list import RootList, RootListWith
from stoat_ferret.library.roots import RootFinder, existing_folder, with_disk_timeout
from stoat_ferret.library.scanned_folders import whole_scans
from stoat_ferret.library.undo import UndoLog, purge_undos
from stoat_ferret.library_services import LibraryServices
from stoat_ferret.media.picture_files import PictureFiles
from stoat_ferret.media.prober import ObservedProber
from stoat_ferret.media_tools import open_media
from stoat_ferret.pictures.store import PictureStore
from stoat_ferret.pictures.storyboard_job import (
    STORYBOARD,
    StoryboardHandler,
    StoryboardRequest,
    ThenStoryboards,
    is_storyboard_missing,
)
from stoat_ferret.playing.streams import open_streams
from stoat_ferret.quiet_hours import QuietHours
from stoat_ferret.render.plan.planner import check_options
from stoat_ferret.render.request.batch import MAX_BATCH_VIDEOS, RenderBatch
from stoat_ferret.render.request.name_pattern import check_pattern
from stoat_ferret.render.request.preset import PRESETS
from stoat_ferret.render.run.batch_job import RENDER_BATCH, RenderBatchHandler
from stoat_ferret.render.run.job import RENDER, RenderHandler, render_key
from stoat_ferret.render.run.output_folder import OutputFolderCheck
from stoat_ferret.render.run.renderer import RenderTools, prepare
from stoat_ferret.render_tools import find_output_folder, open_render_tools, open_timelines
from stoat_ferret.root_editor import RootEditor
from stoat_ferret.rules.deliveries import DeliverySender
from stoat_ferret.rules.engine import RuleEngine
from stoat_ferret.running_settings import RunningSettings
from stoat_ferret.scan.job import SCAN, ScanHandler, scan_key, scan_params
from stoat_ferret.scan.rescan import RescanRequest
from stoat_ferret.scan.scanner import ScanRequest
from stoat_ferret.server_settings import ServerSettings
from stoat_ferret.watch_folders.folder_watching import FolderWatching
from stoat_ferret.watch_folders.watch_status import WatchOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence

    from stoat_ferret.config import Settings
    from stoat_ferret.database import Database
    from stoat_ferret.health import Check
    from stoat_ferret.job_notices import AppriseSender
    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.queue import Handler, JobQueue
    from stoat_ferret.library.query import VideoFilter
    from stoat_ferret.library.repository import VideoRepository
    from stoat_ferret.library.video import Root
    from stoat_ferret.media_tools import MediaTools
    from stoat_ferret.playing.streams import Streams
    from stoat_ferret.render.request.request import RenderRequest
    from stoat_ferret.render.run.output_folder import OutputFolder
    from stoat_ferret.render.timeline.exchange import TimelineExchange
    from stoat_ferret.scan.ignore_rules import NameRules

REFUSAL_SECONDS = 10.0
"""The seconds that planning a render may take before it is queued without a plan."""


@dataclass(frozen=True, slots=True)
class Services(LibraryServices):
    """The services behind the HTTP interface: the library, and the tasks that change it.

    `roots` are the configured ones; rendered files may lie in a root of their own.
    """

    ffmpeg: FfmpegCapabilities
    renders: RenderTools
    timelines: TimelineExchange
    streams: Streams
    health: HealthMonitor
    root_finder: RootFinder
    watching: FolderWatching
    rules: RuleEngine
    players: Players
    roots: RootList
    every_root: RootListWith

    @property
    def all_roots(self) -> RootListWith:
        """The configured roots, and the root of rendered files."""
        return self.every_root

    @property
    def root_editor(self) -> RootEditor:
        """What adds roots and removes some."""
        return RootEditor(
            settings=self.server_settings,
            roots=self.roots,
            output_root=self.renders.output.root,
            queue=self.queue,
            forgetting=Forgetting(self.database, discard=self.pictures.discard),
            editor=BulkEditor(self.database, self.queue),
        )

    async def resolve_folder(self, path: str) -> tuple[Root, str]:
        """Return the configured root that holds the folder `path`, and the path relative to it.

        Links are resolved first. Raises `PathOutsideRootsError`, `FolderNotFoundError`, and
        `RootUnavailableError` for a file system that does not answer.
        """
        return await self.root_finder.folder(path, self.all_roots)

    async def submit_scan(self, path: str, *, recursive: bool = True, force: bool = False) -> Job:
        """Queue a scan of the folder `path`, or return the active job that does the same.

        A file at `path` is read again, whether it changed or not.
        """
        file = await self.root_finder.file(path, self.all_roots)
        if file is not None:
            return await self.submit_rescan(RescanRequest(root=file[0].name, file=file[1]))
        root, folder = await self.resolve_folder(path)
        request = ScanRequest(root=root, folder=folder, recursive=recursive, force=force)
        return await self.queue.submit(SCAN.name, scan_params(request), key=scan_key(request))

    async def submit_rescan(self, request: RescanRequest) -> Job:
        """Queue a rescan of some files, or return the active job that does the same."""
        return await self.queue.submit(SCAN.name, request.params, key=request.key)

    async def submit_storyboards(
        self, *, video_ids: Sequence[str] | None = None, path: str | None = None
    ) -> Job:
        """Queue the making of storyboards, or return the active job that does the same.

        They are made for these videos, or for all that lack one below `path` or in all roots.
        """
        if video_ids is not None or path is None:
            return await _submit_storyboards(
                self.queue, StoryboardRequest(None if video_ids is None else tuple(video_ids))
            )
        root, folder = await self.resolve_folder(path)
        return await _submit_storyboards(self.queue, StoryboardRequest(None, root.name, folder))

    async def submit_render(self, request: RenderRequest) -> Job:
        """Queue a render, or return the active job that does the same.

        Raises the errors of `prepare` if it cannot be made.
        """
        try:
            async with asyncio.timeout(REFUSAL_SECONDS):
                await prepare(request, self.renders)
        except TimeoutError:
            pass  # the machine or a disk is busy: the job plans it again
        return await self.queue.submit(RENDER.name, request.params, key=render_key(request))

    async def ids_to_render(self, query: VideoFilter) -> list[str]:
        """Return the ids of all videos that `query` finds, by name.

        Raises `RenderRefusedError` if there are none, or more than one job may render.
        """
        ids = await self.videos.find_ids(query, limit=MAX_BATCH_VIDEOS + 1)
        if not ids:
            raise RenderRefusedError("No video matches that, so none is rendered.", field="query")
        if len(ids) > MAX_BATCH_VIDEOS:
            raise RenderRefusedError(
                f"More than {MAX_BATCH_VIDEOS:,} videos match, which is the most that one job may "
                "render. Narrow the filters, and render in smaller groups.",
                field="query",
            )
        return ids

    async def submit_render_batch(self, batch: RenderBatch) -> Job:
        """Queue the same render of many videos, or return the active job that does the same.

        Only what does not depend on the videos is checked. Raises `RenderRefusedError`.
        """
        check_options(batch.options, PRESETS[batch.preset])
        check_pattern(batch.name or "")
        if batch.folder is not None:
            await self.renders.output.check_subfolder(batch.folder)
        return await self.queue.submit(RENDER_BATCH.name, batch.params, key=batch.key)


async def _submit_storyboards(queue: JobQueue, request: StoryboardRequest) -> Job:
    return await queue.submit(
        STORYBOARD.name, request.params, key=request.key, priority=request.priority
    )


def _ignore_probe(_seconds: float, _outcome: str) -> None:
    pass


def _time_for_jobs(grace_seconds: float) -> float:
    """Return the seconds of the grace period in which jobs may end before they are queued again."""
    return max(grace_seconds - CLOSE_SECONDS, grace_seconds / 2)


@asynccontextmanager
async def open_services(
    settings: Settings, *, observe_probe: Callable[[float, str], None] = _ignore_probe
) -> AsyncIterator[Services]:
    """Open all services of a server and run its queue; interrupted jobs continue.

    `observe_probe` is called with the duration in seconds and the outcome of each probe.
    """
    senders = apprise_senders(settings.notify.get_secret_value()) if settings.notify else []
    server_settings = await ServerSettings.open(settings)
    settings = server_settings.current
    async with (
        open_library(settings, "stoat-ferret serve") as (database, videos),
        open_media(settings, database) as media,
    ):
        parts = _Parts(server_settings, database, videos, media)
        roots = await videos.ensure_roots([str(root) for root in settings.roots])
        output = await find_output_folder(settings, videos, roots, parts.root_finder)
        async with (
            _compose(parts, roots, output, observe_probe=observe_probe) as services,
            services.health,
            services.watching,
            services.rules.running(),
            _in_background(remove_leftovers(database, output, services.pictures)),
            _in_background(purge_undos(UndoLog(database), services.pictures.discard)),
            _follow_settings(services, media.scans.names),
            _in_background(IdleWatch(services.queue, services.players).run()),
            _in_background(_send_notices(services, senders)),
        ):
            yield services


async def _send_notices(services: Services, senders: Sequence[AppriseSender]) -> None:
    if senders:
        await JobNotices(services.queue, services.settings.notify_on, senders).run()


def _follow_settings(services: Services, names: NameRules) -> RunningSettings:
    return RunningSettings(
        settings=services.server_settings,
        queue=services.queue,
        videos=services.videos,
        roots=services.roots,
        render_slots=services.renders.slots,
        watching=services.watching,
        watch_options=lambda settings: _watch_options(settings, names),
        last_scans=partial(whole_scans, services.database),
    )


@asynccontextmanager
async def open_task_services(
    settings: Settings, command: str, *, new_root_for: str | None = None
) -> AsyncIterator[Services]:
    """Open the services that `command` needs to do a task in its own process.

    All recorded roots are in use, and `new_root_for` becomes one if it is outside them. Queued jobs
    of other processes wait for the next server. Raises the errors of `RootFinder.folder`.
    """
    server_settings = await ServerSettings.open(settings)
    settings = server_settings.current
    async with (
        open_library(settings, command) as (database, videos),
        open_media(settings, database) as media,
    ):
        parts = _Parts(server_settings, database, videos, media)
        configured = await videos.ensure_roots([str(root) for root in settings.roots])
        output = await find_output_folder(settings, videos, configured, parts.root_finder)
        if new_root_for is not None:
            await _ensure_root_for(new_root_for, videos, parts.root_finder)
        async with (
            _compose(parts, await videos.roots(), output, serves=False) as services,
            _in_background(remove_leftovers_of_jobs(database, output)),
        ):
            yield services


async def _ensure_root_for(path: str, videos: VideoRepository, finder: RootFinder) -> None:
    """Make the folder `path` a root, unless it is a file or folder below one."""
    roots = await videos.roots()
    if await finder.file(path, roots) is not None:
        return
    try:
        await finder.folder(path, roots)
    except PathOutsideRootsError:
        await videos.ensure_roots([await with_disk_timeout(path, lambda: existing_folder(path))])


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts that are open before the services are composed."""

    server_settings: ServerSettings
    database: Database
    videos: VideoRepository
    media: MediaTools
    real_paths: RealPaths = field(default_factory=RealPaths)

    @property
    def root_finder(self) -> RootFinder:
        """A finder of roots that shares its pending disk calls with the others."""
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
    """Compose the services of `parts` and run the queue.

    If it does not serve, the queue runs only the jobs that are submitted to it.
    """
    settings, database = parts.server_settings.current, parts.database
    videos, media = parts.videos, parts.media
    tools = replace(media.scans, prober=ObservedProber(media.scans.prober, observe_probe))
    plain = ObservedProber(media.plain_prober, observe_probe)
    root_list = RootList(roots)
    all_roots = RootListWith(root_list, output.root)
    ffmpeg = FfmpegCapabilities(lambda: find_ffmpeg(settings.ffmpeg))
    renders = await open_render_tools(
        settings,
        database,
        videos,
        media,
        prober=tools.prober if settings.thumbnails else plain,
        ffmpeg=ffmpeg,
        output=output,
        roots=all_roots,
        root_finder=parts.root_finder,
    )
    versions = PictureVersions(database)
    fenced = partial(FencedHandler, database)
    scan: Handler = fenced(
        lambda of: ScanHandler(
            replace(tools, database=of),
            all_roots,
            without_thumbnails=replace(tools, database=of, thumbnailer=None, prober=plain),
            makes_thumbnails=lambda: parts.server_settings.current.thumbnails,
        )
    )
    if serves:  # a command ends with its scan
        scan = ThenStoryboards(
            scan,
            lambda request: _submit_storyboards(queue, request),
            wanted=lambda: parts.server_settings.current.storyboards_after_scan,
            is_missing=partial(is_storyboard_missing, versions, all_roots),
        )
    storyboards = fenced(
        lambda of: StoryboardHandler(
            media.storyboards, PictureVersions(of), all_roots, parts.real_paths
        )
    )
    queue = AsyncioJobQueue(
        {
            SCAN.name: JobRunner(scan, settings.scan_concurrency, settings.scan_timeout_seconds),
            STORYBOARD.name: JobRunner(storyboards),
            RENDER.name: JobRunner(
                fenced(lambda of: RenderHandler(replace(renders, book=RecipeBook(of)))),
                settings.render_concurrency,
                settings.render_timeout_seconds,
                waits_while_paused=True,
            ),
            RENDER_BATCH.name: JobRunner(
                fenced(
                    lambda of: RenderBatchHandler(
                        replace(renders, book=RecipeBook(of)), settings.render_timeout_seconds
                    )
                ),
                waits_while_paused=True,
            ),
            EDIT_VIDEOS.name: JobRunner(
                fenced(lambda of: EditHandler(BulkEdits(of), UndoLog(of))),
                runs_in_quiet_hours=EDIT_VIDEOS.runs_in_quiet_hours,
            ),
            UNDO_EDIT.name: JobRunner(
                fenced(lambda of: UndoHandler(UndoLog(of))),
                runs_in_quiet_hours=UNDO_EDIT.runs_in_quiet_hours,
            ),
        },
        JobStore(database),
        shutdown_grace_seconds=_time_for_jobs(settings.shutdown_grace_seconds),
        retention_days=settings.job_retention_days,
        recover=serves,
    )
    if serves:  # before the jobs of the last process go on
        queue.set_busy(True)
        hours = QuietHours(settings.quiet_hours) if settings.quiet_hours else None
        queue.hold_back(hours is not None and hours.are_now)
    async with (
        ffmpeg,
        queue,
        open_timelines(database, renders.resolver) as timelines,
        open_streams(settings, renders.resolver, ffmpeg, media.workers) as streams,
    ):
        options = _watch_options(settings, tools.names)
        watching = FolderWatching(database, queue, root_list, options)
        health = HealthMonitor(
            {
                **_health_checks(settings, database, queue, ffmpeg),
                "roots": RootsCheck(root_list, parts.real_paths),
                "watching": watching.check,
            }
        )
        database.on_trouble = health.check_soon
        yield Services(
            settings=settings,
            server_settings=parts.server_settings,
            database=database,
            videos=videos,
            queue=queue,
            roots=root_list,
            every_root=all_roots,
            players=Players(),
            pictures=PictureStore(
                PictureFiles(str(settings.pictures_folder)),
                versions,
                owns_folder=settings.pictures_dir is None,
            ),
            ffmpeg=ffmpeg,
            renders=renders,
            timelines=timelines,
            streams=streams,
            health=health,
            root_finder=parts.root_finder,
            watching=watching,
            rules=RuleEngine(database, queue, output.root, _webhooks(settings, database)),
        )


def _webhooks(settings: Settings, database: Database) -> DeliverySender:
    networks = [ip_network(network) for network in settings.webhook_networks]
    return DeliverySender(database, networks)


def _watch_options(settings: Settings, names: NameRules) -> WatchOptions | None:
    if settings.watch == "off":
        return None
    return WatchOptions(
        names=names,
        always_poll=settings.watch == "poll",
        settle_seconds=settings.watch_settle_seconds,
        poll_seconds=settings.watch_poll_seconds,
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
    """Run `work` until the block ends."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
