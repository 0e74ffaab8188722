"""The attempts of the asyncio queue: how active jobs start, go on and end."""

from __future__ import annotations

import asyncio
import os
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from stoat_ferret.jobs.asyncio_entry import JobLane, _AsyncJobEntry
from stoat_ferret.jobs.job import LEGAL_MOVES, Job, JobResult, JobStatus, Progress
from stoat_ferret.jobs.lifecycle import RetryingWriter, StopReason, log_failure, put_back, recovered
from stoat_ferret.jobs.live_view import LiveView
from stoat_ferret.pause_gate import PauseGate

if TYPE_CHECKING:
    import contextvars
    from collections.abc import Coroutine, Mapping

    from stoat_ferret.jobs.clock import Clock
    from stoat_ferret.jobs.queue import JobRunner
    from stoat_ferret.jobs.store import JobStore

T = TypeVar("T")

logger = structlog.get_logger(__name__)


class AsyncioJobAttempts:
    """The active jobs of one process: starts those that wait, and records how they end.

    `_home` is the context in which attempts run; `_open` is False once no more may start.
    """

    _home: contextvars.Context

    def __init__(
        self, kinds: Mapping[str, JobRunner], store: JobStore, clock: Clock, worker: str | None
    ) -> None:
        """Prepare to run jobs; `worker` names this process in the records."""
        self._kinds = dict(kinds)
        self._store = store
        self._clock = clock
        self._worker = worker or f"{socket.gethostname()}:{os.getpid()}"
        self._writer = RetryingWriter(store, clock, self._show_write_error)
        self._view = LiveView(store, clock)
        self._lanes: dict[str, JobLane[_AsyncJobEntry]] = {
            name: JobLane(kind.limit) for name, kind in self._kinds.items()
        }
        self._entries: dict[str, _AsyncJobEntry] = {}
        self._attempts: set[asyncio.Task[None]] = set()
        self._abandoned: set[asyncio.Task[JobResult]] = set()
        self._recording: set[asyncio.Task[Any]] = set()
        self._open = False

    def _register(self, job: Job) -> _AsyncJobEntry:
        gate = PauseGate(self._clock.monotonic)
        entry = _AsyncJobEntry(
            job, self._view.notify, self._view.save, self._store.may_commit, job.progress, gate
        )
        self._entries[job.id] = entry
        if job.status is JobStatus.QUEUED:
            self._lanes[job.kind].add(entry)
        self._view.mark(entry)
        return entry

    def _dispatch(self, kind: str) -> None:
        """Start or continue as many jobs of `kind` as its limit allows."""
        while self._open and (entry := self._lanes[kind].take()) is not None:
            entry.has_place, entry.turn = True, entry.turn + 1
            if entry.is_held:
                _ = self._begin(self._continue(entry, entry.turn), self._recording)
                continue
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
        except asyncio.CancelledError:
            # The event loop is cancelling all tasks: start no more jobs.
            self._open = False
            raise
        except Exception as error:  # noqa: BLE001  it is logged
            # The record remains running, so the next process recovers it.
            log_failure("job_left_behind", error, job_id=entry.job.id, kind=kind)
        finally:
            if entry.handler is None or entry.handler.done():
                self._give_up_place(entry)
            else:
                self._abandoned.add(entry.handler)
                entry.handler.add_done_callback(self._abandoned.discard)
                entry.handler.add_done_callback(lambda _: self._give_up_place(entry))

    def _give_up_place(self, entry: _AsyncJobEntry) -> None:
        if entry.has_place:
            entry.has_place = False
            self._lanes[entry.job.kind].release()
            self._dispatch(entry.job.kind)

    async def _continue(self, entry: _AsyncJobEntry, turn: int) -> None:
        """Let the handler of a resumed job go on, in the place that it got in this turn."""
        async with entry.writing:
            if entry.turn != turn or not entry.has_place:
                return
            if self._may_start(entry):
                job = replace(entry.snapshot(), status=JobStatus.RUNNING)
                if await self._move(entry, job):
                    entry.gate.resume()
                else:
                    entry.ask_to_stop(StopReason.PUT_BACK)
                return
            self._add_again(entry)
        self._give_up_place(entry)

    async def _start(self, entry: _AsyncJobEntry) -> bool:
        """Store that `entry` is running; return False if it must not run after all."""
        async with entry.writing:
            job = entry.job
            if not self._may_start(entry):
                self._add_again(entry)
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
        return self._waits(entry) and self._lanes[entry.job.kind].may_run(entry)

    def _waits(self, entry: _AsyncJobEntry) -> bool:
        is_queued = entry.job.status is JobStatus.QUEUED
        is_newest = self._entries.get(entry.job_id) is entry
        return self._open and is_queued and is_newest and not entry.cancel_requested

    def _add_again(self, entry: _AsyncJobEntry) -> None:
        """Let a job wait that was given a place just before its kind was held back."""
        if self._waits(entry):
            self._lanes[entry.job.kind].add(entry)

    async def _end(self, entry: _AsyncJobEntry, result: JobResult) -> None:
        async with entry.writing:
            if entry.job.status is not JobStatus.RUNNING:
                self._lanes[entry.job.kind].remove(entry)
                if result.status is JobStatus.QUEUED:
                    # It stays as it is, paused or queued, for the next attempt or process.
                    if self._open:
                        self._register(entry.job)
                    return
                if result.status not in LEGAL_MOVES[entry.job.status]:
                    await self._move(entry, replace(entry.snapshot(), status=JobStatus.RUNNING))
            if await self._move(entry, self._after(entry, result)):
                job = entry.job
                logger.info("job_ended", job_id=job.id, kind=job.kind, status=job.status)
                is_interrupted = job.status is JobStatus.QUEUED and self._open
                if job.status is JobStatus.PAUSED or is_interrupted:
                    # What is left of this attempt must not change the next one.
                    self._register(job)

    def _after(self, entry: _AsyncJobEntry, result: JobResult) -> Job:
        """Return the record of `entry` after `result`, whether it was attempted or not."""
        job = replace(entry.snapshot(), result=result.value, error=None)
        if result.status is JobStatus.QUEUED and entry.stop is None:
            return recovered(job, self._kinds, self._clock.now())
        if not result.status.is_final:
            return put_back(job, result.status)
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
        new = replace(new, revision=entry.job.revision + 1)
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

    def _begin(
        self, work: Coroutine[Any, Any, T], among: set[asyncio.Task[Any]]
    ) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
        return task
