"""The queue of one process: jobs run as tasks of its event loop, over a store that keeps them."""

from __future__ import annotations

import asyncio
import contextvars
import math
import os
import socket
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

import anyio
import structlog
import uuid_utils

from stoat_ferret.errors import (
    JobActiveError,
    JobFinishedError,
    QueueClosedError,
    UnknownJobKindError,
)
from stoat_ferret.jobs.asyncio_entry import _AsyncJobEntry
from stoat_ferret.jobs.clock import Clock, SystemClock, sleep, wait_for_any
from stoat_ferret.jobs.job import Job, JobResult, JobStatus, Progress, advance
from stoat_ferret.jobs.lane import JobLane
from stoat_ferret.jobs.lifecycle import (
    RetryingWriter,
    StopReason,
    json_copy,
    log_failure,
    put_back,
    recovered,
    stopped,
)
from stoat_ferret.jobs.snapshots import LiveView

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Generator, Mapping
    from types import TracebackType

    from stoat_ferret.jobs.queue import JobFilter, JobPage, JobRunner
    from stoat_ferret.jobs.store import JobStore

SWEEP_INTERVAL_SECONDS = 3600.0
CLOSE_SECONDS = 2.0
"""The longest wait for jobs to end and be recorded when the queue closes."""
CANCEL_SECONDS = 0.5
"""The longest wait for a cancel to be stored; after that it is answered all the same."""
END_SECONDS = 2.0
"""The longest wait of a cancel for a job that is about to end in another way."""

T = TypeVar("T")

logger = structlog.get_logger(__name__)


