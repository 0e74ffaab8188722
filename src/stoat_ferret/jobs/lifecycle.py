"""The lifecycle of jobs: recovery at start, stored transitions, and results."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Any

import structlog

from stoat_ferret.errors import JobNotFoundError, StoatFerretError, UnknownJobKindError
from stoat_ferret.jobs.clock import sleep
from stoat_ferret.jobs.job import Job, JobResult, JobStatus
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from datetime import datetime

    from stoat_ferret.jobs.clock import Clock
    from stoat_ferret.jobs.queue import Handler, JobContext
    from stoat_ferret.jobs.store import JobStore

FIRST_DELAY_SECONDS = 0.05
LONGEST_DELAY_SECONDS = 5.0
LAST_TRIES = 5

logger = structlog.get_logger(__name__)


class RetryingWriter:
    """Moves of jobs over a store that may fail for a while (a full disk, a lock)."""

    def __init__(
        self,
        store: JobStore,
        clock: Clock,
        on_failure: Callable[[Job, str], None] = lambda _job, _reason: None,
    ) -> None:
        """Moves are tried for ever until `hurry`; `on_failure` hears why one was not written."""
        self._store = store
        self._clock = clock
        self._on_failure = on_failure
        self._hurried = False
        self._given_up = False

    def hurry(self) -> None:
        """From now on give up after a few tries: the program ends, and the next start mends it."""
        self._hurried = True

    def give_up(self) -> None:
        """From now on a cancellation is let through at once: there is no time left."""
        self._hurried = self._given_up = True

    async def move(self, old: Job, new: Job) -> bool:
        """Write `new` in place of `old`; False where the record is no longer `old`.

        A cancellation waits until it is written, or is repeated too often. Raises what the
        store raises only when hurried.
        """
        tries, cancellations = 0, list[asyncio.CancelledError]()
        while True:
            try:
                await self._back_off(tries)
                moved = await self._try_move(old, new)
                break
            except asyncio.CancelledError as error:
                # The loop is being torn down: the outcome is written first.
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
        # An earlier try may have been written although it seemed to fail.
        try:
            kept = await self._store.get(old.id)
        except JobNotFoundError:
            return False
        return (kept.status, kept.attempt) == (new.status, new.attempt)

    async def _back_off(self, tries: int) -> None:
        if tries:
            delay = FIRST_DELAY_SECONDS * 2 ** min(tries - 1, 10)
            await sleep(self._clock, min(delay, LONGEST_DELAY_SECONDS))


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


def cancelled_internally() -> JobResult:
    """The result of a job whose handler was cancelled though nobody asked to stop it."""
    return JobResult(
        JobStatus.FAILED, error="The job was cancelled from within, which is a fault. Try it again."
    )


def json_copy(value: Any) -> dict[str, Any]:
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
        return JobResult(JobStatus.SUCCEEDED, json_copy(value))
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
        return storable(str(error)) or type(error).__name__
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
