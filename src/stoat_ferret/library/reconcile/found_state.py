"""Where a found file stands beside what is known of it."""

from __future__ import annotations

from enum import IntEnum


class FoundState(IntEnum):
    """The states of one row of found files; those up to `STALE` are still to be read."""

    NEW = 0
    """No present video is at its path."""
    CHANGED = 1
    """The video at its path has another size or time."""
    STALE = 2
    """It is the video at its path, and is read again: asked for, or read by an old prober."""
    UNCHANGED = 3
    RETURNED = 4
    """As `UNCHANGED`, but the video is still flagged as missing."""
    SETTLED = 5
    """Saved, or known as a moved video."""
    UNPICTURED = 6
    """As `UNCHANGED`, but its thumbnail is still to be made, or made again."""
