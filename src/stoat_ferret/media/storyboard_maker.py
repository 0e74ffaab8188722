"""The interface for making storyboards, and its implementation in worker processes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from stoat_ferret.media.libav_calls import make_storyboard
from stoat_ferret.media.worker_call import converted_errors, open_on_file

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from stoat_ferret.processes.worker_pool import Call, MediaWorkers


@dataclass(frozen=True, slots=True)
class Storyboard:
    """The result of making a storyboard; `version` and `problem` are like those of a thumbnail."""

    fingerprint: str
    version: int
    problem: str | None = None


class StoryboardMaker(Protocol):
    """A maker of storyboards."""

    async def make(
        self, path: str | os.PathLike[str], on_progress: Callable[[float], None]
    ) -> Storyboard:
        """Make the storyboard of one file; `on_progress` receives the part done, up to 1.

        Raises the `MediaError`s of a `Prober`. On cancellation, the process is killed.
        """
        ...


class LibavStoryboardMaker:
    """A maker of storyboards below `folder`.

    A worker that yields no tile for `step_seconds`, or works longer than `timeout_seconds` in
    total, is killed; the time in which it yields to other work does not count. `make` is the
    function that runs in the worker.
    """

    def __init__(
        self,
        workers: MediaWorkers,
        folder: str,
        *,
        step_seconds: float,
        timeout_seconds: float,
        make: Callable[[bytes, str], object] = make_storyboard,
    ) -> None:
        self._workers = workers
        self._folder = folder
        self._step_seconds = step_seconds
        self._timeout_seconds = timeout_seconds
        self._make = make

    async def make(
        self, path: str | os.PathLike[str], on_progress: Callable[[float], None]
    ) -> Storyboard:
        """See `StoryboardMaker.make`."""
        left = self._timeout_seconds
        async with open_on_file(self._workers, self._make, path, self._folder) as call:
            while True:
                started = time.monotonic()
                answer = await self._next(call, path, left)
                left -= time.monotonic() - started
                if call.has_ended:
                    return Storyboard(*answer)
                on_progress(answer)
                await call.give_way()

    async def _next(self, call: Call, path: str | os.PathLike[str], left: float) -> Any:
        is_last_moment = left < self._step_seconds
        limit_seconds = self._timeout_seconds if is_last_moment else self._step_seconds
        with converted_errors(path, limit_seconds):
            return await call.next(max(left, 0.0) if is_last_moment else self._step_seconds)
