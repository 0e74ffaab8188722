"""The number of examples that property tests try."""

from __future__ import annotations

import os

_FACTOR = float(os.environ.get("STOAT_TEST_EXAMPLES", "1"))
ARE_USUAL = _FACTOR == 1
"""True if the usual number of examples is used."""


def examples(usually: int) -> int:
    """Return `usually` times the factor in `STOAT_TEST_EXAMPLES`."""
    return max(1, round(usually * _FACTOR))
