"""The engine of rules: looks at changed videos, starts batches, and records their outcome.

Every step is one transaction, and what it needs is in the database: after a kill, the next process
continues with the step that was not committed. Nothing is done twice, since a run is recorded once
for each version of a video, in the transaction that stores its job.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from stoat_ferret.errors import DatabaseError, QueueClosedError
from stoat_ferret.library.tables import rule_batches, rule_runs, rules
from stoat_ferret.rules.batches import batch_has_ended, settle_batches, start_batch
from stoat_ferret.rules.candidates import has_candidates, judge_candidates
from stoat_ferret.rules.store import WAITING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
    from stoat_ferret.library.video import Root
    from stoat_ferret.rules.deliveries import DeliverySender

POLL_SECONDS = 1.0
"""The time after which a change is noticed; a look at unchanged tables is a few small queries."""
_RETRY_SECONDS = 10.0

logger = structlog.get_logger(__name__)


class RuleEngine:
    """Runs the rules of a library, within `async with running`, in one process at a time."""

    def __init__(
        self,
        database: Database,
        queue: AsyncioJobQueue,
        output_root: Root,
        sender: DeliverySender | None = None,
    ) -> None:
        """Create an engine; `output_root` is the root of rendered files.

        Without a `sender`, webhooks are called by the next process that has one.
        """
        self._database = database
        self._queue = queue
        self._output_root = output_root
        self._sender = sender
        self._woken = asyncio.Event()
        self.on_edit: Callable[[int], None] = lambda _: None
        """A function that is called with the number of videos that rules have tagged."""

    def wake(self) -> None:
        """Look at once, for example after a rule was made."""
        self._woken.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the rules until the block ends."""
        tasks = [asyncio.create_task(self._run())]
        if self._sender is not None:
            tasks.append(asyncio.create_task(self._sender.run()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _run(self) -> None:
        while True:
            delay = POLL_SECONDS
            try:
                while await self.step():  # noqa: ASYNC110  others get their turn; nothing is polled
                    await asyncio.sleep(0)
            except QueueClosedError:
                return
            except DatabaseError as error:
                logger.warning("rules_not_run", reason=str(error))
                delay = _RETRY_SECONDS
            except Exception as error:
                logger.exception("rules_failed", exc_info=error)
                delay = _RETRY_SECONDS
            try:
                async with asyncio.timeout(delay):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()

    async def step(self) -> bool:
        """Do what is due, a few hundred videos at most; return whether there may be more."""
        async with self._database.read() as connection:
            has_ended = bool(await connection.scalar(sa.select(batch_has_ended())))
            has_changed = await has_candidates(connection)
            ready = await _ready_rules(connection)
        judged = 0
        if has_ended:
            async with self._database.write() as connection:
                await settle_batches(connection)
        if has_changed:
            async with self._database.write() as connection:
                judged = await judge_candidates(connection, self._output_root.id)
        for rule_id in ready:
            await self._start_batch(rule_id)
        return has_ended or bool(judged) or bool(ready)

    async def _start_batch(self, rule_id: str) -> None:
        async with self._database.write() as connection:
            started = await start_batch(connection, rule_id, self._queue)
        for job in started.jobs:
            self._queue.take_up(job)
        if started.tagged:
            self.on_edit(started.tagged)


async def _ready_rules(connection: AsyncConnection) -> list[str]:
    """Return the enabled rules that have waiting runs and no active batch."""
    is_busy = sa.exists().where(
        rule_batches.c.rule_id == rules.c.id, rule_batches.c.ended_at.is_(None)
    )
    waits = sa.exists().where(rule_runs.c.rule_id == rules.c.id, rule_runs.c.state == WAITING)
    ready = sa.select(rules.c.id).where(rules.c.enabled == 1, ~is_busy, waits)
    return list(await connection.scalars(ready.order_by(rules.c.created_at, rules.c.id)))
