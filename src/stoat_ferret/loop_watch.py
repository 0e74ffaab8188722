"""A watchdog thread that detects a blocked event loop and logs the blocking code."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import structlog

from stoat_ferret.disk import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from io import FileIO

_STACK_FRAMES = 40
_LOOP_FILE = asyncio.events.__file__
"""The file from which the loop runs callbacks."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Readings of time, in seconds.

    `running` and `process_running` are the CPU time of the loop's thread and of the process,
    `queued` is the time that the thread has waited for a CPU.
    """

    clock: float
    running: float
    process_running: float
    queued: float

    def later(self, seconds: float) -> Moment:
        """Return the same readings at a later clock."""
        return replace(self, clock=self.clock + seconds)


class LoopThread:
    """The thread that runs `loop`. Create it there; call its methods from another thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ident = threading.get_ident()
        self._native_id = threading.get_native_id()
        self._scheduler: FileIO | None = None

    def __enter__(self) -> Self:
        with suppress(OSError):  # only Linux reports how long a thread waited for a CPU
            path = Path(f"/proc/self/task/{self._native_id}/schedstat")
            self._scheduler = path.open("rb", buffering=0)
        return self

    def __exit__(self, *_: object) -> None:
        if self._scheduler:
            self._scheduler.close()

    def call(self, function: Callable[[], object]) -> bool:
        """Schedule `function` in the loop; return False if the loop is closed."""
        try:
            self._loop.call_soon_threadsafe(function)
        except RuntimeError:
            return False
        return True

    def moment(self) -> Moment:
        """Return the current readings; 0 if the system does not provide them."""
        # Reading `_queued` releases the GIL; what other threads do then belongs to the next
        # interval.
        return Moment(time.perf_counter(), self._running(), time.process_time(), self._queued())

    def stack(self) -> str | None:
        """Return the stack of the callback that the loop is running; None if the loop is idle."""
        frame = sys._current_frames().get(self._ident)  # noqa: SLF001  the documented way
        frames = traceback.extract_stack(frame) if frame else []
        starts = [n for n, part in enumerate(frames) if part.filename == _LOOP_FILE]
        if not starts:  # the loop is waiting for a callback
            return None
        return "".join(traceback.format_list(frames[starts[-1] + 1 :][-_STACK_FRAMES:]))

    def _running(self) -> float:
        clock_of = getattr(time, "pthread_getcpuclockid", None)
        return time.clock_gettime(clock_of(self._ident)) if clock_of else 0.0

    def _queued(self) -> float:
        if self._scheduler is None:
            return 0.0
        self._scheduler.seek(0)
        return int(self._scheduler.read(100).split()[1]) / 1e9


def held_seconds(before: Moment, after: Moment, late_seconds: float) -> float:
    """Return how long code held the loop between two moments, excluding waits for a CPU.

    `late_seconds` is how much later than requested the watching thread woke up. If the process used
    no CPU in that time, the whole process was suspended.
    """
    elapsed = max(0.0, after.clock - before.clock)
    running = min(elapsed, after.running - before.running)
    suspended = late_seconds - (after.process_running - before.process_running)
    starved = max(0.0, after.queued - before.queued, suspended)
    return max(running, elapsed - starved)


log = structlog.get_logger(__name__)

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.01, 0.25
_QUIET_SECONDS = 10.0
"""The minimum interval between warnings; later ones are counted in the next warning."""


@dataclass(frozen=True, slots=True)
class LoopAnswer:
    """One response of the event loop.

    `lag_seconds` is the response time and `held_seconds` the part of it in which code held the
    loop; the rest is a wait for a CPU. `is_hold` is true if that part exceeds the threshold.
    """

    lag_seconds: float
    held_seconds: float
    is_hold: bool


@asynccontextmanager
async def watch_loop(
    observe: Callable[[LoopAnswer], None], *, warning_seconds: float
) -> AsyncIterator[None]:
    """Watch the running loop inside the block.

    `observe` is called in another thread with every response, at least four times per second. A
    hold longer than `warning_seconds` is logged while it lasts, with the stack of the code that
    holds the loop.
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
                ping = _Ping(self._thread, before.later(self._pause_seconds))
                if not self._follow(ping):
                    return
                before = ping.now

    def _follow(self, ping: _Ping) -> bool:
        """Wait for the response; return False if there will be none."""
        if not ping.is_scheduled:
            return False
        is_noticed = is_logged = False
        while not ping.is_answered_within(self._pause_seconds):
            if self._stopped.is_set():
                return False
            is_hold = ping.held_seconds >= self._warning_seconds
            if is_hold and not is_noticed and (stack := self._thread.stack()):
                is_noticed, is_logged = True, self._warn(ping.held_seconds, stack)
        held = ping.held_seconds
        is_hold = held >= self._warning_seconds
        self._observe(LoopAnswer(ping.elapsed_seconds, held, is_hold))
        if is_logged:
            log.info("event_loop_released", held_seconds=round(held, 3))
        elif is_hold and not is_noticed:
            self._warn(held, None)
        return True

    def _warn(self, held: float, stack: str | None) -> bool:
        """Log a warning unless one is recent; `stack` is None if no thread could run in time."""
        now = time.perf_counter()
        if now - self._last_warning < _QUIET_SECONDS:
            self._unreported += 1
            return False
        held = round(held, 3)
        log.warning("event_loop_held", held_seconds=held, unreported=self._unreported, stack=stack)
        self._last_warning, self._unreported = now, 0
        return True


class _Ping:
    """One call scheduled in the loop, and the measurements since then.

    Code that lets no other thread run also delays scheduling, so time counts from the due time.
    """

    def __init__(self, thread: LoopThread, due: Moment) -> None:
        self._thread = thread
        self._answered = threading.Event()
        self._start = due
        self.now = thread.moment()
        self._late_seconds = max(0.0, self.elapsed_seconds)
        self.is_scheduled = thread.call(self._answered.set)

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
