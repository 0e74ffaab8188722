"""The times at which the pictures of a file are shown, and the rate that they keep."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from array import array
    from collections.abc import Collection, Iterable, Sequence

STANDARD_RATES = (
    *(Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30)),
    *(Fraction(50), Fraction(60000, 1001), Fraction(60), Fraction(120000, 1001), Fraction(120)),
)
_SLOW_RATES = tuple(map(Fraction, (1, 2, 5, 6, 8, 10, 12, 15, 20)))
_FEWEST = 3
_NEAR = Fraction(1, 2000)
_ROUNDING = Fraction(3, 2)
"""The ticks by which an even time may be off: those at both ends of a span are rounded."""
_ROUGHNESS = Fraction(1, 2000)
"""The seconds by which one may be off anyway, such as after a seam in a copy."""
_ALIKE = Fraction(501, 500)
_CROWDED = Fraction(1, 200)
"""The part of the pictures that may be nearest to the same even time as another one."""


@dataclass(frozen=True, slots=True)
class PictureTimes:
    """The times of the pictures in some parts of a file.

    `runs` are those in each part that was read, sorted, in ticks of `time_base` as in the file.
    Methods take and return seconds from the start of the file, which is at `origin`.
    """

    time_base: Fraction
    origin: Fraction
    runs: tuple[array[int], ...]

    def nearest(self, moment: Fraction) -> Fraction | None:
        """Return the time of the picture that begins nearest to `moment`; None if unknown.

        Of two that are as near, it is the earlier one.
        """
        ticks = self._ticks(moment)
        for run in self.runs:
            half = _half(run)
            if run[0] - half <= ticks <= run[-1] + half:
                at = bisect_left(run, ticks)
                return self._moment(
                    min(run[max(at - 1, 0) : at + 1], key=lambda t: (abs(t - ticks), t))
                )
        return None

    def after(self, moment: Fraction) -> Fraction | None:
        """Return the time of the first picture that begins after `moment`; None if unknown."""
        ticks = self._ticks(moment)
        for run in self.runs:
            if run[0] <= ticks < run[-1]:
                return self._moment(run[bisect_right(run, ticks)])
        return None

    def count(self, start: Fraction, end: Fraction) -> int | None:
        """Return the number of pictures that begin from `start` until `end`; None if unknown."""
        first, last = self._ticks(start), self._ticks(end)
        for run in self.runs:
            half = _half(run)
            # The end may be that of the last picture.
            if run[0] - half <= first and last <= run[-1] + 3 * half:
                return bisect_left(run, last - half) - bisect_left(run, first - half)
        return None

    def between(self, start: Fraction, end: Fraction) -> list[Fraction]:
        """Return the times of the pictures that are known to begin from `start` until `end`."""
        first, last = self._ticks(start), self._ticks(end)
        return [
            self._moment(ticks)
            for run in self.runs
            for ticks in run[bisect_left(run, first) : bisect_left(run, last)]
        ]

    def _ticks(self, moment: Fraction) -> Fraction:
        return (moment + self.origin) / self.time_base

    def _moment(self, ticks: int) -> Fraction:
        return ticks * self.time_base - self.origin


def standard_rate(rate: Fraction) -> Fraction | None:
    """Return the standard rate that `rate` approximates."""
    nearest = min(STANDARD_RATES, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) <= nearest * _NEAR else None


def even_rate_of(
    runs: Iterable[Sequence[int]], time_base: Fraction, likely: Collection[Fraction]
) -> Fraction | None:
    """Return the lowest rate with a picture at even times only, though maybe not at each.

    Tries the rates that are standard or `likely`, then those of the spans in the sorted `runs` of
    times. None if there is none, or if there are too few pictures.
    """
    long = [run for run in runs if len(run) > 1]
    if sum(map(len, long)) < _FEWEST:
        return None
    likely = {standard_rate(rate) or rate for rate in likely}
    known = sorted({*STANDARD_RATES, *_SLOW_RATES, *likely})
    spans = {after - before for run in long for before, after in pairwise(run)}
    for rates in (known, sorted(1 / (span * time_base) for span in spans if span > 0)):
        fitting = (rate for rate in rates if all(_is_even(run, time_base, rate) for run in long))
        if lowest := next(fitting, None):
            # In a short file with rounded times, 30000/1001 fits where 30 does.
            alike = [rate for rate in fitting if rate <= lowest * _ALIKE]
            return next((rate for rate in (lowest, *alike) if rate in likely), lowest)
    return None


def _is_even(run: Sequence[int], time_base: Fraction, rate: Fraction) -> bool:
    step = 1 / (rate * time_base)  # ticks
    most = min(max(_ROUNDING, _ROUGHNESS / time_base), step / 4)
    latest = -1
    for ticks in run:
        place = round((ticks - run[0]) / step)
        if place <= latest or abs(ticks - run[0] - place * step) > most:
            return False
        latest = place
    return True


def roomy_rate_of(runs: Iterable[Sequence[int]], time_base: Fraction) -> Fraction | None:
    """Return the lowest standard rate at which almost each picture has an even time of its own.

    None if there is none, or if there are too few pictures.
    """
    runs = [*runs]
    pictures = sum(map(len, runs))
    if pictures < _FEWEST:
        return None
    for rate in STANDARD_RATES:
        step = 1 / (rate * time_base)
        places = sum(len({round((ticks - run[0]) / step) for ticks in run}) for run in runs if run)
        if pictures - places <= pictures * _CROWDED:
            return rate
    return None


def _half(run: Sequence[int]) -> Fraction:
    """Return half of the shortest time between two pictures."""
    return Fraction(min((after - before for before, after in pairwise(run)), default=2), 2)
