"""A handler that does what a test tells it to, when the test tells it to."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.jobs.queue import JobContext


class ControlledHandler:
    """Runs the actions queued for its job one after the other, until one returns a result.

    A `stubborn` one resists the cancellation of its task until it gets a result.
    """

    def __init__(self, *, stubborn: bool = False) -> None:
        self.stubborn = stubborn
        self.runs: list[str] = []
        self.live: set[str] = set()
        self.most_live = 0
        self.cancelled: list[str] = []
        self.contexts: dict[str, JobContext] = {}
        self.params: dict[str, dict[str, Any]] = {}
        self._actions: defaultdict[str, asyncio.Queue[Callable[[JobContext], Any]]]
        self._actions = defaultdict(asyncio.Queue)
        self._moved = asyncio.Event()

    def tell(self, job_id: str, action: Callable[[JobContext], Any]) -> None:
        self._actions[job_id].put_nowait(action)

    def end(self, job_id: str, result: Any = None) -> None:
        self.tell(job_id, lambda _: {} if result is None else result)

    async def until_running(self, *job_ids: str) -> None:
        while not self.live.issuperset(job_ids):
            await self._next_move()

    async def until_live(self, count: int) -> None:
        while len(self.live) < count:
            await self._next_move()

    async def until_ended(self, *job_ids: str) -> None:
        while self.live.intersection(job_ids):
            await self._next_move()

    async def __call__(self, context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        job_id = context.job_id
        self.runs.append(job_id)
        self.live.add(job_id)
        self.most_live = max(self.most_live, len(self.live))
        self.contexts[job_id], self.params[job_id] = context, params
        self._move()
        try:
            result: dict[str, Any] = await self._act(context)
            return result
        finally:
            self.live.remove(job_id)
            self._move()

    async def _act(self, context: JobContext) -> Any:
        while True:
            try:
                action = await self._actions[context.job_id].get()
            except asyncio.CancelledError:
                self.cancelled.append(context.job_id)
                if not self.stubborn:
                    raise
            else:
                result = action(context)
                if result is not None:
                    return result

    def _move(self) -> None:
        self._moved.set()

    async def _next_move(self) -> None:
        self._moved.clear()
        await self._moved.wait()
