"""What keeps the start and the end of a command short, whichever it is."""

from __future__ import annotations

import gc
import sys

STARTING_SECONDS = 1.0
"""How long a command may run without a look for garbage."""


def start_fast() -> None:
    """Make what is imported from here on cost less; for the beginning of a process.

    Importing makes hundreds of thousands of objects and no garbage, and Python would look
    through them again and again, for a fifth of the time until a command has started.
    """
    gc.disable()
    # Else httpx loads the command line it has, and with it click and rich. It does without.
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
