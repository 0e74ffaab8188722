"""Times of OpenTimelineIO as exact seconds, and as values of a request."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

_SAME = Fraction(1, 10_000)
_DROPPED = Fraction(1001, 1000)
_NEARLY = Fraction(1, 100_000)
_SHORT = Fraction(1, 1000)
_ROUNDED = Fraction(3, 400)
"""The error of rates that editors round: they write 24000/1001 as 23.98, 23.976 or 23.97."""
_MOST_DENOMINATOR = 10**9 - 1
_MOST_NUMERATOR = 10**15 - 1
_MICROSECONDS = 10**6


def exact_rate(rate: float) -> Fraction:
    """Return the exact rate that is meant: editors write 29.97 for 30000/1001."""
    whole = round(rate)
    for exact, near in ((Fraction(whole), _SHORT), (whole / _DROPPED, _ROUNDED)):
        if exact and abs(exact - Fraction(rate)) < max(exact * _NEARLY, near):
            return exact
    return Fraction(repr(rate))


def is_rounded(rate: float) -> bool:
    """Return whether `rate` was written so roughly that its exact value is a guess."""
    exact = exact_rate(rate)
    return abs(exact - Fraction(rate)) >= max(exact * _NEARLY, _SHORT)


def exact_seconds(time: Any) -> Fraction:
    """Return a `RationalTime` in seconds."""
    value = round(time.value, 9)
    return Fraction(repr(value)) / exact_rate(time.rate)


def unless_same(value: Fraction, written: Any, original: Any = None) -> Any:
    """Return `value`, or the original number if it equals `written` up to rounding.

    The original is `original` if `written` was computed from it, else `written` itself.
    """
    number = _number(written)
    if number is None or abs(number - value) >= _SAME:
        return _writable(value)
    return written if original is None else original


def _number(written: Any) -> Fraction | None:
    try:
        return Fraction(str(written))
    except (ValueError, ZeroDivisionError):
        return None


def _writable(value: Fraction) -> Fraction:
    """Return `value`, rounded to a microsecond if requests cannot represent it exactly."""
    if value.denominator <= _MOST_DENOMINATOR and abs(value.numerator) <= _MOST_NUMERATOR:
        return value
    return Fraction(round(value * _MICROSECONDS), _MICROSECONDS)
