"""A file in the library, and what a scan writes about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from stoat_ferret.media.media_info import MediaInfo


class VideoStatus(StrEnum):
    """What is known of a file. `missing` hides what it was before it went."""

    OK = "ok"
    BAD = "bad"
    SKIPPED = "skipped"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that may be scanned; `path` is absolute, `name` is unique and stays the same."""

    id: int
    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """The record of one file.

    `path` is relative to the root, as `os.fsdecode` gives it (names that are not UTF-8 hold
    surrogate escapes). `reason` says why a file is bad or skipped, and is None for the others.
    Times are aware and in UTC.
    """

    id: str
    root: Root
    path: str
    status: VideoStatus
    reason: str | None
    size_bytes: int
    mtime_ns: int
    added_at: datetime
    missing_since: datetime | None
    fingerprint: str | None
    media_info: MediaInfo | None


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that discovery found: its path relative to the root, as `os.fsdecode` gives it."""

    path: str
    size_bytes: int
    mtime_ns: int
    unusable: str | None = None
    """Why it is not even opened (a named pipe, say); None for a regular file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedFile:
    """What a scan learnt of one file, to be saved; the stat is from before it was read."""

    file: FoundFile
    status: VideoStatus
    reason: str | None
    fingerprint: str | None
    media_info: MediaInfo | None
    probe_version: int
