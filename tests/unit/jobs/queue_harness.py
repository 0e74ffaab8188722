"""A queue on a harness: the test watches its store and moves its clock."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
from tests.unit.jobs.controlled_handler import ControlledHandler

from stoat_ferret.jobs.asyncio_entry import ABANDON_SECONDS, STOP_GRACE_SECONDS
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.unit.jobs.fake_clock import FakeClock
    from tests.unit.jobs.observed_store import ObservedStore

    from stoat_ferret.jobs.job import Job, JobStatus
    from stoat_ferret.jobs.queue import JobRunner

PATIENCE_SECONDS = 30


@dataclass
class QueueHarness:
    queue: AsyncioJobQueue
    store: ObservedStore
    clock: FakeClock
    kinds: dict[str, JobRunner]

    async def until(self, job_id: str, status: JobStatus) -> Job:
        """Wait until the job has this status."""
        while (job := await self.queue.get(job_id)).status is not status:
            await self.store.settle()
        return job

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, and wait for everything that follows from it."""
        await self.store.settle()
        self.clock.advance(seconds)
        await self.store.settle()

    async def cancel_task(self) -> None:
        """Let the time pass in which a job that was asked to stop may stop by itself."""
        await self.pass_time(STOP_GRACE_SECONDS)

    async def abandon(self) -> None:
        """Let the time pass in which a cancelled handler may end."""
        await self.pass_time(ABANDON_SECONDS)

    async def kill(self) -> None:
        """Kill the process of the queue: nothing of it writes or runs any more."""
        self.store.die()
        self._soften()
        queue = self.queue
        queue._open = False
        handlers = [entry.handler for entry in queue._entries.values() if entry.handler]
        ours = [*queue._attempts, *queue._accepting, *queue._recording]
        tasks = {*handlers, *queue._abandoned, *ours, queue._sweeper, *queue._view._tasks}
        for _ in range(50):
            for task in tasks:
                task.cancel()
            await asyncio.sleep(0)
        await asyncio.wait(tasks)

    async def close(self) -> None:
        """Close the queue in an orderly way, and let the time pass that this takes."""
        closing = asyncio.ensure_future(self.queue.__aexit__(None, None, None))
        while not closing.done():
            await self.pass_time(STOP_GRACE_SECONDS)
        await closing
        self._soften()
        for handler in tuple(self.queue._abandoned):
            handler.cancel()

    def _soften(self) -> None:
        """Let stubborn handlers end: the loop cannot be closed before."""
        for kind in self.kinds.values():
            if isinstance(kind.handler, ControlledHandler):
                kind.handler.stubborn = False


@asynccontextmanager
async def open_queue(
    store: ObservedStore, clock: FakeClock, kinds: dict[str, JobRunner]
) -> AsyncGenerator[QueueHarness]:
    queue = AsyncioJobQueue(
        kinds, store, clock=clock, shutdown_grace_seconds=0, retention_days=1, worker="here:1"
    )
    with anyio.fail_after(PATIENCE_SECONDS):
        await queue.__aenter__()
        harness = QueueHarness(queue, store, clock, kinds)
        try:
            yield harness
        finally:
            await harness.close()
