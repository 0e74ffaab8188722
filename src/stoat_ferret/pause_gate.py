"""Whether work is paused, and the time in which it was not."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Self

    PauseListener = Callable[[bool], object]


class PauseGate:
    """Lets work pass, or holds it while it is paused; belongs to the running event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Create an open gate; `clock` returns seconds."""
        self._clock = clock
        self._paused_at: float | None = None
        self._paused_seconds = 0.0
        self._listeners: list[PauseListener] = []
        self._changed = asyncio.Event()

    @property
    def is_paused(self) -> bool:
        """True if work has to wait."""
        return self._paused_at is not None

    def seconds(self) -> float:
        """Return the seconds of the clock, which stands still while work is paused."""
        now = self._clock() if self._paused_at is None else self._paused_at
        return now - self._paused_seconds

    def pause(self) -> None:
        """Hold the work; has no effect if it is paused."""
        if self._paused_at is None:
            self._paused_at = self._clock()
            self._notify()

    def resume(self) -> None:
        """Let the work pass; has no effect if it is not paused."""
        if self._paused_at is not None:
            self._paused_seconds += self._clock() - self._paused_at
            self._paused_at = None
            self._notify()

    async def until_open(self) -> None:
        """Return when work is not paused, at once if that is so now."""
        await self._until(is_paused=False)

    async def until_paused(self) -> None:
        """Return when work is paused, at once if that is so now."""
        await self._until(is_paused=True)

    @contextmanager
    def listened_by(self, listener: PauseListener) -> Iterator[None]:
        """Call `listener` with `is_paused`, now and after each change, until the block ends."""
        self._listeners.append(listener)
        try:
            listener(self.is_paused)
            yield
        finally:
            self._listeners.remove(listener)

    async def _until(self, *, is_paused: bool) -> None:
        while self.is_paused is not is_paused:
            await self._changed.wait()

    def _notify(self) -> None:
        for listener in tuple(self._listeners):
            listener(self.is_paused)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class PausableTimeout:
    """Cancels the work in an `async with` block after some seconds, as `asyncio.timeout` does.

    The time counts from `start`, and stands still while `gate` is paused.
    """

    def __init__(self, seconds: float | None, gate: PauseGate) -> None:
        """Prepare a timeout of `seconds`, or one that never ends."""
        self._seconds = seconds
        self._gate = gate
        self._started: float | None = None
        self._timeout = asyncio.timeout(None)
        self._listening = gate.listened_by(self._set)

    @property
    def is_over(self) -> bool:
        """True if the time was over before the work had ended."""
        return self._timeout.expired()

    def start(self) -> None:
        """Let the time begin; has no effect if it has begun."""
        if self._started is None:
            self._started = self._gate.seconds()
            self._set(self._gate.is_paused)

    async def __aenter__(self) -> Self:
        """Enter the block."""
        await self._timeout.__aenter__()
        self._listening.__enter__()
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the block. Raises `TimeoutError`."""
        self._listening.__exit__(None, None, None)
        await self._timeout.__aexit__(error_type, error, traceback)

    def _set(self, is_paused: bool) -> None:
        if self._started is None or self._seconds is None or self._timeout.expired():
            return
        left = self._seconds - (self._gate.seconds() - self._started)
        loop = asyncio.get_running_loop()
        self._timeout.reschedule(None if is_paused else loop.time() + left)
