"""The tools that read media files, over one pool of worker processes."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import ConfigurationError
from stoat_ferret.ffmpeg.binaries import find_ffprobe
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.library.picture_versions import PictureVersions
from stoat_ferret.media.picture_files import PictureFiles
from stoat_ferret.media.prober import FallbackProber, LibavProber
from stoat_ferret.media.storyboard_maker import LibavStoryboardMaker
from stoat_ferret.media.thumbnailer import LibavThumbnailer
from stoat_ferret.processes.worker_pool import MediaWorkers
from stoat_ferret.scan.ignore_rules import NameRules
from stoat_ferret.scan.scanner import ScanTools

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from stoat_ferret.config import Settings
    from stoat_ferret.database import Database
    from stoat_ferret.media.prober import Prober


@dataclass(frozen=True, slots=True)
class MediaTools:
    """The tools of scans and of storyboards, for as long as their workers are open.

    `scans` makes thumbnails, unless `plain_prober` and no thumbnailer take the place of its own.
    `limiter` bounds the media processes of all jobs together, `workers` among them.
    """

    scans: ScanTools
    plain_prober: Prober
    storyboards: LibavStoryboardMaker
    limiter: anyio.CapacityLimiter
    workers: MediaWorkers


@asynccontextmanager
async def open_media(settings: Settings, database: Database) -> AsyncIterator[MediaTools]:
    """Open the tools that `settings` ask for."""
    limiter = anyio.CapacityLimiter(settings.media_processes)
    seconds, folder = settings.probe_timeout_seconds, str(settings.pictures_folder)
    files = PictureFiles(folder)
    with suppress(TimeoutError):
        await run_on_disk_thread(files.adopt_old)
        await _make_folder(settings, files, PictureVersions(database))
    async with MediaWorkers(limiter, memory_bytes=_memory_bytes(settings)) as workers:
        thumbnailer = LibavThumbnailer(workers, folder, timeout_seconds=seconds)
        storyboards = LibavStoryboardMaker(
            workers,
            folder,
            step_seconds=seconds,
            timeout_seconds=settings.storyboard_timeout_seconds,
        )
        choose = partial(_choose_prober, settings, workers, limiter)
        scans = ScanTools(
            database=database,
            prober=await anyio.to_thread.run_sync(choose, thumbnailer),
            thumbnailer=thumbnailer,
            names=NameRules(
                extensions=settings.video_extensions,
                excluded_folders=settings.excluded_folders,
                heed_nomedia=settings.heed_nomedia,
            ),
            trust_folder_times=settings.trust_folder_times,
            # One more, so that no worker waits for its next file. With ffprobe a file needs three
            # processes one after the other, and one that hangs would block the next.
            concurrency=settings.media_processes + (settings.prober == "libav"),
        )
        plain = await anyio.to_thread.run_sync(choose, None)
        yield MediaTools(scans, plain, storyboards, limiter, workers)


async def _make_folder(settings: Settings, files: PictureFiles, versions: PictureVersions) -> None:
    if settings.pictures_dir is None:
        await run_on_disk_thread(files.make_folder)
        return
    # If there are pictures already, and not here, the disk is not mounted.
    is_there = await run_on_disk_thread(settings.pictures_folder.is_dir)
    if not is_there and not await versions.are_there():
        await run_on_disk_thread(files.make_only_folder)


def _choose_prober(
    settings: Settings,
    workers: MediaWorkers,
    limiter: anyio.CapacityLimiter,
    thumbnailer: LibavThumbnailer | None,
) -> Prober:
    timeout_seconds = settings.probe_timeout_seconds
    thumbnails = str(settings.pictures_folder) if thumbnailer else None
    libav = LibavProber(workers, timeout_seconds=timeout_seconds, thumbnails=thumbnails)
    try:
        ffprobe = find_ffprobe(settings.ffprobe)
    except ConfigurationError:
        if settings.prober == "libav":
            return libav
        # The server starts without it: health checks and scans report what is missing.
        ffprobe = settings.ffprobe or Path("ffprobe")
    by_ffprobe = FfprobeProber(
        workers,
        limiter,
        ffprobe,
        timeout_seconds=timeout_seconds,
        memory_bytes=_memory_bytes(settings),
        thumbnailer=thumbnailer,
    )
    if settings.prober == "ffprobe":
        return FallbackProber(by_ffprobe, libav)
    return FallbackProber(libav, by_ffprobe)


def _memory_bytes(settings: Settings) -> int:
    return settings.worker_memory_mb * 2**20
