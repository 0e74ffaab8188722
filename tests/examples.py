"""How many examples the property tests try."""

from __future__ import annotations

import os

_FACTOR = float(os.environ.get("STOAT_TEST_EXAMPLES", "1"))
ARE_USUAL = _FACTOR == 1
"""True if the usual number of examples is used."""


def examples(usually: int) -> int:
    """`usually`, or that many times what `STOAT_TEST_EXAMPLES` says."""
    return max(1, round(usually * _FACTOR))
