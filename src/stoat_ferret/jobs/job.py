"""A job: its states, the transitions between them, and its progress."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stoat_ferret.errors import IllegalTransitionError
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class JobStatus(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"

    @property
    def is_final(self) -> bool:
        """Whether a job in this state has ended."""
        return not LEGAL_MOVES[self]


LEGAL_MOVES: Mapping[JobStatus, frozenset[JobStatus]] = {
    # A queued job fails when it was put back more often than it may be tried.
    JobStatus.QUEUED: frozenset({JobStatus.RUNNING, JobStatus.CANCELLED, JobStatus.FAILED}),
    # Back to queued: the process that ran it is gone, or shuts down.
    JobStatus.RUNNING: frozenset(
        {
            JobStatus.QUEUED,
            JobStatus.SUCCEEDED,
            JobStatus.FAILED,
            JobStatus.CANCELLED,
            JobStatus.TIMED_OUT,
        }
    ),
    JobStatus.SUCCEEDED: frozenset(),
    JobStatus.FAILED: frozenset(),
    JobStatus.CANCELLED: frozenset(),
    JobStatus.TIMED_OUT: frozenset(),
}

ACTIVE_STATUSES = tuple(status.value for status in JobStatus if not status.is_final)
"""Of jobs that have not ended."""


def check_move(old: JobStatus, new: JobStatus) -> None:
    """Raise `IllegalTransitionError` unless a job may go from `old` to `new`."""
    if new not in LEGAL_MOVES[old]:
        raise IllegalTransitionError(old, new)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    `fraction` is between 0 and 1, and None while the amount of work is still being counted;
    `rate` is units a second; `current` is what is being worked on now. `speed` is that of
    encoding in proportion to real time, `fps` the frames made a second, `size_bytes` what was
    written so far.
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
    """What a finished job leaves: its outcome, what it gave (or a part of it), why it failed."""

    status: JobStatus
    value: dict[str, Any] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The record of one job; `params` and `result` are plain JSON, times are aware and in UTC.

    `attempt` counts the times it was started and, because it only rises, fences every write of
    an older one; `interruptions` counts the attempts that ended because their process died.
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
    cancel_requested: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    timeout_seconds: float | None = None
    worker: str | None = None


def advance(shown: Progress, value: float | Progress, floor: float = 0.0) -> Progress:
    """What is shown after a handler has told `value`.

    A bare number moves the fraction and leaves the rest. `floor` is what earlier attempts
    reached: this one fills what they left, so that who watches across a restart never sees the
    fraction fall. A fraction that is not within 0 to 1 is a `ValueError`.
    """
    told = value if isinstance(value, Progress) else replace(shown, fraction=value)
    return replace(
        told,
        fraction=_risen(shown.fraction, told.fraction, floor),
        phase=_storable(told.phase),
        current=_storable(told.current),
        rate=_finite(told.rate),
        eta_seconds=_finite(told.eta_seconds),
        speed=_finite(told.speed),
        fps=_finite(told.fps),
    )


def _storable(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _risen(shown: float | None, told: float | None, floor: float) -> float | None:
    if told is None:
        return shown
    if not 0 <= told <= 1:  # so written, it refuses NaN as well
        raise ValueError(f"progress must be between 0 and 1, not {told!r}")
    return max(shown or 0.0, min(1.0, floor + (1 - floor) * told))


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def ignore_progress(_: Progress) -> None:
    """Ignore the progress of work that nobody follows."""
