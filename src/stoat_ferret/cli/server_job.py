"""A long task that a server does as a job, followed to its end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from stoat_ferret.cli.client import ServerUnreachableError
from stoat_ferret.cli.job_outcome import JobOutcome, deadline_passed
from stoat_ferret.cli.output import tell
from stoat_ferret.cli.stopping import accept_cancellation
from stoat_ferret.errors import ServerError
from stoat_ferret.jobs.job import JobStatus, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from stoat_ferret.cli.output import Row
    from stoat_ferret.cli.server_client import ServerClient

POLL_SECONDS = 0.25
PATIENCE_SECONDS = 15.0
"""How long a server that stopped answering is asked again."""
STOP_SECONDS = 5.0
"""How long a cancelled job is waited for."""


class ServerJob:
    """A task that a server does as a job; `start` submits it."""

    def __init__(
        self,
        server: ServerClient,
        start: Callable[[], Coroutine[Any, Any, Row]],
        show: Callable[[Progress], None],
        *,
        timeout_seconds: float | None = None,
    ) -> None:
        self._server = server
        self._start = start
        self._show = show
        self._timeout_seconds = timeout_seconds

    async def run(self) -> JobOutcome:
        """Submit, follow to the end, cancel where this task is cancelled or the time is up."""
        starting = asyncio.ensure_future(self._start())
        try:
            async with asyncio.timeout(self._timeout_seconds):
                # Shielded: a job that was accepted must be known, to be cancelled.
                job = await self._follow(await asyncio.shield(starting))
        except asyncio.CancelledError:
            accept_cancellation()
            return JobOutcome.of(await self._stop(await starting))
        except TimeoutError:
            job = await self._stop(await starting)
            if job["status"] == JobStatus.CANCELLED:
                return JobOutcome.of(
                    {**job, "status": "timed_out", "error": deadline_passed(self._timeout_seconds)}
                )
        return JobOutcome.of(job)

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
