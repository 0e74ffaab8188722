"""Writing down how jobs move, however long the store needs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from stoat_ferret.errors import JobNotFoundError
from stoat_ferret.jobs.clock import sleep

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.jobs.clock import Clock
    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.store import JobStore

FIRST_DELAY_SECONDS = 0.05
LONGEST_DELAY_SECONDS = 5.0
LAST_TRIES = 5

logger = structlog.get_logger(__name__)


class JobLedger:
    """Moves of jobs over a store that may fail for a while (a full disk, a lock)."""

    def __init__(
        self,
        store: JobStore,
        clock: Clock,
        on_failure: Callable[[Job, str], None] = lambda _job, _reason: None,
    ) -> None:
        """Moves are tried for ever until `hurry`; `on_failure` hears why one was not written."""
        self._store = store
        self._clock = clock
        self._on_failure = on_failure
        self._hurried = False
        self._given_up = False

    def hurry(self) -> None:
        """From now on give up after a few tries: the program ends, and the next start mends it."""
        self._hurried = True

    def give_up(self) -> None:
        """From now on a cancellation is let through at once: there is no time left."""
        self._hurried = self._given_up = True

    async def move(self, old: Job, new: Job) -> bool:
        """Write `new` in place of `old`; False where the record is no longer `old`.

        A cancellation waits until it is written, or is repeated too often. Raises what the
        store raises only when hurried.
        """
        tries, cancellations = 0, list[asyncio.CancelledError]()
        while True:
            try:
                await self._back_off(tries)
                moved = await self._try_move(old, new)
                break
            except asyncio.CancelledError as error:
                # The loop is being torn down: the outcome is written first.
                cancellations.append(error)
                self.hurry()
                if self._given_up or len(cancellations) >= LAST_TRIES:
                    raise
            except Exception as error:
                tries += 1
                logger.warning("job_not_written", job_id=old.id, tries=tries, reason=str(error))
                self._on_failure(old, str(error))
                if self._hurried and tries >= LAST_TRIES:
                    raise
        if cancellations:
            raise cancellations[0]
        return moved

    async def _try_move(self, old: Job, new: Job) -> bool:
        if await self._store.move(old, new):
            return True
        # An earlier try may have been written although it seemed to fail.
        try:
            kept = await self._store.get(old.id)
        except JobNotFoundError:
            return False
        return (kept.status, kept.attempt) == (new.status, new.attempt)

    async def _back_off(self, tries: int) -> None:
        if tries:
            delay = FIRST_DELAY_SECONDS * 2 ** min(tries - 1, 10)
            await sleep(self._clock, min(delay, LONGEST_DELAY_SECONDS))
