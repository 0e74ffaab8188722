"""The states of a job and the moves between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.errors import IllegalTransitionError
from stoat_ferret.jobs.job import LEGAL_MOVES, JobStatus, check_move

QUEUED, RUNNING, PAUSED = JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.PAUSED
FINAL = {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED, JobStatus.TIMED_OUT}
LEGAL = (
    {(QUEUED, RUNNING), (QUEUED, JobStatus.CANCELLED), (QUEUED, JobStatus.FAILED)}
    | {(RUNNING, QUEUED), (QUEUED, PAUSED), (RUNNING, PAUSED), (PAUSED, QUEUED), (PAUSED, RUNNING)}
    | {(PAUSED, JobStatus.CANCELLED), (PAUSED, JobStatus.FAILED)}
    | {(RUNNING, final) for final in FINAL}
)


@pytest.mark.parametrize("old", JobStatus)
@pytest.mark.parametrize("new", JobStatus)
def test_exactly_the_moves_of_the_table_are_legal(old: JobStatus, new: JobStatus) -> None:
    if (old, new) in LEGAL:
        check_move(old, new)
    else:
        with pytest.raises(IllegalTransitionError, match=f"from {old} to {new}"):
            check_move(old, new)


def test_every_state_has_its_row_and_those_without_moves_are_final() -> None:
    assert set(LEGAL_MOVES) == set(JobStatus)
    assert {status for status in JobStatus if status.is_final} == FINAL


@given(st.lists(st.sampled_from(JobStatus)))
def test_whatever_is_tried_a_job_enters_at_most_one_final_state(tries: list[JobStatus]) -> None:
    status, ends = QUEUED, 0
    for new in tries:
        try:
            check_move(status, new)
        except IllegalTransitionError:
            continue
        status = new
        ends += new.is_final
    assert ends == status.is_final
