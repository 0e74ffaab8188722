"""Stop on Ctrl-C and on SIGTERM: cancel what runs, let it tidy up, and give the exit code."""

from __future__ import annotations

import asyncio
import gc
import signal
from typing import TYPE_CHECKING, Any, TypeVar

from stoat_ferret.cli.startup import STARTING_SECONDS, collect_garbage

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")


class Stop:
    """What asked this process to stop, if anything did."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None

    @property
    def exit_code(self) -> int | None:
        """128 + the number of the signal, as shells count: 130 for Ctrl-C, 143 for SIGTERM."""
        return None if self.signal is None else 128 + self.signal


def run(main: Callable[[], Coroutine[Any, Any, T]], stop: Stop | None = None) -> T:
    """Run `main` on an event loop; the first signal cancels it, and so does each later one.

    Where `main` catches the cancellation and returns, so does this: read `stop` to know. Else
    the process ends with the exit code of the signal.
    """
    stop = stop or Stop()
    try:
        return asyncio.run(_stopped_by_signals(main, stop))
    except asyncio.CancelledError:
        raise SystemExit(stop.exit_code or 1) from None


def accept_cancellation() -> None:
    """Go on after the task was cancelled, so that the next signal cancels it anew."""
    if task := asyncio.current_task():
        task.uncancel()


async def _stopped_by_signals(main: Callable[[], Coroutine[Any, Any, T]], stop: Stop) -> T:
    task = asyncio.current_task()

    def react(number: signal.Signals) -> None:
        stop.signal = number
        if task:
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, react, number)
    if not gc.isenabled():
        loop.call_later(STARTING_SECONDS, collect_garbage)
    return await main()
