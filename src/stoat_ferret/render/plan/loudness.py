"""Loudness after EBU R128: measured in one pass, corrected in the next."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

GAIN = "measured-gain"
"""The name that stands for the gain, in decibels, in the arguments of the later pass."""
MEASURING_FILTERS = [
    "ebur128=metadata=1",
    "ametadata=mode=print:key=lavfi.r128.I:file=loudness.txt",
]
_SILENCE = -69.0
_MOST_GAIN = 40.0


@dataclass(frozen=True, slots=True)
class LoudnessMeasurement:
    """What is to be added to come to `target_lufs`; nothing to silence."""

    target_lufs: float
    file: str = "loudness.txt"

    def read(self, text: str) -> dict[str, str]:
        """See `Measurement.read`; the last value is that of the whole."""
        values = re.findall(r"^lavfi\.r128\.I=(\S+)$", text, re.MULTILINE)
        loudness = _number(values[-1]) if values else _SILENCE
        gain = self.target_lufs - loudness if loudness > _SILENCE else 0.0
        return {GAIN: f"{max(min(gain, _MOST_GAIN), -_MOST_GAIN):.3f}"}


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return _SILENCE
    return value if math.isfinite(value) else _SILENCE
