"""Keys that put rows into an order, in which a row moves without any other row being changed.

A key is the digits of a fraction between 0 and 1, in base 62 and without zeros at its end. The
digits are in the order of their code points, so keys are compared as text. Between two keys there
is always another one; rows that are appended or prepended one after the other get short keys.
"""

from __future__ import annotations

import string

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BASE = len(_DIGITS)
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_STEP_DIGITS = 4
"""The digits of keys at an end: there is room for seven million of them on each side."""
MAX_LENGTH = 200
"""The length beyond which all keys of a list are made anew; moves to one place, again and again,
lengthen keys by one digit for every five moves."""


def keys_between(low: str | None, high: str | None, count: int) -> list[str]:
    """Return `count` keys between two keys, in their order; None is an end of the list.

    Raises `ValueError` unless `low` is less than `high`.
    """
    if low is not None and high is not None and low >= high:
        raise ValueError("there is no key between them")
    length = max(_STEP_DIGITS, len(low or ""), len(high or ""))
    while True:
        first = _number(low or "", length)
        end = _BASE**length if high is None else _number(high, length)
        step = _BASE ** (length - _STEP_DIGITS)
        if low is None and high is None:
            first = _BASE**length // 2
        if high is None and first + step * (count + 1) < end:
            first -= first % step
            return [_key(first + step * place, length) for place in range(1, count + 1)]
        if low is None and high is not None and end - step * (count + 1) > 0:
            end -= end % step
            return [_key(end - step * place, length) for place in range(count, 0, -1)]
        if end - first > count:
            return [
                _key(first + (end - first) * place // (count + 1), length)
                for place in range(1, count + 1)
            ]
        length += 1


def _number(key: str, length: int) -> int:
    number = 0
    for digit in key.ljust(length, _DIGITS[0]):
        number = number * _BASE + _VALUES[digit]
    return number


def _key(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, value = divmod(number, _BASE)
        digits.append(_DIGITS[value])
    return "".join(reversed(digits)).rstrip(_DIGITS[0])
