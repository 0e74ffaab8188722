"""Jobs: look at them, pause them, cancel them, try them again, forget them."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from stoat_ferret.api.dependencies import LibraryDep, QueueDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.jobs import (
    JOB_ID_EXAMPLE,
    FinishedJobQuery,
    ForgottenJobs,
    JobKindList,
    JobKindResponse,
    JobListQuery,
    JobOrderBody,
    JobPage,
    JobStatusResponse,
    QuietHoursResponse,
)
from stoat_ferret.errors import (
    InvalidCursorError,
    JobActiveError,
    JobFinishedError,
    JobNotFoundError,
    JobNotPausableError,
    JobNotPausedError,
    JobNotWaitingError,
    JobOrderError,
    QueueClosedError,
    UnknownJobKindError,
    VideoNotFoundError,
)
from stoat_ferret.jobs.job import JobStatus

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

JobId = Annotated[
    str, Path(max_length=100, description="The id of a job.", examples=[JOB_ID_EXAMPLE])
]


@router.get("", summary="List jobs", responses=problems(InvalidCursorError, VideoNotFoundError))
async def list_jobs(query: Annotated[JobListQuery, Query()], library: LibraryDep) -> JobPage:
    """List jobs, newest first."""
    wanted = query.model_dump(exclude={"video_id"})
    if query.video_id is None:
        page = await library.queue.list(**wanted)
    else:
        page = await library.jobs_of_video(query.video_id, **wanted)
    return JobPage(
        items=[JobStatusResponse.from_job(job) for job in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
    )


@router.delete("", summary="Forget jobs that have ended", responses=problems(body=True))
async def forget_finished_jobs(
    query: Annotated[FinishedJobQuery, Query()], library: LibraryDep
) -> ForgottenJobs:
    """Forget all jobs that have ended, or those that match; active ones go on."""
    status = JobStatus(query.status) if query.status else None
    return ForgottenJobs(
        forgotten=await library.queue.delete_finished(kind=query.kind, status=status)
    )


@router.get("/kinds", summary="List the kinds of jobs", responses=problems())
async def list_job_kinds() -> JobKindList:
    """List the kinds of jobs of this server, with labels for them, their phases and counts."""
    # Loaded here: it knows all that jobs do, which reading their records does not need.
    from stoat_ferret.job_kinds import JOB_KINDS

    return JobKindList(items=[JobKindResponse.from_kind(kind) for kind in JOB_KINDS.values()])


@router.get("/quiet-hours", summary="Get the quiet hours", responses=problems())
async def get_quiet_hours(library: LibraryDep) -> QuietHoursResponse:
    """Return the hours in which jobs wait, unless their kind runs in them or they are resumed."""
    hours, now = library.quiet_hours, datetime.now(UTC)
    return QuietHoursResponse(
        hours=None if hours is None else hours.expression,
        are_now=hours is not None and hours.are_at(now),
        end_at=None if hours is None else hours.end_after(now),
    )


@router.get("/{job_id}", summary="Get a job", responses=problems(JobNotFoundError))
async def get_job(job_id: JobId, queue: QueueDep) -> JobStatusResponse:
    """Return a job with its current progress."""
    return JobStatusResponse.from_job(await queue.get(job_id))


@router.post(
    "/{job_id}/cancel",
    summary="Cancel a job",
    status_code=202,
    responses=problems(JobNotFoundError, JobFinishedError, body=True),
)
async def cancel_job(job_id: JobId, queue: QueueDep) -> JobStatusResponse:
    """Ask a job to stop. It is `cancelled` within a second, and keeps what it did so far."""
    return JobStatusResponse.from_job(await queue.cancel(job_id))


@router.post(
    "/{job_id}/pause",
    summary="Pause a job",
    status_code=202,
    responses=problems(JobNotFoundError, JobFinishedError, JobNotPausableError, body=True),
)
async def pause_job(job_id: JobId, queue: QueueDep) -> JobStatusResponse:
    """Hold a job until it is resumed, also over restarts; others go on in its place.

    A queued job does not start. A render stops where it is. All others keep what they have done,
    and go on from there.
    """
    return JobStatusResponse.from_job(await queue.pause(job_id))


@router.post(
    "/{job_id}/resume",
    summary="Resume a job",
    status_code=202,
    responses=problems(JobNotFoundError, JobFinishedError, JobNotPausedError, body=True),
)
async def resume_job(job_id: JobId, queue: QueueDep) -> JobStatusResponse:
    """Let a paused job go on, as soon as there is room among the jobs of its kind.

    A queued job that waits for the end of the quiet hours runs now.
    """
    return JobStatusResponse.from_job(await queue.resume(job_id))


@router.post(
    "/{job_id}/order",
    summary="Move a waiting job",
    responses=problems(JobNotFoundError, JobNotWaitingError, JobOrderError, body=True),
)
async def reorder_job(job_id: JobId, body: JobOrderBody, queue: QueueDep) -> JobStatusResponse:
    """Give a queued job another place among those of its kind, also after a restart.

    The order is that of `priority`, then of age: others may get a higher one, too.
    """
    return JobStatusResponse.from_job(await queue.reorder(job_id, body.wanted()))


@router.delete(
    "/{job_id}",
    summary="Cancel or forget a job",
    status_code=202,
    response_model=JobStatusResponse,
    responses={
        204: {"description": "The job had ended, and its record is gone."},
        **problems(JobNotFoundError, JobFinishedError, body=True),
    },
)
async def delete_job(job_id: JobId, queue: QueueDep) -> JobStatusResponse | Response:
    """Forget a job that has ended; cancel one that has not, as `POST …/cancel` does."""
    if (await queue.get(job_id)).status.is_final:
        await queue.delete(job_id)
        return Response(status_code=204)
    return JobStatusResponse.from_job(await queue.cancel(job_id))


@router.post(
    "/{job_id}/retry",
    summary="Run a job again",
    status_code=202,
    responses=problems(
        JobNotFoundError, JobActiveError, UnknownJobKindError, QueueClosedError, body=True
    ),
)
async def retry_job(job_id: JobId, library: LibraryDep, response: Response) -> JobStatusResponse:
    """Queue a new job with the params of one that has ended.

    A batch render keeps the files that were made, and renders the other videos; if all were made,
    it makes them again.
    """
    job = await library.retry(job_id)
    response.headers["location"] = f"{router.prefix}/{job.id}"
    return JobStatusResponse.from_job(job)
