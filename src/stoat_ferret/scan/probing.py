"""The part of a scan that reads files: several at a time, saved in batches, stoppable at once."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from stoat_ferret.database import finish
from stoat_ferret.disk import ask_disk
from stoat_ferret.errors import FileUnreadableError, FileVanishedError, MediaError
from stoat_ferret.library.video import FoundFile, ScannedFile, VideoStatus
from stoat_ferret.media.prober import PROBE_VERSION, ProbedFile, Prober

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoat_ferret.library.inventory import Inventory
    from stoat_ferret.scan.progress_meter import ProgressMeter
    from stoat_ferret.scan.result import ScanResult
    from stoat_ferret.scan.root_guard import RootGuard

_PAGE_SIZE = 500
_BATCH_SIZE = 100
_FLUSH_SECONDS = 0.5
NO_VIDEO = "no video stream"


@dataclass(slots=True)
class Probing:
    """Reads all pending files of an inventory with `concurrency` calls of `prober` at a time.

    What was read is saved within half a second, and also when `run` is cancelled.
    """

    root: str
    inventory: Inventory
    prober: Prober
    guard: RootGuard
    concurrency: int
    result: ScanResult
    meter: ProgressMeter
    report: Callable[[str | None], None]
    should_stop: Callable[[], bool]
    _page: list[FoundFile] = field(default_factory=list)
    _after: str | None = None
    _paging: asyncio.Lock = field(default_factory=asyncio.Lock)
    _saving: asyncio.Lock = field(default_factory=asyncio.Lock)
    _unsaved: list[ScannedFile] = field(default_factory=list)

    async def run(self) -> None:
        """Until all is read, or `should_stop` says so."""
        try:
            async with asyncio.TaskGroup() as tasks:
                flusher = tasks.create_task(self._flush_regularly())
                readers = [tasks.create_task(self._read()) for _ in range(self.concurrency)]
                await asyncio.wait(readers)
                flusher.cancel()
        finally:
            await finish(self._flush())

    async def _read(self) -> None:
        while not self.should_stop() and (file := await self._next_file()) is not None:
            self.report(file.path)
            self._unsaved.append(await self._probe(file))
            self.meter.advance()
            self.report(file.path)
            if len(self._unsaved) >= _BATCH_SIZE:
                await finish(self._flush())

    async def _next_file(self) -> FoundFile | None:
        async with self._paging:
            if not self._page:
                self._page = await self.inventory.pending(after=self._after, limit=_PAGE_SIZE)
                if not self._page:
                    return None
                self._after = self._page[-1].path
                self._page.reverse()
            return self._page.pop()

    async def _probe(self, file: FoundFile) -> ScannedFile:
        if file.unusable is not None:
            return _scanned(file, VideoStatus.SKIPPED, file.unusable)
        path = os.path.join(self.root, file.path)
        try:
            probed = await self.prober.probe(path)
        except MediaError as error:
            if isinstance(error, FileVanishedError | FileUnreadableError):
                await self.guard.check()
            reason = error.reason
            if await ask_disk(_has_changed, path, file):
                reason += " (it was being written; the next scan tries again)"
            return replace(_scanned(file, VideoStatus.BAD, reason), fingerprint=error.fingerprint)
        if probed.media_info.main_video is None:
            return _scanned(file, VideoStatus.SKIPPED, NO_VIDEO, probed)
        return _scanned(file, VideoStatus.OK, None, probed)

    async def _flush_regularly(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            await finish(self._flush())

    async def _flush(self) -> None:
        async with self._saving:
            batch = self._unsaved[:]
            if batch:
                counts = await self.inventory.save(batch)
                del self._unsaved[: len(batch)]
                self.result.added += counts.added
                self.result.updated += counts.updated
                self._count_unusable(batch)

    def _count_unusable(self, batch: Sequence[ScannedFile]) -> None:
        for scanned in batch:
            if scanned.status is VideoStatus.SKIPPED:
                self.result.skipped += 1
            elif scanned.status is VideoStatus.BAD:
                self.result.failed += 1
                self.result.add_error(scanned.file.path, scanned.reason or "")


def _scanned(
    file: FoundFile, status: VideoStatus, reason: str | None, probed: ProbedFile | None = None
) -> ScannedFile:
    return ScannedFile(
        file=file,
        status=status,
        reason=reason,
        fingerprint=probed.fingerprint if probed else None,
        media_info=probed.media_info if probed else None,
        probe_version=PROBE_VERSION,
    )


def _has_changed(path: str, file: FoundFile) -> bool:
    try:
        status = os.stat(path)
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) != (file.size_bytes, file.mtime_ns)
