"""What is done at start with the jobs that the last process left behind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stoat_ferret.errors import UnknownJobKindError
from stoat_ferret.jobs.job import Job, JobStatus

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

MOST_INTERRUPTIONS = 3
"""A job that was running this many times when its process died is not tried again."""


def recovered(job: Job, kinds: Container[str], now: datetime) -> Job:
    """What becomes of an active `job` of a process that is gone; `job` itself where nothing does.

    One that was running goes back to the queue, unless that happened too often. One that was
    to be cancelled is, and one that nothing can run any more fails.
    """
    running = job.status is JobStatus.RUNNING
    interruptions = job.interruptions + running
    if job.cancel_requested:
        return replace(job, status=JobStatus.CANCELLED, finished_at=now)
    if job.kind not in kinds:
        error = str(UnknownJobKindError(job.kind))
        return replace(job, status=JobStatus.FAILED, error=error, finished_at=now)
    if not running:
        return job
    job = replace(job, interruptions=interruptions)
    if interruptions >= MOST_INTERRUPTIONS:
        error = (
            f"The job was interrupted {interruptions} times: each time the server died while it "
            "ran. It is not tried again by itself."
        )
        return replace(job, status=JobStatus.FAILED, error=error, finished_at=now)
    return put_back(job)


def put_back(job: Job) -> Job:
    """`job` as it waits for another attempt."""
    return replace(job, status=JobStatus.QUEUED, started_at=None, worker=None)
