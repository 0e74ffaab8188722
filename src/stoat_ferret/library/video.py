"""A file in the library, and what a scan writes about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import os
    from datetime import datetime

    from stoat_ferret.media.media_info import MediaInfo


class HeightClass(StrEnum):
    """How large a picture is, whichever way it is held, and without the bars of wide films."""

    P2160 = "2160p"
    P1440 = "1440p"
    P1080 = "1080p"
    P720 = "720p"
    P480 = "480p"
    LOWER = "lower"


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
    `thumbnail_version` and `storyboard_version` are the versions that made the pictures: 0 if
    none did yet, negative if that version found none to make. `read_error` says why the newest scan
    could not read the file, at `read_failed_at`: what is known of it is then from before.
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
    storyboard_version: int
    rating: int | None
    tags: tuple[str, ...]
    read_error: str | None
    read_failed_at: datetime | None


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


_LIMIT = 2**63
_SECOND_NS = 10**9
UNKNOWN_SIZE = -1


def storable_mtime_ns(mtime_ns: int) -> int:
    """Fit a modification time into the 64 bits that are kept of it, 1677 to 2262.

    Earlier and later times are put into the first and the last second of those years, at the
    nanosecond that is their second modulo 10^9. So the same time always becomes the same value,
    another one almost always another, and `is_mtime_clamped` knows the value again.
    """
    if -_LIMIT <= mtime_ns < _LIMIT:
        return mtime_ns
    second = mtime_ns // _SECOND_NS % _SECOND_NS
    return (_LIMIT - _SECOND_NS if mtime_ns > 0 else -_LIMIT) + second


def is_mtime_clamped(mtime_ns: int) -> bool:
    """Return whether a stored time stands for one before 1677 or after 2262."""
    return not -_LIMIT + _SECOND_NS <= mtime_ns < _LIMIT - _SECOND_NS


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that discovery found: its path relative to the root, as `os.fsdecode` gives it."""

    path: str
    size_bytes: int
    """`UNKNOWN_SIZE` where its disk did not even say that."""
    mtime_ns: int
    """In the range of `storable_mtime_ns`."""
    unusable: str | None = None
    """Why it is not even opened (a named pipe, say); None for a regular file."""

    @classmethod
    def from_stat(cls, path: str, status: os.stat_result, unusable: str | None = None) -> Self:
        """The file with this stat, whose numbers may be any that a file system makes up."""
        size_bytes = min(max(status.st_size, 0), _LIMIT - 1)
        return cls(path, size_bytes, storable_mtime_ns(status.st_mtime_ns), unusable)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedFile:
    """What a scan learnt of one file, to be saved; the stat is from before it was read.

    With a `read_error`, the content is unknown: a record that was read before stays as it is and
    gets that error, and only another record takes the values of the other fields.
    """

    file: FoundFile
    status: VideoStatus
    reason: str | None
    fingerprint: str | None
    media_info: MediaInfo | None
    probe_version: int
    thumbnail_version: int = 0
    """0 where none was made: one that the same content has is kept."""
    read_error: str | None = None
