"""The command line interface."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

_THREAD_SECONDS = 2.0
"""The time that threads get to end after the command has ended."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command in `arguments`, by default those of the process, and exit."""
    from stoat_ferret.cli.startup import end_fast, start_fast

    start_fast()
    try:
        # Help and completion must be fast: nothing heavy is imported before a command runs.
        from stoat_ferret.cli.program import run_program

        code = run_program(arguments)
    except KeyboardInterrupt:
        code = 130
    except Exception as error:  # noqa: BLE001  a sentence is more useful than a traceback
        code = _print_unexpected(error)
    end_fast()
    _leave(code)


def _print_unexpected(error: Exception) -> int:
    """Print an unexpected error in one line, with its traceback at the log level debug."""
    if os.environ.get("STOAT_LOG_LEVEL", "").lower() == "debug":
        import traceback

        traceback.print_exception(error)
    what = f"{type(error).__name__}: {error}".removesuffix(": ")
    with suppress(OSError, AttributeError):
        sys.stderr.write(
            f"stoat-ferret: This should not have happened ({what}). STOAT_LOG_LEVEL=debug shows "
            "where.\n"
        )
    return 1


def _leave(code: int) -> NoReturn:
    """End the process, even if a failed command left a thread that would keep it alive."""
    deadline = time.monotonic() + _THREAD_SECONDS
    left = [
        thread
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and not thread.daemon
    ]
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    if any(thread.is_alive() for thread in left):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)
    raise SystemExit(code)
