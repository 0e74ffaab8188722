"""Long tasks of commands: submit a job, follow it to its end, and report the outcome."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, Self

import typer

from stoat_ferret.cli.client import ServerUnreachableError, open_task_client
from stoat_ferret.cli.output import print_err, print_json
from stoat_ferret.cli.progress import choose_display
from stoat_ferret.cli.terminal import Stop, accept_cancellation, run
from stoat_ferret.errors import ServerError, StoatFerretError
from stoat_ferret.jobs.job import JobStatus, Progress

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from stoat_ferret.cli.client import LibraryClient
    from stoat_ferret.cli.output import Row
    from stoat_ferret.config import Settings

FIRST_POLL_SECONDS = 0.05
POLL_SECONDS = 0.25
"""Between two questions, at first less: many a job is short."""
RETRY_SECONDS = 15.0
"""The time for which a server that stopped answering is asked again."""
QUEUE_SECONDS = 1.0
"""The time after a deadline before the command enforces it itself: the queue of this process does
so first, unless a stored job that is submitted again has another deadline."""
STOP_SECONDS = 5.0
"""The time to wait for a cancelled job."""


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """A `JobStatus`, the complete or partial result, and the reason of a failure."""

    status: str
    result: dict[str, Any] | None
    error: str | None = None
    job_id: str | None = None

    @classmethod
    def of(cls, job: Row) -> Self:
        """Return the outcome of a job in a response."""
        return cls(job["status"], job.get("result"), job.get("error"), job["id"])

    def as_json(self) -> dict[str, Any]:
        """Return status, error and job id, with the counts of the result at the same level."""
        head = {"status": self.status, "error": self.error, "job_id": self.job_id}
        return {**head, **(self.result or {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A long task of the command `command`; `submit` queues it and returns its job.

    A folder `new_root_for` becomes a root if no server runs and no root contains it.
    """

    command: str
    submit: Callable[[LibraryClient], Awaitable[Row]]
    timeout_seconds: float | None = None
    new_root_for: str | None = None


def run_task(
    settings: Settings, task: Task, print_summary: Callable[[JobOutcome], None], *, as_json: bool
) -> NoReturn:
    """Run `task`, print its outcome, and exit: 0, 1, or as the signal that stopped it."""
    from stoat_ferret.cli.logs import logging_to_stderr

    stop = Stop()
    with logging_to_stderr(settings, quiet=True):
        outcome = run(lambda: run_to_outcome(settings, task), stop)
    if as_json:
        print_json(outcome.as_json())
    else:
        print_summary(outcome)
    if outcome.error:
        print_err(f"stoat-ferret: {outcome.error}")
    if outcome.status == "cancelled" and stop.exit_code:
        raise typer.Exit(stop.exit_code)
    raise typer.Exit(0 if outcome.status == "succeeded" else 1)


async def run_to_outcome(settings: Settings, task: Task) -> JobOutcome:
    """Run `task` on the running server or in this process, and show its progress.

    Never raises: cancelling this call cancels the job and returns the partial result (cancelling it
    again returns at once), and a task that could not start has failed.
    """
    try:
        with choose_display() as display:
            opening = open_task_client(settings, task.command, new_root_for=task.new_root_for)
            async with opening as client:
                return await follow_job(client, task, display.show)
    except asyncio.CancelledError:
        accept_cancellation()
        return JobOutcome(JobStatus.CANCELLED, None)
    except StoatFerretError as error:
        return JobOutcome(JobStatus.FAILED, None, str(error))


async def follow_job(
    client: LibraryClient, task: Task, show: Callable[[Progress], None]
) -> JobOutcome:
    """Submit a job, follow it to its end, cancel it if this task is cancelled or time is up."""
    seconds = task.timeout_seconds
    deadline = seconds if seconds is None or client.url else seconds + QUEUE_SECONDS
    submitting = asyncio.ensure_future(task.submit(client))
    try:
        async with asyncio.timeout(deadline):
            # Shielded: a job that was accepted must be known, to be cancelled.
            job = await _follow(client, await asyncio.shield(submitting), show)
    except asyncio.CancelledError:
        accept_cancellation()
        return JobOutcome.of(await _cancel(client, await submitting))
    except TimeoutError:
        job = await _cancel(client, await submitting)
        if job["status"] == JobStatus.CANCELLED:
            return JobOutcome.of({**job, "status": "timed_out", "error": deadline_passed(seconds)})
    return JobOutcome.of(job)


def deadline_passed(timeout_seconds: float | None) -> str:
    """Return the reason for stopping at the deadline."""
    return f"The deadline of {timeout_seconds:g} s passed. What was done so far is kept."


def progress_of(job: Row) -> Progress:
    """Return the progress of a job in a response."""
    detail = job.get("progress_detail") or {}
    phase = detail.get("phase") or job["status"]
    return Progress(**{**detail, "phase": phase, "fraction": job.get("progress")})


async def _follow(client: LibraryClient, job: Row, show: Callable[[Progress], None]) -> Row:
    pause = FIRST_POLL_SECONDS
    while not JobStatus(job["status"]).is_final:
        show(progress_of(job))
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, POLL_SECONDS)
        job = await _poll_with_retries(client, job["id"])
    show(progress_of(job))
    return job


async def _poll_with_retries(client: LibraryClient, job_id: str) -> Row:
    try:
        return await client.get_job(job_id)
    except ServerUnreachableError:
        print_err("The server does not answer; asking again …")
    try:
        async with asyncio.timeout(RETRY_SECONDS):
            while True:
                await asyncio.sleep(POLL_SECONDS)
                try:
                    return await client.get_job(job_id)
                except ServerUnreachableError:
                    continue
    except TimeoutError:
        raise ServerUnreachableError(
            f"The server at {client.url} does not answer any more. "
            f"Job {job_id} goes on when it is started again."
        ) from None


async def _cancel(client: LibraryClient, job: Row) -> Row:
    try:
        job = await client.cancel_job(job["id"])
    except ServerUnreachableError:
        raise
    except ServerError:  # it ended at this moment
        return await client.get_job(job["id"])
    try:
        async with asyncio.timeout(STOP_SECONDS):
            while not JobStatus(job["status"]).is_final:
                await asyncio.sleep(FIRST_POLL_SECONDS)
                job = await client.get_job(job["id"])
    except TimeoutError:
        print_err("The job has not ended yet; `stoat-ferret jobs` shows when it has.")
    return job
