"""Rescans: read selected files again, changed or not."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import RootEmptyError, RootUnavailableError
from stoat_ferret.jobs.job import Progress
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.library.reconcile.inventory import Inventory
from stoat_ferret.library.video import UNKNOWN_SIZE, FoundFile
from stoat_ferret.library.video_paths import VideoPaths, flag_gone, known_paths
from stoat_ferret.media.prober import PROBE_VERSION
from stoat_ferret.scan.batch import unforeseen, without_stat
from stoat_ferret.scan.discovery import NOT_REGULAR, OUTSIDE_LINK, first_error
from stoat_ferret.scan.reading import BatchReader, ProbeTask
from stoat_ferret.scan.result import NOT_STORABLE, ProgressMeter, ScanPhase
from stoat_ferret.scan.root_guard import RootGuard
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from stoat_ferret.library.video import Root
    from stoat_ferret.scan.result import ScanResult
    from stoat_ferret.scan.scanner import ScanTools

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class FileStats:
    """The files that exist at some paths, and the paths without a file."""

    files: list[FoundFile] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def stat_files(root: str, paths: Sequence[str]) -> FileStats:
    """Stat `paths`, relative to `root` and as returned by `os.fsdecode`. Blocking."""
    stats = FileStats()
    real_root = os.path.realpath(root)
    for path in paths:
        try:
            stats.files.append(_stat_file(real_root, os.path.join(root, path), path))
        except (FileNotFoundError, NotADirectoryError):
            stats.gone.append(path)
        except OSError as error:
            stats.files.append(without_stat(path, error))
        except Exception as error:
            logger.exception("file_not_looked_at", path=for_display(os.path.join(root, path)))
            stats.files.append(FoundFile(path, UNKNOWN_SIZE, 0, unforeseen(error)))
    return stats


def _stat_file(real_root: str, absolute: str, path: str) -> FoundFile:
    status = os.stat(absolute)
    unusable = None
    if os.path.commonpath((real_root, os.path.realpath(absolute))) != real_root:
        unusable = OUTSIDE_LINK
        status = os.lstat(absolute)
    elif not stat.S_ISREG(status.st_mode):
        unusable = NOT_REGULAR
    return FoundFile.from_stat(path, status, unusable)


_PAGE_SIZE = 200
_NO_VIDEO_NAME = "its extension is not one of a video (STOAT_VIDEO_EXTENSIONS)"


async def rescan_files(
    request: RescanRequest,
    tools: ScanTools,
    roots: Sequence[Root],
    *,
    scan_id: str,
    result: ScanResult,
    on_progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
) -> None:
    """Read the files of `request` again and update `result`; other files are not scanned.

    Files that are gone are flagged as missing. If a root is unavailable, its videos do not change,
    and the error is added to the result. If every root is unavailable, `RootUnavailableError` or
    `RootEmptyError` is raised.
    """
    started = time.monotonic()
    on_progress(Progress(phase=ScanPhase.COUNTING, unit="files"))
    try:
        await _Rescan(request, tools, roots, scan_id, result, on_progress, should_stop).run()
    except BaseExceptionGroup as group:
        raise first_error(group) from group
    finally:
        result.elapsed_seconds = time.monotonic() - started


@dataclass(slots=True)
class _Rescan:
    request: RescanRequest
    tools: ScanTools
    roots: Sequence[Root]
    scan_id: str
    result: ScanResult
    on_progress: Callable[[Progress], None]
    should_stop: Callable[[], bool]
    meter: ProgressMeter = field(init=False)

    async def run(self) -> None:
        counts = await self._count()
        wanted = [root for root in self.roots if root.id in counts]
        total = sum(counts[root.id] for root in wanted)
        self.meter = ProgressMeter(total, unit="files", clock=time.monotonic)
        if len(wanted) < len(counts):
            self.result.add_warning("roots", "Some files are in roots that are not configured.")
        self.result.root = ", ".join(root.name for root in wanted)
        failures: list[RootUnavailableError | RootEmptyError] = []
        for root in wanted:
            try:
                await self._rescan_in(root)
            except (RootUnavailableError, RootEmptyError) as error:
                failures.append(error)
                self.result.add_error(root.path, str(error))
                self.meter.advance(counts[root.id])
        if failures and len(failures) == len(wanted):
            raise failures[0]
        self.on_progress(self.meter.progress(ScanPhase.PROBING))

    async def _count(self) -> dict[int, int]:
        if self.request.file is not None:
            return {root.id: 1 for root in self.roots if root.name == self.request.root}
        return await VideoPaths(self.tools.database, self.request.which).count()

    async def _rescan_in(self, root: Root) -> None:
        guard = RootGuard(root.path)
        await guard.check()
        async with Inventory.open(
            self.tools.database,
            scan_id=self.scan_id,
            root=root,
            folder="",
            recursive=True,
            force=True,
            probe_version=PROBE_VERSION,
        ) as inventory:
            async for paths in self._pages(root):
                if self.should_stop():
                    return
                await self._stage(root, paths, inventory, guard)
            probe_task = ProbeTask(
                root=root.path,
                inventory=inventory,
                prober=self.tools.prober,
                guard=guard,
                result=self.result,
            )
            await BatchReader(
                pages=inventory.pending,
                work=probe_task,
                concurrency=self.tools.concurrency,
                meter=self.meter,
                report=lambda path: self.on_progress(
                    self.meter.progress(ScanPhase.PROBING, for_display(path))
                ),
                should_stop=self.should_stop,
            ).run()

    async def _pages(self, root: Root) -> AsyncIterator[list[str]]:
        if self.request.file is not None:
            yield [self.request.file]
            return
        video_paths = VideoPaths(self.tools.database, self.request.which)
        paths, after = await video_paths.page(root.id, after=0, limit=_PAGE_SIZE)
        while paths:
            yield paths
            paths, after = await video_paths.page(root.id, after=after, limit=_PAGE_SIZE)

    async def _stage(
        self, root: Root, paths: Sequence[str], inventory: Inventory, guard: RootGuard
    ) -> None:
        """Stage the files that exist, and flag those that are gone."""
        stats = await self._stat_files(root, paths)
        known = await known_paths(self.tools.database, root.id, paths)
        is_video = self.tools.names.is_video
        other_files = [
            file
            for file in stats.files
            if file.path not in known and not is_video(os.path.basename(file.path))
        ]
        for file in other_files:
            stats.files.remove(file)
            self.result.add_error(file.path, _NO_VIDEO_NAME)
        if stats.gone:
            if await guard.is_empty():
                raise RootEmptyError(root.path, len(stats.gone))
            await flag_gone(self.tools.database, root.id, stats.gone)
        for file in await inventory.add(stats.files):
            stats.files.remove(file)
            other_files.append(file)
            self.result.add_error(file.path, NOT_STORABLE)
        self.result.found += len(stats.files) + len(other_files)
        self.result.missing += len(stats.gone)
        self.result.failed += len(other_files)
        self.meter.advance(len(stats.gone) + len(other_files))

    async def _stat_files(self, root: Root, paths: Sequence[str]) -> FileStats:
        try:
            return await run_on_disk_thread(stat_files, root.path, paths, timeout_seconds=60.0)
        except TimeoutError as error:
            raise RootUnavailableError(root.path, "no answer within 60 s") from error


@dataclass(frozen=True, slots=True)
class RescanRequest:
    """The videos with these ids, all videos found by a query, or one file, known or not.

    `file` is relative to the root named `root`.
    """

    video_ids: tuple[str, ...] = ()
    query: VideoFilter | None = None
    root: str | None = None
    file: str | None = None

    @property
    def which(self) -> tuple[str, ...] | VideoFilter:
        """The requested videos, unless the request is for one file."""
        return self.video_ids if self.query is None else self.query

    @property
    def params(self) -> dict[str, Any]:
        """The request as plain JSON."""
        if self.file is not None:
            return {"root": self.root, "file": self.file}
        if self.query is None:
            return {"video_ids": list(self.video_ids)}
        return {"query": self.query.as_params()}

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> RescanRequest | None:
        """Restore the request from `params`; return None for the parameters of a folder scan."""
        if "file" in params:
            return cls(root=params["root"], file=params["file"])
        if "video_ids" in params:
            return cls(tuple(params["video_ids"]))
        if "query" in params:
            return cls(query=VideoFilter.model_validate(params["query"]))
        return None

    @property
    def key(self) -> str:
        """The deduplication key; equal requests have equal keys."""
        params = self.params
        if self.file is None and self.query is None:
            params = {"video_ids": sorted(set(self.video_ids))}
        text = json.dumps(params, sort_keys=True)
        return f"scan:files:{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"
