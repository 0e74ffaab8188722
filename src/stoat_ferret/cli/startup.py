"""Fast start and exit of every command."""

from __future__ import annotations

import gc
import sys

STARTING_SECONDS = 1.0
"""The time that a command may run without garbage collection."""


def start_fast() -> None:
    """Make further imports faster; for the start of a process.

    Importing creates hundreds of thousands of objects and no garbage, and Python would scan them
    repeatedly, for a fifth of the time that a command takes to start.
    """
    gc.disable()
    # Otherwise httpx imports its command line with click and rich, which are not needed.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # makes importing fail


def collect_garbage() -> None:
    """Enable garbage collection from now on.

    Existing objects are exempt: scanning all of them would block the event loop.
    """
    gc.freeze()
    gc.enable()


def end_fast() -> None:
    """Leave cleanup to the operating system; for the end of a process.

    Python would scan all objects once more, for up to a third of the time of a command.
    """
    gc.freeze()
