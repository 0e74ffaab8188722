"""A scan with or without a server, the same outcome either way."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from stoat_ferret.cli.output import tell
from stoat_ferret.cli.progress import Ticker, choose_display
from stoat_ferret.cli.server_client import ServerClient, ServerUnreachableError
from stoat_ferret.cli.stopping import accept_cancellation
from stoat_ferret.data_folder import DataFolder
from stoat_ferret.errors import ServerError, StoatFerretError, shown
from stoat_ferret.jobs.job import JobStatus, Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stoat_ferret.cli.output import Row
    from stoat_ferret.config import Settings

START_SECONDS = 1.0
"""How long a short command that owns the data folder is waited for."""
POLL_SECONDS = 0.25
PATIENCE_SECONDS = 15.0
"""How long a server that stopped answering is asked again."""
STOP_SECONDS = 5.0
"""How long a cancelled job is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanWish:
    """What to scan; `folder` is absolute."""

    folder: Path
    recursive: bool
    force: bool
    timeout_seconds: float | None


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """How a scan ended: a `JobStatus`, the result or the part of it that was done, the reason."""

    status: str
    result: dict[str, Any] | None
    error: str | None = None
    job_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Status, error and job id, and beside them the counts of the result."""
        head = {"status": self.status, "error": self.error, "job_id": self.job_id}
        return {**head, **(self.result or {})}


async def scan_somewhere(settings: Settings, wish: ScanWish) -> ScanOutcome:
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
                    return await _ScanByServer(server, wish, display.show).run()
            owned = data_folder.own("stoat-ferret scan", wait_seconds=START_SECONDS)
            async with owned, Ticker(display) as ticker:
                return await _scan_here(settings, wish, ticker.show)
    except asyncio.CancelledError:
        accept_cancellation()
        return ScanOutcome(JobStatus.CANCELLED, None)
    except StoatFerretError as error:
        return ScanOutcome(JobStatus.FAILED, None, str(error))


async def _scan_here(
    settings: Settings, wish: ScanWish, show: Callable[[Progress], None]
) -> ScanOutcome:
    from stoat_ferret.bootstrap import scan_directly
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
        status, reason = JobStatus.TIMED_OUT, _deadline_passed(wish)
    except StoatFerretError as error:
        status, reason = JobStatus.FAILED, str(error)
    return ScanOutcome(status, result.as_json(), reason)


class _ScanByServer:
    """One scan that a server does as a job."""

    def __init__(
        self, server: ServerClient, wish: ScanWish, show: Callable[[Progress], None]
    ) -> None:
        self._server = server
        self._wish = wish
        self._show = show

    async def run(self) -> ScanOutcome:
        """Submit, follow to the end, cancel where this task is cancelled or the time is up."""
        wish = self._wish
        starting = asyncio.ensure_future(
            self._server.start_scan(
                os.fspath(wish.folder), recursive=wish.recursive, force=wish.force
            )
        )
        try:
            async with asyncio.timeout(wish.timeout_seconds):
                # Shielded: a job that was accepted must be known, to be cancelled.
                job = await self._follow(await asyncio.shield(starting))
        except asyncio.CancelledError:
            accept_cancellation()
            return _outcome(await self._stop(await starting))
        except TimeoutError:
            job = await self._stop(await starting)
            if job["status"] == JobStatus.CANCELLED:
                return _outcome({**job, "status": "timed_out", "error": _deadline_passed(wish)})
        return _outcome(job)

    async def _follow(self, job: Row) -> Row:
        while not JobStatus(job["status"]).is_final:
            self._show(progress_of(job))
            await asyncio.sleep(POLL_SECONDS)
            job = await self._ask_patiently(job["id"])
        return job

    async def _ask_patiently(self, job_id: str) -> Row:
        try:
            return await self._server.get_job(job_id)
        except ServerUnreachableError:
            tell("The server does not answer; asking again …")
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    await asyncio.sleep(POLL_SECONDS)
                    try:
                        return await self._server.get_job(job_id)
                    except ServerUnreachableError:
                        continue
        except TimeoutError:
            raise ServerUnreachableError(
                f"The server at {self._server.url} does not answer any more. "
                f"Job {job_id} goes on when it is started again."
            ) from None

    async def _stop(self, job: Row) -> Row:
        try:
            job = await self._server.cancel_job(job["id"])
        except ServerUnreachableError:
            raise
        except ServerError:  # it ended in this very moment
            return await self._server.get_job(job["id"])
        try:
            async with asyncio.timeout(STOP_SECONDS):
                while not JobStatus(job["status"]).is_final:
                    await asyncio.sleep(POLL_SECONDS / 5)
                    job = await self._server.get_job(job["id"])
        except TimeoutError:
            tell("The job has not ended yet; `stoat-ferret jobs` shows when it has.")
        return job


def progress_of(job: Row) -> Progress:
    """The progress in a job of the HTTP interface."""
    detail = job.get("progress_detail") or {}
    phase = detail.get("phase") or job["status"]
    return Progress(**{**detail, "phase": phase, "fraction": job.get("progress")})


def _outcome(job: Row) -> ScanOutcome:
    return ScanOutcome(job["status"], job.get("result"), job.get("error"), job["id"])


def _deadline_passed(wish: ScanWish) -> str:
    return f"The deadline of {wish.timeout_seconds:g} s passed. What was done so far is kept."
