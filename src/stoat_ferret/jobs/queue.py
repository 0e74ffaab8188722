"""The port of the job queue, and the context that it passes to a job's handler."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from stoat_ferret.jobs.fence import Fence
    from stoat_ferret.jobs.job import Job, JobStatus, Progress
    from stoat_ferret.jobs.order import Before, QueuePlace
    from stoat_ferret.pause_gate import PauseGate


PartialResult = dict[str, Any] | Callable[[], dict[str, Any]]
"""The result of a job so far, as plain JSON, or a function that returns it."""


class JobContext(Protocol):
    """The context of a running job: its id, its progress, and the request to stop."""

    @property
    def job_id(self) -> str:
        """The id of the job being run."""
        ...

    @property
    def attempt_number(self) -> int:
        """The number of times that the job was started, this one included."""
        ...

    @property
    def earlier_result(self) -> dict[str, Any] | None:
        """The last result that earlier attempts of the job kept, or the one it was submitted with.

        None if there is neither.
        """
        ...

    @property
    def cancel_requested(self) -> bool:
        """True if the job should stop; check it between two pieces of work."""
        ...

    @property
    def fence(self) -> Fence:
        """The condition of everything that this attempt writes."""
        ...

    @property
    def gate(self) -> PauseGate:
        """Holds the work while the job is paused, if jobs of its kind `wait_while_paused`."""
        ...

    def set_progress(self, value: float | Progress) -> None:
        """Set the progress; never blocks, and is cheap enough to call for every piece of work.

        A fraction that is lower than the last one is raised to it; one outside 0 to 1 is a
        `ValueError`.
        """
        ...

    def keep_result(self, value: PartialResult) -> None:
        """Keep `value` as the result so far, for a job that is stopped before it returns one.

        A function is called whenever the result so far is wanted, even when the handler does not
        react any more.
        """
        ...

    async def save_result(self, value: dict[str, Any], *, ends_commit: bool = True) -> None:
        """Keep `value` and store it durably, for a later attempt that continues from there.

        What was committed is complete then, and the job can be stopped again unless `ends_commit`
        is False: the rest of it only returns this result.
        Raises nothing: if it cannot be stored now, it is stored as soon as that is possible.
        """
        ...

    async def commit(self) -> None:
        """Pass the point of no return: call it just before something that cannot be taken back.

        A request to stop that comes later does not prevent it, waits for it for a while, and is
        ignored if the job then succeeds. Raises `NoLongerMineError` if the
        job should stop, has ended, or is run by another attempt.
        """
        ...


Handler = Callable[[JobContext, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Runs one job: context and params in, result out, both plain JSON. Raising fails the job."""


@dataclass(frozen=True, slots=True)
class JobRunner:
    """The handler and limits of one kind of job."""

    handler: Handler
    limit: int = 1
    """The number of jobs of this kind that may run at a time."""
    timeout_seconds: float | None = None
    """The default deadline of a job of this kind."""
    waits_while_paused: bool = False
    """Whether the handler holds its work at the gate of its context while its job is paused.

    Any other handler is stopped, and runs again when the job is resumed.
    """
    runs_in_quiet_hours: bool = False
    """Whether jobs of this kind run even while others are held back."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """A filter for the jobs of a video: those with its id in their params or with one of `keys`.

    Jobs that ended before `since` (aware) are excluded: the video did not exist yet.
    """

    video: str
    since: datetime
    keys: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of jobs, newest first."""

    items: list[Job]
    next_cursor: str | None
    total: int


class JobQueue(Protocol):
    """Runs jobs, one implementation on one machine, one over many.

    Stored records are the truth: every job that is returned is, or is about to be, in the store,
    and an accepted job is not lost if the process dies. Every job ends in exactly one of the final
    states. A queue that is shutting down raises `QueueClosedError`.
    """

    async def submit(
        self,
        kind: str,
        params: dict[str, Any],
        *,
        key: str | None = None,
        priority: int = 0,
        timeout_seconds: float | None = None,
        earlier_result: dict[str, Any] | None = None,
    ) -> Job:
        """Accept a job, durable when this returns; it continues from `earlier_result`, if given.

        If a job with the same `key` is active, that one is returned instead, even if it is paused.
        Higher `priority` runs first, then the older one. Raises `UnknownJobKindError`.
        """
        ...

    async def get(self, job_id: str) -> Job:
        """Return the job with its current progress. Raises `JobNotFoundError`."""
        ...

    async def list(
        self,
        *,
        kind: str | None = None,
        status: JobStatus | None = None,
        matching: JobFilter | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> JobPage:
        """Return a page of jobs, newest first. Raises `InvalidCursorError`."""
        ...

    async def cancel(self, job_id: str) -> Job:
        """Ask a job to stop; returns at once.

        A queued job is cancelled when this returns and never runs. A running one has its flag
        set, then its task cancelled, and is `cancelled` within a second.
        Raises `JobNotFoundError`, and `JobFinishedError` for a job that has ended.
        """
        ...

    async def pause(self, job_id: str) -> Job:
        """Hold a job until it is resumed, also after a restart; it leaves its place to others.

        A queued job does not start. A running one is paused, or stopped so that it runs again.
        A paused one stays as it is. Raises `JobNotFoundError`, `JobFinishedError`, and
        `JobNotPausableError` for a job that is being stopped.
        """
        ...

    async def resume(self, job_id: str) -> Job:
        """Queue a paused job, which goes on when there is room; run one that is held back.

        Raises `JobNotFoundError`, `JobFinishedError`, `JobNotPausedError`.
        """
        ...

    async def reorder(self, job_id: str, place: QueuePlace | Before) -> Job:
        """Give a waiting job another place among the waiting ones of its kind; durable.

        Raises `JobNotFoundError`, `JobNotWaitingError` for a job, or one to be before, that is
        running, paused or over, and `JobOrderError` for two kinds, or if
        only one of them is for idle hours: the first of those is behind all others.
        """
        ...

    def hold_back(self, is_quiet: bool) -> None:
        """Hold back, or let run, jobs of all kinds but those that run in quiet hours.

        A running job waits, or is stopped so that it runs again, as if it were paused; but it is
        queued. One that is resumed runs nevertheless.
        """
        ...

    def set_busy(self, is_busy: bool) -> None:
        """Hold back, or let run, the jobs for idle hours, like `hold_back`."""
        ...

    def set_limit(self, kind: str, limit: int) -> None:
        """Change how many jobs of a kind run at a time; those that are running go on."""
        ...

    async def delete(self, job_id: str) -> None:
        """Delete a job that has ended. Raises `JobNotFoundError`, `JobActiveError`."""
        ...

    async def delete_finished(
        self, *, kind: str | None = None, status: JobStatus | None = None
    ) -> int:
        """Delete the matching jobs that have ended; return their number."""
        ...

    def set_progress(self, job_id: str, value: float | Progress) -> None:
        """Tell how far a running job is; see `JobContext.set_progress`. Unknown ids are ignored."""
        ...

    def subscribe(self) -> AbstractContextManager[AsyncIterator[Job]]:
        """Snapshots of jobs: first every active one, then each one that changes.

        At most ten a second for each job; the last state of a job is always sent. A slow
        reader gets the newest snapshot of each job, never a growing backlog. The iterator ends
        when the queue is closed.
        """
        ...
