"""The order of jobs of one kind, and the limit of concurrent jobs."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from datetime import datetime

    from stoat_ferret.jobs.job import Job


class HasJob(Protocol):
    """An object with a job."""

    job: Job


T = TypeVar("T", bound=HasJob)


class JobLane(Generic[T]):
    """The waiting jobs of one kind: higher priority first, then older first."""

    def __init__(self, limit: int) -> None:
        """Create an empty lane that runs at most `limit` jobs at a time."""
        if limit < 1:
            raise ValueError(f"at least one job of a kind must be able to run, not {limit}")
        self._limit = limit
        self._running = 0
        self._waiting: list[T] = []

    def add(self, entry: T) -> None:
        """Add a job to the queue."""
        insort(self._waiting, entry, key=_turn)

    def remove(self, entry: T) -> None:
        """Remove a waiting job; has no effect if it was already taken."""
        if entry in self._waiting:
            self._waiting.remove(entry)

    def take(self) -> T | None:
        """Return the next job to run and count it as running; None if the lane is full or empty."""
        if self._running >= self._limit or not self._waiting:
            return None
        self._running += 1
        return self._waiting.pop(0)

    def release(self) -> None:
        """Count one job less as running."""
        self._running -= 1


def _turn(entry: HasJob) -> tuple[int, datetime, str]:
    return (-entry.job.priority, entry.job.created_at, entry.job.id)
