"""The order of waiting jobs: by priority, then by age; and the priorities that change it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from stoat_ferret.jobs.job import Job


class QueuePlace(StrEnum):
    """A place among the waiting jobs of a kind."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Before:
    """The place before another waiting job of the same kind."""

    job_id: str


def turn(job: Job) -> tuple[int, datetime, str]:
    """Return the sort key of waiting jobs: the next one to start is the smallest."""
    return (-job.priority, job.created_at, job.id)


def priorities_of(waiting: Sequence[Job], moved: str, before: str | None) -> Mapping[str, int]:
    """Return the changed priorities that bring the job `moved` before another one, or to the end.

    `waiting` are jobs in their order. All others keep their order among each other, and jobs that
    are submitted later keep their places behind those of the same priority.
    """
    mine = next(job for job in waiting if job.id == moved)
    others = [job for job in waiting if job.id != moved]
    place = next((index for index, job in enumerate(others) if job.id == before), len(others))
    wanted = [*others[:place], mine, *others[place:]]
    changed: dict[str, int] = {}
    after: tuple[int, Job] | None = None
    for job in reversed(wanted):
        priority = job.priority
        if after is not None:
            least, following = after
            is_older = (job.created_at, job.id) < (following.created_at, following.id)
            least = least if is_older else least + 1
            # The moved one takes no more than it needs.
            priority = least if job is mine else max(priority, least)
        elif job is mine:
            priority = min((one.priority for one in wanted), default=priority)
        if priority != job.priority:
            changed[job.id] = priority
        after = (priority, job)
    return changed
