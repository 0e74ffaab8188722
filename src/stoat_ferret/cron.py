"""The times that a cron expression names, in local time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cronsim import CronSim, CronSimError

_FIELDS = 5


class CronTimes:
    """The times of an expression with five fields: minute, hour, day, month, weekday."""

    def __init__(self, expression: str) -> None:
        """Parse `expression`. Raises `ValueError`."""
        self.expression = " ".join(expression.split())
        try:
            # One with six fields would begin with seconds.
            times = CronSim(self.expression, datetime.now())  # noqa: DTZ005  local, as its fields
            is_valid = len(self.expression.split()) == _FIELDS and next(times, None) is not None
        except CronSimError:
            is_valid = False
        if not is_valid:
            raise ValueError(
                "name minute, hour, day, month and weekday, as in cron: `0 3 * * *` is every day "
                "at 3:00"
            )

    def next_after(self, moment: datetime) -> datetime:
        """Return the first time after `moment`, which is aware; it is in local time.

        A time that the change to summer time skips is an hour later, and one that occurs twice
        counts once.
        """
        local = moment.astimezone().replace(tzinfo=None)
        for naive in CronSim(self.expression, local - timedelta(hours=1)):
            # Not `naive.astimezone()`: for a time that is skipped, that is an hour too early.
            found = datetime.fromtimestamp(naive.timestamp(), UTC).astimezone()
            if found > moment:
                return found
        raise ValueError(f"{self.expression!r} names no time after {moment}")
