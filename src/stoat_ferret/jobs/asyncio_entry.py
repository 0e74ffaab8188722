"""One job while it is active in the asyncio queue: what it says, and how it is made to stop."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import structlog

from stoat_ferret.jobs.clock import wait_for_any
from stoat_ferret.jobs.job import Job, JobResult, JobStatus, Progress, advance
from stoat_ferret.jobs.lifecycle import (
    StopReason,
    cancelled_internally,
    json_copy,
    run_handler,
    stopped,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.jobs.clock import Clock
    from stoat_ferret.jobs.queue import JobRunner

STOP_GRACE_SECONDS = 0.25
"""From the flag to the cancellation of the task."""
ABANDON_SECONDS = 0.5
"""From the cancellation of the task to giving it up: both together are less than a second."""

logger = structlog.get_logger(__name__)


def _new_future() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


@dataclass(eq=False, slots=True)
class _AsyncJobEntry:
    """One active job: `job` is what the store holds, the rest is what has happened since.

    It is the `JobContext` of its handler, so a handler that was given up speaks only of its own
    attempt, and nobody listens. `set_progress` and `keep_result` may be called in any thread.
    """

    job: Job
    tell: Callable[[_AsyncJobEntry], None]
    progress: Progress
    floor: float = 0.0
    partial: dict[str, Any] | None = None
    told: bool = False
    trouble: str | None = None
    """Why its state cannot be stored, as long as it cannot."""
    stop: StopReason | None = None
    stop_asked: asyncio.Future[None] = field(default_factory=_new_future)
    sealed: bool = False
    handler: asyncio.Task[JobResult] | None = None
    attempt: asyncio.Task[None] | None = None
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def job_id(self) -> str:
        """The id of the job being run."""
        return self.job.id

    @property
    def attempt_number(self) -> int:
        """How often the job was started, this time included."""
        return self.job.attempt

    @property
    def cancel_requested(self) -> bool:
        """Whether the job should stop, whatever the reason."""
        return self.stop is not None

    @property
    def is_running(self) -> bool:
        """Whether its handler is still listened to."""
        return self.job.status is JobStatus.RUNNING and not self.sealed

    def set_progress(self, value: float | Progress) -> None:
        """Tell how far the job is; see `advance`."""
        with self.guard:
            progress = advance(self.progress, value, self.floor)
            if not self.is_running:
                return
            self.progress = progress
            told, self.told = self.told, True
        if not told:
            self.tell(self)

    def keep_result(self, value: dict[str, Any]) -> None:
        """Keep `value`, which is copied when it is stored, as the result so far."""
        with self.guard:
            if not self.is_running:
                return
            self.partial = value
            told, self.told = self.told, True
        if not told:
            self.tell(self)

    def snapshot(self) -> Job:
        """The job as it is now."""
        if self.job.status.is_final:
            return self.job
        cancel_requested = self.job.cancel_requested or self.stop is StopReason.CANCELLED
        job = replace(self.job, cancel_requested=cancel_requested, error=self.trouble)
        return job if job.status is JobStatus.QUEUED else replace(job, progress=self.progress)

    def refresh(self, job: Job) -> Job:
        """`job`, read from the store a moment ago, with what has happened since."""
        is_same = (job.status, job.attempt) == (self.job.status, self.job.attempt)
        return self.snapshot() if is_same else job

    def kept_result(self) -> dict[str, Any] | None:
        """The result so far, that of former attempts where this one has kept none."""
        try:
            return self.job.result if self.partial is None else json_copy(self.partial)
        except ValueError as error:
            logger.warning("job_partial_result_unusable", job_id=self.job.id, reason=str(error))
            return self.job.result

    def ask_to_stop(self, reason: StopReason) -> bool:
        """Set the flag; False where the job has ended, or is being stopped for something else."""
        if self.sealed or (self.handler is not None and self.handler.done()):
            return False
        # What a person asked for outlives the shutdown; the rest is first come, first served.
        replaceable = reason is StopReason.CANCELLED and self.stop is StopReason.SHUTDOWN
        if self.stop is None or replaceable:
            self.stop = reason
            if not self.stop_asked.done():
                self.stop_asked.set_result(None)
        return self.stop is reason

    async def run(self, kind: JobRunner, clock: Clock) -> None:
        """Run the handler until it has ended or, once it is to stop, has had its time for that."""
        running = run_handler(kind.handler, self, json_copy(self.job.params), kind=self.job.kind)
        self.handler = asyncio.create_task(running, name=self.job.id)
        timer = None
        if self.job.timeout_seconds is not None:
            timer = clock.call_later(
                self.job.timeout_seconds, lambda: self.ask_to_stop(StopReason.TIMED_OUT)
            )
        try:
            await wait_for_any(clock, None, self.handler, self.stop_asked)
        except asyncio.CancelledError:
            # The loop is torn down, handlers and all: only a success is still one.
            ended = self._ended()
            if ended is None or ended.status is not JobStatus.SUCCEEDED:
                self.stop = self.stop or StopReason.SHUTDOWN
            raise
        finally:
            if timer is not None:
                timer.cancel()
            await self._halt(self.handler, clock)

    async def _halt(self, handler: asyncio.Task[JobResult], clock: Clock) -> None:
        """Let the handler see the flag, then cancel its task, then give it up."""
        if not handler.done():
            await wait_for_any(clock, STOP_GRACE_SECONDS, handler)
        if not handler.done():
            handler.cancel()
            await wait_for_any(clock, ABANDON_SECONDS, handler)
        if not handler.done():
            logger.warning("job_abandoned", job_id=self.job.id, kind=self.job.kind)

    def seal(self) -> JobResult:
        """Decide, once and for all, how this attempt ended; what comes after does not count."""
        self.sealed = True
        result = self._ended()
        value = result.value if result else None
        if self.stop is not None:
            result = stopped(self.stop, value, self.job.timeout_seconds)
        elif result is None:
            result = cancelled_internally()
        return result if value is not None else replace(result, value=self.kept_result())

    def _ended(self) -> JobResult | None:
        """How the handler ended by itself, if it did."""
        if self.handler is None or not self.handler.done() or self.handler.cancelled():
            return None
        return None if self.handler.exception() else self.handler.result()
