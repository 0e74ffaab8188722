"""Time codes of files, as times of an editor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.container.time_code import frame_number
from stoat_ferret.render.timeline.times import exact_rate

if TYPE_CHECKING:
    from fractions import Fraction

_DROPPED_PER_MINUTE = {30: 2, 60: 4, 120: 8}
"""The numbers that drop-frame time code leaves out each minute but the tenth (SMPTE ST 12-1)."""


@dataclass(frozen=True, slots=True)
class MediaTimes:
    """The times of a file: its duration, frame rate, and the time code of its first picture.

    `unread` is the reason if the file could not be asked for a time code.
    """

    seconds: Fraction | None
    rate: Fraction | None = None
    time_code: str | None = None
    unread: str | None = None

    def start(self, rate: float) -> Fraction | None:
        """Return the seconds at which the file begins for an editor that counts at `rate`.

        None without a time code.
        """
        own = self.rate or exact_rate(rate)
        nominal = round(own)
        frames = frame_number(self.time_code or "", nominal, _DROPPED_PER_MINUTE.get(nominal, 0))
        if frames is None:
            return None
        # A time code counts frames: in seconds it depends on the rate that the editor has for them.
        exact = exact_rate(rate)
        return frames / (exact if round(exact) == round(own) else own)
