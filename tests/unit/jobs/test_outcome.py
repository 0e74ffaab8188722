"""The mapping from the end of a handler to the result of its job."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.jobs.job import JobResult, JobStatus
from stoat_ferret.jobs.lifecycle import StopReason, cancelled_internally, json_copy, stopped

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=8,
)


@given(VALUES | st.dictionaries(st.text(), VALUES))
def test_only_a_json_object_passes_and_passes_as_a_copy(value: object) -> None:
    try:
        copy = json_copy(value)
    except ValueError:
        return
    assert isinstance(copy, dict)
    assert copy is not value
    assert json.loads(json.dumps(copy, allow_nan=False)) == copy


@pytest.mark.parametrize("value", [None, 1, "a", [], {"a": math.nan}, {"a": {1}}, {(1, 2): 3}])
def test_what_is_no_json_object_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_copy(value)


def test_what_holds_itself_is_refused() -> None:
    value: dict[str, object] = {}
    value["self"] = value
    with pytest.raises(ValueError, match="JSON"):
        json_copy(value)


@pytest.mark.parametrize(
    ("reason", "status", "error"),
    [
        (StopReason.CANCELLED, JobStatus.CANCELLED, None),
        (StopReason.PUT_BACK, JobStatus.QUEUED, None),
        (
            StopReason.TIMED_OUT,
            JobStatus.TIMED_OUT,
            "The job was stopped at its deadline of 1.5 seconds.",
        ),
    ],
)
def test_a_stopped_job_keeps_what_it_did(
    reason: StopReason, status: JobStatus, error: str | None
) -> None:
    assert stopped(reason, {"found": 1}, 1.5) == JobResult(status, {"found": 1}, error)


def test_a_handler_that_vanished_fails_its_job() -> None:
    assert cancelled_internally().status is JobStatus.FAILED
