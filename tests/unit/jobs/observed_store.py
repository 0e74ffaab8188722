"""A real store that a test can watch, break and take away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from stoat_ferret.jobs.store import JobStore

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from datetime import datetime

    from stoat_ferret.database import Database
    from stoat_ferret.jobs.job import Job, JobStatus
    from stoat_ferret.jobs.queue import JobFilter, JobPage

T = TypeVar("T")


class ObservedStore(JobStore):
    """A `JobStore` that reports when it is used.

    While `failure` is set, every write raises it. After `die`, no call ever returns: to the
    queue that uses it, its process has died.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.failure: Exception | None = None
        self.failed = 0
        self.progress_writes = 0
        self._dead = False
        self._used = asyncio.Event()
        self._begun = asyncio.Event()
        self._under_way: list[str] = []

    def die(self) -> None:
        self._dead = True
        self._under_way.clear()

    async def used(self) -> None:
        """Wait until a call has ended."""
        self._used.clear()
        await self._used.wait()

    async def begins(self, name: str) -> None:
        """Wait until a call of this method is running."""
        while name not in self._under_way:
            self._begun.clear()
            await self._begun.wait()

    async def settle(self) -> None:
        """Wait until nothing happens any more without the test."""
        calm = 0
        while calm < 30:
            if self._under_way:
                calm = 0
                await self.used()
            else:
                calm += 1
                await asyncio.sleep(0)

    async def insert(self, job: Job) -> Job:
        return await self._observe("insert", super().insert(job), writes=True)

    async def get(self, job_id: str) -> Job:
        return await self._observe("get", super().get(job_id))

    async def list(
        self,
        *,
        kind: str | None = None,
        status: JobStatus | None = None,
        matching: JobFilter | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> JobPage:
        page = super().list(kind=kind, status=status, matching=matching, limit=limit, cursor=cursor)
        return await self._observe("list", page)

    async def active(self) -> Sequence[Job]:
        return await self._observe("active", super().active())

    async def move(self, old: Job, new: Job) -> bool:
        return await self._observe("move", super().move(old, new), writes=True)

    async def save_progress(self, running: Sequence[Job]) -> None:
        await self._observe("save_progress", super().save_progress(running), writes=True)
        self.progress_writes += 1

    async def save_result(self, running: Job) -> None:
        await self._observe("save_result", super().save_result(running), writes=True)

    async def request_cancel(self, job: Job) -> bool:
        return await self._observe("request_cancel", super().request_cancel(job), writes=True)

    async def delete(self, job_id: str) -> None:
        await self._observe("delete", super().delete(job_id), writes=True)

    async def delete_finished(
        self,
        *,
        before: datetime | None = None,
        kind: str | None = None,
        status: JobStatus | None = None,
    ) -> int:
        call = super().delete_finished(before=before, kind=kind, status=status)
        return await self._observe("delete_finished", call, writes=True)

    async def _observe(self, name: str, call: Coroutine[Any, Any, T], *, writes: bool = False) -> T:
        if self._dead:
            call.close()
            await asyncio.get_running_loop().create_future()
        self._under_way.append(name)
        self._begun.set()
        try:
            if writes and self.failure is not None:
                call.close()
                self.failed += 1
                raise self.failure
            return await call
        finally:
            if self._dead:
                await asyncio.get_running_loop().create_future()
            self._under_way.remove(name)
            self._used.set()
