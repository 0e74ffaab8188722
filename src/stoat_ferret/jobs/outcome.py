"""What becomes of a job: from the way its handler ended, or was ended, to its result."""

from __future__ import annotations

import asyncio
import json
from enum import Enum
from typing import TYPE_CHECKING, Any

import structlog

from stoat_ferret.errors import StoatFerretError
from stoat_ferret.jobs.job import JobResult, JobStatus
from stoat_ferret.jobs.progress import printable

if TYPE_CHECKING:
    from stoat_ferret.jobs.queue import Handler, JobContext

logger = structlog.get_logger(__name__)


class StopReason(Enum):
    """Why a job has to stop before its handler has ended, and the state that leads to."""

    CANCELLED = JobStatus.CANCELLED
    TIMED_OUT = JobStatus.TIMED_OUT
    SHUTDOWN = JobStatus.QUEUED


async def run_handler(
    handler: Handler, context: JobContext, params: dict[str, Any], *, kind: str
) -> JobResult:
    """Run `handler`; whatever it raises becomes a result, a cancellation of its task excepted."""
    with structlog.contextvars.bound_contextvars(job_id=context.job_id, kind=kind):
        try:
            return _succeeded(await handler(context, params))
        except (asyncio.CancelledError, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001  a handler fails its job, never the queue
            return JobResult(JobStatus.FAILED, error=_explain(error))


def stopped(
    reason: StopReason, value: dict[str, Any] | None, timeout_seconds: float | None
) -> JobResult:
    """The result of a job that was stopped, with `value` as what it has done so far."""
    error = None
    if reason is StopReason.TIMED_OUT:
        error = f"The job was stopped at its deadline of {timeout_seconds:g} seconds."
    return JobResult(reason.value, value, error)


def vanished() -> JobResult:
    """The result of a job whose handler was cancelled though nobody asked to stop it."""
    return JobResult(
        JobStatus.FAILED, error="The job was cancelled from within, which is a fault. Try it again."
    )


def plain(value: Any) -> dict[str, Any]:
    """A copy of `value` as JSON would give it back. Raises `ValueError` for what is not JSON."""
    try:
        copy = json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON: {error}") from error
    if isinstance(copy, dict):
        return copy
    raise ValueError(f"it is no JSON object but {json.dumps(copy)[:40]}")


def _succeeded(value: Any) -> JobResult:
    try:
        return JobResult(JobStatus.SUCCEEDED, plain(value))
    except ValueError as error:
        logger.warning("job_result_unusable", reason=str(error))
        return JobResult(
            JobStatus.FAILED, error=f"The job ended, but its result cannot be stored: {error}."
        )


def _explain(error: BaseException) -> str:
    """The sentence for `error`; those that are not ours go to the log with their traceback."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, StoatFerretError):
        logger.info("job_handler_failed", reason=str(error))
        return printable(str(error)) or type(error).__name__
    logger.error("job_handler_raised", exc_info=error)
    return (
        f"The job failed on an unexpected error ({type(error).__name__}). "
        "The log of the server says more."
    )


def log_failure(event: str, error: Exception, **facts: str) -> None:
    """A line for an error of ours, such as a full disk; the stack of any other.

    A stack with all that is in it takes long to write, and these come again and again.
    """
    if isinstance(error, StoatFerretError):
        logger.warning(event, reason=str(error), **facts)
    else:
        logger.error(event, exc_info=error, **facts)
