"""The first part of a scan: find the files, compare them with the library, and follow moves."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.database import finish
from stoat_ferret.errors import FolderNotFoundError, RootEmptyError, RootUnavailableError, reason_of
from stoat_ferret.jobs.job import Progress
from stoat_ferret.library.reconcile.inventory import Inventory
from stoat_ferret.media.picture_files import THUMBNAIL_VERSION
from stoat_ferret.media.prober import PROBE_VERSION
from stoat_ferret.scan.batch import Batch, Obstacle
from stoat_ferret.scan.discovery import Discovery, walk
from stoat_ferret.scan.moves import follow_moves
from stoat_ferret.scan.result import NOT_STORABLE, ProgressMeter, ScanPhase
from stoat_ferret.scan.root_guard import RootGuard
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.scan.request import ScanRequest, ScanTools
    from stoat_ferret.scan.result import ScanResult

_SILENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class BegunScan:
    """A scan whose files can be read now, by its `inventory`, and whose `guard` knows its root.

    `to_do` is the number of files to read, of which moves have settled `settled`.
    """

    inventory: int
    guard: RootGuard
    to_do: int
    settled: int
    without_thumbnail: int


async def begin_scan(
    request: ScanRequest,
    tools: ScanTools,
    *,
    scan_id: str,
    result: ScanResult,
    on_progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
) -> BegunScan | None:
    """Begin a scan, and flag what is missing; return None if it was asked to stop.

    Otherwise `finish_scan` must end it. Raises the errors of `scan_folder`.
    """
    guard = RootGuard(request.root.path)
    await guard.check()
    inventory = await Inventory.begin(
        tools.database,
        scan_id=scan_id,
        root=request.root,
        folder=request.folder,
        recursive=request.recursive,
        force=request.force,
        probe_version=PROBE_VERSION,
        thumbnail_version=THUMBNAIL_VERSION if tools.thumbnailer else None,
        parts=request.parts,
    )
    begun = None
    try:
        begun = await _Begin(
            request, tools, inventory, guard, result, on_progress, should_stop
        ).run()
    finally:
        if begun is None:
            await finish(inventory.discard())
    return begun


@dataclass(slots=True)
class _Begin:
    request: ScanRequest
    tools: ScanTools
    inventory: Inventory
    guard: RootGuard
    result: ScanResult
    on_progress: Callable[[Progress], None]
    should_stop: Callable[[], bool]

    async def run(self) -> BegunScan | None:
        await self._discover(self.inventory)
        await self.guard.check()
        if self.should_stop():
            return None
        comparison = await self.inventory.compare()
        self.result.found = comparison.found
        if not comparison.found and comparison.vanished:
            await self._refuse_empty_root(comparison.vanished)
        self.result.unchanged = comparison.unchanged
        await self.inventory.settle_unchanged()
        to_do = comparison.pending + comparison.without_thumbnail
        meter = ProgressMeter(to_do, unit="files", clock=time.monotonic)
        await self._follow_moves(self.inventory, meter)
        if self.should_stop():
            return None
        self.result.missing = await self.inventory.mark_missing()
        return BegunScan(
            self.inventory.number,
            self.guard,
            to_do,
            self.result.moved,
            comparison.without_thumbnail,
        )

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
