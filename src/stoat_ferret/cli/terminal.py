"""The terminal: confirmation prompts, Ctrl-C and SIGTERM."""

from __future__ import annotations

import asyncio
import gc
import select
import signal
import sys
from typing import TYPE_CHECKING, Any, TypeVar

from stoat_ferret.cli.startup import STARTING_SECONDS, collect_garbage
from stoat_ferret.errors import ConfirmationError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


def is_yes(question: str) -> bool:
    """Ask, and wait for a line; everything but yes is no."""
    sys.stdout.write(question)
    sys.stdout.flush()
    # In slices: Ctrl-C just before a read blocks would only be noticed after it.
    while not select.select([sys.stdin], [], [], 0.2)[0]:  # blocking-ok: before there is a loop
        continue
    return _is_yes(sys.stdin.readline())


async def confirm(question: str, *, as_json: bool) -> bool:
    """Ask for confirmation at a terminal. Raises `ConfirmationError` if there is none."""
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfirmationError
    sys.stdout.write(f"{question} [y/N] ")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    typed = asyncio.Event()
    # The event loop keeps running: it handles Ctrl-C.
    loop.add_reader(sys.stdin.fileno(), typed.set)
    try:
        await typed.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return _is_yes(sys.stdin.readline())  # blocking-ok: a line is available


def _is_yes(line: str) -> bool:
    return line.strip().lower() in ("y", "yes")


T = TypeVar("T")


class Stop:
    """The signal that stopped this process, if any."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None

    @property
    def exit_code(self) -> int | None:
        """128 + the number of the signal, as in shells: 130 for Ctrl-C, 143 for SIGTERM."""
        return None if self.signal is None else 128 + self.signal


def run(main: Callable[[], Coroutine[Any, Any, T]], stop: Stop | None = None) -> T:
    """Run `main` on an event loop; the first signal cancels it, and so does each later one.

    If `main` catches the cancellation and returns, so does this: see `stop`. Otherwise the process
    ends with the exit code of the signal.
    """
    stop = stop or Stop()
    try:
        return asyncio.run(_stopped_by_signals(main, stop))
    except asyncio.CancelledError:
        raise SystemExit(stop.exit_code or 1) from None


def accept_cancellation() -> None:
    """Continue after the task was cancelled, so that the next signal cancels it again."""
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
