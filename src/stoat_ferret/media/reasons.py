"""Why a file could not be read, in sentences that people can act on."""

from __future__ import annotations

from stoat_ferret.media.limits import LARGEST_PIXELS

_LONGEST = 200
"""The most characters of an error's text that a reason contains."""


def not_understood(detail: str) -> str:
    """The reason of an `InvalidMediaError`, with what FFmpeg says."""
    if "whitelist" in detail:
        return "It is a playlist, a text, an image or some other format that holds no video itself."
    return f"It is damaged, incomplete, or no media file ({detail.rstrip('.')})."


def too_many_pixels() -> str:
    """The reason of a file whose pictures nothing here decodes."""
    return (
        f"Its pictures have more than {LARGEST_PIXELS / 1e6:,.0f} million pixels, more than any "
        "video: the file is damaged, or made to exhaust memory."
    )


def too_many_frames(frames: int) -> str:
    """The reason of a file whose index cannot be true."""
    return (
        f"Its index names {frames:,} frames, more than the file has bytes: it is damaged, or made "
        "to exhaust memory."
    )


def too_much_memory() -> str:
    """The reason of a file that takes more memory than a process may have."""
    return (
        "Reading it takes more memory than a media process may have (STOAT_WORKER_MEMORY_MB). The "
        "file is damaged, made to exhaust memory, or very large."
    )


def timed_out(timeout_seconds: float) -> str:
    """The reason of a `ProbeTimeoutError`."""
    return (
        f"It could not be read within {timeout_seconds:g} s, so its prober was killed. Its disk "
        "may be very slow or hang; if not, the file is damaged."
    )


def crashed(prober: str, detail: str) -> str:
    """The reason of a `ProbeCrashedError`; `detail` says how the prober ended."""
    if "bad_alloc" in detail:  # what libraries in C++ die of when there is no memory
        return too_much_memory()
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
