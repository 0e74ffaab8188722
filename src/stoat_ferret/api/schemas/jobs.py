"""Schemas of jobs."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.page import Page
from stoat_ferret.api.schemas.text import Display, DisplayJson
from stoat_ferret.jobs.job import Job, JobKind, JobStatus, Progress
from stoat_ferret.jobs.order import Before, QueuePlace

JOB_ID_EXAMPLE = "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e11"

RUNNING_JOB_EXAMPLE: dict[str, Any] = {
    "id": JOB_ID_EXAMPLE,
    "kind": "scan",
    "status": "running",
    "params": {"root": "videos", "folder": "", "recursive": True, "force": False},
    "progress": 0.42,
    "progress_detail": {
        "done": 420,
        "total": 1000,
        "unit": "files",
        "phase": "probing",
        "current": "holidays/clip.mp4",
        "rate": 55.1,
        "eta_seconds": 10.5,
    },
    "result": None,
    "error": None,
    "key": "scan:videos",
    "priority": 0,
    "attempt": 1,
    "revision": 1,
    "cancel_requested": False,
    "created_at": "2026-01-31T12:00:00Z",
    "started_at": "2026-01-31T12:00:00.007Z",
    "finished_at": None,
    "timeout_seconds": None,
    "worker": "attic:4242",
}

CANCELLED_JOB_EXAMPLE: dict[str, Any] = {
    **RUNNING_JOB_EXAMPLE,
    "status": "cancelled",
    "revision": 2,
    "cancel_requested": True,
    "finished_at": "2026-01-31T12:00:08.120Z",
    "result": {"root": "videos", "found": 1000, "added": 418, "failed": 2},
}


class ProgressDetail(BaseModel):
    """The progress of a job beside the fraction; unknown values are null."""

    done: int | None = Field(default=None, description="The number of units done.")
    total: int | None = Field(default=None, description="The total number of units.")
    unit: str | None = Field(default=None, description="The unit, such as `files`.")
    phase: str | None = Field(default=None, description="The current phase, such as `probing`.")
    current: Display | None = Field(default=None, description="The item in progress.")
    rate: float | None = Field(default=None, description="Units a second.")
    eta_seconds: float | None = Field(default=None, description="Seconds remaining at this rate.")
    speed: float | None = Field(default=None, description="Encoding speed relative to real time.")
    fps: float | None = Field(default=None, description="Frames encoded a second.")
    size_bytes: int | None = Field(default=None, description="Bytes written so far.")

    @classmethod
    def from_progress(cls, progress: Progress) -> Self:
        """Return the schema for `progress`, except the fraction."""
        return cls(
            done=progress.done,
            total=progress.total,
            unit=progress.unit,
            phase=progress.phase,
            current=progress.current,
            rate=progress.rate,
            eta_seconds=progress.eta_seconds,
            speed=progress.speed,
            fps=progress.fps,
            size_bytes=progress.size_bytes,
        )


class JobStatusResponse(BaseModel):
    """The current state of a job."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [RUNNING_JOB_EXAMPLE, CANCELLED_JOB_EXAMPLE]}
    )

    id: str
    kind: str = Field(description="The kind of job, such as `scan`.")
    status: JobStatus
    params: DisplayJson = Field(description="Its parameters.")
    progress: float | None = Field(
        description="The fraction done, 0 to 1, never decreasing; null until known."
    )
    progress_detail: ProgressDetail
    result: DisplayJson | None = Field(
        description="Its result; a partial one if it was stopped or failed."
    )
    error: Display | None = Field(
        description="Why it failed or timed out; for an active job, why its state is not stored."
    )
    key: Display | None = Field(description="A key that is unique among active jobs.")
    priority: int
    attempt: int = Field(description="The number of times it was started.")
    revision: int = Field(description="The number of times its status has changed.")
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    timeout_seconds: float | None
    worker: str | None = Field(description="The process that runs it, or last ran it.")

    @classmethod
    def from_job(cls, job: Job) -> Self:
        """Return the schema for `job`."""
        return cls(
            id=job.id,
            kind=job.kind,
            status=job.status,
            params=job.params,
            progress=job.progress.fraction,
            progress_detail=ProgressDetail.from_progress(job.progress),
            result=job.result,
            error=job.error,
            key=job.key,
            priority=job.priority,
            attempt=job.attempt,
            revision=job.revision,
            cancel_requested=job.cancel_requested,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            timeout_seconds=job.timeout_seconds,
            worker=job.worker,
        )


