"""Exact times of a request."""

import math
import re
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

_WRITTEN = re.compile(r"\d{1,9}(\.\d{1,9})?|\d{1,15}/\d{1,9}")
_TOO_LONG = 10_000_000


def _exact(value: object) -> Fraction:
    """Return the number exactly as written: 0.1 is a tenth. Raise `ValueError` otherwise."""
    if isinstance(value, Fraction):
        exact = value
    elif isinstance(value, int) and not isinstance(value, bool):
        exact = Fraction(value)
    elif isinstance(value, float) and math.isfinite(value):
        exact = Fraction(repr(value))
    elif isinstance(value, str) and _WRITTEN.fullmatch(value):
        try:
            exact = Fraction(value)
        except ZeroDivisionError as error:
            raise ValueError("must not be divided by zero") from error
    else:
        raise ValueError("must be seconds, as a number or as a fraction like '1001/30000'")
    if not 0 <= exact < _TOO_LONG:
        raise ValueError(f"must be from 0 to {_TOO_LONG} seconds")
    return exact


def _plain(value: Fraction) -> float | str:
    number = float(value)
    if Fraction(repr(number)) == value:
        return number
    return f"{value.numerator}/{value.denominator}"


Seconds = Annotated[
    Fraction,
    BeforeValidator(_exact),
    PlainSerializer(_plain, return_type=float | str),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]}),
    Field(examples=[1.5, "1001/30000"]),
]
"""Seconds as a number, or as a fraction in text if no decimal number is exact."""

NOTHING = Fraction(0)
