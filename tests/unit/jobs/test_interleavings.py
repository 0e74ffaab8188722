"""The guarantees of jobs hold, whatever happens in whatever order."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from tests.examples import examples
from tests.unit.jobs.controlled_handler import ControlledHandler
from tests.unit.jobs.fake_clock import FakeClock
from tests.unit.jobs.observed_store import ObservedStore
from tests.unit.jobs.queue_harness import PATIENCE_SECONDS, QueueHarness

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.errors import (
    JobActiveError,
    JobError,
    JobFinishedError,
    JobNotFoundError,
    JobNotPausableError,
    JobNotPausedError,
)
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.job import Job, JobStatus
from stoat_ferret.jobs.lifecycle import MOST_INTERRUPTIONS
from stoat_ferret.jobs.queue import JobRunner
from stoat_ferret.jobs.store import jobs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Coroutine
    from typing import Any

T = TypeVar("T")

LIMITS = {"scan": 1, "render": 2, "mule": 1}
WAITS_WHILE_PAUSED = "render"
TIMEOUTS = {"scan": None, "render": 30.0, "mule": 5.0}


@dataclass
class Watcher:
    """A reader of job snapshots for as long as a process lives."""

    task: asyncio.Task[None] | None = None
    fractions: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    ends: dict[str, JobStatus] = field(default_factory=dict)

    async def watch(self, reader: AsyncIterator[Job]) -> None:
        async for job in reader:
            assert job.id not in self.ends, f"{job} was seen after its end"
            self.look(job)

    def look(self, job: Job) -> None:
        fraction = job.progress.fraction or 0.0
        assert fraction >= self.fractions[job.id], f"{job} fell"
        self.fractions[job.id] = fraction
        if job.status.is_final:
            self.ends[job.id] = job.status


class Process:
    """One life of the server: its own connections, queue, handlers and clock."""

    def __init__(self, path: Path, clock: FakeClock) -> None:
        self.database = Database(sqlite_url(path))
        # A stubborn handler ignores cancellation until it is told to end.
        self.handlers = {kind: ControlledHandler(stubborn=kind == "mule") for kind in LIMITS}
        kinds = {
            kind: JobRunner(handler, LIMITS[kind], TIMEOUTS[kind], kind == WAITS_WHILE_PAUSED)
            for kind, handler in self.handlers.items()
        }
        store = ObservedStore(self.database)
        queue = AsyncioJobQueue(kinds, store, clock=clock, shutdown_grace_seconds=1, worker="x:1")
        self.harness = QueueHarness(queue, store, clock, kinds)
        self.watcher = Watcher()
        self.asker = Watcher()

    async def start(self) -> None:
        await self.harness.queue.__aenter__()
        self._subscription = self.harness.queue.subscribe()
        reader = self._subscription.__enter__()
        self.watcher.task = asyncio.ensure_future(self.watcher.watch(reader))


class Interleavings(RuleBasedStateMachine):
    """Jobs are submitted, controlled, stopped and deleted while processes come and go."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "jobs.db"
        self._runner = asyncio.Runner()
        self._processes: list[Process] = []
        self._known: set[str] = set()
        self._ends: dict[str, Job] = {}
        self._never_run: set[str] = set()
        self._paused: set[str] = set()
        self._is_quiet = False
        self._submitting: list[asyncio.Future[Job]] = []
        self._run(self._create())

    # What can happen.

    @initialize()
    def begin(self) -> None:
        self._run(self._start(FakeClock()))

    @rule(
        target=ids,
        kind=st.sampled_from(sorted(LIMITS)),
        key=st.sampled_from([None, None, "films", "series"]),
        priority=st.integers(-1, 1),
    )
    def submit(self, kind: str, key: str | None, priority: int) -> Any:
        job = self._run(self._queue.submit(kind, {}, key=key, priority=priority))
        self._known.add(job.id)
        return job.id

    @rule(target=ids, kind=st.sampled_from(sorted(LIMITS)), key=st.sampled_from([None, "films"]))
    def submit_twice_at_once(self, kind: str, key: str | None) -> Any:
        async def submit() -> list[Job]:
            calls = [self._queue.submit(kind, {}, key=key) for _ in range(2)]
            return await asyncio.gather(*calls)

        found = {job.id for job in self._run(submit())}
        assert len(found) == (1 if key else 2)
        self._known |= found
        return multiple(*sorted(found))

    @rule(kind=st.sampled_from(sorted(LIMITS)), steps=st.integers(0, 6))
    def submit_and_do_not_wait(self, kind: str, steps: int) -> None:
        async def submit() -> None:
            call = asyncio.ensure_future(self._queue.submit(kind, {}))
            self._submitting.append(call)
            for _ in range(steps):
                await asyncio.sleep(0)

        self._run(submit())

    @rule(job_id=ids, value=st.floats(0, 1))
    def tell_progress(self, job_id: str, value: float) -> None:
        async def tell() -> None:
            self._queue.set_progress(job_id, value)

        self._run(tell())

    @rule(job_id=ids, fails=st.booleans())
    def end(self, job_id: str, fails: bool) -> None:
        def act(_: object) -> dict[str, Any]:
            if fails:
                raise OSError("so it was told")
            return {"job": job_id}

        async def tell() -> None:
            for handler in self._process.handlers.values():
                if job_id in handler.live:
                    handler.tell(job_id, act)

        self._run(tell())

    @rule(job_id=ids)
    def cancel(self, job_id: str) -> None:
        async def cancel() -> None:
            try:
                cancelled = await self._patiently(self._queue.cancel(job_id))
            except (JobFinishedError, JobNotFoundError):
                return
            assert cancelled.cancel_requested or cancelled.status is JobStatus.CANCELLED
            self._paused.discard(job_id)
            if cancelled.status is JobStatus.CANCELLED and not self._has_run(job_id):
                self._never_run.add(job_id)

        self._run(cancel())

    @rule(job_id=ids)
    def pause(self, job_id: str) -> None:
        try:
            paused = self._run(self._patiently(self._queue.pause(job_id)))
        except (JobFinishedError, JobNotFoundError, JobNotPausableError):
            return
        assert paused.status is JobStatus.PAUSED
        self._paused.add(job_id)

    @rule(job_id=ids)
    def resume(self, job_id: str) -> None:
        try:
            resumed = self._run(self._patiently(self._queue.resume(job_id)))
        except (JobFinishedError, JobNotFoundError, JobNotPausedError):
            assert job_id not in self._paused or job_id in self._ends
            return
        assert resumed.status is not JobStatus.PAUSED
        self._paused.discard(job_id)

    @rule(job_id=ids, actions=st.lists(st.sampled_from("prc"), min_size=2, max_size=4))
    def pause_resume_and_cancel_at_once(self, job_id: str, actions: list[str]) -> None:
        async def act() -> None:
            calls = {"p": self._queue.pause, "r": self._queue.resume, "c": self._queue.cancel}
            acting = [asyncio.ensure_future(calls[action](job_id)) for action in actions]
            results = asyncio.gather(*acting, return_exceptions=True)
            for result in await self._patiently(results):
                assert isinstance(result, Job | JobError | JobNotFoundError), result

        self._run(act())
        self._paused.discard(job_id)

    @rule(changes=st.lists(st.booleans(), min_size=1, max_size=3), steps=st.integers(0, 20))
    def hold_back(self, changes: list[bool], steps: int) -> None:
        async def change() -> None:
            for is_quiet in changes:
                self._queue.hold_back(is_quiet)
                for _ in range(steps):
                    await asyncio.sleep(0)

        self._run(change())
        self._is_quiet = changes[-1]
        if not self._is_quiet:
            # What was being put off goes on when it has stopped.
            self._run(self._process.harness.cancel_task())
            self._run(self._process.harness.abandon())

    @rule(job_id=ids, steps=st.integers(0, 20))
    def end_and_cancel_at_once(self, job_id: str, steps: int) -> None:
        self.end(job_id, False)

        async def step() -> None:
            for _ in range(steps):
                await asyncio.sleep(0)

        self._run(step())
        self.cancel(job_id)

    @rule(job_id=ids)
    def delete(self, job_id: str) -> None:
        try:
            self._run(self._queue.delete(job_id))
        except (JobActiveError, JobNotFoundError):
            return
        self._known.remove(job_id)
        del self._ends[job_id]

    @rule(seconds=st.sampled_from([0.1, 0.25, 0.5, 1.0, 6.0, 31.0]))
    def wait(self, seconds: float) -> None:
        self._run(self._process.harness.pass_time(seconds))

    @rule(seconds=st.sampled_from([0.05, 0.2, 3.0]))
    def store_fails_for_a_while(self, seconds: float) -> None:
        store = self._process.harness.store
        store.failure = OSError("disk full")
        self._run(self._process.harness.pass_time(seconds))
        store.failure = None
        self._run(self._process.harness.pass_time(5.0))

    @rule()
    def restart(self) -> None:
        self._run(self._submitted())
        self._run(self._process.harness.close())
        self._let_go()
        self._is_quiet = False
        self._run(self._start(FakeClock(self._process.harness.clock.now())))

    @rule()
    def crash(self) -> None:
        self._run(self._process.harness.kill())
        self._let_go()
        self._is_quiet = False
        self._run(self._start(FakeClock(self._process.harness.clock.now())))

    # Invariants.

    @invariant()
    def what_was_promised_holds(self) -> None:
        if self._processes:
            self._run(self._process.harness.store.settle())
            self._run(self._submitted())
            self._run(self._check())

    async def _check(self) -> None:
        stored = await self._all_stored()
        by_id = {job.id: job for job in stored}
        for shown in (await self._queue.list(limit=1000)).items:
            self._process.asker.look(shown)
        assert set(by_id) == self._known, "a job was lost, or came from nowhere"
        for job in stored:
            if job.id in self._ends:
                assert job == self._ends[job.id], "a final state changed"
            if job.status.is_final:
                self._ends[job.id] = job
                assert job.finished_at is not None
            if job.status is JobStatus.SUCCEEDED:
                assert job.progress.fraction == 1.0
                assert job.result == {"job": job.id}
            if job.id in self._paused:
                self._check_the_paused(job)
            assert job.interruptions <= min(job.attempt, MOST_INTERRUPTIONS)
            assert (
                (job.status is JobStatus.FAILED)
                or job.interruptions < MOST_INTERRUPTIONS
                or (job.status is JobStatus.CANCELLED)
            )
        self._check_the_active([job for job in stored if not job.status.is_final])

    def _check_the_paused(self, job: Job) -> None:
        # A handler that waits in its place may have been about to end.
        may_end = job.kind == WAITS_WHILE_PAUSED
        ends = {JobStatus.SUCCEEDED, JobStatus.FAILED} if may_end else set()
        assert job.status in {JobStatus.PAUSED, *ends}

    def _check_the_active(self, active: list[Job]) -> None:
        keys = Counter(job.key for job in active if job.key is not None)
        assert not keys or max(keys.values()) == 1, "a key was given twice"
        running = {job.id for job in active if job.status is JobStatus.RUNNING}
        live = {
            kind: handler.live for kind, handler in self._process.handlers.items() if handler.live
        }
        assert running <= set().union(*live.values())
        waiting = self._process.handlers[WAITS_WHILE_PAUSED]
        held = waiting.live - running
        for job_id in waiting.live:
            assert waiting.contexts[job_id].gate.is_paused == (job_id in held)
        for kind, handler in self._process.handlers.items():
            working = len(handler.live - held)
            assert working <= LIMITS[kind], "more run at a time than may"
            if kind != WAITS_WHILE_PAUSED:
                assert handler.most_live <= LIMITS[kind], "more ran at a time than may"
            is_queued = any(one.kind == kind and one.status is JobStatus.QUEUED for one in active)
            has_room = working < LIMITS[kind] and not self._is_quiet
            assert not is_queued or not has_room, "a job waits though there is room"
        assert not any(self._has_run(job_id) for job_id in self._never_run)
        task = self._process.watcher.task
        assert task is not None
        if task.done():
            task.result()

    def teardown(self) -> None:
        if self._processes:
            self._run(self._submitted())
            self._run(self._process.harness.close())
            self._let_go()
        for process in self._processes:
            self._run(process.database.aclose())
        self._run(self._nothing_is_left())
        self._runner.close()
        self._folder.cleanup()

    async def _nothing_is_left(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:
            _, left = await asyncio.wait(left, timeout=PATIENCE_SECONDS / 2)
        assert not left, "tasks outlive their queue"

    # Implementation.

    async def _patiently(self, call: Awaitable[T]) -> T:
        """Let time pass until a call has returned."""
        calling = asyncio.ensure_future(call)
        while not calling.done():
            await self._process.harness.pass_time(0.25)
        return calling.result()

    @property
    def _process(self) -> Process:
        return self._processes[-1]

    @property
    def _queue(self) -> AsyncioJobQueue:
        return self._process.harness.queue

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        async def bounded() -> Any:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await work

        return self._runner.run(bounded())

    def _has_run(self, job_id: str) -> bool:
        return any(
            job_id in handler.runs
            for process in self._processes
            for handler in process.handlers.values()
        )

    async def _create(self) -> None:
        database = Database(sqlite_url(self._path))
        async with database.write() as connection:
            await connection.run_sync(jobs.create)
        await database.aclose()

    async def _start(self, clock: FakeClock) -> None:
        process = Process(self._path, clock)
        await process.start()
        self._processes.append(process)

    def _let_go(self) -> None:
        """Clean up after a process: what was not acknowledged may be in the store or not."""
        self._run(self._submitted(lost=True))
        watcher = self._process.watcher
        assert watcher.task is not None
        watcher.task.cancel()

    async def _submitted(self, *, lost: bool = False) -> None:
        calls, self._submitting = self._submitting, []
        for call in calls:
            if lost and not call.done():
                call.cancel()
            for result in await asyncio.gather(call, return_exceptions=True):
                if isinstance(result, Job):
                    self._known.add(result.id)
        if lost:
            self._known |= {job.id for job in await self._all_stored()}

    async def _all_stored(self) -> list[Job]:
        store = ObservedStore(self._process.database)
        page = await store.list(limit=1000)
        assert page.total == len(page.items)
        return list(page.items)


def test_whatever_happens_in_whatever_order() -> None:
    run_state_machine_as_test(
        Interleavings,
        settings=settings(
            max_examples=examples(8),
            stateful_step_count=30,
            suppress_health_check=list(HealthCheck),
        ),
    )
