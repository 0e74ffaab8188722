"""Scanning of a folder in three parts: begin, read the files, finish."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from stoat_ferret.database import finish
from stoat_ferret.jobs.job import Progress, ignore_progress
from stoat_ferret.scan.begin import BegunScan, begin_scan
from stoat_ferret.scan.chunk import read_chunk
from stoat_ferret.scan.discovery import first_error
from stoat_ferret.scan.finish import finish_scan
from stoat_ferret.scan.request import ScanRequest, ScanTools
from stoat_ferret.scan.result import ProgressMeter, ScanResult

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ScanRequest", "ScanTools", "scan_folder"]


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
    started = time.monotonic()
    try:
        begun = await begin_scan(
            request,
            tools,
            scan_id=scan_id,
            result=result,
            on_progress=on_progress,
            should_stop=should_stop,
        )
        if begun is not None:
            await _read_and_finish(request, tools, begun, result, on_progress, should_stop)
    except BaseExceptionGroup as group:
        raise first_error(group) from group
    finally:
        result.elapsed_seconds = time.monotonic() - started
    return result


async def _read_and_finish(
    request: ScanRequest,
    tools: ScanTools,
    begun: BegunScan,
    result: ScanResult,
    on_progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
) -> None:
    meter = ProgressMeter(begun.to_do, unit="files", clock=time.monotonic, done=begun.settled)
    is_read = False
    try:
        await read_chunk(
            request.root,
            tools,
            inventory=begun.inventory,
            guard=begun.guard,
            result=result,
            meter=meter,
            on_progress=on_progress,
            should_stop=should_stop,
            has_thumbnails_to_make=begun.without_thumbnail > 0,
        )
        is_read = True
    finally:
        if not is_read:
            await finish(finish_scan(request, tools, inventory=begun.inventory, is_complete=False))
    await finish_scan(request, tools, inventory=begun.inventory, is_complete=not should_stop())
