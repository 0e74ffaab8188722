"""One fraction over all passes, which only rises."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from stoat_ferret.ffmpeg.executor import FfmpegProgress
from stoat_ferret.render.plan.plan import RenderPass, RenderPhase, RenderPlan
from stoat_ferret.render.run.result import RenderProgress, part_of

if TYPE_CHECKING:
    from stoat_ferret.jobs.job import Progress

MEASURING = RenderPass(RenderPhase.MEASURING_LOUDNESS, (), Fraction(10), weight=1.0)
ENCODING = RenderPass(RenderPhase.ENCODING, (), Fraction(10), frames=250, weight=3.0)
PLAN = RenderPlan((MEASURING, ENCODING), (), Fraction(10))


class Clock:
    """A clock that shows the time that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_passes_count_by_their_weight() -> None:
    told: list[Progress] = []
    clock = Clock()
    meter = RenderProgress(PLAN, told.append, clock)
    meter.begin(MEASURING)
    clock.now = 2
    meter.advance(MEASURING, FfmpegProgress(out_seconds=5))
    assert told[-1].fraction == pytest.approx(1 / 8)
    assert told[-1].eta_seconds == pytest.approx(14)
    meter.end(MEASURING)
    clock.now = 4
    meter.advance(
        ENCODING, FfmpegProgress(frame=125, out_seconds=5, speed=2.5, fps=62.5, size_bytes=1000)
    )
    newest = told[-1]
    assert newest.fraction == pytest.approx(1 / 4 + 3 / 8)
    assert (newest.phase, newest.unit, newest.total) == ("encoding", "seconds", 10)
    assert (newest.speed, newest.fps, newest.size_bytes) == (2.5, 62.5, 1000)
    meter.end(ENCODING)
    meter.phase(RenderPhase.CHECKING)
    assert (told[-1].fraction, told[-1].done, told[-1].phase) == (1.0, 10, "checking")
    assert told[-1].size_bytes == 1000


@given(
    st.lists(st.floats(-5, 20), max_size=10).map(sorted),
    st.lists(st.integers(0, 400), max_size=10).map(sorted),
)
@settings(max_examples=examples(50))
def test_the_fraction_rises_and_stays_in_range(seconds: list[float], frames: list[int]) -> None:
    told: list[Progress] = []
    meter = RenderProgress(PLAN, told.append, Clock())
    meter.begin(MEASURING)
    for moment in seconds:
        meter.advance(MEASURING, FfmpegProgress(out_seconds=moment))
    meter.end(MEASURING)
    meter.begin(ENCODING)
    for frame in frames:
        meter.advance(ENCODING, FfmpegProgress(frame=frame))
    meter.end(ENCODING)
    fractions = [one.fraction for one in told]
    assert all(fraction is not None and 0 <= fraction <= 1 for fraction in fractions)
    assert fractions == sorted(fractions)  # type: ignore[type-var]  # none of them is None


def test_what_says_nothing_of_its_end_has_made_nothing() -> None:
    assert (
        part_of(RenderPass(RenderPhase.DRAWING, (), Fraction(0)), FfmpegProgress(out_seconds=1.0))
        == 0.0
    )
