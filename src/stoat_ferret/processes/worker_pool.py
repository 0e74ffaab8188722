"""A pool of worker processes for calls that may hang or crash, each with a deadline."""

from __future__ import annotations

import asyncio
import pickle
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import anyio

from stoat_ferret.concurrency import beside
from stoat_ferret.errors import ProcessNotStartedError
from stoat_ferret.processes.worker import GO_ON, STREAM
from stoat_ferret.processes.worker_process import PROGRAM, WorkerKilledError, WorkerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from types import TracebackType

T = TypeVar("T")

IDLE_SECONDS = 0.3
TRUSTED_SECONDS = 0.1
START_SECONDS = 10.0
START_ATTEMPTS = 3
START_PAUSES = (0.0, 0.0, 0.1, 0.3, 1.0, 2.0, 4.0)
"""The pauses after each killed start, before the last try."""


class MediaWorkers:
    """Runs plain functions in worker processes, as many at a time as `limiter` allows.

    Processes are started on demand and kept for the next call. A process that was idle for
    `idle_seconds` is ended. After more than `trusted_seconds`, it is pinged before it gets work,
    because it may have been stopped or killed meanwhile. A process that is not ready
    `start_seconds` after its start is replaced twice before that is an error; if it is killed
    during the start, it is replaced more often, with pauses. A call that needs more than
    `memory_bytes` raises `MemoryError` or `ProcessCrashedError`. Use the pool as an asynchronous
    context manager, or call `aclose`.
    """

    def __init__(
        self,
        limiter: anyio.CapacityLimiter,
        *,
        memory_bytes: int | None = None,
        idle_seconds: float = IDLE_SECONDS,
        trusted_seconds: float = TRUSTED_SECONDS,
        start_seconds: float = START_SECONDS,
    ) -> None:
        self._limiter = limiter
        self._memory_bytes = memory_bytes
        self._start_seconds = start_seconds
        self._idle_seconds = idle_seconds
        self._trusted_seconds = trusted_seconds
        self._idle: list[_IdleWorker] = []
        self._all: set[WorkerProcess] = set()
        self._closed = False
        self._keepers = 0
        self._starting: asyncio.Task[object] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def pids(self) -> list[int]:
        """The process ids of all workers, busy and idle."""
        return [worker.pid for worker in self._all if not worker.has_ended]

    async def run(self, function: Callable[..., T], *args: object, timeout_seconds: float) -> T:
        """Run `function(*args)` in a worker process and return its result.

        `function` must be defined at the top level of an importable module, `args` must be
        picklable, and the result must be plain data (numbers, text, bytes, and lists, tuples and
        dicts of them). Errors of this package and built-in errors are raised unchanged, others as
        `RuntimeError`.

        Raises `ProcessTimeoutError` after `timeout_seconds`, counted from the moment a worker is
        available, `ProcessCrashedError` if the worker dies, and `ProcessNotStartedError`. After a
        timeout or a cancellation the process is dead when this returns, unless it hangs in the
        kernel: then it is abandoned after a short wait.
        """
        async with self.open(function, *args) as call:
            return cast("T", await call.next(timeout_seconds))

    @asynccontextmanager
    async def open(
        self, function: Callable[..., object], *args: object, streams: bool = False
    ) -> AsyncIterator[Call]:
        """Open a call of `function(*args)` that may answer in steps; see `run` for the rest.

        If `function` is a generator function, each `Call.next` returns the next yielded value, and
        the last one the return value. If it `streams`, the worker goes on without waiting for the
        next `Call.next`. Leaving a call before its end kills its worker.
        """
        request = pickle.dumps((function, args))
        borrower = object()  # the calling task may hold a token of its own
        await self._limiter.acquire_on_behalf_of(borrower)
        try:
            worker = await self._take(function.__module__)
            call = Call(worker, request, self._limiter, borrower, streams=streams)
            try:
                yield call
            finally:
                if call.has_ended and worker.is_silent:
                    self._keep(worker)
                else:
                    await self._discard(worker)
        finally:
            with suppress(RuntimeError):  # already released, if it stopped between steps
                self._limiter.release_on_behalf_of(borrower)

    @asynccontextmanager
    async def kept_ready(self, function: Callable[..., object]) -> AsyncIterator[None]:
        """Keep a process ready for `function` during the block, so that a call need not start one.

        If none is idle, one is started beside the block, unless all that there may be are busy. If
        that fails, the next call tries again.
        """
        self._keepers += 1
        try:
            if self._idle or self._is_starting:
                yield
            else:
                async with beside(self._start_early(function.__module__)) as self._starting:
                    yield
        finally:
            self._keepers -= 1
            if not self._keepers:
                idle, self._idle = self._idle, []
                for one in idle:
                    one.timer.cancel()
                    self._keep(one.worker, one.since)

    async def _start_early(self, module: str) -> None:
        borrower = object()
        self._limiter.acquire_on_behalf_of_nowait(borrower)
        try:
            self._keep(await self._start(module))
        finally:
            self._limiter.release_on_behalf_of(borrower)

    @property
    def _is_starting(self) -> bool:
        return self._starting is not None and not self._starting.done()

    async def aclose(self) -> None:
        """Kill all workers; calls in progress raise `ProcessCrashedError`."""
        self._closed = True
        while self._idle:
            self._idle.pop().timer.cancel()
        async with anyio.create_task_group() as ending:
            for worker in self._all:
                worker.kill_now()
                ending.start_soon(worker.kill)
        self._all.clear()

    async def _take(self, module: str) -> WorkerProcess:
        """Return an idle worker that responds, or a new one."""
        while True:
            while self._idle:
                idle = self._idle.pop()
                idle.timer.cancel()
                if await self._is_usable(idle):
                    return idle.worker
            if self._starting is None or self._starting.done():
                return await self._start(module)
            await asyncio.wait([self._starting])

    async def _start(self, module: str) -> WorkerProcess:
        self._all = {worker for worker in self._all if not worker.has_ended}
        worker = await self._start_process(module)
        self._all.add(worker)
        if self._closed:
            await self._discard(worker)
            raise ProcessNotStartedError(PROGRAM, "was not started: the program shuts down")
        return worker

    async def _start_process(self, module: str) -> WorkerProcess:
        # A process that is stopped or killed before it is ready is no reason to abort a scan.
        for number, pause in enumerate(START_PAUSES):
            try:
                return await WorkerProcess.start(module, self._start_seconds, self._memory_bytes)
            except WorkerKilledError:  # usually by a system that is short of memory
                await anyio.sleep(pause)
            except ProcessNotStartedError:
                if number + 1 >= START_ATTEMPTS:
                    raise
        return await WorkerProcess.start(module, self._start_seconds, self._memory_bytes)

    async def _is_usable(self, idle: _IdleWorker) -> bool:
        if asyncio.get_running_loop().time() - idle.since < self._trusted_seconds:
            return True
        usable = False
        try:
            usable = await idle.worker.answers()
        finally:
            if not usable:
                await self._discard(idle.worker)
        return usable

    def _keep(self, worker: WorkerProcess, since: float | None = None) -> None:
        if self._closed:
            return
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._idle_seconds, self._retire, worker)
        self._idle.append(_IdleWorker(worker, loop.time() if since is None else since, timer))

    def _retire(self, worker: WorkerProcess) -> None:
        if self._keepers and len(self._idle) == 1:
            return
        self._idle = [idle for idle in self._idle if idle.worker is not worker]
        worker.kill_now()

    async def _discard(self, worker: WorkerProcess) -> None:
        await worker.kill()
        self._all.discard(worker)


