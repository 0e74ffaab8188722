"""Rates and places of pictures, from the times at which they are shown."""

from __future__ import annotations

from array import array
from fractions import Fraction

import pytest

from stoat_ferret.render.plan.video.picture_times import PictureTimes, even_rate_of, roomy_rate_of

NTSC = Fraction(30000, 1001)
FILM = Fraction(24000, 1001)
MATROSKA, MPEG = Fraction(1, 1000), Fraction(1, 90000)


def times(rate: Fraction, count: int, base: Fraction, *, first: int = 0) -> array[int]:
    """Return rounded times in ticks."""
    return array("q", [round(number / rate / base) for number in range(first, first + count)])


def without(run: array[int], every: int) -> array[int]:
    """Return times of which some are missing."""
    return array("q", [ticks for place, ticks in enumerate(run) if place % every])


@pytest.mark.parametrize("base", [MATROSKA, MPEG, Fraction(1, 12800), Fraction(1, 600)])
@pytest.mark.parametrize("rate", [*map(Fraction, (10, 12, 24, 25, 30, 50, 60)), NTSC, FILM])
def test_an_even_rate_is_found_however_times_are_rounded(rate: Fraction, base: Fraction) -> None:
    runs = [times(rate, 200, base), times(rate, 200, base, first=5000)]
    assert even_rate_of(runs, base, [rate]) == rate
    if base == MPEG:
        assert even_rate_of(runs, base, []) == rate


def test_missing_pictures_leave_the_rate_as_it_is() -> None:
    for every in (2, 5, 100):
        run = without(times(Fraction(30), 300, MPEG), every)
        expected = 15 if every == 2 else 30
        assert even_rate_of([run], MPEG, [Fraction(27)]) == expected
    # Averages lie: that of a file with pauses at its seams, for one.
    assert even_rate_of([times(Fraction(25), 80, MPEG)], MPEG, [Fraction(1000, 41)]) == 25


def test_two_rates_have_none_in_common() -> None:
    runs = [times(Fraction(25), 100, MPEG), times(FILM, 100, MPEG)]
    assert even_rate_of(runs, MPEG, [Fraction(25)]) is None
    assert roomy_rate_of(runs, MPEG) == 25


def test_jitter_has_no_even_rate_but_a_roomy_one() -> None:
    run = array("q", [3000 * number + (number * 7919) % 700 for number in range(200)])
    assert even_rate_of([run], MPEG, []) is None
    assert roomy_rate_of([run], MPEG) == NTSC


def test_too_few_pictures_have_no_rate() -> None:
    assert even_rate_of([array("q", [0, 3600])], MPEG, [Fraction(25)]) is None
    assert roomy_rate_of([], MPEG) is None


def test_pictures_are_found_by_their_times() -> None:
    run = array("q", [1000, 1040, 1080, 1160, 1200])
    pictures = PictureTimes(MATROSKA, Fraction(1), (run, array("q", [9000, 9040])))
    assert pictures.nearest(Fraction("0.05")) == Fraction("0.04")
    assert pictures.nearest(Fraction("0.13")) == Fraction("0.16")
    assert pictures.nearest(Fraction(4)) is None
    assert pictures.after(Fraction("0.08")) == Fraction("0.16")
    assert pictures.after(Fraction("0.2")) is None
    assert pictures.count(Fraction(0), Fraction("0.16")) == 3
    assert pictures.count(Fraction("0.04"), Fraction("0.24")) == 4
    assert pictures.count(Fraction("0.04"), Fraction(8)) is None
