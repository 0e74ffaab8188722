"""The thread of an event loop as another thread sees it: its stack, and where its time goes."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
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
