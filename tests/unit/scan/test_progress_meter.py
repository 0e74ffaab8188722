"""Fractions, rates and remaining times, with an injected clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.scan.result import ProgressMeter, ScanPhase


class Clock:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_begins_with_nothing_to_tell_the_time_left_by() -> None:
    progress = ProgressMeter(10, unit="files", clock=Clock()).progress(ScanPhase.PROBING)
    assert (progress.fraction, progress.done, progress.total) == (0.0, 0, 10)
    assert (progress.rate, progress.eta_seconds) == (None, None)


def test_tells_rate_and_time_left() -> None:
    clock = Clock()
    meter = ProgressMeter(100, unit="files", clock=clock)
    for _ in range(20):
        clock.now += 0.5
        meter.advance()
    progress = meter.progress(ScanPhase.PROBING, "a.mp4")
    assert progress.fraction == pytest.approx(0.2)
    assert progress.rate == pytest.approx(2.0)
    assert progress.eta_seconds == pytest.approx(40.0)
    assert progress.current == "a.mp4"


def test_the_rate_is_that_of_late() -> None:
    clock = Clock()
    meter = ProgressMeter(10_000, unit="files", clock=clock)
    for _ in range(1000):
        clock.now += 0.01
        meter.advance()
    for _ in range(20):
        clock.now += 1.0
        meter.advance()
    assert meter.progress(ScanPhase.PROBING).rate == pytest.approx(1.0, rel=0.2)


def test_no_work_is_all_done() -> None:
    assert ProgressMeter(0, unit="files", clock=Clock()).progress(ScanPhase.PROBING).fraction == 1.0


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 50)), max_size=60))
def test_the_fraction_is_exact_and_only_rises(steps: list[tuple[float, int]]) -> None:
    total = sum(count for _, count in steps) or 1
    clock = Clock()
    meter = ProgressMeter(total, unit="files", clock=clock)
    last, done = 0.0, 0
    for seconds, count in steps:
        clock.now += seconds
        meter.advance(count)
        done += count
        fraction = meter.progress(ScanPhase.PROBING).fraction
        assert fraction is not None
        assert fraction == pytest.approx(done / total)
        assert last <= fraction <= 1.0
        last = fraction
