"""A thread that notices a blocked event loop and names the code that blocks it."""

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
"""Where callbacks are called from."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Readings in seconds: the clock, the processor time of the loop's thread and of the process,
    and the time that the thread has waited for a processor.
    """

    clock: float
    running: float
    process_running: float
    queued: float

    def later(self, seconds: float) -> Moment:
        """The same readings at a later clock."""
        return replace(self, clock=self.clock + seconds)


class LoopThread:
    """The thread that runs `loop`. Made there; everything else is for another thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ident = threading.get_ident()
        self._native_id = threading.get_native_id()
        self._scheduler: FileIO | None = None

    def __enter__(self) -> Self:
        with suppress(OSError):  # only Linux tells how long a thread waited for a processor
            path = Path(f"/proc/self/task/{self._native_id}/schedstat")
            self._scheduler = path.open("rb", buffering=0)
        return self

    def __exit__(self, *_: object) -> None:
        if self._scheduler:
            self._scheduler.close()

    def call(self, function: Callable[[], object]) -> bool:
        """Have the loop call `function`; False where the loop is closed."""
        try:
            self._loop.call_soon_threadsafe(function)
        except RuntimeError:
            return False
        return True

    def moment(self) -> Moment:
        """The readings now; those that this system does not give are 0."""
        # The last one lets other threads run, and what they do then belongs to the next moment.
        return Moment(time.perf_counter(), self._running(), time.process_time(), self._queued())

    def stack(self) -> str | None:
        """What the thread does in the callback of the loop that runs now; None while it idles."""
        frame = sys._current_frames().get(self._ident)  # noqa: SLF001  the documented way
        frames = traceback.extract_stack(frame) if frame else []
        starts = [n for n, part in enumerate(frames) if part.filename == _LOOP_FILE]
        if not starts:  # it runs no callback but waits for one
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
    """How much of the time between two moments code held the loop, rather than a busy machine.

    `late_seconds` is how much later than asked the watching thread woke up meanwhile. Where this
    process used no processor in that time, it was the whole process that stood still.
    """
    elapsed = max(0.0, after.clock - before.clock)
    running = min(elapsed, after.running - before.running)
    stood_still = late_seconds - (after.process_running - before.process_running)
    starved = max(0.0, after.queued - before.queued, stood_still)
    return max(running, elapsed - starved)


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
