"""Jobs: kinds, states, transitions, and progress."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stoat_ferret.errors import IllegalTransitionError
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime


class JobStatus(StrEnum):
    """The state of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"

    @property
    def is_final(self) -> bool:
        """True if a job in this state has ended."""
        return not LEGAL_MOVES[self]


LEGAL_MOVES: Mapping[JobStatus, frozenset[JobStatus]] = {
    # A queued job fails if it was put back too often.
    JobStatus.QUEUED: frozenset(
        {JobStatus.RUNNING, JobStatus.PAUSED, JobStatus.CANCELLED, JobStatus.FAILED}
    ),
    # Back to queued: the process that ran it died or is shutting down.
    JobStatus.RUNNING: frozenset(
        {
            JobStatus.QUEUED,
            JobStatus.PAUSED,
            JobStatus.SUCCEEDED,
            JobStatus.FAILED,
            JobStatus.CANCELLED,
            JobStatus.TIMED_OUT,
        }
    ),
    # Running: it was about to end when it was paused. Failed: its kind is not known any more.
    JobStatus.PAUSED: frozenset(
        {JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.CANCELLED, JobStatus.FAILED}
    ),
    JobStatus.SUCCEEDED: frozenset(),
    JobStatus.FAILED: frozenset(),
    JobStatus.CANCELLED: frozenset(),
    JobStatus.TIMED_OUT: frozenset(),
}

ACTIVE_STATUSES = tuple(status.value for status in JobStatus if not status.is_final)
"""The states of jobs that have not ended."""


def check_move(old: JobStatus, new: JobStatus) -> None:
    """Raise `IllegalTransitionError` unless a job may change from `old` to `new`."""
    if new not in LEGAL_MOVES[old]:
        raise IllegalTransitionError(old, new)


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a job.

    `fraction` is between 0 and 1, or None while the amount of work is unknown; `rate` is units per
    second; `current` is the item being processed. `speed` is the encoding speed relative to real
    time, `fps` is encoded frames per second, and `size_bytes` is the size of the output so far.
    """

    fraction: float | None = None
    done: int | None = None
    total: int | None = None
    unit: str | None = None
    phase: str | None = None
    current: str | None = None
    rate: float | None = None
    eta_seconds: float | None = None
    speed: float | None = None
    fps: float | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class JobResult:
    """The result of a job: its final state, its value (perhaps partial), and its error."""

    status: JobStatus
    value: dict[str, Any] | None = None
    error: str | None = None


IDLE_PRIORITY = -1_000_000
"""The priority of jobs that run while nothing else does."""
_IDLE_BELOW = -500_000
"""Between the two bands is room: each change of the order may raise priorities by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The record of a job; `params` and `result` are plain JSON, times are aware and in UTC.

    `attempt` counts the starts; it only increases, and therefore fences writes of older attempts.
    `interruptions` counts the attempts that ended because their process died. `revision` counts the
    changes of the state, so that the newer one of two records can be told.
    """

    id: str
    kind: str
    status: JobStatus
    params: dict[str, Any]
    created_at: datetime
    progress: Progress = field(default_factory=Progress)
    result: dict[str, Any] | None = None
    error: str | None = None
    key: str | None = None
    priority: int = 0
    attempt: int = 0
    interruptions: int = 0
    revision: int = 0
    cancel_requested: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    timeout_seconds: float | None = None
    worker: str | None = None

    @property
    def is_for_idle_hours(self) -> bool:
        """True if it runs while nothing else does. No change of the order changes that."""
        return self.priority < _IDLE_BELOW


def advance(shown: Progress, value: float | Progress, floor: float = 0.0) -> Progress:
    """Return the progress to show after a handler has set `value`.

    A number changes only the fraction. `floor` is the fraction reached by earlier attempts: this
    attempt fills the rest, so that the fraction never decreases across a restart. Raises
    `ValueError` for a fraction outside 0 to 1.
    """
    progress = value if isinstance(value, Progress) else replace(shown, fraction=value)
    return replace(
        progress,
        fraction=_risen(shown.fraction, progress.fraction, floor),
        phase=_storable(progress.phase),
        current=_storable(progress.current),
        rate=_finite(progress.rate),
        eta_seconds=_finite(progress.eta_seconds),
        speed=_finite(progress.speed),
        fps=_finite(progress.fps),
    )


def _storable(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _risen(shown: float | None, fraction: float | None, floor: float) -> float | None:
    if fraction is None:
        return shown
    if not 0 <= fraction <= 1:  # written this way, it also rejects NaN
        raise ValueError(f"progress must be between 0 and 1, not {fraction!r}")
    return max(shown or 0.0, min(1.0, floor + (1 - floor) * fraction))


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def ignore_progress(_: Progress) -> None:
    """Ignore the progress of work that nobody observes."""


@dataclass(frozen=True, slots=True)
class LibraryChange:
    """The changes of the library by a job so far; `counts` has numbers of videos by change."""

    counts: Mapping[str, int]
    done: int | None = None
    total: int | None = None


def _no_change(_: Job) -> LibraryChange | None:
    return None


def _no_keys(_root: str, _path: str) -> set[str]:
    return set()


def _nothing_done(_: dict[str, Any]) -> None:
    return None


@dataclass(frozen=True, slots=True)
class JobKind:
    """Everything that the rest of the program knows of one kind of job.

    `label` is its name for people. `phases` has the label of each phase that its jobs report.
    `counts` has the words that follow each count of a result, in the order to show them. `change`
    returns what a job has changed in the library, or None. `keys_over` returns the keys of all jobs
    of this kind that cover a file, given the name of its root and its path there. `kept_by_retry`
    returns what a retry keeps of the result of a job that has ended; None if it begins anew. Jobs
    that someone waits for, and that end soon, run even in quiet hours.
    """

    name: str
    label: str
    phases: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, str] = field(default_factory=dict)
    change: Callable[[Job], LibraryChange | None] = _no_change
    keys_over: Callable[[str, str], set[str]] = _no_keys
    kept_by_retry: Callable[[dict[str, Any]], dict[str, Any] | None] = _nothing_done
    runs_in_quiet_hours: bool = False
