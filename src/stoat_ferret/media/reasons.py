"""The reasons why a file could not be read, as sentences that people can act on."""

from __future__ import annotations

from stoat_ferret.media.limits import LARGEST_PIXELS

_LONGEST = 200
"""The most characters of an error's text that a reason contains."""


def not_understood(detail: str) -> str:
    """Return the reason for an `InvalidMediaError`, with the message of FFmpeg."""
    if "whitelist" in detail:
        return "It is a playlist, a text, an image or some other format that holds no video itself."
    return f"It is damaged, incomplete, or no media file ({detail.rstrip('.')})."


def too_many_pixels() -> str:
    """Return the reason for a file whose pictures are too large to decode."""
    return (
        f"Its pictures have more than {LARGEST_PIXELS / 1e6:,.0f} million pixels, more than any "
        "video: the file is damaged, or made to exhaust memory."
    )


def too_many_frames(frames: int) -> str:
    """Return the reason for a file whose index cannot be true."""
    return (
        f"Its index names {frames:,} frames, more than the file has bytes: it is damaged, or made "
        "to exhaust memory."
    )


def too_much_memory() -> str:
    """Return the reason for a file that needs more memory than a process may use."""
    return (
        "Reading it takes more memory than a media process may have (STOAT_WORKER_MEMORY_MB). The "
        "file is damaged, made to exhaust memory, or very large."
    )


def timed_out(timeout_seconds: float) -> str:
    """Return the reason for a `ProbeTimeoutError`."""
    return (
        f"It could not be read within {timeout_seconds:g} s, so its prober was killed. Its disk "
        "may be very slow or hang; if not, the file is damaged."
    )


def crashed(prober: str, detail: str) -> str:
    """Return the reason for a `ProbeCrashedError`; `detail` says how the prober ended."""
    if "bad_alloc" in detail:  # the exception in C++ libraries that run out of memory
        return too_much_memory()
    return f"The prober ({prober}) {detail}. The file is most likely damaged."


def failed(operation: str, error: Exception) -> str:
    """Return the reason for an unexpected error; `operation` is the part that raised it."""
    words = " ".join(str(error).split())[:_LONGEST]
    name = type(error).__name__
    message = (
        words if isinstance(error, RuntimeError) and words else f"{name}: {words}".rstrip(": ")
    )
    return (
        f"{operation} failed ({message}). The file is unusual or damaged, and a report of it is "
        "welcome: the log has the details."
    )
