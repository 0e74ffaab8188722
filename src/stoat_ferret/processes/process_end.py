"""How a process ended, in words."""

from __future__ import annotations

import signal


def describe_end(exit_code: int | None, stderr_tail: bytes) -> str:
    """`died by SIGSEGV: …` or `ended with exit code 1: …`, with the last that it printed.

    `exit_code` is as `subprocess` gives it: negative for a signal, None while it is not known.
    """
    if exit_code is None:
        end = "does not end"
    elif exit_code < 0:
        end = f"died by {_signal_name(-exit_code)}"
    else:
        end = f"ended with exit code {exit_code}"
    words = readable_tail(stderr_tail)
    return f"{end}: {words}" if words else end


def readable_tail(stderr_tail: bytes, lines: int = 5) -> str:
    """The last lines of what a program printed, on one line."""
    text = stderr_tail.decode("utf-8", "replace")
    return " / ".join([line.strip() for line in text.splitlines() if line.strip()][-lines:])


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
