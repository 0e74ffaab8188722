"""Hours of the week in which jobs wait, also around changes of the clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stoat_ferret.config import load_settings
from stoat_ferret.quiet_hours import QuietHours, QuietHoursWatch

if TYPE_CHECKING:
    from collections.abc import Iterator

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Written out, because a small system has no files of time zones.
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def local(day: int, hours: int, minutes: int = 0) -> datetime:
    """Return a time of the week that begins on Monday, 5 January, in the winter of Berlin."""
    return MONDAY + timedelta(days=day, hours=hours - 1, minutes=minutes)


def end(hours: QuietHours, moment: datetime) -> str | None:
    found = hours.end_after(moment)
    return None if found is None else f"{found:%a %H:%M}"


def test_every_night() -> None:
    hours = QuietHours("22:00-6:00")
    assert [hours.are_at(local(0, hour)) for hour in (0, 5, 6, 21, 22)] == [
        *(True, True, False, False, True)
    ]
    assert not hours.are_at(local(0, 21, 59))
    assert end(hours, local(0, 23)) == "Tue 06:00"
    assert end(hours, local(6, 23)) == "Mon 06:00"
    assert end(hours, local(0, 12)) is None


def test_spans_of_days() -> None:
    hours = QuietHours(" Mon-Fri  9:00 - 17:30,fri 17:30-20:00, sat-sun 10:00-24:00")
    assert hours.expression == "mon-fri 9:00 - 17:30, fri 17:30-20:00, sat-sun 10:00-24:00"
    assert end(hours, local(3, 10)) == "Thu 17:30"
    assert end(hours, local(4, 10)) == "Fri 20:00"
    assert end(hours, local(6, 10)) == "Mon 00:00"
    assert not hours.are_at(local(5, 9, 59))
    assert QuietHours("sun-mon 1:00-2:00").are_at(local(0, 1))


def test_always() -> None:
    hours = QuietHours("0:00-24:00")
    assert hours.are_at(local(2, 12))
    assert hours.end_after(local(2, 12)) is None


@given(
    first=st.integers(0, 6),
    count=st.integers(1, 7),
    start=st.integers(0, 1439),
    length=st.integers(1, 1439),
    minute=st.integers(0, 7 * 1440 - 1),
)
def test_the_end_is_the_first_minute_that_is_not_quiet(
    first: int, count: int, start: int, length: int, minute: int
) -> None:
    last = (first + count - 1) % 7
    stop = (start + length) % 1440
    span = f"{start // 60}:{start % 60:02}-{stop // 60}:{stop % 60:02}"
    hours = QuietHours(f"{DAYS[first]}-{DAYS[last]} {span}")
    moment = local(0, 0, minute)
    begun = [
        (first + day) % 7 * 1440 + start + shift for day in range(count) for shift in (0, -10080)
    ]
    assert hours.are_at(moment) == any(0 <= minute - one < length for one in begun)
    found = hours.end_after(moment)
    assert (found is not None) == hours.are_at(moment)
    if found is not None:
        assert not hours.are_at(found)
        assert hours.are_at(found - timedelta(minutes=1))
        assert timedelta() < found - moment <= timedelta(days=1)


def test_the_clock_on_the_wall_counts() -> None:
    hours = QuietHours("2:30-3:30")  # on 29 March, 2:00 is followed by 3:00, which is 1:00 UTC
    summer = datetime(2026, 3, 29, tzinfo=UTC)
    minutes = range(0, 240, 10)
    quiet = [one for one in minutes if hours.are_at(summer + timedelta(minutes=one))]
    assert quiet == [60, 70, 80]
    assert hours.end_after(summer + timedelta(hours=1)) == summer + timedelta(minutes=90)


@pytest.mark.parametrize(
    "expression",
    [
        *("night", "22-6", "22:00", "25:00-6:00", "9:60-10:00", "9:00-9:00", "24:00-6:00"),
        *("dom 9:00-10:00", "mon-dom 9:00-10:00", "9:00-10:00,"),
    ],
)
def test_what_are_no_hours_is_refused_with_examples(expression: str) -> None:
    with pytest.raises(ValidationError, match=r"is no span of hours: `22:00-6:00` is every night"):
        load_settings(quiet_hours=expression)


def test_an_empty_setting_is_none() -> None:
    assert load_settings(quiet_hours=" ").quiet_hours is None


async def test_a_change_is_told_once_and_soon() -> None:
    now = local(0, 21, 59) + timedelta(seconds=50)
    told: list[tuple[str, bool]] = []

    class EndOfTestError(Exception):
        pass

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += timedelta(seconds=seconds)
        if now > local(1, 7):
            raise EndOfTestError

    watch = QuietHoursWatch(
        QuietHours("22:00-6:00"),
        lambda is_quiet: told.append((f"{now.astimezone():%a %H:%M:%S}", is_quiet)),
        lambda: now,
        sleep,
    )
    with pytest.raises(EndOfTestError):
        await watch.run()
    assert told == [("Mon 21:59:50", False), ("Mon 22:00:00", True), ("Tue 06:00:00", False)]
