"""Scanning of a folder: discover, compare, follow moves, probe, save."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from stoat_ferret.errors import FolderNotFoundError, RootEmptyError, RootUnavailableError, reason_of
from stoat_ferret.jobs.job import Progress, ignore_progress
from stoat_ferret.library.reconcile.inventory import Inventory
from stoat_ferret.media.picture_files import THUMBNAIL_VERSION
from stoat_ferret.media.prober import PROBE_VERSION, Prober
from stoat_ferret.scan.batch import Batch, Obstacle
from stoat_ferret.scan.discovery import Discovery, first_error, walk
from stoat_ferret.scan.moves import follow_moves
from stoat_ferret.scan.reading import BatchReader, FileTask, PageSource, ProbeTask, ThumbnailTask
from stoat_ferret.scan.result import NOT_STORABLE, ProgressMeter, ScanPhase, ScanResult
from stoat_ferret.scan.root_guard import RootGuard
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.database import Database
    from stoat_ferret.library.scope import FolderPart
    from stoat_ferret.library.video import Root
    from stoat_ferret.media.thumbnailer import Thumbnailer
    from stoat_ferret.scan.ignore_rules import NameRules

T = TypeVar("T")

_SILENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """A folder to scan; `folder` is relative to the root, "" for the whole root.

    With `force`, unchanged files are read again too. If there are `parts`, only these parts of the
    folder are scanned; a part that does not exist any more has no files. The files in `growing` are
    still being written, and are left as they are.
    """

    root: Root
    folder: str = ""
    recursive: bool = True
    force: bool = False
    parts: tuple[FolderPart, ...] = ()
    growing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTools:
    """The dependencies of scans; `concurrency` is the number of files read at the same time.

    Without a `thumbnailer`, no file is opened only to make its thumbnail. `clock` returns the time
    of day.
    """

    database: Database
    prober: Prober
    thumbnailer: Thumbnailer | None = None
    names: NameRules
    concurrency: int
    trust_folder_times: bool = False
    """Whether files are not examined if the times of their folder and their names are the same."""
    clock: Callable[[], float] = time.time


def _never() -> bool:
    return False


async def scan_folder(
    request: ScanRequest,
    tools: ScanTools,
    *,
    scan_id: str,
    result: ScanResult | None = None,
    on_progress: Callable[[Progress], None] = ignore_progress,
    should_stop: Callable[[], bool] = _never,
) -> ScanResult:
    """Update the library with the contents of a folder.

    Every file is saved within half a second of being read, so no work is lost if the scan is
    stopped, by `should_stop` between two files or by cancellation at any time; the next scan
    continues from there. `result` is updated meanwhile; pass one in to observe it. `scan_id`
    identifies the scan's own rows in the database.

    Raises `RootUnavailableError`, `RootEmptyError` or `FolderNotFoundError` before anything in the
    library changes. A file that cannot be used does not raise; it is part of the result.
    """
    result = result if result is not None else ScanResult(root=request.root.name)
    result.root = request.root.name
    scan = _Scan(request, tools, result, on_progress, should_stop)
    started = time.monotonic()
    try:
        async with Inventory.open(
            tools.database,
            scan_id=scan_id,
            root=request.root,
            folder=request.folder,
            recursive=request.recursive,
            force=request.force,
            probe_version=PROBE_VERSION,
            thumbnail_version=THUMBNAIL_VERSION if tools.thumbnailer else None,
            parts=request.parts,
        ) as inventory:
            await scan.run(inventory)
    except BaseExceptionGroup as group:
        raise first_error(group) from group
    finally:
        result.elapsed_seconds = time.monotonic() - started
    return result


@dataclass(slots=True)
class _Scan:
    request: ScanRequest
    tools: ScanTools
    result: ScanResult
    on_progress: Callable[[Progress], None]
    should_stop: Callable[[], bool]
    guard: RootGuard = field(init=False)

    def __post_init__(self) -> None:
        self.guard = RootGuard(self.request.root.path)

    async def run(self, inventory: Inventory) -> None:
        await self.guard.check()
        await self._discover(inventory)
        await self.guard.check()
        if self.should_stop():
            return
        comparison = await inventory.compare()
        self.result.found = comparison.found
        if not comparison.found and comparison.vanished:
            await self._refuse_empty_root(comparison.vanished)
        self.result.unchanged = comparison.unchanged
        await inventory.settle_unchanged()
        to_do = comparison.pending + comparison.without_thumbnail
        meter = ProgressMeter(to_do, unit="files", clock=time.monotonic)
        await self._follow_moves(inventory, meter)
        if self.should_stop():
            return
        self.result.missing = await inventory.mark_missing()
        await self._probe(inventory, meter)
        if comparison.without_thumbnail:
            await self._make_thumbnails(inventory, meter)
        if not self.should_stop():
            await inventory.remember_folders()
            if not self.request.parts:
                await inventory.remember_scan()

    async def _discover(self, inventory: Inventory) -> None:
        async def stage(batch: Batch) -> None:
            for file in await inventory.add(batch.files):
                batch.obstacles.append(Obstacle(file.path, NOT_STORABLE, hides_files=True))
                batch.files.remove(file)
            await inventory.add_folders(batch.folders)
            self.result.found += len(batch.files)
            self.result.found += sum(folder.files for folder in batch.folders if folder.is_known)
            self.result.passed_over.merge(batch.passed_over)
            for obstacle in batch.obstacles:
                self.result.add_error(obstacle.path, obstacle.reason)
                if obstacle.hides_files:
                    await inventory.protect(obstacle.path)
            self.on_progress(
                Progress(done=self.result.found, unit="files", phase=ScanPhase.COUNTING)
            )

        discovery = Discovery(
            self.request.root.path,
            self.request.folder,
            recursive=self.request.recursive,
            names=self.tools.names,
            should_stop=self.should_stop,
            known=await inventory.known_folders(),
            trust_times=self.tools.trust_folder_times and not self.request.force,
            clock=self.tools.clock,
            parts=self.request.parts,
            growing=self.request.growing,
        )
        for path in self.request.growing:
            await inventory.protect(path)
        root = self.request.root.path
        try:
            await walk(discovery, stage, silence_seconds=_SILENCE_SECONDS)
        except TimeoutError as error:
            reason = f"no answer within {_SILENCE_SECONDS:g} s"
            raise RootUnavailableError(root, reason) from error
        except FileNotFoundError as error:
            raise FolderNotFoundError(f"{root}/{self.request.folder}") from error
        except OSError as error:
            raise RootUnavailableError(root, reason_of(error)) from error

    async def _refuse_empty_root(self, known: int) -> None:
        # The owner may well have emptied a folder below the root, or parts of it.
        is_whole = not (self.request.folder or self.request.parts)
        if is_whole or await self.guard.is_empty():
            raise RootEmptyError(self.request.root.path, known)

    async def _follow_moves(self, inventory: Inventory, meter: ProgressMeter) -> None:
        self.result.moved = await follow_moves(
            self.request.root.path,
            inventory,
            self.tools.prober,
            concurrency=self.tools.concurrency,
            report=lambda path: self.on_progress(
                meter.progress(ScanPhase.DETECTING_MOVES, for_display(path))
            ),
            should_stop=self.should_stop,
        )
        meter.advance(self.result.moved)

    async def _probe(self, inventory: Inventory, meter: ProgressMeter) -> None:
        probe_task = ProbeTask(
            root=self.request.root.path,
            inventory=inventory,
            prober=self.tools.prober,
            guard=self.guard,
            result=self.result,
        )
        self.on_progress(meter.progress(ScanPhase.PROBING))
        await self._reader(inventory.pending, probe_task, meter, ScanPhase.PROBING).run()

    async def _make_thumbnails(self, inventory: Inventory, meter: ProgressMeter) -> None:
        assert self.tools.thumbnailer  # noqa: S101  without one, none is missing
        thumbnail_task = ThumbnailTask(
            root=self.request.root.path,
            inventory=inventory,
            thumbnailer=self.tools.thumbnailer,
            result=self.result,
        )
        await self._reader(
            inventory.without_thumbnail, thumbnail_task, meter, ScanPhase.MAKING_THUMBNAILS
        ).run()

    def _reader(
        self, pages: PageSource, work: FileTask[T], meter: ProgressMeter, phase: ScanPhase
    ) -> BatchReader[T]:
        return BatchReader(
            pages=pages,
            work=work,
            concurrency=self.tools.concurrency,
            meter=meter,
            report=lambda path: self.on_progress(meter.progress(phase, for_display(path))),
            should_stop=self.should_stop,
        )
