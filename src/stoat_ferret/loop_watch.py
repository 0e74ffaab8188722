"""Notices, from a thread of its own, that the event loop is held, and says by what."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from stoat_ferret.disk import in_thread
from stoat_ferret.loop_thread import LoopThread, held_seconds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from stoat_ferret.loop_thread import Moment

log = structlog.get_logger(__name__)

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.01, 0.25
_QUIET_SECONDS = 10.0
"""Between two warnings; what happens meanwhile is counted in the next one."""


@dataclass(frozen=True, slots=True)
class LoopAnswer:
    """How the event loop answered once.

    `lag_seconds` is the time it took, `held_seconds` the part of it in which code held the loop;
    the rest is a wait for a processor. `is_hold` says that the part is past the threshold.
    """

    lag_seconds: float
    held_seconds: float
    is_hold: bool


@asynccontextmanager
async def watch_loop(
    observe: Callable[[LoopAnswer], None], *, warning_seconds: float
) -> AsyncIterator[None]:
    """Watch the running loop inside the block.

    `observe` is called in another thread with every answer, four a second at least. A hold
    longer than that is logged while it lasts, with the stack that holds the loop.
    """
    thread = LoopThread(asyncio.get_running_loop())
    watch = _LoopWatch(thread, observe, warning_seconds)
    running = threading.Thread(target=watch.run, name="loop watch", daemon=True)
    running.start()
    try:
        yield
    finally:
        watch.stop()
        await in_thread(running.join)


class _LoopWatch:
    def __init__(
        self,
        thread: LoopThread,
        observe: Callable[[LoopAnswer], None],
        warning_seconds: float,
    ) -> None:
        self._thread = thread
        self._observe = observe
        self._warning_seconds = warning_seconds
        self._pause_seconds = min(max(warning_seconds / 2, _SHORTEST_PAUSE), _LONGEST_PAUSE)
        self._stopped = threading.Event()
        self._last_warning = -_QUIET_SECONDS
        self._unreported = 0

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        with self._thread:
            before = self._thread.moment()
            while not self._stopped.wait(self._pause_seconds):
                question = _Question(self._thread, before.later(self._pause_seconds))
                if not self._follow(question):
                    return
                before = question.now

    def _follow(self, question: _Question) -> bool:
        """Wait for the answer; False when there is none to come."""
        if not question.is_asked:
            return False
        is_noticed = is_logged = False
        while not question.is_answered_within(self._pause_seconds):
            if self._stopped.is_set():
                return False
            is_hold = question.held_seconds >= self._warning_seconds
            if is_hold and not is_noticed and (stack := self._thread.stack()):
                is_noticed, is_logged = True, self._warn(question.held_seconds, stack)
        held = question.held_seconds
        is_hold = held >= self._warning_seconds
        self._observe(LoopAnswer(question.elapsed_seconds, held, is_hold))
        if is_logged:
            log.info("event_loop_released", held_seconds=round(held, 3))
        elif is_hold and not is_noticed:
            self._warn(held, None)
        return True

    def _warn(self, held: float, stack: str | None) -> bool:
        """Say it, if not too often; no stack where no thread could run before it was over."""
        now = time.perf_counter()
        if now - self._last_warning < _QUIET_SECONDS:
            self._unreported += 1
            return False
        held = round(held, 3)
        log.warning("event_loop_held", held_seconds=held, unreported=self._unreported, stack=stack)
        self._last_warning, self._unreported = now, 0
        return True


class _Question:
    """One call that the loop is asked for, and what became of the time since.

    Work that lets no other thread run delays the question, so it counts from when it was due.
    """

    def __init__(self, thread: LoopThread, due: Moment) -> None:
        self._thread = thread
        self._answered = threading.Event()
        self._start = due
        self.now = thread.moment()
        self._late_seconds = max(0.0, self.elapsed_seconds)
        self.is_asked = thread.call(self._answered.set)

    @property
    def elapsed_seconds(self) -> float:
        return self.now.clock - self._start.clock

    @property
    def held_seconds(self) -> float:
        return held_seconds(self._start, self.now, self._late_seconds)

    def is_answered_within(self, seconds: float) -> bool:
        since = time.perf_counter()
        is_answered = self._answered.wait(seconds)
        self.now = self._thread.moment()
        self._late_seconds += max(0.0, time.perf_counter() - since - seconds)
        return is_answered
