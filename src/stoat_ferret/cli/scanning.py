"""A scan with or without a server, the same outcome either way."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from stoat_ferret.cli.job_outcome import JobOutcome, deadline_passed
from stoat_ferret.cli.progress import Ticker, choose_display
from stoat_ferret.cli.server_client import ServerClient
from stoat_ferret.cli.server_job import ServerJob
from stoat_ferret.cli.stopping import accept_cancellation
from stoat_ferret.data_folder import DataFolder
from stoat_ferret.errors import StoatFerretError, shown
from stoat_ferret.jobs.job import JobStatus, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from stoat_ferret.cli.output import Row
    from stoat_ferret.config import Settings

START_SECONDS = 1.0
"""How long a short command that owns the data folder is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanWish:
    """What to scan; `folder` is absolute."""

    folder: Path
    recursive: bool
    force: bool
    timeout_seconds: float | None


async def scan_somewhere(settings: Settings, wish: ScanWish) -> JobOutcome:
    """Scan through the running server where there is one, else here, showing the progress.

    Never raises: cancelling the task cancels the scan and returns what was done (cancelling it
    again returns at once), and a scan that could not begin has failed.
    """
    data_folder = DataFolder(settings.data_dir)
    try:
        with choose_display() as display:
            url = await anyio.to_thread.run_sync(data_folder.running_server)
            if url:
                async with ServerClient(url, settings.token) as server:
                    return await _scan_by(server, wish, display.show)
            owned = data_folder.own("stoat-ferret scan", wait_seconds=START_SECONDS)
            async with owned, Ticker(display) as ticker:
                return await _scan_here(settings, wish, ticker.show)
    except asyncio.CancelledError:
        accept_cancellation()
        return JobOutcome(JobStatus.CANCELLED, None)
    except StoatFerretError as error:
        return JobOutcome(JobStatus.FAILED, None, str(error))


async def _scan_by(
    server: ServerClient, wish: ScanWish, show: Callable[[Progress], None]
) -> JobOutcome:
    def start() -> Coroutine[Any, Any, Row]:
        return server.start_scan(os.fspath(wish.folder), recursive=wish.recursive, force=wish.force)

    job = ServerJob(server, start, show, timeout_seconds=wish.timeout_seconds)
    return await job.run()


async def _scan_here(
    settings: Settings, wish: ScanWish, show: Callable[[Progress], None]
) -> JobOutcome:
    from stoat_ferret.directly import scan_directly
    from stoat_ferret.scan.result import ScanResult

    result = ScanResult(root=shown(wish.folder))
    status, reason = JobStatus.SUCCEEDED, None
    try:
        async with asyncio.timeout(wish.timeout_seconds):
            await scan_directly(
                settings,
                os.fspath(wish.folder),
                recursive=wish.recursive,
                force=wish.force,
                result=result,
                on_progress=show,
            )
    except asyncio.CancelledError:
        accept_cancellation()
        status = JobStatus.CANCELLED
    except TimeoutError:
        status, reason = JobStatus.TIMED_OUT, deadline_passed(wish.timeout_seconds)
    except StoatFerretError as error:
        status, reason = JobStatus.FAILED, str(error)
    return JobOutcome(status, result.as_json(), reason)
