"""Time codes of SMPTE ST 12-1, as numbers of frames and moved by them."""

from __future__ import annotations

import re
from fractions import Fraction

_CODE = re.compile(r"(\d{2}):([0-5]\d):([0-5]\d)([:;.])(\d{2,3})")
_DROPPING = {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}
"""The numbers that a drop-frame time code leaves out each minute, except each tenth."""
_DAY = 24 * 60


def frame_number(code: str, per_second: int, dropped: int) -> int | None:
    """Return the number of the frame with a time code, counted from midnight.

    Each second has `per_second` frames. A drop-frame time code, which has `;` or `.` before the
    frames, leaves out `dropped` numbers each minute, except each tenth. Returns None for what is no
    time code of this rate.
    """
    found = _CODE.fullmatch(code.strip())
    if found is None:
        return None
    hours, minutes, seconds, frame = (int(found[group]) for group in (1, 2, 3, 5))
    if frame >= max(per_second, 1):
        return None
    minutes += hours * 60
    number = (minutes * 60 + seconds) * per_second + frame
    return number if found[4] == ":" else number - dropped * (minutes - minutes // 10)


def moved_time_code(code: str, seconds: Fraction, rate: Fraction) -> str | None:
    """Return the time code of the frame that is shown `seconds` after the one with `code`.

    Frames count at `rate`, which is that of the video. The time code starts again after a day.
    Returns None for what is no time code of this rate.
    """
    per_second = round(rate)
    dropped = _DROPPING.get(rate) if set(code) & set(";.") else 0
    if dropped is None:
        return None
    start = frame_number(code, per_second, dropped)
    if start is None or start >= _day_frames(per_second, dropped):
        return None
    return _text(start + round(seconds * rate), per_second, dropped)


def _day_frames(per_second: int, dropped: int) -> int:
    return _DAY // 10 * (10 * (60 * per_second - dropped) + dropped)


def _text(count: int, per_second: int, dropped: int) -> str:
    """Return the time code of a frame, counted from midnight."""
    per_minute = 60 * per_second - dropped
    per_ten = 10 * per_minute + dropped
    count %= _day_frames(per_second, dropped)
    tens, rest = divmod(count, per_ten)
    # The first minute of ten leaves nothing out.
    minutes = max(rest - dropped, 0) // per_minute
    label = count + dropped * (9 * tens + minutes)
    whole, frame = divmod(label, per_second)
    minute, second = divmod(whole, 60)
    mark = ";" if dropped else ":"
    return f"{minute // 60:02d}:{minute % 60:02d}:{second:02d}{mark}{frame:02d}"