class AsyncioJobQueue:
    """`JobQueue` for one process, open within `async with`.

    Entering takes up what the last process left; leaving puts running jobs back for the next.
    A queue that does not `recover` leaves stored jobs and old records to the next one that does,
    but runs a stored job that is submitted again, and cancels one without being entered.
    A final state is shown once it is stored. All methods belong to the event loop that entered,
    except `set_progress`, which may be called in any thread.
    """

    def __init__(
        self,
        kinds: Mapping[str, JobRunner],
        store: JobStore,
        *,
        clock: Clock | None = None,
        shutdown_grace_seconds: float = 5.0,
        retention_days: float = 30.0,
        worker: str | None = None,
        recover: bool = True,
    ) -> None:
        """Nothing runs yet; `worker` says in the records who ran a job (default: host:pid)."""
        self._kinds = dict(kinds)
        self._store = store
        self._clock = clock or SystemClock()
        self._grace_seconds = shutdown_grace_seconds
        self._retention = timedelta(days=retention_days)
        self._recovers = recover
        self._worker = worker or f"{socket.gethostname()}:{os.getpid()}"
        self._ledger = RetryingWriter(store, self._clock, self._say_why)
        self._view = LiveView(store, self._clock)
        self._lanes: dict[str, JobLane[_AsyncJobEntry]] = {
            name: JobLane(kind.limit) for name, kind in self._kinds.items()
        }
        self._entries: dict[str, _AsyncJobEntry] = {}
        self._attempts: set[asyncio.Task[None]] = set()
        self._abandoned: set[asyncio.Task[JobResult]] = set()
        self._accepting: set[asyncio.Task[Any]] = set()
        self._recording: set[asyncio.Task[Any]] = set()
        self._open = False
        self._closing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Take up what the last process left, and start."""
        self._loop = asyncio.get_running_loop()
        self._home = contextvars.copy_context()
        self._hurried = self._loop.create_future()
        if self._recovers:
            await self._recover()
        self._view.start()
        self._sweeper = asyncio.create_task(self._sweep())
        self._open = True
        for kind in self._lanes:
            self._dispatch(kind)
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take no more jobs, let running ones end within the grace, put back the others.

        A cancellation meanwhile only cuts the grace short, and is raised at the end.
        """
        cancellation: asyncio.CancelledError | None = None
        with anyio.CancelScope(shield=True):
            closing = self.begin_close()
            while not closing.done():
                try:
                    await asyncio.wait({closing})
                except asyncio.CancelledError as caught:
                    cancellation = caught
                    closing = self.begin_close(hurried=True)
        if cancellation is not None:
            raise cancellation
        closing.result()

    def begin_close(self, *, hurried: bool = False) -> asyncio.Task[None]:
        """Take no more jobs, and let the grace begin now, or end now where it is `hurried`.

        The block is still to be left, which then waits for what is left of it.
        """
        self._open = False
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        if hurried and not self._hurried.done():
            self._hurried.set_result(None)
        return self._closing

    async def submit(
        self,
        kind: str,
        params: dict[str, Any],
        *,
        key: str | None = None,
        priority: int = 0,
        timeout_seconds: float | None = None,
    ) -> Job:
        """Accept a job, or give back the active one that has the same `key`.

        `params` that are not plain JSON and a deadline that is no positive number are a
        `ValueError`.
        """
        if not self._open:
            raise QueueClosedError
        if kind not in self._kinds:
            raise UnknownJobKindError(kind)
        if timeout_seconds is None:
            timeout_seconds = self._kinds[kind].timeout_seconds
        if timeout_seconds is not None and not 0 < timeout_seconds < math.inf:
            raise ValueError(f"a deadline must be a positive number, not {timeout_seconds}")
        job = Job(
            id=str(uuid_utils.uuid7()),
            kind=kind,
            status=JobStatus.QUEUED,
            params=json_copy(params),
            created_at=self._clock.now(),
            key=key and _spelled(key),
            priority=priority,
            timeout_seconds=timeout_seconds,
        )
        return await self._complete(self._accept(job), self._accepting)

    async def get(self, job_id: str) -> Job:
        """The job as it is now. Raises `JobNotFoundError`."""
        entry = self._entries.get(job_id)
        return await self._store.get(job_id) if entry is None else entry.snapshot()

    async def list(
        self,
        *,
        kind: str | None = None,
        status: JobStatus | None = None,
        about: JobFilter | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> JobPage:
        """A page of jobs, newest first. Raises `InvalidCursorError`."""
        # Those that were active before the store was read: what it says may be older than they.
        live = dict(self._entries)
        page = await self._store.list(
            kind=kind,
            status=status,
            about=about and replace(about, keys=frozenset(map(_spelled, about.keys))),
            limit=limit,
            cursor=cursor,
        )
        items = [live[job.id].refresh(job) if job.id in live else job for job in page.items]
        return replace(page, items=items)

    async def cancel(self, job_id: str) -> Job:
        """Ask a job to stop. Raises `JobNotFoundError`, `JobFinishedError`.

        While that cannot be stored, the job that is returned is as it was but for its
        `cancel_requested`, and its `error` says why.
        """
        if job_id not in self._entries and self._accepting:
            accepted = asyncio.gather(*self._accepting, return_exceptions=True)
            await wait_for_any(self._clock, CANCEL_SECONDS, asyncio.shield(accepted))
        entry = self._entries.get(job_id)
        if entry is None:
            return await self._cancel_stored(job_id)
        asked = entry.ask_to_stop(StopReason.CANCELLED)
        recording = self._begin(self._record_cancel(entry, asked=asked), self._recording)
        await wait_for_any(self._clock, CANCEL_SECONDS if asked else END_SECONDS, recording)
        return recording.result() if recording.done() else entry.snapshot()

    async def delete(self, job_id: str) -> None:
        """Forget a job that has ended. Raises `JobNotFoundError`, `JobActiveError`."""
        entry = self._entries.get(job_id)
        if entry is not None:
            raise JobActiveError(job_id, entry.job.status)
        await self._store.delete(job_id)

    async def delete_finished(
        self, *, kind: str | None = None, status: JobStatus | None = None
    ) -> int:
        """Forget all jobs that have ended, those that match what is given; how many they were."""
        return await self._store.delete_finished(kind=kind, status=status)

    def set_progress(self, job_id: str, value: float | Progress) -> None:
        """Tell how far a running job is; in any thread. Unknown ids are ignored."""
        entry = self._entries.get(job_id)
        if entry is None:
            advance(Progress(), value)
        else:
            entry.set_progress(value)

    @contextmanager
    def subscribe(self) -> Generator[AsyncIterator[Job]]:
        """Snapshots of every active job, then of those that change."""
        first = [entry.snapshot() for entry in self._entries.values()]
        with self._view.subscribe(first) as reader:
            yield reader

    async def _recover(self) -> None:
        for job in await self._store.active():
            await self._take_up(job)

    async def _take_up(self, job: Job) -> bool:
        """Have an active `job` of a process that is gone wait its turn; False if it has ended."""
        after = recovered(job, self._kinds, self._clock.now())
        if after is not job:
            if not await self._store.move(job, after):
                return False
            logger.info("job_recovered", job_id=job.id, kind=job.kind, status=after.status)
        if after.status is not JobStatus.QUEUED:
            return False
        self._register(after)
        return True

    async def _cancel_stored(self, job_id: str) -> Job:
        """Cancel a job that nobody runs. Raises `JobFinishedError`."""
        while True:
            job = await self._store.get(job_id)
            if job.status.is_final:
                raise JobFinishedError(job_id, job.status)
            if self._recovers:  # it runs, or it would be known: this queue has put it back
                raise QueueClosedError
            cancelled = replace(
                job,
                status=JobStatus.CANCELLED,
                cancel_requested=True,
                finished_at=self._clock.now(),
            )
            if await self._store.move(job, cancelled):
                return cancelled

    def _register(self, job: Job) -> _AsyncJobEntry:
        entry = _AsyncJobEntry(job, self._view.tell, job.progress)
        self._entries[job.id] = entry
        self._lanes[job.kind].add(entry)
        self._view.mark(entry)
        return entry

    async def _accept(self, job: Job) -> Job:
        kept = await self._store.insert(job)
        while kept.id not in self._entries:
            if kept.id == job.id:
                self._register(kept)
            elif self._recovers:  # it has ended in this very moment
                return kept
            elif not await self._take_up(kept):
                kept = await self._store.insert(job)
        self._dispatch(kept.kind)
        entry = self._entries.get(kept.id)
        return kept if entry is None else entry.snapshot()

    def _dispatch(self, kind: str) -> None:
        """Start as many jobs of `kind` as there is room for."""
        while self._open and (entry := self._lanes[kind].take()) is not None:
            # The context of whoever happened to make room speaks of another request.
            attempt = asyncio.create_task(self._run(entry), context=self._home.copy())
            self._attempts.add(attempt)
            attempt.add_done_callback(self._attempts.discard)
            entry.attempt = attempt

    async def _run(self, entry: _AsyncJobEntry) -> None:
        """One attempt, from its turn to its end."""
        kind = entry.job.kind
        try:
            if await self._start(entry):
                try:
                    await entry.run(self._kinds[kind], self._clock)
                finally:
                    await self._end(entry, entry.seal())
        except asyncio.CancelledError:
            # The loop is torn down without a word to the queue: nothing more is begun.
            self._open = False
            raise
        except Exception as error:  # noqa: BLE001  it is logged
            # The record says that it runs, so that the next start takes it up.
            log_failure("job_left_behind", error, job_id=entry.job.id, kind=kind)
        finally:
            if entry.handler is None or entry.handler.done():
                self._make_room(kind)
            else:
                self._abandoned.add(entry.handler)
                entry.handler.add_done_callback(self._abandoned.discard)
                entry.handler.add_done_callback(lambda _: self._make_room(kind))

    def _make_room(self, kind: str) -> None:
        self._lanes[kind].release()
        self._dispatch(kind)

    async def _start(self, entry: _AsyncJobEntry) -> bool:
        """Record that `entry` runs; False where it is not to run after all."""
        async with entry.writing:
            job = entry.job
            if not self._may_start(entry):
                return False
            entry.floor = job.progress.fraction or 0.0
            started = replace(
                job,
                status=JobStatus.RUNNING,
                attempt=job.attempt + 1,
                started_at=self._clock.now(),
                worker=self._worker,
                progress=Progress(fraction=job.progress.fraction),
            )
            moved = await self._move(entry, started)
            if moved and entry.cancel_requested:
                await self._move(entry, self._after(entry, entry.seal()))
                return False
        if moved:
            logger.info("job_started", job_id=job.id, kind=job.kind, attempt=started.attempt)
        return moved

    def _may_start(self, entry: _AsyncJobEntry) -> bool:
        is_queued = entry.job.status is JobStatus.QUEUED
        return self._open and is_queued and not entry.cancel_requested

    async def _end(self, entry: _AsyncJobEntry, result: JobResult) -> None:
        async with entry.writing:
            if await self._move(entry, self._after(entry, result)):
                job = entry.job
                logger.info("job_ended", job_id=job.id, kind=job.kind, status=job.status)

    def _after(self, entry: _AsyncJobEntry, result: JobResult) -> Job:
        """The record of `entry` after an attempt, or no attempt at all, that gave `result`."""
        job = replace(entry.snapshot(), result=result.value, error=None)
        if result.status is JobStatus.QUEUED:
            return put_back(job)
        fraction = 1.0 if result.status is JobStatus.SUCCEEDED else job.progress.fraction
        return replace(
            job,
            status=result.status,
            error=result.error,
            finished_at=self._clock.now(),
            progress=replace(job.progress, fraction=fraction, current=None, eta_seconds=None),
        )

    async def _move(self, entry: _AsyncJobEntry, new: Job) -> bool:
        """Store and show a new state; the caller holds `entry.writing`."""
        moved = await self._ledger.move(entry.job, new)
        entry.trouble = None
        if moved:
            entry.job, entry.progress = new, new.progress
            self._view.mark(entry)
        else:
            logger.error("job_lost", job_id=new.id, kind=new.kind, status=new.status)
        if new.status.is_final or not moved:
            self._entries.pop(new.id, None)
        return moved

    def _say_why(self, job: Job, reason: str) -> None:
        """Have the job say why its state cannot be stored."""
        entry = self._entries.get(job.id)
        if entry is not None:
            entry.trouble = f"Its state cannot be stored, which is tried again. {reason}"
            self._view.mark(entry)

    async def _record_cancel(self, entry: _AsyncJobEntry, *, asked: bool) -> Job:
        if not asked and entry.attempt is not None:
            # It is about to end as something else, or to be put back.
            await asyncio.wait({entry.attempt})
        async with entry.writing:
            if entry.job.status is JobStatus.QUEUED:
                self._lanes[entry.job.kind].remove(entry)
                result = stopped(StopReason.CANCELLED, entry.kept_result(), None)
                await self._move(entry, self._after(entry, result))
            elif entry.job.status is JobStatus.RUNNING and asked:
                await self._record_request(entry)
            elif entry.job.status.is_final and not asked:
                raise JobFinishedError(entry.job.id, entry.job.status)
        return entry.snapshot()

    async def _record_request(self, entry: _AsyncJobEntry) -> None:
        try:
            if await self._store.request_cancel(entry.job):
                entry.job = replace(entry.job, cancel_requested=True)
                self._view.mark(entry)
        except Exception as error:  # noqa: BLE001  it is logged
            # The flag is set, and the final state, which is tried for longer, says it as well.
            log_failure("cancel_not_written", error, job_id=entry.job.id)

    async def _complete(self, work: Coroutine[Any, Any, T], among: set[asyncio.Task[Any]]) -> T:
        """Await `work`, which goes on to its end also when the caller no longer waits."""
        return await asyncio.shield(self._begin(work, among))

    def _begin(
        self, work: Coroutine[Any, Any, T], among: set[asyncio.Task[Any]]
    ) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
        return task

    async def _sweep(self) -> None:
        """Forget, again and again, the jobs that ended too long ago."""
        while self._recovers:
            try:
                await self._store.delete_finished(before=self._clock.now() - self._retention)
            except Exception as error:  # noqa: BLE001  it is logged
                log_failure("old_jobs_not_deleted", error)
            await sleep(self._clock, SWEEP_INTERVAL_SECONDS)

    async def _close(self) -> None:
        await self._wait_for(self._attempts, self._grace_seconds, self._hurried)
        for entry in self._entries.values():
            entry.ask_to_stop(StopReason.SHUTDOWN)
        self._ledger.hurry()
        last = self._attempts | self._accepting | self._recording
        await self._wait_for(last, CLOSE_SECONDS)
        self._ledger.give_up()
        for task in (*last, self._sweeper):
            task.cancel()
        await asyncio.gather(*last, self._sweeper, return_exceptions=True)
        for handler in self._abandoned:
            logger.warning("job_handler_still_running", job_id=handler.get_name())
        await self._view.close()
        self._entries.clear()

    async def _wait_for(
        self, tasks: set[asyncio.Task[Any]], seconds: float, *others: asyncio.Future[None]
    ) -> None:
        """Wait until all `tasks` or one of `others` have ended, or for `seconds`."""
        ended = asyncio.gather(*tasks, return_exceptions=True)
        await wait_for_any(self._clock, seconds, ended, *others)


def _spelled(key: str) -> str:
    """`key` as text: they are compared, so a name that is none must not become that of another."""
    return key.encode("utf-8", "backslashreplace").decode()
