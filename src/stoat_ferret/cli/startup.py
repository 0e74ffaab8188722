"""A fast start and a fast end for every command."""

from __future__ import annotations

import gc
import sys

STARTING_SECONDS = 1.0
"""The time that a command may run without garbage collection."""


def start_fast() -> None:
    """Make what is imported from here on cost less; for the beginning of a process.

    Importing makes hundreds of thousands of objects and no garbage, and Python would look
    through them again and again, for a fifth of the time until a command has started.
    """
    gc.disable()
    # Otherwise httpx loads its command line and with it click and rich, which it does not need.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # makes importing fail


def collect_garbage() -> None:
    """Have Python look for garbage from now on.

    What there is now stays: to look through all of it would hold the event loop.
    """
    gc.freeze()
    gc.enable()


def end_fast() -> None:
    """Leave everything to the operating system; for the end of a process.

    Python would look through all objects once more, for up to a third of the time of a command.
    """
    gc.freeze()