class Call:
    """A function call in a worker process, executed step by step."""

    def __init__(
        self,
        worker: WorkerProcess,
        request: bytes,
        limiter: anyio.CapacityLimiter,
        borrower: object,
        *,
        streams: bool = False,
    ) -> None:
        self._worker = worker
        self._request: bytes | None = STREAM + request if streams else request
        self._following = None if streams else GO_ON
        self._limiter = limiter
        self._borrower = borrower
        self.is_over = False
        """True if no answer follows, whether the worker is still usable or not."""
        self.has_ended = False
        """True if the worker can be used for another call."""

    async def next(self, timeout_seconds: float) -> Any:
        """Return the next value; raises like `MediaWorkers.run`."""
        request, self._request = self._request, self._following
        self.is_over = True
        answer = await self._worker.call(request, timeout_seconds)
        self.is_over = not answer.has_more
        # A process that ran out of memory may still hold unusable allocations.
        self.has_ended = not answer.has_more and not isinstance(answer.value, MemoryError)
        if not answer.succeeded:
            raise answer.value
        return answer.value

    async def give_way(self) -> None:
        """Let another call that waits for a process run between two steps."""
        if self._limiter.statistics().tasks_waiting:
            self._limiter.release_on_behalf_of(self._borrower)
            await self._limiter.acquire_on_behalf_of(self._borrower)


@dataclass(frozen=True, slots=True)
class _IdleWorker:
    worker: WorkerProcess
    since: float
    timer: asyncio.TimerHandle
