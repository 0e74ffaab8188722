"""The making of contact strips with or without a server, the same outcome either way."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import anyio.to_thread

from stoat_ferret.cli.job_outcome import JobOutcome
from stoat_ferret.cli.progress import Ticker, choose_display
from stoat_ferret.cli.scanning import START_SECONDS
from stoat_ferret.cli.server_client import ServerClient
from stoat_ferret.cli.server_job import ServerJob
from stoat_ferret.cli.stopping import accept_cancellation
from stoat_ferret.data_folder import DataFolder
from stoat_ferret.errors import StoatFerretError
from stoat_ferret.jobs.job import JobStatus, Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stoat_ferret.config import Settings


async def make_strips_somewhere(settings: Settings, folder: Path | None) -> JobOutcome:
    """Make them through the running server where there is one, else here; see `scan_somewhere`."""
    place = None if folder is None else os.fspath(folder)
    data_folder = DataFolder(settings.data_dir)
    try:
        with choose_display() as display:
            url = await anyio.to_thread.run_sync(data_folder.running_server)
            if url:
                async with ServerClient(url, settings.token) as server:
                    job = ServerJob(server, lambda: server.start_strips(place), display.show)
                    return await job.run()
            owned = data_folder.own("stoat-ferret strips", wait_seconds=START_SECONDS)
            async with owned, Ticker(display) as ticker:
                return await _make_here(settings, place, ticker.show)
    except asyncio.CancelledError:
        accept_cancellation()
        return JobOutcome(JobStatus.CANCELLED, None)
    except StoatFerretError as error:
        return JobOutcome(JobStatus.FAILED, None, str(error))


async def _make_here(
    settings: Settings, folder: str | None, show: Callable[[Progress], None]
) -> JobOutcome:
    from stoat_ferret.directly import make_strips_directly
    from stoat_ferret.pictures.strip_result import StripResult

    result = StripResult()
    status, reason = JobStatus.SUCCEEDED, None
    try:
        await make_strips_directly(settings, folder, result=result, on_progress=show)
    except asyncio.CancelledError:
        accept_cancellation()
        status = JobStatus.CANCELLED
    except StoatFerretError as error:
        status, reason = JobStatus.FAILED, str(error)
    return JobOutcome(status, result.as_json(), reason)
