"""Questions at the terminal, before something that cannot be undone."""

from __future__ import annotations

import select
import sys

from stoat_ferret.errors import ConfirmationError


def is_yes(question: str) -> bool:
    """Ask, and wait for a line; everything but yes is no."""
    sys.stdout.write(question)
    sys.stdout.flush()
    # In slices: Ctrl-C in the instant before a read blocks would be noticed only after it.
    while not select.select([sys.stdin], [], [], 0.2)[0]:
        continue
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def confirm(question: str, *, as_json: bool) -> bool:
    """Ask, where there is a terminal. Raises `ConfirmationError` where there is none."""
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfirmationError
    return is_yes(f"{question} [y/N] ")
