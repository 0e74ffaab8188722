"""The active jobs of the asyncio queue: the newest state, the end and the order of each."""

from __future__ import annotations

import asyncio
import threading
from bisect import insort
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import structlog

from stoat_ferret.errors import NoLongerMineError
from stoat_ferret.jobs.clock import wait_for_any
from stoat_ferret.jobs.fence import Fence
from stoat_ferret.jobs.job import Job, JobResult, JobStatus, Progress, advance
from stoat_ferret.jobs.lifecycle import (
    StopReason,
    cancelled_internally,
    json_copy,
    run_handler,
    stopped,
)
from stoat_ferret.jobs.order import turn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from datetime import datetime

    from stoat_ferret.jobs.clock import Clock, Timer
    from stoat_ferret.jobs.queue import JobRunner, PartialResult
    from stoat_ferret.pause_gate import PauseGate

STOP_GRACE_SECONDS = 0.25
"""The time between setting the stop flag and cancelling the task."""
ABANDON_SECONDS = 0.5
"""The time between cancelling the task and abandoning it: less than a second in total."""
COMMIT_SECONDS = 30.0
"""The time before all that, in which a handler may complete what it has committed."""
CLOSING_COMMIT_SECONDS = 1.0
"""The same while the queue closes, so that it all fits into its last wait."""

logger = structlog.get_logger(__name__)


_RESUMED_LATER = (StopReason.PUT_BACK, StopReason.PAUSED)


def _new_future() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


@dataclass(eq=False, slots=True)
class _AsyncJobEntry:
    """An active job: `job` is the stored record, the other fields are newer.

    It is the `JobContext` of its handler, so an abandoned handler can only update its own attempt,
    which is then ignored. `set_progress` and `keep_result` may be called from any thread.
    """

    job: Job
    notify: Callable[[_AsyncJobEntry], None]
    save: Callable[[_AsyncJobEntry], Awaitable[None]]
    may_commit: Callable[[Job], Awaitable[bool]]
    progress: Progress
    gate: PauseGate
    floor: float = 0.0
    partial: PartialResult | None = None
    notified: bool = False
    trouble: str | None = None
    """Why the state of the job cannot be stored; None once it is stored."""
    stop: StopReason | None = None
    stop_asked: asyncio.Future[None] = field(default_factory=_new_future)
    sealed: bool = False
    is_committed: bool = False
    """True while the handler does what can not be taken back; a success of it counts."""
    handler: asyncio.Task[JobResult] | None = None
    attempt: asyncio.Task[None] | None = None
    has_place: bool = False
    """True if it counts as running in its lane."""
    is_urgent: bool = False
    """True if it is not held back when others of its kind are."""
    turn: int = 0
    """The number of times that it was given a place."""
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def job_id(self) -> str:
        """The id of the job."""
        return self.job.id

    @property
    def attempt_number(self) -> int:
        """The number of times the job was started, including this one."""
        return self.job.attempt

    @property
    def fence(self) -> Fence:
        """The condition of everything that this attempt writes."""
        return Fence(self.job.id, self.job.attempt)

    @property
    def earlier_result(self) -> dict[str, Any] | None:
        """The result that earlier attempts kept, or the one it was submitted with."""
        return self.job.result

    @property
    def cancel_requested(self) -> bool:
        """True if the job should stop, for whatever reason."""
        return self.stop is not None

    @property
    def is_running(self) -> bool:
        """True if updates from the handler are still accepted."""
        is_attempted = self.job.status is JobStatus.RUNNING or self.handler is not None
        return is_attempted and not self.sealed

    @property
    def is_held(self) -> bool:
        """True if its handler waits at the gate, because the job is paused or waits for a place."""
        return self.handler is not None and self.job.status is not JobStatus.RUNNING

    def set_progress(self, value: float | Progress) -> None:
        """Update the progress of the job; see `advance`."""
        with self.guard:
            progress = advance(self.progress, value, self.floor)
            # What a paused handler still reports would be lost if the process died.
            if not self.is_running or self.gate.is_paused:
                return
            self.progress = progress
            notified, self.notified = self.notified, True
        if not notified:
            self.notify(self)

    def keep_result(self, value: PartialResult) -> None:
        """Set the partial result to `value`, which is called or copied when it is stored."""
        with self.guard:
            if not self.is_running:
                return
            self.partial = value
            notified, self.notified = self.notified, True
        if not notified:
            self.notify(self)

    async def save_result(self, value: dict[str, Any], *, ends_commit: bool = True) -> None:
        """Set the partial result to `value` and store it durably."""
        self.keep_result(value)
        await self.save(self)
        if ends_commit:
            self.is_committed = False

    async def commit(self) -> None:
        """Raise `NoLongerMineError` if this attempt must stop, or is over."""
        is_mine = self._is_unstopped and await self.may_commit(self.job)
        if not is_mine or not self._is_unstopped:
            raise NoLongerMineError(self.job.id, self.job.attempt)
        self.is_committed = True

    @property
    def _is_unstopped(self) -> bool:
        return self.stop is None and not self.sealed

    def snapshot(self) -> Job:
        """Return the current state of the job."""
        if self.job.status.is_final:
            return self.job
        cancel_requested = self.job.cancel_requested or self.stop is StopReason.CANCELLED
        job = replace(self.job, cancel_requested=cancel_requested, error=self.trouble)
        is_attempted = job.status is not JobStatus.QUEUED or self.handler is not None
        return replace(job, progress=self.progress) if is_attempted else job

    def refresh(self, job: Job) -> Job:
        """Return `job`, just read from the store, updated with newer state."""
        is_same = (job.status, job.attempt) == (self.job.status, self.job.attempt)
        return self.snapshot() if is_same else job

    def kept_result(self) -> dict[str, Any] | None:
        """Return the partial result, or that of earlier attempts if this one has none."""
        try:
            if self.partial is None:
                return self.job.result
            return json_copy(self.partial() if callable(self.partial) else self.partial)
        except ValueError as error:
            logger.warning("job_partial_result_unusable", job_id=self.job.id, reason=str(error))
            return self.job.result

    def ask_to_stop(self, reason: StopReason) -> bool:
        """Set the stop flag; return False if the job has ended or stops for another reason."""
        if self.sealed or (self.handler is not None and self.handler.done()):
            return False
        # A user's cancellation overrides shutdown and pause; otherwise the first reason wins.
        replaceable = reason is StopReason.CANCELLED and self.stop in _RESUMED_LATER
        if self.stop is None or replaceable:
            self.stop = reason
            if not self.stop_asked.done():
                self.stop_asked.set_result(None)
        return self.stop is reason

    async def run(self, kind: JobRunner, clock: Clock) -> None:
        """Run the handler until it ends, or is stopped and its grace period is over."""
        running = run_handler(kind.handler, self, json_copy(self.job.params), kind=self.job.kind)
        self.handler = asyncio.create_task(running, name=self.job.id)
        try:
            with self._deadline(clock):
                await wait_for_any(clock, None, self.handler, self.stop_asked)
        except asyncio.CancelledError:
            # The event loop is shutting down and cancels handlers too: only a success still counts.
            ended = self._ended()
            if ended is None or ended.status is not JobStatus.SUCCEEDED:
                self.stop = self.stop or StopReason.PUT_BACK
            raise
        finally:
            await self._halt(self.handler, clock)

    @contextmanager
    def _deadline(self, clock: Clock) -> Iterator[None]:
        """Ask the job to stop at its deadline; the time in which it is paused does not count."""
        seconds, started = self.job.timeout_seconds, self.gate.seconds()
        timer: Timer | None = None

        def set_timer(is_paused: bool) -> None:
            nonlocal timer
            if timer is not None:
                timer.cancel()
            if seconds is not None and not is_paused:
                left = seconds - (self.gate.seconds() - started)
                timer = clock.call_later(left, lambda: self.ask_to_stop(StopReason.TIMED_OUT))

        with self.gate.listened_by(set_timer):
            try:
                yield
            finally:
                if timer is not None:
                    timer.cancel()

    async def _halt(self, handler: asyncio.Task[JobResult], clock: Clock) -> None:
        """Wait for the handler to notice the flag, then cancel its task, then abandon it.

        One that has passed the point of no return gets more time to complete that.
        """
        if self.is_committed and not handler.done():
            is_closing = self.stop is StopReason.PUT_BACK
            seconds = CLOSING_COMMIT_SECONDS if is_closing else COMMIT_SECONDS
            await wait_for_any(clock, seconds, handler)
        if not handler.done():
            await wait_for_any(clock, STOP_GRACE_SECONDS, handler)
        if not handler.done():
            handler.cancel()
            await wait_for_any(clock, ABANDON_SECONDS, handler)
        if not handler.done():
            logger.warning("job_abandoned", job_id=self.job.id, kind=self.job.kind)

    def seal(self) -> JobResult:
        """Return the final result of this attempt; later updates are ignored."""
        self.sealed = True
        result = self._ended()
        value = result.value if result else None
        is_done = self.is_committed and result and result.status is JobStatus.SUCCEEDED
        if self.stop is not None and not is_done:
            result = stopped(self.stop, value, self.job.timeout_seconds)
        elif result is None:
            result = cancelled_internally()
        return result if value is not None else replace(result, value=self.kept_result())

    def _ended(self) -> JobResult | None:
        """Return the result of the handler if it ended on its own."""
        if self.handler is None or not self.handler.done() or self.handler.cancelled():
            return None
        return None if self.handler.exception() else self.handler.result()


