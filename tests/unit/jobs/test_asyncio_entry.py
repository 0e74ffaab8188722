"""The order in which jobs run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.jobs.fake_clock import NEW_YEAR

from stoat_ferret.jobs.asyncio_entry import JobLane
from stoat_ferret.jobs.job import Job, JobStatus
from stoat_ferret.jobs.order import priorities_of, turn


@dataclass(eq=False)
class _Entry:
    job: Job
    is_urgent: bool = False


def _entry(priority: int, age: int, name: str) -> _Entry:
    created_at = NEW_YEAR - timedelta(seconds=age)
    job = Job(
        id=name,
        kind="scan",
        status=JobStatus.QUEUED,
        params={},
        created_at=created_at,
        priority=priority,
    )
    return _Entry(job)


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 3))))
def test_higher_priority_first_then_the_older_one(jobs: list[tuple[int, int]]) -> None:
    lane = JobLane[_Entry](limit=len(jobs) + 1)
    entries = [_entry(priority, age, f"{i:03}") for i, (priority, age) in enumerate(jobs)]
    for entry in entries:
        lane.add(entry)
    expected = sorted(entries, key=lambda e: (-e.job.priority, e.job.created_at, e.job.id))
    assert [lane.take() for _ in entries] == expected
    assert lane.take() is None


@given(
    st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 3)), min_size=1, max_size=8),
    st.data(),
)
def test_a_moved_job_has_its_new_place_and_the_others_keep_their_order(
    jobs: list[tuple[int, int]], data: st.DataObject
) -> None:
    made = [_entry(priority, age, f"{i:03}").job for i, (priority, age) in enumerate(jobs)]
    waiting = sorted(made, key=turn)
    moved = data.draw(st.sampled_from(waiting))
    others = [job.id for job in waiting if job is not moved]
    before = data.draw(st.sampled_from([*others, None]))
    place = len(others) if before is None else others.index(before)
    changed = priorities_of(waiting, moved.id, before)
    after = sorted(
        (replace(job, priority=changed.get(job.id, job.priority)) for job in made), key=turn
    )
    assert [job.id for job in after] == [*others[:place], moved.id, *others[place:]]
    assert all(
        changed[job.id] > job.priority for job in waiting if job.id in changed.keys() - {moved.id}
    )
    if after == waiting:
        assert changed.keys() <= {moved.id}


def test_the_limit_holds_until_one_is_released() -> None:
    lane = JobLane[_Entry](limit=1)
    first, second = _entry(0, 2, "1"), _entry(0, 1, "2")
    lane.add(first)
    lane.add(second)
    assert lane.take() is first
    assert lane.take() is None
    lane.release()
    assert lane.take() is second


def test_only_urgent_jobs_get_a_turn_while_the_others_are_held_back() -> None:
    lane = JobLane[_Entry](limit=3)
    first, second = _entry(0, 2, "1"), _entry(0, 1, "2")
    lane.add(first)
    lane.add(second)
    lane.is_held_back = True
    assert lane.take() is None
    second.is_urgent = True
    assert lane.take() is second
    assert lane.take() is None
    lane.is_held_back = False
    assert lane.take() is first


def test_who_leaves_gets_no_turn() -> None:
    lane = JobLane[_Entry](limit=1)
    gone = _entry(0, 2, "1")
    lane.add(gone)
    lane.remove(gone)
    lane.remove(gone)
    assert lane.take() is None


def test_a_limit_that_lets_nothing_run_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        JobLane[_Entry](limit=0)
