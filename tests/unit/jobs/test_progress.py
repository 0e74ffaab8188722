"""Progress never goes back and never leaves its range."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.jobs.job import Progress, advance
from stoat_ferret.text import storable

FRACTIONS = st.floats(0, 1)


@given(st.lists(FRACTIONS | st.none()), FRACTIONS)
def test_the_fraction_only_rises_and_stays_in_range(told: list[float | None], floor: float) -> None:
    shown = Progress(fraction=floor)
    for value in told:
        before = shown.fraction
        shown = advance(shown, Progress(fraction=value), floor)
        assert before is not None
        assert shown.fraction is not None
        assert before <= shown.fraction <= 1


@given(FRACTIONS)
def test_an_attempt_that_ends_is_whole_whatever_the_floor(floor: float) -> None:
    assert advance(Progress(), 1.0, floor).fraction == pytest.approx(1.0)


@given(FRACTIONS)
def test_the_first_attempt_shows_what_it_tells(value: float) -> None:
    assert advance(Progress(), value).fraction == value


def test_a_later_attempt_fills_what_the_former_left() -> None:
    assert advance(Progress(fraction=0.5), 0.5, 0.5).fraction == 0.75


def test_the_fraction_is_none_while_the_work_is_counted() -> None:
    counting = advance(Progress(), Progress(phase="counting", done=3))
    assert counting == Progress(phase="counting", done=3)


@pytest.mark.parametrize("value", [-0.001, 1.001, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("as_progress", [False, True])
def test_a_fraction_out_of_range_is_refused(value: float, as_progress: bool) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        advance(Progress(), Progress(fraction=value) if as_progress else value)


def test_a_bare_number_leaves_the_rest() -> None:
    shown = Progress(fraction=0.1, done=1, total=10, unit="files", phase="probing")
    assert advance(shown, 0.2) == replace(shown, fraction=0.2)


@given(
    st.builds(
        Progress,
        fraction=FRACTIONS | st.none(),
        done=st.integers(0, 2**53) | st.none(),
        phase=st.text() | st.none(),
        current=st.text(st.characters(exclude_categories=())) | st.none(),
        rate=st.floats() | st.none(),
        eta_seconds=st.floats() | st.none(),
    )
)
def test_whatever_is_told_can_be_stored_and_sent(told: Progress) -> None:
    shown = asdict(advance(Progress(), told))
    json.dumps(shown, allow_nan=False, ensure_ascii=False).encode()
    assert "\0" not in f"{shown['current']}{shown['phase']}"


def test_half_characters_become_marks() -> None:
    assert storable("a\udcffb\0c") == "a\ufffdb\ufffdc"
    assert storable("größer") == "größer"
