"""Questions at the terminal, before something that cannot be undone."""

from __future__ import annotations

import asyncio
import select
import sys

from stoat_ferret.errors import ConfirmationError


def is_yes(question: str) -> bool:
    """Ask, and wait for a line; everything but yes is no."""
    sys.stdout.write(question)
    sys.stdout.flush()
    # In slices: Ctrl-C in the instant before a read blocks would be noticed only after it.
    while not select.select([sys.stdin], [], [], 0.2)[0]:  # blocking-ok: before there is a loop
        continue
    return _is_yes(sys.stdin.readline())


async def confirm(question: str, *, as_json: bool) -> bool:
    """Ask, where there is a terminal. Raises `ConfirmationError` where there is none."""
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfirmationError
    sys.stdout.write(f"{question} [y/N] ")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    typed = asyncio.Event()
    # The event loop goes on: it is the one that notices Ctrl-C.
    loop.add_reader(sys.stdin.fileno(), typed.set)
    try:
        await typed.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return _is_yes(sys.stdin.readline())  # blocking-ok: a line is there


def _is_yes(line: str) -> bool:
    return line.strip().lower() in ("y", "yes")
