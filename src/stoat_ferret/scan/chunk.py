"""The second part of a scan: read a range of its files, on any machine that has the root."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from stoat_ferret.library.reconcile.inventory import Inventory
from stoat_ferret.scan.reading import BatchReader, FileTask, PageSource, ProbeTask, ThumbnailTask
from stoat_ferret.scan.result import ScanPhase
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.jobs.job import Progress
    from stoat_ferret.library.video import Root
    from stoat_ferret.scan.request import ScanTools
    from stoat_ferret.scan.result import ProgressMeter, ScanResult
    from stoat_ferret.scan.root_guard import RootGuard

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FileRange:
    """The files after one path, up to another one with it, in byte order; None for no limit."""

    after: str | None = None
    upto: str | None = None


ALL_FILES = FileRange()


async def read_chunk(
    root: Root,
    tools: ScanTools,
    *,
    inventory: int,
    guard: RootGuard,
    result: ScanResult,
    meter: ProgressMeter,
    on_progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
    files: FileRange = ALL_FILES,
    has_thumbnails_to_make: bool = True,
) -> None:
    """Read and save the files of a begun scan in a range that no other process reads.

    What another attempt has saved is not read again. Raises `ScanEndedError`,
    `RootUnavailableError`.
    """
    opened = await Inventory.reopen(tools.database, inventory, root)
    chunk = _Chunk(root, tools, opened, guard, result, meter, on_progress, should_stop, files)
    await chunk.probe()
    if has_thumbnails_to_make:
        await chunk.make_thumbnails()


@dataclass(slots=True)
class _Chunk:
    root: Root
    tools: ScanTools
    inventory: Inventory
    guard: RootGuard
    result: ScanResult
    meter: ProgressMeter
    on_progress: Callable[[Progress], None]
    should_stop: Callable[[], bool]
    files: FileRange

    async def probe(self) -> None:
        """Probe the new and changed files."""
        probe_task = ProbeTask(
            root=self.root.path,
            inventory=self.inventory,
            prober=self.tools.prober,
            guard=self.guard,
            result=self.result,
        )
        self.on_progress(self.meter.progress(ScanPhase.PROBING))
        pages = partial(self.inventory.pending, upto=self.files.upto)
        await self._reader(pages, probe_task, ScanPhase.PROBING).run()

    async def make_thumbnails(self) -> None:
        """Make the thumbnails that unchanged files lack."""
        if self.tools.thumbnailer is None:
            return
        thumbnail_task = ThumbnailTask(
            root=self.root.path,
            inventory=self.inventory,
            thumbnailer=self.tools.thumbnailer,
            result=self.result,
        )
        pages = partial(self.inventory.without_thumbnail, upto=self.files.upto)
        await self._reader(pages, thumbnail_task, ScanPhase.MAKING_THUMBNAILS).run()

    def _reader(self, pages: PageSource, work: FileTask[T], phase: ScanPhase) -> BatchReader[T]:
        return BatchReader(
            pages=pages,
            work=work,
            concurrency=self.tools.concurrency,
            meter=self.meter,
            report=lambda path: self.on_progress(self.meter.progress(phase, for_display(path))),
            should_stop=self.should_stop,
            first_after=self.files.after,
        )
