"""Time codes of SMPTE 12M, moved by a number of frames."""

from __future__ import annotations

import re
from fractions import Fraction

_CODE = re.compile(r"(\d{2}):([0-5]\d):([0-5]\d)([:;.])(\d{2,3})")
_DROPPING = {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}
"""The numbers that a drop-frame time code leaves out each minute, except each tenth."""
_DAY = 24 * 60


def moved_time_code(code: str, seconds: Fraction, rate: Fraction) -> str | None:
    """Return the time code of the frame that is shown `seconds` after the one with `code`.

    Frames count at `rate`, which is that of the video; `;` or `.` before the frames marks a
    drop-frame time code. It starts again after a day. Returns None for what is no time code of this
    rate.
    """
    found = _CODE.fullmatch(code.strip())
    if found is None:
        return None
    hours, minutes, whole, frame = (int(found[group]) for group in (1, 2, 3, 5))
    per_second = round(rate)
    dropped = _DROPPING.get(rate) if found[4] != ":" else 0
    if dropped is None or frame >= per_second or hours >= _DAY // 60:
        return None
    minutes += hours * 60
    label = (minutes * 60 + whole) * per_second + frame
    count = label - dropped * (minutes - minutes // 10) + round(seconds * rate)
    return _text(count, per_second, dropped)


def _text(count: int, per_second: int, dropped: int) -> str:
    """Return the time code of a frame, counted from midnight."""
    per_minute = 60 * per_second - dropped
    per_ten = 10 * per_minute + dropped
    count %= _DAY // 10 * per_ten
    tens, rest = divmod(count, per_ten)
    # The first minute of ten leaves nothing out.
    minutes = max(rest - dropped, 0) // per_minute
    label = count + dropped * (9 * tens + minutes)
    whole, frame = divmod(label, per_second)
    minute, second = divmod(whole, 60)
    mark = ";" if dropped else ":"
    return f"{minute // 60:02d}:{minute % 60:02d}:{second:02d}{mark}{frame:02d}"
