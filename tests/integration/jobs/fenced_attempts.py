"""Attempts of one job, as several processes have them: each may believe that it is the newest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import uuid_utils

from stoat_ferret.jobs.fence import Fence, FencedDatabase
from stoat_ferret.jobs.job import Job, JobResult, JobStatus
from stoat_ferret.jobs.lifecycle import put_back
from stoat_ferret.jobs.store import JobStore

if TYPE_CHECKING:
    from stoat_ferret.database import Database


@dataclass
class AttemptedJob:
    """The record of a job, given from attempt to attempt behind the back of whoever runs it."""

    store: JobStore
    job: Job

    @classmethod
    async def submit(cls, database: Database, kind: str = "scan") -> AttemptedJob:
        """Store a queued job."""
        store, job_id = JobStore(database), str(uuid_utils.uuid7())
        now = datetime.now(UTC)
        job = Job(id=job_id, kind=kind, status=JobStatus.QUEUED, params={}, created_at=now)
        return cls(store, await store.insert(job))

    async def claim(self, worker: str = "elsewhere:1") -> Job:
        """Start the next attempt, after the one before has been put back."""
        if self.job.status is JobStatus.RUNNING:
            await self.move(put_back(self.job))
        await self.move(
            replace(self.job, status=JobStatus.RUNNING, attempt=self.job.attempt + 1, worker=worker)
        )
        return self.job

    async def end(self, status: JobStatus) -> None:
        """End the job in its newest attempt."""
        result = JobResult(status)
        now = datetime.now(UTC)
        await self.move(replace(self.job, status=result.status, finished_at=now))

    async def move(self, new: Job) -> None:
        """Change the record."""
        new = replace(new, revision=self.job.revision + 1)
        assert await self.store.move(self.job, new)
        self.job = new


def fenced(database: Database, job: Job) -> FencedDatabase:
    """Return the database in which the handler of this attempt writes."""
    return FencedDatabase(database, Fence(job.id, job.attempt))
