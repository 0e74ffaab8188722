"""The part of a scan that reads what is in files."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stoat_ferret.errors import FileUnreadableError, FileVanishedError
from stoat_ferret.library.video import UNKNOWN_SIZE, FoundFile, ScannedFile, VideoStatus
from stoat_ferret.media.file_faults import file_error
from stoat_ferret.media.prober import PROBE_VERSION, ProbedFile, Prober
from stoat_ferret.media.rooted_path import RootedPath
from stoat_ferret.scan.picturing import warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.library.reconcile.inventory import Inventory
    from stoat_ferret.scan.result import ScanResult
    from stoat_ferret.scan.root_guard import RootGuard

NO_VIDEO = "no video stream"


@dataclass(frozen=True, slots=True)
class Probing:
    """Reads files, and saves what is in them."""

    root: str
    inventory: Inventory
    prober: Prober
    guard: RootGuard
    result: ScanResult

    async def read(self, file: FoundFile) -> ScannedFile:
        """What is to be saved of one file, also where it cannot be used."""
        if file.size_bytes == UNKNOWN_SIZE:
            await self.guard.check()
            unread = _scanned(file, VideoStatus.BAD, file.unusable)
            return replace(unread, read_error=file.unusable)
        if file.unusable is not None:
            return _scanned(file, VideoStatus.SKIPPED, file.unusable)
        path = RootedPath(os.path.join(self.root, file.path), self.root)
        try:
            probed = await self.prober.probe(path)
        except Exception as raised:  # noqa: BLE001  `file_error` raises what is not of the file
            error = file_error(path, f"The prober ({self.prober.name})", raised)
            if isinstance(error, FileVanishedError | FileUnreadableError):
                await self.guard.check()
            reason = error.reason
            if await self.guard.ask(_has_changed, path, file):
                reason += " (it was being written; the next scan tries again)"
            return replace(
                _scanned(file, VideoStatus.BAD, reason),
                fingerprint=error.fingerprint,
                read_error=reason if error.is_of_disk else None,
            )
        warn(self.result, probed.thumbnail)
        if probed.media_info.main_video is None:
            return _scanned(file, VideoStatus.SKIPPED, NO_VIDEO, probed)
        return _scanned(file, VideoStatus.OK, None, probed)

    async def save(self, batch: Sequence[ScannedFile]) -> None:
        """Write it into the library, and count it."""
        counts = await self.inventory.save(batch)
        self.result.added += counts.added
        self.result.updated += counts.updated
        refused = {scanned.file.path for scanned in counts.refused}
        taken = [scanned for scanned in batch if scanned.file.path not in refused]
        self._count_unusable([*taken, *counts.refused])

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
        thumbnail_version=probed.thumbnail.version if probed else 0,
    )


def _has_changed(path: RootedPath, file: FoundFile) -> bool:
    try:
        status = os.stat(path)
    except OSError:
        return False
    now = FoundFile.from_stat(file.path, status)
    return (now.size_bytes, now.mtime_ns) != (file.size_bytes, file.mtime_ns)
