"""The job queue of a single process: runs jobs as asyncio tasks and persists them in a store."""

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
from stoat_ferret.jobs.asyncio_entry import JobLane, _AsyncJobEntry
from stoat_ferret.jobs.clock import Clock, SystemClock, sleep, wait_for_any
from stoat_ferret.jobs.job import Job, JobResult, JobStatus, Progress, advance
from stoat_ferret.jobs.lifecycle import (
    RetryingWriter,
    StopReason,
    json_copy,
    log_failure,
    put_back,
    recovered,
    stopped,
)
from stoat_ferret.jobs.live_view import LiveView

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Generator, Mapping
    from types import TracebackType

    from stoat_ferret.jobs.queue import JobFilter, JobPage, JobRunner
    from stoat_ferret.jobs.store import JobStore

SWEEP_INTERVAL_SECONDS = 3600.0
CLOSE_SECONDS = 2.0
"""The maximum time that closing waits for jobs to end and be stored."""
CANCEL_SECONDS = 0.5
"""The maximum time to wait for a cancellation to be stored before `cancel` returns anyway."""
END_SECONDS = 2.0
"""The maximum time that `cancel` waits for a job that is about to end for another reason."""

T = TypeVar("T")

logger = structlog.get_logger(__name__)


class AsyncioJobQueue:
    """`JobQueue` for one process, open within `async with`.

    Entering recovers the jobs of the previous process; leaving puts running jobs back into the
    queue for the next one. Without `recover`, stored jobs and old records are left to the next
    queue with it, but a stored job that is submitted again is run, and stored jobs can be cancelled
    without entering. A final state becomes visible once it is stored. All methods must be called in
    the event loop that entered, except `set_progress`, which may be called from any thread.
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
        """Create a closed queue; `worker` names this process in the records (default: host:pid)."""
        self._kinds = dict(kinds)
        self._store = store
        self._clock = clock or SystemClock()
        self._grace_seconds = shutdown_grace_seconds
        self._retention = timedelta(days=retention_days)
        self._recovers = recover
        self._worker = worker or f"{socket.gethostname()}:{os.getpid()}"
        self._writer = RetryingWriter(store, self._clock, self._show_write_error)
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
        """Recover the jobs of the previous process and start."""
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
        """Stop accepting jobs, wait for running jobs up to the grace period, put back the others.

        A cancellation meanwhile ends the grace period and is re-raised at the end.
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
        """Stop accepting jobs and start the grace period, or end it now if `hurried`.

        The `async with` block must still be left; leaving waits for the remaining shutdown.
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
        earlier_result: dict[str, Any] | None = None,
    ) -> Job:
        """Accept a job, or return the active job with the same `key`.

        Raises `ValueError` if `params` or `earlier_result` is not plain JSON, or the deadline is
        not a positive number.
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
            result=None if earlier_result is None else json_copy(earlier_result),
            key=key and _valid_unicode(key),
            priority=priority,
            timeout_seconds=timeout_seconds,
        )
        return await self._complete(self._accept(job), self._accepting)

    async def get(self, job_id: str) -> Job:
        """Return the current state of a job. Raises `JobNotFoundError`."""
        entry = self._entries.get(job_id)
        return await self._store.get(job_id) if entry is None else entry.snapshot()

    async def list(
        self,
        *,
        kind: str | None = None,
        status: JobStatus | None = None,
        matching: JobFilter | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> JobPage:
        """Return a page of jobs, newest first. Raises `InvalidCursorError`."""
        # Copied before reading the store, whose records may be older than these entries.
        live = dict(self._entries)
        if matching is not None:
            matching = replace(matching, keys=frozenset(map(_valid_unicode, matching.keys)))
        page = await self._store.list(
            kind=kind,
            status=status,
            matching=matching,
            limit=limit,
            cursor=cursor,
        )
        items = [live[job.id].refresh(job) if job.id in live else job for job in page.items]
        return replace(page, items=items)

    async def cancel(self, job_id: str) -> Job:
        """Request a job to stop. Raises `JobNotFoundError`, `JobFinishedError`.

        If the request cannot be stored yet, the returned job only differs in `cancel_requested`,
        and its `error` is the reason.
        """
        if job_id not in self._entries and self._accepting:
            accepted = asyncio.gather(*self._accepting, return_exceptions=True)
            await wait_for_any(self._clock, CANCEL_SECONDS, asyncio.shield(accepted))
        entry = self._entries.get(job_id)
        if entry is None:
            return await self._cancel_stored(job_id)
        requested = entry.ask_to_stop(StopReason.CANCELLED)
        recording = self._begin(self._record_cancel(entry, requested=requested), self._recording)
        await wait_for_any(self._clock, CANCEL_SECONDS if requested else END_SECONDS, recording)
        return recording.result() if recording.done() else entry.snapshot()

    async def delete(self, job_id: str) -> None:
        """Delete a finished job. Raises `JobNotFoundError`, `JobActiveError`."""
        entry = self._entries.get(job_id)
        if entry is not None:
            raise JobActiveError(job_id, entry.job.status)
        await self._store.delete(job_id)

    async def delete_finished(
        self, *, kind: str | None = None, status: JobStatus | None = None
    ) -> int:
        """Delete all finished jobs that match the arguments; return how many."""
        return await self._store.delete_finished(kind=kind, status=status)

    def set_progress(self, job_id: str, value: float | Progress) -> None:
        """Update the progress of a running job, from any thread. Unknown ids are ignored."""
        entry = self._entries.get(job_id)
        if entry is None:
            advance(Progress(), value)
        else:
            entry.set_progress(value)

    @contextmanager
    def subscribe(self) -> Generator[AsyncIterator[Job]]:
        """Iterate over snapshots of all active jobs, then of jobs that change."""
        first = [entry.snapshot() for entry in self._entries.values()]
        with self._view.subscribe(first) as reader:
            yield reader

    async def _recover(self) -> None:
        for job in await self._store.active():
            await self._requeue(job)

    async def _requeue(self, job: Job) -> bool:
        """Queue an active `job` of a dead process; return False if the job has ended."""
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
        """Cancel a job that no process runs. Raises `JobFinishedError`."""
        while True:
            job = await self._store.get(job_id)
            if job.status.is_final:
                raise JobFinishedError(job_id, job.status)
            if self._recovers:  # if it were running, it would have an entry: it was put back
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
        entry = _AsyncJobEntry(job, self._view.notify, self._view.save, job.progress)
        self._entries[job.id] = entry
        self._lanes[job.kind].add(entry)
        self._view.mark(entry)
        return entry

    async def _accept(self, job: Job) -> Job:
        stored = await self._store.insert(job)
        while stored.id not in self._entries:
            if stored.id == job.id:
                self._register(stored)
            elif self._recovers:  # it has just ended
                return stored
            elif not await self._requeue(stored):
                stored = await self._store.insert(job)
        self._dispatch(stored.kind)
        entry = self._entries.get(stored.id)
        return stored if entry is None else entry.snapshot()

    def _dispatch(self, kind: str) -> None:
        """Start as many jobs of `kind` as its limit allows."""
        while self._open and (entry := self._lanes[kind].take()) is not None:
            # Not the current context: that belongs to another request.
            attempt = asyncio.create_task(self._run(entry), context=self._home.copy())
            self._attempts.add(attempt)
            attempt.add_done_callback(self._attempts.discard)
            entry.attempt = attempt

    async def _run(self, entry: _AsyncJobEntry) -> None:
        """Run one attempt of a job, from dispatch to its end."""
        kind = entry.job.kind
        try:
            if await self._start(entry):
                try:
                    await entry.run(self._kinds[kind], self._clock)
                except asyncio.CancelledError:
                    # It is not cancelled again if the store fails: do not wait for it for ever.
                    self._writer.hurry()
                    raise
                finally:
                    await self._end(entry, entry.seal())
                self._try_again(entry)
        except asyncio.CancelledError:
            # The event loop is cancelling all tasks: start no more jobs.
            self._open = False
            raise
        except Exception as error:  # noqa: BLE001  it is logged
            # The record remains running, so the next process recovers it.
            log_failure("job_left_behind", error, job_id=entry.job.id, kind=kind)
        finally:
            if entry.handler is None or entry.handler.done():
                self._make_room(kind)
            else:
                self._abandoned.add(entry.handler)
                entry.handler.add_done_callback(self._abandoned.discard)
                entry.handler.add_done_callback(lambda _: self._make_room(kind))

    def _try_again(self, entry: _AsyncJobEntry) -> None:
        """Queue a job whose attempt was interrupted, if this process goes on."""
        if self._open and entry.stop is None and entry.job.status is JobStatus.QUEUED:
            entry.reopen()
            self._lanes[entry.job.kind].add(entry)

    def _make_room(self, kind: str) -> None:
        self._lanes[kind].release()
        self._dispatch(kind)

    async def _start(self, entry: _AsyncJobEntry) -> bool:
        """Store that `entry` is running; return False if it must not run after all."""
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
        """Return the record of `entry` after `result`, whether it was attempted or not."""
        job = replace(entry.snapshot(), result=result.value, error=None)
        if result.status is JobStatus.QUEUED:
            is_planned = entry.stop is not None
            return put_back(job) if is_planned else recovered(job, self._kinds, self._clock.now())
        fraction = 1.0 if result.status is JobStatus.SUCCEEDED else job.progress.fraction
        return replace(
            job,
            status=result.status,
            error=result.error,
            finished_at=self._clock.now(),
            progress=replace(job.progress, fraction=fraction, current=None, eta_seconds=None),
        )

    async def _move(self, entry: _AsyncJobEntry, new: Job) -> bool:
        """Store and publish a new state; the caller holds `entry.writing`."""
        moved = await self._writer.move(entry.job, new)
        entry.trouble = None
        if moved:
            entry.job, entry.progress = new, new.progress
            self._view.mark(entry)
        else:
            logger.error("job_lost", job_id=new.id, kind=new.kind, status=new.status)
        if new.status.is_final or not moved:
            self._entries.pop(new.id, None)
        return moved

    def _show_write_error(self, job: Job, reason: str) -> None:
        """Show in the job why its state cannot be stored."""
        entry = self._entries.get(job.id)
        if entry is not None:
            entry.trouble = f"Its state cannot be stored yet; retrying. {reason}"
            self._view.mark(entry)

    async def _record_cancel(self, entry: _AsyncJobEntry, *, requested: bool) -> Job:
        if not requested and entry.attempt is not None:
            # It is about to end for another reason, or to be put back.
            await asyncio.wait({entry.attempt})
            requested = entry.ask_to_stop(StopReason.CANCELLED)  # it may be tried again
        async with entry.writing:
            if entry.job.status is JobStatus.QUEUED:
                self._lanes[entry.job.kind].remove(entry)
                result = stopped(StopReason.CANCELLED, entry.kept_result(), None)
                await self._move(entry, self._after(entry, result))
            elif entry.job.status is JobStatus.RUNNING and requested:
                await self._record_request(entry)
            elif entry.job.status.is_final and not requested:
                raise JobFinishedError(entry.job.id, entry.job.status)
        return entry.snapshot()

    async def _record_request(self, entry: _AsyncJobEntry) -> None:
        try:
            if await self._store.request_cancel(entry.job):
                entry.job = replace(entry.job, cancel_requested=True)
                self._view.mark(entry)
        except Exception as error:  # noqa: BLE001  it is logged
            # The flag is set, and the final state, which is retried for longer, records it too.
            log_failure("cancel_not_written", error, job_id=entry.job.id)

    async def _complete(self, work: Coroutine[Any, Any, T], among: set[asyncio.Task[Any]]) -> T:
        """Await `work`; it runs to completion even if the caller is cancelled."""
        return await asyncio.shield(self._begin(work, among))

    def _begin(
        self, work: Coroutine[Any, Any, T], among: set[asyncio.Task[Any]]
    ) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
        return task

    async def _sweep(self) -> None:
        """Delete jobs that are past their retention, periodically."""
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
        self._writer.hurry()
        last = self._attempts | self._accepting | self._recording
        await self._wait_for(last, CLOSE_SECONDS)
        self._writer.give_up()
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
        """Wait until all `tasks` or one of `others` are done, or until `seconds` have passed."""
        ended = asyncio.gather(*tasks, return_exceptions=True)
        await wait_for_any(self._clock, seconds, ended, *others)


def _valid_unicode(key: str) -> str:
    """Return `key` as valid Unicode; different keys must stay different."""
    return key.encode("utf-8", "backslashreplace").decode()
