"""The order in which jobs of one kind get their turn, and how many of them at a time."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from datetime import datetime

    from stoat_ferret.jobs.job import Job


class HasJob(Protocol):
    """Something that stands for a job."""

    job: Job


T = TypeVar("T", bound=HasJob)


class JobLane(Generic[T]):
    """The jobs of one kind that wait: higher priority first, then the older one."""

    def __init__(self, limit: int) -> None:
        """At most `limit` of them may run at a time."""
        if limit < 1:
            raise ValueError(f"at least one job of a kind must be able to run, not {limit}")
        self._limit = limit
        self._running = 0
        self._waiting: list[T] = []

    def add(self, entry: T) -> None:
        """Queue up."""
        insort(self._waiting, entry, key=_turn)

    def remove(self, entry: T) -> None:
        """Leave the queue without a turn; does nothing to one that has had its turn."""
        if entry in self._waiting:
            self._waiting.remove(entry)

    def take(self) -> T | None:
        """Whose turn it is, and now counts as running; None while there is nobody or no room."""
        if self._running >= self._limit or not self._waiting:
            return None
        self._running += 1
        return self._waiting.pop(0)

    def release(self) -> None:
        """One that ran does no longer."""
        self._running -= 1


def _turn(entry: HasJob) -> tuple[int, datetime, str]:
    return (-entry.job.priority, entry.job.created_at, entry.job.id)
