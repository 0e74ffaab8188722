"""How the progress of a job moves on: never back, never out of range, always plain JSON."""

from __future__ import annotations

import math
from dataclasses import replace

from stoat_ferret.jobs.job import Progress


def advance(shown: Progress, value: float | Progress, floor: float = 0.0) -> Progress:
    """What is shown after a handler has told `value`.

    A bare number moves the fraction and leaves the rest. `floor` is what earlier attempts
    reached: this one fills what they left, so that who watches across a restart never sees the
    fraction fall. A fraction that is not within 0 to 1 is a `ValueError`.
    """
    told = value if isinstance(value, Progress) else replace(shown, fraction=value)
    return replace(
        told,
        fraction=_risen(shown.fraction, told.fraction, floor),
        phase=printable(told.phase),
        current=printable(told.current),
        rate=_finite(told.rate),
        eta_seconds=_finite(told.eta_seconds),
        speed=_finite(told.speed),
        fps=_finite(told.fps),
    )


def printable(text: str | None) -> str | None:
    """`text` as any database and any client takes it: no half characters, no zero bytes."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")


def _risen(shown: float | None, told: float | None, floor: float) -> float | None:
    if told is None:
        return shown
    if not 0 <= told <= 1:  # so written, it refuses NaN as well
        raise ValueError(f"progress must be between 0 and 1, not {told!r}")
    return max(shown or 0.0, min(1.0, floor + (1 - floor) * told))


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
