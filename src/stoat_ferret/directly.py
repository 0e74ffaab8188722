"""Jobs done here and now, with neither queue nor server; each loads what it needs."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from uuid_utils.compat import uuid7

from stoat_ferret.errors import PathOutsideRootsError
from stoat_ferret.library.opening import open_library
from stoat_ferret.library.roots import RootFinder, answered, existing_folder
from stoat_ferret.media_tools import open_media
from stoat_ferret.scan.rescan import rescan_files
from stoat_ferret.scan.rescan_request import RescanRequest
from stoat_ferret.scan.result import ScanResult
from stoat_ferret.scan.scanner import ScanRequest, scan_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from stoat_ferret.config import Settings
    from stoat_ferret.database import Database
    from stoat_ferret.jobs.job import Progress
    from stoat_ferret.pictures.strip_result import StripResult
    from stoat_ferret.render.render_result import RenderResult
    from stoat_ferret.render.renderer import PreparedRender, RenderTools
    from stoat_ferret.render.request import RenderRequest
    from stoat_ferret.render.timeline_exchange import TimelineExchange


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

    A file is read again, whether it changed or not. The caller owns the data folder. `result`
    grows meanwhile, for a caller that cancels.
    """
    async with (
        open_library(settings, "stoat-ferret scan") as (database, videos),
        open_media(settings, database) as media,
    ):
        await videos.ensure_roots([str(root) for root in settings.roots])
        roots = await videos.roots()
        finder = RootFinder()
        file = await finder.file(folder, roots)
        if file is not None:
            found = result if result is not None else ScanResult(root=file[0].name)
            await rescan_files(
                RescanRequest(root=file[0].name, file=file[1]),
                media.scans,
                roots,
                scan_id=str(uuid7()),
                result=found,
                on_progress=on_progress,
                should_stop=lambda: False,
            )
            return found
        try:
            root, relative = await finder.folder(folder, roots)
        except PathOutsideRootsError:
            real = await answered(folder, lambda: existing_folder(folder))
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
    from stoat_ferret.library.picture_versions import PictureVersions
    from stoat_ferret.pictures.strip_job import make_strips
    from stoat_ferret.pictures.strip_request import StripRequest

    async with (
        open_library(settings, "stoat-ferret strips") as (database, videos),
        open_media(settings, database) as media,
    ):
        await videos.ensure_roots([str(root) for root in settings.roots])
        roots = await videos.roots()
        request = StripRequest()
        if folder is not None:
            root, relative = await RootFinder().folder(folder, roots)
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


async def render_directly(
    settings: Settings,
    request: RenderRequest,
    *,
    result: RenderResult,
    on_progress: Callable[[Progress], None],
) -> None:
    """Render with neither queue nor server; videos of every root that there ever was may be used.

    The caller owns the data folder.
    """
    from stoat_ferret.render.renderer import render

    async with _open_render_tools(settings) as tools:
        await render(request, tools, job_id=str(uuid7()), result=result, on_progress=on_progress)


async def plan_render_directly(settings: Settings, request: RenderRequest) -> PreparedRender:
    """What a render would make. The caller owns the data folder; raises what `prepare` raises."""
    from stoat_ferret.render.renderer import prepare

    async with _open_render_tools(settings) as tools:
        return await prepare(request, tools)


@asynccontextmanager
async def open_timelines_directly(settings: Settings) -> AsyncIterator[TimelineExchange]:
    """What reads and writes timelines. The caller owns the data folder."""
    from stoat_ferret.render_tools import open_timelines

    async with (
        _open_tools(settings) as (database, tools),
        open_timelines(database, tools.gatherer) as timelines,
    ):
        yield timelines


@asynccontextmanager
async def _open_render_tools(settings: Settings) -> AsyncIterator[RenderTools]:
    async with _open_tools(settings) as (_, tools):
        yield tools


@asynccontextmanager
async def _open_tools(settings: Settings) -> AsyncIterator[tuple[Database, RenderTools]]:
    from stoat_ferret.ffmpeg.binaries import find_ffmpeg
    from stoat_ferret.ffmpeg.description import FfmpegDescriber
    from stoat_ferret.jobs.sql_store import SqlJobStore
    from stoat_ferret.render.output_folder import sweep_renders
    from stoat_ferret.render_tools import find_output_folder, open_render_tools

    async with (
        open_library(settings, "stoat-ferret render") as (database, videos),
        open_media(settings, database) as media,
        FfmpegDescriber(lambda: find_ffmpeg(settings.ffmpeg)) as ffmpeg,
    ):
        configured = await videos.ensure_roots([str(root) for root in settings.roots])
        root_finder = RootFinder()
        output = await find_output_folder(settings, videos, configured, root_finder)
        await sweep_renders(output, SqlJobStore(database))
        tools = await open_render_tools(
            settings,
            database,
            videos,
            media,
            prober=media.scans.prober,
            ffmpeg=ffmpeg,
            output=output,
            roots=await videos.roots(),
            root_finder=root_finder,
        )
        yield database, tools