class JobPage(Page[JobStatusResponse]):
    """A page of the list of jobs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"items": [RUNNING_JOB_EXAMPLE], "next_cursor": None, "total": 1}]
        }
    )


class JobOrderBody(BaseModel):
    """The new place of a waiting job: before another one, or at an end of the queue."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"before": JOB_ID_EXAMPLE}]}
    )

    before: Annotated[str, Field(max_length=100)] | None = Field(
        default=None, description="The id of the waiting job of the same kind that it precedes."
    )
    place: QueuePlace | None = Field(
        default=None, description="An end of the queue, instead of `before`."
    )

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.before is None) == (self.place is None):
            raise ValueError("give either before or place")
        return self

    def wanted(self) -> QueuePlace | Before:
        """Return the place for the queue."""
        if self.place is not None:
            return self.place
        return Before(self.before or "")


class JobListQuery(BaseModel):
    """The jobs to list."""

    kind: str | None = Field(default=None, max_length=100, description="Only jobs of this kind.")
    status: JobStatus | None = Field(default=None, description="Only jobs in this state.")
    video_id: str | None = Field(
        default=None,
        max_length=100,
        description="Only jobs that name this video, or went through a folder above it since it "
        "was added.",
    )
    limit: int = Field(default=50, ge=1, le=500, description="The most jobs to return.")
    cursor: str | None = Field(
        default=None, max_length=1000, description="`next_cursor` of the previous page."
    )


class FinishedJobQuery(BaseModel):
    """The finished jobs to forget."""

    kind: str | None = Field(default=None, max_length=100, description="Only jobs of this kind.")
    status: Literal["succeeded", "failed", "cancelled", "timed_out"] | None = Field(
        default=None, description="Only jobs with this final state."
    )


class ForgottenJobs(BaseModel):
    """The result of forgetting jobs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"forgotten": 12}]})

    forgotten: int = Field(description="How many jobs.")


class JobKindResponse(BaseModel):
    """A kind of job."""

    name: str = Field(description="The `kind` of its jobs.", examples=["scan"])
    label: str = Field(description="Its name for people.", examples=["Scan"])
    phases: dict[str, str] = Field(
        description="The label of each phase in `progress_detail` of its jobs.",
        examples=[{"probing": "Reading files"}],
    )
    counts: dict[str, str] = Field(
        description="What follows each count in `result` of its jobs, in the order to show them.",
        examples=[{"added": "added", "failed": "unreadable"}],
    )
    runs_in_quiet_hours: bool = Field(description="Whether its jobs run even in quiet hours.")

    @classmethod
    def from_kind(cls, kind: JobKind) -> Self:
        """Return the kind as the page shows it."""
        return cls(
            name=kind.name,
            label=kind.label,
            phases=dict(kind.phases),
            counts=dict(kind.counts),
            runs_in_quiet_hours=kind.runs_in_quiet_hours,
        )


class JobKindList(BaseModel):
    """All kinds of jobs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "name": "scan",
                            "label": "Scan",
                            "phases": {"probing": "Reading files"},
                            "counts": {"added": "added", "failed": "unreadable"},
                            "runs_in_quiet_hours": False,
                        }
                    ]
                }
            ]
        }
    )

    items: list[JobKindResponse] = Field(description="Each kind once.")


class QuietHoursResponse(BaseModel):
    """The hours in which jobs wait."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "hours": "mon-fri 9:00-17:30, sat 22:00-6:00",
                    "are_now": True,
                    "end_at": "2026-01-30T17:30:00+01:00",
                }
            ]
        }
    )

    hours: str | None = Field(description="The setting, in local time; null for none.")
    are_now: bool = Field(description="Whether jobs wait now.")
    end_at: datetime | None = Field(
        description="When those of now end; null if there are none now, or they never end."
    )


JOB_RESPONSE: dict[int | str, dict[str, Any]] = {
    202: {
        "model": JobStatusResponse,
        "description": "The job that does it; `Location` is its URL.",
        "headers": {"Location": {"schema": {"type": "string"}}},
    }
}
"""The response of a call that answers with a job if it takes long."""


def job_response(job: Job) -> Response:
    """Return the response that `JOB_RESPONSE` describes."""
    return Response(
        JobStatusResponse.from_job(job).model_dump_json(),
        202,
        media_type="application/json",
        headers={"location": f"/api/v1/jobs/{job.id}"},
    )
