"""The tools for renders and timelines that the settings ask for, and the output folder."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager, suppress
from pathlib import PurePath
from typing import TYPE_CHECKING

import anyio

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import ConfigurationError
from stoat_ferret.ffmpeg.binaries import find_ffprobe
from stoat_ferret.library.recipes import RecipeBook
from stoat_ferret.processes.worker_pool import MediaWorkers
from stoat_ferret.render.run.frame_index_cache import FrameIndexCache
from stoat_ferret.render.run.output_folder import OutputFolder, make_folder
from stoat_ferret.render.run.renderer import RenderTools
from stoat_ferret.render.run.sources import SourceResolver
from stoat_ferret.render.timeline.exchange import TimelineExchange
from stoat_ferret.render.timeline.media_lookup import MediaFinder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from stoat_ferret.config import Settings
    from stoat_ferret.database import Database
    from stoat_ferret.ffmpeg.capabilities import FfmpegCapabilities
    from stoat_ferret.library.repository import VideoRepository
    from stoat_ferret.library.roots import RootFinder
    from stoat_ferret.library.video import Root
    from stoat_ferret.media.prober import Prober
    from stoat_ferret.media_tools import MediaTools

_LOOK_SECONDS = 10.0
_TIMELINES = 2
"""The number of timelines that may be read at a time."""


async def find_output_folder(
    settings: Settings, videos: VideoRepository, roots: Sequence[Root], root_finder: RootFinder
) -> OutputFolder:
    """Create the folder for rendered files if possible, and return it with the root that holds it.

    It is a root itself if none holds it, or if a scan of that root would skip it.
    """
    path = settings.renders_dir

    def look() -> str:
        with suppress(OSError):  # reported when something is rendered
            make_folder(path)
        return os.path.realpath(path)

    try:
        real = await run_on_disk_thread(look, timeout_seconds=_LOOK_SECONDS)
    except TimeoutError:
        holder = None
    else:
        holder = _holding_root(real, roots, await root_finder.real_paths(roots))
    if holder is None:
        holder = (await videos.ensure_roots([str(path)]))[0], ""
    return OutputFolder(path, *holder, skipped=settings.excluded_folders)


async def open_render_tools(
    settings: Settings,
    database: Database,
    videos: VideoRepository,
    media: MediaTools,
    *,
    prober: Prober,
    ffmpeg: FfmpegCapabilities,
    output: OutputFolder,
    roots: Sequence[Root],
    root_finder: RootFinder,
) -> RenderTools:
    """Open the tools for renders of videos below `roots`."""
    try:
        looks: FrameIndexCache | None = FrameIndexCache(
            await run_on_disk_thread(find_ffprobe, settings.ffprobe),
            media.workers,
            timeout_seconds=settings.probe_timeout_seconds,
            limiter=media.limiter,
        )
    except (ConfigurationError, TimeoutError):
        looks = None
    return RenderTools(
        resolver=SourceResolver(videos, roots, looks, root_finder, media.workers),
        ffmpeg=ffmpeg,
        prober=prober,
        workers=media.workers,
        book=RecipeBook(database),
        output=output,
        stall_seconds=settings.render_stall_seconds,
        slots=anyio.CapacityLimiter(settings.render_concurrency),
        limiter=media.limiter,
    )


@asynccontextmanager
async def open_timelines(
    database: Database, resolver: SourceResolver
) -> AsyncIterator[TimelineExchange]:
    """Open the reader and writer of timelines of the videos that `resolver` finds."""
    # Processes of their own, so that timelines can be read while media files hang.
    async with MediaWorkers(anyio.CapacityLimiter(_TIMELINES)) as workers:
        yield TimelineExchange(workers, MediaFinder(database, resolver.roots), resolver)


def _holding_root(
    real: str, roots: Sequence[Root], real_paths: Mapping[int, str]
) -> tuple[Root, str] | None:
    for root in sorted(roots, key=lambda root: len(root.path), reverse=True):
        real_root = real_paths[root.id]
        if os.path.commonpath((real_root, real)) == real_root:
            relative = PurePath(real).relative_to(real_root)
            is_seen = not any(part.startswith(".") for part in relative.parts)
            return (root, str(relative) if relative.parts else "") if is_seen else None
    return None
