"""The lifecycle of jobs: recovery at start, stored transitions, and results."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Any

import structlog

from stoat_ferret.database_errors import is_outage
from stoat_ferret.errors import JobNotFoundError, StoatFerretError, UnknownJobKindError
from stoat_ferret.jobs.clock import sleep
from stoat_ferret.jobs.job import Job, JobResult, JobStatus
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from datetime import datetime

    from stoat_ferret.jobs.clock import Clock
    from stoat_ferret.jobs.queue import Handler, JobContext
    from stoat_ferret.jobs.store import JobStore

FIRST_DELAY_SECONDS = 0.05
LONGEST_DELAY_SECONDS = 5.0
LAST_TRIES = 5

logger = structlog.get_logger(__name__)


class RetryingWriter:
    """Writes job transitions to a store that may fail temporarily (a full disk, a lock)."""

    def __init__(
        self,
        store: JobStore,
        clock: Clock,
        on_failure: Callable[[Job, str], None] = lambda _job, _reason: None,
    ) -> None:
        """Retry without limit until `hurry`; call `on_failure` with the reason of each failure."""
        self._store = store
        self._clock = clock
        self._on_failure = on_failure
        self._hurried = False
        self._given_up = False

    def hurry(self) -> None:
        """Give up after a few tries from now on: the process ends, and the next one recovers."""
        self._hurried = True

    def give_up(self) -> None:
        """Let cancellations through at once from now on: there is no time left."""
        self._hurried = self._given_up = True

    async def move(self, old: Job, new: Job) -> bool:
        """Replace `old` with `new`; return False if the record is no longer `old`.

        A cancellation is delayed until the write succeeds, unless it is repeated too often. Errors
        of the store are raised only after `hurry`.
        """
        tries, cancellations = 0, list[asyncio.CancelledError]()
        while True:
            try:
                await self._back_off(tries)
                moved = await self._try_move(old, new)
                break
            except asyncio.CancelledError as error:
                # The event loop is shutting down: write the outcome first.
                cancellations.append(error)
                self.hurry()
                if self._given_up or len(cancellations) >= LAST_TRIES:
                    raise
            except Exception as error:
                tries += 1
                logger.warning("job_not_written", job_id=old.id, tries=tries, reason=str(error))
                self._on_failure(old, str(error))
                if self._hurried and tries >= LAST_TRIES:
                    raise
        if cancellations:
            raise cancellations[0]
        return moved

    async def _try_move(self, old: Job, new: Job) -> bool:
        if await self._store.move(old, new):
            return True
        # An earlier try may have been written although it reported a failure.
        try:
            stored = await self._store.get(old.id)
        except JobNotFoundError:
            return False
        return (stored.status, stored.attempt, stored.revision) == (
            new.status,
            new.attempt,
            new.revision,
        )

    async def _back_off(self, tries: int) -> None:
        if tries:
            delay = FIRST_DELAY_SECONDS * 2 ** min(tries - 1, 10)
            await sleep(self._clock, min(delay, LONGEST_DELAY_SECONDS))


class StopReason(Enum):
    """Why a job has to stop early, and the state that follows."""

    CANCELLED = JobStatus.CANCELLED
    TIMED_OUT = JobStatus.TIMED_OUT
    PUT_BACK = JobStatus.QUEUED
    """The queue closes, or holds back jobs of its kind."""
    PAUSED = JobStatus.PAUSED


async def run_handler(
    handler: Handler, context: JobContext, params: dict[str, Any], *, kind: str
) -> JobResult:
    """Run `handler`; turn everything it raises into a result, except a cancellation of its task.

    A job whose database server went away was interrupted, and is queued again.
    """
    with structlog.contextvars.bound_contextvars(job_id=context.job_id, kind=kind):
        try:
            return _succeeded(await handler(context, params))
        except (asyncio.CancelledError, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001  a handler fails its job, never the queue
            if any(is_outage(one) for one in _leaves(error)):
                logger.warning("job_interrupted", reason=str(error))
                return JobResult(JobStatus.QUEUED)
            return JobResult(JobStatus.FAILED, error=_error_message(error))


def stopped(
    reason: StopReason, value: dict[str, Any] | None, timeout_seconds: float | None
) -> JobResult:
    """Return the result of a stopped job, with `value` as its partial result."""
    error = None
    if reason is StopReason.TIMED_OUT:
        error = f"The job was stopped at its deadline of {timeout_seconds:g} seconds."
    return JobResult(reason.value, value, error)


def cancelled_internally() -> JobResult:
    """Return the result of a job whose handler was cancelled without a request to stop."""
    return JobResult(JobStatus.FAILED, error="The job was cancelled unexpectedly. Try it again.")


def json_copy(value: Any) -> dict[str, Any]:
    """Return `value` after a round trip through JSON. Raises `ValueError` if it is not JSON."""
    try:
        copy = json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON: {error}") from error
    if isinstance(copy, dict):
        return copy
    raise ValueError(f"it is no JSON object but {json.dumps(copy)[:40]}")


def _succeeded(value: Any) -> JobResult:
    try:
        return JobResult(JobStatus.SUCCEEDED, json_copy(value))
    except ValueError as error:
        logger.warning("job_result_unusable", reason=str(error))
        return JobResult(
            JobStatus.FAILED, error=f"The job ended, but its result cannot be stored: {error}."
        )


def _error_message(error: BaseException) -> str:
    """Return the message for `error`; unexpected errors are logged with a traceback."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, StoatFerretError):
        logger.info("job_handler_failed", reason=str(error))
        return storable(str(error)) or type(error).__name__
    logger.error("job_handler_raised", exc_info=error)
    return (
        f"The job failed on an unexpected error ({type(error).__name__}). "
        "See the server log for details."
    )


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _leaves(one)
    else:
        yield error


def log_failure(event: str, error: Exception, **facts: str) -> None:
    """Log one line for an expected error, such as a full disk; a traceback for any other.

    Tracebacks take long to write, and expected errors occur repeatedly.
    """
    if isinstance(error, StoatFerretError):
        logger.warning(event, reason=str(error), **facts)
    else:
        logger.error(event, exc_info=error, **facts)


MOST_INTERRUPTIONS = 3
"""A job whose process, or database, died this many times while it ran is not tried again."""


def recovered(old: Job, kinds: Container[str], now: datetime) -> Job:
    """Return the new state of an active job whose process, or database, died while it was so.

    That is `old` itself if nothing changes.

    A running job goes back to the queue, unless that happened too often; a paused job stays paused.
    A job with a cancellation request is cancelled, and a job of an unknown kind fails.
    """
    running = old.status is JobStatus.RUNNING
    job = replace(old, revision=old.revision + 1)
    interruptions = job.interruptions + running
    if job.cancel_requested:
        return replace(job, status=JobStatus.CANCELLED, finished_at=now)
    if job.kind not in kinds:
        error = str(UnknownJobKindError(job.kind))
        return replace(job, status=JobStatus.FAILED, error=error, finished_at=now)
    if not running:
        return old
    job = replace(job, interruptions=interruptions)
    if interruptions >= MOST_INTERRUPTIONS:
        error = (
            f"The job was interrupted {interruptions} times: each time the server or its database "
            "died while it ran. It will not be retried automatically."
        )
        return replace(job, status=JobStatus.FAILED, error=error, finished_at=now)
    return put_back(job)


def put_back(job: Job, status: JobStatus = JobStatus.QUEUED) -> Job:
    """Return `job` as queued for another attempt, or as paused before it."""
    return replace(job, status=status, started_at=None, worker=None)
