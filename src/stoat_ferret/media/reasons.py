"""Why a file could not be read, in sentences that people can act on."""

from __future__ import annotations

_LONGEST = 200
"""How much of the words of an error goes into a reason."""


def not_understood(detail: str) -> str:
    """The reason of an `InvalidMediaError`, with what FFmpeg says."""
    if "whitelist" in detail:
        return "It is a playlist, a text, an image or some other format that holds no video itself."
    return f"It is damaged, incomplete, or no media file ({detail.rstrip('.')})."


def timed_out(timeout_seconds: float) -> str:
    """The reason of a `ProbeTimeoutError`."""
    return (
        f"It could not be read within {timeout_seconds:g} s, so its prober was killed. Its disk "
        "may be very slow or hang; if not, the file is damaged."
    )


def crashed(prober: str, detail: str) -> str:
    """The reason of a `ProbeCrashedError`; `detail` says how the prober ended."""
    return f"The prober ({prober}) {detail}. The file is most likely damaged."


def failed(doer: str, error: Exception) -> str:
    """The reason of an error that nobody foresaw; `doer` is what raised it."""
    words = " ".join(str(error).split())[:_LONGEST]
    name = type(error).__name__
    said = words if isinstance(error, RuntimeError) and words else f"{name}: {words}".rstrip(": ")
    return (
        f"{doer} failed ({said}). The file is unusual or damaged, and a report of it is welcome: "
        "the log has the details."
    )
