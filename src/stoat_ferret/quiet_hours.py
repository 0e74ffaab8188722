"""Hours of the week in which background work waits, in local time."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LONGEST_WAIT_SECONDS = 30.0
"""The clock is read this often: a machine that slept, or whose clock was set, is soon in time."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTES_OF_DAY = 24 * 60
_MINUTES_OF_WEEK = 7 * _MINUTES_OF_DAY
_SPAN = re.compile(
    r"(?:(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+)?"
    r"(?P<from>\d{1,2}:\d\d)\s*-\s*(?P<to>\d{1,2}:\d\d)"
)


class QuietHours:
    """The times of an expression such as `mon-fri 9:00-17:30, sat 22:00-6:00`.

    Without days, a span is for every day. One whose end is not after its start goes on until the
    next day.
    """

    def __init__(self, expression: str) -> None:
        """Parse `expression`. Raises `ValueError`."""
        spans = [" ".join(span.lower().split()) for span in expression.split(",")]
        self.expression = ", ".join(spans)
        self._spans = _merged([span for text in spans for span in _parsed(text)])

    @property
    def are_now(self) -> bool:
        """True if work waits now."""
        return self.are_at(_now())

    def are_at(self, moment: datetime) -> bool:
        """Return whether work waits at `moment`, which is aware."""
        minute = _minute_of_week(moment.astimezone())
        return any(start <= minute < end for start, end in self._spans)

    def end_after(self, moment: datetime) -> datetime | None:
        """Return when the quiet hours at `moment` end; None if there are none then, or no end."""
        local = moment.astimezone()
        minute = _minute_of_week(local)
        following = [end for start, end in self._spans if start <= minute < end]
        if not following or self._spans == [(0, _MINUTES_OF_WEEK)]:
            return None
        (end,) = following
        if end == _MINUTES_OF_WEEK and self._spans[0][0] == 0:
            end += self._spans[0][1]
        monday = (local - timedelta(days=local.weekday())).date()
        days, minutes = divmod(end, _MINUTES_OF_DAY)
        naive = datetime.combine(monday + timedelta(days=days), time(minutes // 60, minutes % 60))
        return datetime.fromtimestamp(naive.timestamp(), UTC).astimezone()


def _parsed(text: str) -> list[tuple[int, int]]:
    """Return the spans of a week that `text` names, in minutes since Monday 0:00."""
    match = _SPAN.fullmatch(text)
    days = _days(match["first"], match["last"]) if match else None
    start, end = (_minutes(match["from"]), _minutes(match["to"])) if match else (None, None)
    if days is None or start is None or end is None or start in {end, _MINUTES_OF_DAY}:
        raise ValueError(
            f"{text!r} is no span of hours: `22:00-6:00` is every night, and "
            "`mon-fri 9:00-17:30, sat-sun 10:00-24:00` has spans for days"
        )
    length = (end - start) % _MINUTES_OF_DAY or _MINUTES_OF_DAY
    spans = []
    for day in days:
        first = day * _MINUTES_OF_DAY + start
        last = first + length
        spans.append((first, min(last, _MINUTES_OF_WEEK)))
        if last > _MINUTES_OF_WEEK:  # from Sunday to Monday
            spans.append((0, last - _MINUTES_OF_WEEK))
    return spans


def _days(first: str | None, last: str | None) -> list[int] | None:
    if first is None:
        return list(range(7))
    if first not in _DAYS or (last or first) not in _DAYS:
        return None
    begin, end = _DAYS.index(first), _DAYS.index(last or first)
    return [(begin + day) % 7 for day in range((end - begin) % 7 + 1)]


def _minutes(text: str) -> int | None:
    hours, minutes = (int(part) for part in text.split(":"))
    total = hours * 60 + minutes
    return total if minutes < 60 and total <= _MINUTES_OF_DAY else None


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the same times as spans in order that do not touch."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _minute_of_week(local: datetime) -> int:
    return local.weekday() * _MINUTES_OF_DAY + local.hour * 60 + local.minute


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class QuietHoursWatch:
    """Calls `change` with whether work waits: once at the start, then whenever that changes."""

    hours: QuietHours
    change: Callable[[bool], object]
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    async def run(self) -> None:
        """Watch the clock, without end."""
        told: bool | None = None
        while True:
            now = self.now()
            is_quiet = self.hours.are_at(now)
            if is_quiet is not told:
                self.change(is_quiet)
                told = is_quiet
            to_next_minute = 60 - now.second - now.microsecond / 1e6
            await self.sleep(min(LONGEST_WAIT_SECONDS, to_next_minute))
