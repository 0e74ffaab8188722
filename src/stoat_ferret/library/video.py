"""A file in the library, and what a scan writes about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

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


@dataclass(frozen=True, slots=True)
class Video:
    """The record of one file, as lists show it.

    `path` is relative to the root, as `os.fsdecode` gives it (names that are not UTF-8 hold
    surrogate escapes). `title` is the one that people gave it, else that of the file itself.
    `reason` says why a file is bad or skipped, and is None for the others. Times are aware and
    in UTC; width and height are as displayed, `rotation` is clockwise in degrees, and
    `frame_rate` an exact fraction such as 30000/1001. What is not known is None.
    `thumbnail_version` and `strip_version` say with which version the pictures were made: 0 not
    yet, negative where that version found none to make.
    """

    id: str
    root: Root
    path: str
    title: str | None
    status: VideoStatus
    reason: str | None
    size_bytes: int
    mtime_ns: int
    added_at: datetime
    taken_at: datetime | None
    missing_since: datetime | None
    fingerprint: str | None
    duration_seconds: float | None
    width: int | None
    height: int | None
    rotation: int | None
    frame_rate: str | None
    video_codec: str | None
    audio_codec: str | None
    bit_rate: int | None
    container: str | None
    hdr: str | None
    thumbnail_version: int
    strip_version: int
    rating: int | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a file was made: the job that did it and the request, plain JSON, it did it for."""

    job_id: str
    request: dict[str, Any]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class VideoDetails(Video):
    """All that is known of one file.

    `revision` counts the changes of what people say about it; 0 before the first. `recipe` is
    that of a file which this program made, as long as its content is the same.
    """

    media_info: MediaInfo | None
    notes: str | None
    revision: int
    recipe: Recipe | None


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
    thumbnail_version: int = 0
    """0 where none was made: one that the same content has is kept."""
