"""The port for reading what is in a media file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stoat_ferret.media.thumbnailer import NOT_ASKED_FOR, Thumbnail

if TYPE_CHECKING:
    import os

    from stoat_ferret.media.media_info import MediaInfo

PROBE_VERSION = 3
"""Raised when a prober learns something new, so that a scan reads every file once more."""


@dataclass(frozen=True, slots=True)
class ProbedFile:
    """What one look at a file gives."""

    media_info: MediaInfo
    fingerprint: str
    thumbnail: Thumbnail = NOT_ASKED_FOR


class Prober(Protocol):
    """Reads media files without ever holding the event loop.

    Every call has the deadline the prober was built with. When it passes, or when the calling
    task is cancelled, the process that reads the file is killed before the call returns. All
    failures of one file are `MediaError`s: `FileVanishedError`, `FileUnreadableError`,
    `InvalidMediaError`, `ProbeTimeoutError`, `ProbeCrashedError`. How many files are read at a
    time is bounded by the limit on media processes, whoever calls.
    """

    name: str

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """What is in the file at `path`; an audio file is no error, it has no `main_video`.

        One that was built to make thumbnails has made them then, and no failure of that is one
        of the probe.
        """
        ...

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """Size and content of both ends of the file, the same wherever the file lies."""
        ...
