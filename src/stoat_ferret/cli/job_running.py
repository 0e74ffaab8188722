"""Runs a long task by the running server or here, the same outcome either way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

import anyio.to_thread

from stoat_ferret.cli.job_outcome import JobOutcome, deadline_passed
from stoat_ferret.cli.progress import Ticker, choose_display
from stoat_ferret.cli.stopping import accept_cancellation
from stoat_ferret.data_folder import DataFolder
from stoat_ferret.errors import StoatFerretError
from stoat_ferret.jobs.job import JobStatus, Progress

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from stoat_ferret.cli.server_client import ServerClient
    from stoat_ferret.config import Settings

    Show = Callable[[Progress], None]
    """Shows how far the task is."""

START_SECONDS = 1.0
"""How long a short command that owns the data folder is waited for."""


class _Result(Protocol):
    def as_json(self) -> dict[str, Any]: ...


async def run_somewhere(
    settings: Settings,
    command: str,
    *,
    by_server: Callable[[ServerClient, Show], Awaitable[JobOutcome]],
    here: Callable[[Show], Awaitable[JobOutcome]],
) -> JobOutcome:
    """What the running server makes of it where there is one, else `here`, with its progress.

    `command` is what others are told about who owns the data folder. Never raises: cancelling
    the task cancels the work and returns what was done (cancelling it again returns at once),
    and work that could not begin has failed.
    """
    data_folder = DataFolder(settings.data_dir)
    try:
        with choose_display() as display:
            url = await anyio.to_thread.run_sync(data_folder.running_server)
            if url:
                from stoat_ferret.cli.server_client import ServerClient

                async with ServerClient(url, settings.token) as server:
                    return await by_server(server, display.show)
            from stoat_ferret.cli.logs import send_events_to_logging

            send_events_to_logging()
            owned = data_folder.own(command, wait_seconds=START_SECONDS)
            async with owned, Ticker(display) as ticker:
                return await here(ticker.show)
    except asyncio.CancelledError:
        accept_cancellation()
        return JobOutcome(JobStatus.CANCELLED, None)
    except StoatFerretError as error:
        return JobOutcome(JobStatus.FAILED, None, str(error))


async def outcome_of(
    work: Awaitable[object], result: _Result, *, timeout_seconds: float | None = None
) -> JobOutcome:
    """How `work` ends, done here, with what `result` has grown to by then."""
    status, reason = JobStatus.SUCCEEDED, None
    try:
        async with asyncio.timeout(timeout_seconds):
            await work
    except asyncio.CancelledError:
        accept_cancellation()
        status = JobStatus.CANCELLED
    except TimeoutError:
        status, reason = JobStatus.TIMED_OUT, deadline_passed(timeout_seconds)
    except StoatFerretError as error:
        status, reason = JobStatus.FAILED, str(error)
    return JobOutcome(status, result.as_json(), reason)
