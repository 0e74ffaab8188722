"""Recovery of the jobs of a process that has died."""

from __future__ import annotations

import pytest
from tests.unit.jobs.fake_clock import NEW_YEAR

from stoat_ferret.jobs.job import Job, JobStatus, Progress
from stoat_ferret.jobs.lifecycle import MOST_INTERRUPTIONS, recovered

KINDS = {"scan"}


def _job(status: JobStatus, *, kind: str = "scan", **facts: object) -> Job:
    values = {"id": "1", "params": {}, "created_at": NEW_YEAR, **facts}
    return Job(kind=kind, status=status, **values)  # type: ignore[arg-type]  # any facts


def test_a_queued_job_stays_as_it_is() -> None:
    job = _job(JobStatus.QUEUED)
    assert recovered(job, KINDS, NEW_YEAR) is job


def test_a_running_job_is_put_back_with_what_it_has_done() -> None:
    job = _job(
        JobStatus.RUNNING,
        attempt=1,
        progress=Progress(fraction=0.4),
        result={"found": 3},
        worker="here:1",
        started_at=NEW_YEAR,
    )
    after = recovered(job, KINDS, NEW_YEAR)
    assert after.status is JobStatus.QUEUED
    assert (after.attempt, after.interruptions) == (1, 1)
    assert (after.progress, after.result) == (job.progress, job.result)
    assert (after.worker, after.started_at) == (None, None)


def test_the_third_interruption_is_the_last() -> None:
    before = _job(JobStatus.RUNNING, attempt=2, interruptions=MOST_INTERRUPTIONS - 2)
    assert recovered(before, KINDS, NEW_YEAR).status is JobStatus.QUEUED
    job = _job(
        JobStatus.RUNNING, attempt=3, interruptions=MOST_INTERRUPTIONS - 1, result={"found": 3}
    )
    after = recovered(job, KINDS, NEW_YEAR)
    assert after.status is JobStatus.FAILED
    assert after.error is not None
    assert "was interrupted 3 times" in after.error
    assert after.result == {"found": 3}
    assert after.finished_at == NEW_YEAR


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING])
def test_a_job_that_was_to_be_cancelled_is(status: JobStatus) -> None:
    after = recovered(_job(status, cancel_requested=True), KINDS, NEW_YEAR)
    assert (after.status, after.finished_at) == (JobStatus.CANCELLED, NEW_YEAR)


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING])
def test_a_job_that_nothing_can_run_fails_with_the_reason(status: JobStatus) -> None:
    after = recovered(_job(status, kind="dream"), KINDS, NEW_YEAR)
    assert after.status is JobStatus.FAILED
    assert after.error == "There is no handler for jobs of kind 'dream'."
