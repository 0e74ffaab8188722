"""A kind of job: its name, its words for people, and its traces in the library, in one record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stoat_ferret.jobs.job import Job


@dataclass(frozen=True, slots=True)
class LibraryChange:
    """What a job has changed in the library so far; `counts` by what was done to how many."""

    counts: Mapping[str, int]
    done: int | None = None
    total: int | None = None


def _no_change(_: Job) -> LibraryChange | None:
    return None


def _no_keys(_root: str, _path: str) -> set[str]:
    return set()


@dataclass(frozen=True, slots=True)
class JobKind:
    """Everything that the rest of the program knows of one kind of job.

    `label` is its name for people. `phases` has the label of each phase that its jobs report.
    `counts` has the words that follow each count of a result, in the order to show them. `change`
    returns what a job has changed in the library, or None. `keys_over` returns the keys of all jobs
    of this kind that cover a file, given the name of its root and its path there.
    """

    name: str
    label: str
    phases: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, str] = field(default_factory=dict)
    change: Callable[[Job], LibraryChange | None] = _no_change
    keys_over: Callable[[str, str], set[str]] = _no_keys
