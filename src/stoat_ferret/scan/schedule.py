"""Scans of the roots at the times of a schedule."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from stoat_ferret.errors import StoatFerretError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from stoat_ferret.cron import CronTimes
    from stoat_ferret.library.video import Root

LONGEST_WAIT_SECONDS = 30.0
"""The clock is read this often: a machine that slept, or whose clock was set, is soon in time."""

logger = structlog.get_logger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class ScanSchedule:
    """Submits scans of those `roots` that were scanned before, at `times`.

    `last_scans` returns when each root was last scanned, by its id.
    A root that was not scanned since the last of these times is scanned at the start. After a
    time that was slept through, or several, one scan follows.
    """

    times: CronTimes
    roots: Sequence[Root]
    last_scans: Callable[[], Awaitable[Mapping[int, datetime]]]
    submit: Callable[[Root], Awaitable[object]]
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    catches_up: bool = True
    """Whether roots that were not scanned since the last of the times are scanned at the start."""

    async def run(self) -> None:
        """Submit scans, without end."""
        handled = self.now()
        if self.catches_up:
            await self._scan(missed_at=handled)
        while True:
            await self._until(self.times.next_after(handled))
            handled = self.now()
            await self._scan()

    async def _scan(self, *, missed_at: datetime | None = None) -> None:
        try:
            last = await self.last_scans()
            for root in self.roots:
                scanned_at = last.get(root.id)
                if scanned_at is None:
                    continue
                if missed_at is None or self.times.next_after(scanned_at) <= missed_at:
                    await self.submit(root)
        except StoatFerretError as error:
            logger.warning("scheduled_scan_not_started", reason=str(error))

    async def _until(self, due: datetime) -> None:
        while (left := (due - self.now()).total_seconds()) > 0:
            await self.sleep(min(left, LONGEST_WAIT_SECONDS))
