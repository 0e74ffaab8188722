"""The port for keeping the records of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from stoat_ferret.jobs.job import Job, JobStatus
    from stoat_ferret.jobs.queue import JobFilter, JobPage


class JobStore(Protocol):
    """Keeps jobs beyond the life of the process; every call is one transaction.

    Writes are fenced: they touch a record only while it still has the state and the attempt of
    the job they were made from, so that who lost a job can no longer change it. Everything
    raises `DatabaseError` where the database cannot be used.
    """

    async def insert(self, job: Job) -> Job:
        """Keep `job`, or give back the active job that has the same key; durable."""
        ...

    async def get(self, job_id: str) -> Job:
        """The record. Raises `JobNotFoundError`."""
        ...

    async def list(
        self,
        *,
        kind: str | None = None,
        status: JobStatus | None = None,
        about: JobFilter | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> JobPage:
        """A page of records, newest first. Raises `InvalidCursorError`."""
        ...

    async def active(self) -> Sequence[Job]:
        """Every record that is queued or running, oldest first."""
        ...

    async def move(self, old: Job, new: Job) -> bool:
        """Turn `old` into `new`; False, and nothing done, where `old` is not what is kept.

        Raises `IllegalTransitionError`. A request to cancel that is kept stays kept. A final
        state survives a power cut.
        """
        ...

    async def save_progress(self, jobs: Sequence[Job]) -> None:
        """Keep the progress and the result so far of those that still run with this attempt."""
        ...

    async def request_cancel(self, job: Job) -> bool:
        """Keep that `job` is to be cancelled; False where `job` is not what is kept."""
        ...

    async def delete(self, job_id: str) -> None:
        """Forget a job that has ended. Raises `JobNotFoundError`, `JobActiveError`."""
        ...

    async def delete_finished(
        self,
        *,
        before: datetime | None = None,
        kind: str | None = None,
        status: JobStatus | None = None,
    ) -> int:
        """Forget the jobs that have ended, those that match what is given; how many they were."""
        ...
