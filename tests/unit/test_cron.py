"""The times of a cron expression, also around changes of the clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from stoat_ferret.config import load_settings
from stoat_ferret.cron import CronTimes

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Written out, because a small system has no files of time zones.
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def times(expression: str, start: datetime, count: int) -> list[str]:
    """Return the first times after `start`, in UTC."""
    found, moment = [], start
    for _ in range(count):
        moment = CronTimes(expression).next_after(moment)
        found.append(f"{moment.astimezone(UTC):%d %H:%M}")
    return found


def test_times_are_local() -> None:
    assert times("0 3 * * *", datetime(2026, 1, 1, 1, 59, tzinfo=UTC), 2) == [
        "01 02:00",
        "02 02:00",
    ]
    assert times(" 30  */6 * * 1-5 ", datetime(2026, 7, 3, 12, tzinfo=UTC), 2) == [
        "03 16:30",
        "05 22:30",
    ]


def test_a_time_that_is_skipped_is_an_hour_later() -> None:
    assert times("30 2 * * *", datetime(2026, 3, 28, 12, tzinfo=UTC), 2) == ["29 01:30", "30 00:30"]


def test_a_time_that_occurs_twice_counts_once() -> None:
    assert times("30 2 * * *", datetime(2026, 10, 24, 12, tzinfo=UTC), 2) == [
        "25 00:30",
        "26 01:30",
    ]
    hourly = times("0 * * * *", datetime(2026, 10, 24, 23, 30, tzinfo=UTC), 3)
    assert hourly == ["25 00:00", "25 02:00", "25 03:00"]


@pytest.mark.parametrize(
    "expression", ["daily", "0 3 * *", "0 3 * * * *", "61 * * * *", "0 0 30 2 *", "0 3 * * 9"]
)
def test_what_is_no_schedule_is_refused_with_an_example(expression: str) -> None:
    with pytest.raises(ValidationError, match=r"name minute, .* `0 3 \* \* \*`"):
        load_settings(scan_schedule=expression)


def test_an_empty_setting_is_none() -> None:
    assert load_settings(scan_schedule=" ").scan_schedule is None
