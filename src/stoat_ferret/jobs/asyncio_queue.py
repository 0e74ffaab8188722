"""The job queue of a single process: runs jobs as asyncio tasks and persists them in a store."""

from __future__ import annotations

import asyncio
import contextvars
import math
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
    JobNotPausableError,
    JobNotPausedError,
    QueueClosedError,
    UnknownJobKindError,
)
from stoat_ferret.jobs.asyncio_attempts import AsyncioJobAttempts
from stoat_ferret.jobs.clock import Clock, SystemClock, sleep, wait_for_any
from stoat_ferret.jobs.job import Job, JobStatus, Progress, advance
from stoat_ferret.jobs.lifecycle import (
    StopReason,
    json_copy,
    log_failure,
    put_back,
    recovered,
    stopped,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Mapping
    from types import TracebackType

    from stoat_ferret.jobs.asyncio_entry import _AsyncJobEntry
    from stoat_ferret.jobs.order import Before, QueuePlace
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


class AsyncioJobQueue(AsyncioJobAttempts):
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
        super().__init__(kinds, store, clock or SystemClock(), worker)
        self._grace_seconds = shutdown_grace_seconds
        self._retention = timedelta(days=retention_days)
        self._recovers = recover
        self._accepting: set[asyncio.Task[Any]] = set()
        self._closing: asyncio.Task[None] | None = None
        self._ordering = asyncio.Lock()

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
        job = self.new_job(
            kind,
            params,
            key=key,
            priority=priority,
            timeout_seconds=timeout_seconds,
            earlier_result=earlier_result,
        )
        return await self._complete(self._accept(job), self._accepting)

    def new_job(
        self,
        kind: str,
        params: dict[str, Any],
        *,
        key: str | None = None,
        priority: int = 0,
        timeout_seconds: float | None = None,
        earlier_result: dict[str, Any] | None = None,
    ) -> Job:
        """Return a job that is not stored yet, for `insert_job` and then `take_up`.

        Raises what `submit` raises.
        """
        if not self._open:
            raise QueueClosedError
        if kind not in self._kinds:
            raise UnknownJobKindError(kind)
        if timeout_seconds is None:
            timeout_seconds = self._kinds[kind].timeout_seconds
        if timeout_seconds is not None and not 0 < timeout_seconds < math.inf:
            raise ValueError(f"a deadline must be a positive number, not {timeout_seconds}")
        return Job(
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

    def take_up(self, job: Job) -> None:
        """Run a job that was just stored with `insert_job`, unless this queue is closed.

        The next process takes up the stored jobs that this one did not.
        """
        if self._open and job.id not in self._entries:
            self._register(job)
            self._dispatch(job.kind)

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
        await self._until_accepted(job_id)
        entry = self._entries.get(job_id)
        if entry is None:
            return await self._move_stored(job_id, self._cancelled)
        requested = entry.ask_to_stop(StopReason.CANCELLED)
        recording = self._begin(self._record_cancel(entry, requested=requested), self._recording)
        await wait_for_any(self._clock, CANCEL_SECONDS if requested else END_SECONDS, recording)
        return recording.result() if recording.done() else entry.snapshot()

    async def pause(self, job_id: str) -> Job:
        """Hold a job until it is resumed.

        Raises `JobNotFoundError`, `JobFinishedError`, `JobNotPausableError`.
        """
        return await self._change(job_id, self._record_pause, _paused)

    async def resume(self, job_id: str) -> Job:
        """Queue a paused job, or run one that is held back.

        If it waited at its gate, it goes on where it was. Raises `JobNotFoundError`,
        `JobFinishedError`, `JobNotPausedError`.
        """
        return await self._change(job_id, self._record_resume, _resumed)

    async def reorder(self, job_id: str, place: QueuePlace | Before) -> Job:
        """Give a waiting job another place among the waiting ones of its kind.

        Raises `JobNotFoundError`, `JobNotWaitingError`, `JobOrderError`.
        """
        await self._until_accepted(job_id)
        await self._complete(self._record_order(job_id, place), self._recording)
        return await self.get(job_id)

    def hold_back(self, is_quiet: bool) -> None:
        """Hold back, or let run, jobs of all kinds but those that run in quiet hours.

        Can be called before entering.
        """
        for kind, runner in self._kinds.items():
            self._lanes[kind].is_held_back = is_quiet and not runner.runs_in_quiet_hours
        self._follow_lanes()

    def set_busy(self, is_busy: bool) -> None:
        """Hold back, or let run, the jobs for idle hours."""
        for lane in self._lanes.values():
            lane.is_busy = is_busy
        self._follow_lanes()

    def set_limit(self, kind: str, limit: int) -> None:
        """Change how many jobs of a kind run at a time; those that are running go on."""
        self._lanes[kind].limit = limit
        self._follow_lanes()

    def _follow_lanes(self) -> None:
        """Start the jobs that may run now, and put off those that may no longer."""
        for kind in self._kinds:
            self._dispatch(kind)
        for entry in tuple(self._entries.values()):
            if entry.has_place and not self._lanes[entry.job.kind].may_run(entry):
                _ = self._begin(self._put_off(entry), self._recording)

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
        await self._store.release_held()
        for job in await self._store.active():
            await self._requeue(job)

    async def _requeue(self, job: Job) -> bool:
        """Queue an active `job` of a dead process; return False if the job has ended."""
        after = recovered(job, self._kinds, self._clock.now())
        if after.status is JobStatus.PAUSED and not self._recovers:
            # Who submits it to this queue is there, and waits for it.
            after = put_back(replace(after, revision=after.revision + 1))
        if after is not job:
            if not await self._store.move(job, after):
                return False
            logger.info("job_recovered", job_id=job.id, kind=job.kind, status=after.status)
        if after.status.is_final:
            return False
        self._register(after)
        return True

    async def _move_stored(self, job_id: str, change: Callable[[Job], Job]) -> Job:
        """Change the record of a job that no process runs. Raises `JobFinishedError`."""
        while True:
            job = await self._store.get(job_id)
            if job.status.is_final:
                raise JobFinishedError(job_id, job.status)
            if self._recovers:  # if it were active, it would have an entry: it was put back
                raise QueueClosedError
            changed = change(job)
            if changed is job:
                return job
            changed = replace(changed, revision=job.revision + 1)
            if await self._store.move(job, changed):
                return changed

    def _cancelled(self, job: Job) -> Job:
        return replace(
            job, status=JobStatus.CANCELLED, cancel_requested=True, finished_at=self._clock.now()
        )

    async def _until_accepted(self, job_id: str) -> None:
        """Wait a moment for jobs that are being submitted, if this may be one of them."""
        if job_id not in self._entries and self._accepting:
            accepted = asyncio.gather(*self._accepting, return_exceptions=True)
            await wait_for_any(self._clock, CANCEL_SECONDS, asyncio.shield(accepted))

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

    async def _record_cancel(self, entry: _AsyncJobEntry, *, requested: bool) -> Job:
        if not requested and entry.attempt is not None:
            # It is about to end for another reason, or to be put back.
            await asyncio.wait({entry.attempt})
        async with entry.writing:
            newest = self._entries.get(entry.job_id, entry)
            if newest is entry:
                await self._cancel_entry(entry, requested=requested)
                return entry.snapshot()
        # It was paused meanwhile.
        requested = newest.ask_to_stop(StopReason.CANCELLED)
        return await self._record_cancel(newest, requested=requested)

    async def _cancel_entry(self, entry: _AsyncJobEntry, *, requested: bool) -> None:
        status, attempt = entry.job.status, entry.attempt
        is_attempted = entry.handler is not None and attempt is not None and not attempt.done()
        if status in {JobStatus.QUEUED, JobStatus.PAUSED} and not is_attempted:
            self._lanes[entry.job.kind].remove(entry)
            result = stopped(StopReason.CANCELLED, entry.kept_result(), None)
            await self._move(entry, self._after(entry, result))
        elif entry.is_running and requested:
            await self._record_request(entry)
        elif status.is_final and not requested:
            raise JobFinishedError(entry.job.id, status)

    async def _record_request(self, entry: _AsyncJobEntry) -> None:
        try:
            if await self._store.request_cancel(entry.job):
                entry.job = replace(entry.job, cancel_requested=True)
                self._view.mark(entry)
        except Exception as error:  # noqa: BLE001  it is logged
            # The flag is set, and the final state, which is retried for longer, records it too.
            log_failure("cancel_not_written", error, job_id=entry.job.id)

    async def _change(
        self,
        job_id: str,
        record: Callable[[str], Coroutine[Any, Any, Job]],
        change: Callable[[Job], Job],
    ) -> Job:
        """Pause or resume a job, by `record` if this queue runs it, else by a `change`."""
        await self._until_accepted(job_id)
        entry = self._entries.get(job_id)
        if entry is None:
            return await self._move_stored(job_id, change)
        recording = self._begin(record(job_id), self._recording)
        await wait_for_any(self._clock, END_SECONDS, recording)
        return recording.result() if recording.done() else entry.snapshot()

    async def _newest(self, job_id: str) -> _AsyncJobEntry:
        """Return the entry of a job, after an attempt that ends. Raises `JobFinishedError`."""
        while (entry := self._entries.get(job_id)) is not None:
            is_ending = entry.sealed or entry.stop is StopReason.PAUSED
            if not is_ending or entry.attempt is None or entry.attempt.done():
                return entry
            await asyncio.wait({entry.attempt})
        raise JobFinishedError(job_id, (await self._store.get(job_id)).status)

    async def _record_pause(self, job_id: str) -> Job:
        while True:
            entry = await self._newest(job_id)
            async with entry.writing:
                if self._entries.get(job_id) is not entry:
                    continue
                if entry.cancel_requested:
                    raise JobNotPausableError(job_id)
                if entry.job.status is JobStatus.PAUSED:
                    return entry.snapshot()
                waits = self._kinds[entry.job.kind].waits_while_paused
                if not entry.sealed and (waits or not entry.is_running):
                    return await self._hold(entry)
                entry.ask_to_stop(StopReason.PAUSED)
            if entry.attempt is not None:
                await asyncio.wait({entry.attempt})

    async def _hold(self, entry: _AsyncJobEntry) -> Job:
        """Pause a job that was not started, or whose handler waits at its gate."""
        self._lanes[entry.job.kind].remove(entry)
        if await self._hold_as(entry, JobStatus.PAUSED) and entry.handler is None:
            # It may have got a place that it does not use any more.
            self._register(entry.job)
        self._give_up_place(entry)
        return entry.snapshot()

    async def _hold_as(self, entry: _AsyncJobEntry, status: JobStatus) -> bool:
        entry.gate.pause()
        job = replace(entry.snapshot(), status=status, result=entry.kept_result())
        return await self._move(entry, job)

    async def _put_off(self, entry: _AsyncJobEntry) -> None:
        """Queue a running job again, whose kind is held back."""
        async with entry.writing:
            lane = self._lanes[entry.job.kind]
            is_over = entry.job.status is not JobStatus.RUNNING or not entry.is_running
            if is_over or entry.cancel_requested or lane.may_run(entry):
                return
            if not self._kinds[entry.job.kind].waits_while_paused:
                entry.ask_to_stop(StopReason.PUT_BACK)
            elif await self._hold_as(entry, JobStatus.QUEUED):
                self._give_up_place(entry)
                lane.add(entry)
                self._dispatch(entry.job.kind)  # it may have been let run meanwhile

    async def _record_resume(self, job_id: str) -> Job:
        while True:
            entry = await self._newest(job_id)
            async with entry.writing:
                if self._entries.get(job_id) is not entry:
                    continue
                if self._is_held_back(entry):
                    entry.is_urgent = True
                elif entry.job.status is not JobStatus.PAUSED or entry.cancel_requested:
                    raise JobNotPausedError(job_id, entry.job.status)
                elif await self._move(entry, replace(entry.snapshot(), status=JobStatus.QUEUED)):
                    self._lanes[entry.job.kind].add(entry)
            self._dispatch(entry.job.kind)
            return entry.snapshot()

    async def _record_order(self, job_id: str, place: QueuePlace | Before) -> None:
        async with self._ordering:
            changed = await self._store.reorder(job_id, place)
            kinds: set[str] = set()
            for one, priority in changed.items():
                while (entry := self._entries.get(one)) is not None:
                    async with entry.writing:
                        if self._entries.get(one) is entry:
                            entry.job = replace(entry.job, priority=priority)
                            self._view.mark(entry)
                            kinds.add(entry.job.kind)
                            break
            for kind in kinds:
                self._lanes[kind].sort()
            self._follow_lanes()

    def _is_held_back(self, entry: _AsyncJobEntry) -> bool:
        return self._waits(entry) and not self._lanes[entry.job.kind].may_run(entry)

    async def _complete(self, work: Coroutine[Any, Any, T], among: set[asyncio.Task[Any]]) -> T:
        """Await `work`; it runs to completion even if the caller is cancelled."""
        return await asyncio.shield(self._begin(work, among))

    async def _sweep(self) -> None:
        """Delete jobs that are past their retention, periodically."""
        while self._recovers:
            try:
                await self._store.delete_finished(before=self._clock.now() - self._retention)
            except Exception as error:  # noqa: BLE001  it is logged
                log_failure("old_jobs_not_deleted", error)
            await sleep(self._clock, SWEEP_INTERVAL_SECONDS)

    async def _close(self) -> None:
        for entry in self._entries.values():
            if entry.is_held:
                entry.ask_to_stop(StopReason.PUT_BACK)
        await self._wait_for(self._attempts, self._grace_seconds, self._hurried)
        for entry in self._entries.values():
            entry.ask_to_stop(StopReason.PUT_BACK)
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


def _paused(job: Job) -> Job:
    return job if job.status is JobStatus.PAUSED else put_back(job, JobStatus.PAUSED)


def _resumed(job: Job) -> Job:
    if job.status is not JobStatus.PAUSED:
        raise JobNotPausedError(job.id, job.status)
    return put_back(job)


def _valid_unicode(key: str) -> str:
    """Return `key` as valid Unicode; different keys must stay different."""
    return key.encode("utf-8", "backslashreplace").decode()