class HasJob(Protocol):
    """An object with a job."""

    job: Job
    is_urgent: bool


T = TypeVar("T", bound=HasJob)


class JobLane(Generic[T]):
    """The waiting jobs of one kind: higher priority first, then older first."""

    def __init__(self, limit: int) -> None:
        """Create an empty lane that runs at most `limit` jobs at a time."""
        if limit < 1:
            raise ValueError(f"at least one job of a kind must be able to run, not {limit}")
        self.limit = limit
        self._running = 0
        self._waiting: list[T] = []
        self.is_held_back = False
        """True if only urgent jobs may start."""
        self.is_busy = False
        """True if jobs for when nothing else runs may not start, unless they are urgent."""

    def add(self, entry: T) -> None:
        """Add a job to the queue."""
        insort(self._waiting, entry, key=_turn)

    def sort(self) -> None:
        """Put the waiting jobs in order again, after their priorities have changed."""
        self._waiting.sort(key=_turn)

    def remove(self, entry: T) -> None:
        """Remove a waiting job; has no effect if it was already taken."""
        if entry in self._waiting:
            self._waiting.remove(entry)

    def take(self) -> T | None:
        """Return the next job to run and count it as running; None if none may run now."""
        if self._running >= self.limit:
            return None
        for entry in self._waiting:
            if self.may_run(entry):
                self._waiting.remove(entry)
                self._running += 1
                return entry
        return None

    def may_run(self, entry: T) -> bool:
        """Return whether `entry` need not be held back."""
        is_for_later = self.is_busy and entry.job.is_for_idle_hours
        return entry.is_urgent or not (self.is_held_back or is_for_later)

    def release(self) -> None:
        """Count one job less as running."""
        self._running -= 1


def _turn(entry: HasJob) -> tuple[int, datetime, str]:
    return turn(entry.job)
