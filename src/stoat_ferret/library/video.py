"""Videos in the library, and the results that a scan saves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import os
    from datetime import datetime

    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.media.media_record import MediaRecord


class HeightClass(StrEnum):
    """The size class of a video, regardless of orientation and of the bars of wide films."""

    P2160 = "2160p"
    P1440 = "1440p"
    P1080 = "1080p"
    P720 = "720p"
    P480 = "480p"
    LOWER = "lower"


class Orientation(StrEnum):
    """The shape of a picture as displayed."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"
    SQUARE = "square"


class WatchedFilter(StrEnum):
    """The choices by how far videos were watched; started ones may have been watched before."""

    YES = "yes"
    NO = "no"
    STARTED = "started"


class VideoStatus(StrEnum):
    """The state of a file. `missing` hides the state before the file went missing."""

    OK = "ok"
    BAD = "bad"
    SKIPPED = "skipped"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that may be scanned; `path` is absolute, `name` is unique and permanent."""

    id: int
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Video:
    """The record of a file, as shown in lists.

    `path` is relative to the root, as returned by `os.fsdecode` (names that are not UTF-8 contain
    surrogate escapes). `title` is given by a user or, failing that, read from the file. `reason` is
    why a file is bad or skipped, else None. Times are aware and in UTC; width and height are as
    displayed, `rotation` is clockwise in degrees, and `frame_rate` is an exact fraction such as
    30000/1001. Unknown values are None. `thumbnail_version` and `storyboard_version` are the
    versions that made the pictures: 0 if none did yet, negative if that version could not make one.
    `read_error` is why the newest scan could not read the file, at `read_failed_at`; the other
    values are then from an earlier scan. `position_seconds` is where to resume, 0 for the start,
    and `watched_at` when it was last watched or marked.
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
    favourite: bool
    tags: tuple[str, ...]
    read_error: str | None
    read_failed_at: datetime | None
    position_seconds: float
    watched: bool
    watched_at: datetime | None


@dataclass(frozen=True, slots=True)
class Recipe:
    """The origin of a rendered file: the job, and its request as plain JSON."""

    job_id: str
    request: dict[str, Any]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class VideoDetails(Video):
    """All details of a file.

    `revision` counts the changes of its annotations; 0 before the first. `recipe` is set for a file
    that this program made, as long as its content is the same.
    """

    media_info: MediaInfo | None
    notes: str | None
    revision: int
    recipe: Recipe | None


_LIMIT = 2**63
_SECOND_NS = 10**9
UNKNOWN_SIZE = -1


def storable_mtime_ns(mtime_ns: int) -> int:
    """Fit a modification time into the 64 bits of its column, from 1677 to 2262.

    Earlier and later times are mapped into the first and the last second of that range, at the
    nanosecond equal to their second modulo 10^9. So equal times map to equal values, different
    times almost always to different values, and `is_mtime_clamped` detects mapped values.
    """
    if -_LIMIT <= mtime_ns < _LIMIT:
        return mtime_ns
    second = mtime_ns // _SECOND_NS % _SECOND_NS
    return (_LIMIT - _SECOND_NS if mtime_ns > 0 else -_LIMIT) + second


def is_mtime_clamped(mtime_ns: int) -> bool:
    """Return whether a stored time stands for a time before 1677 or after 2262."""
    return not -_LIMIT + _SECOND_NS <= mtime_ns < _LIMIT - _SECOND_NS


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file found by discovery; `path` is relative to the root, as returned by `os.fsdecode`."""

    path: str
    size_bytes: int
    """`UNKNOWN_SIZE` if its disk did not report it."""
    mtime_ns: int
    """In the range of `storable_mtime_ns`."""
    unusable: str | None = None
    """Why the file is not opened (a named pipe, for example); None for a regular file."""

    @classmethod
    def from_stat(cls, path: str, status: os.stat_result, unusable: str | None = None) -> Self:
        """Create it from a stat."""
        return cls.of(path, status.st_size, status.st_mtime_ns, unusable)

    @classmethod
    def of(cls, path: str, size_bytes: int, mtime_ns: int, unusable: str | None = None) -> Self:
        """Create it from the numbers of a stat, out of range on some file systems."""
        size_bytes = min(max(size_bytes, 0), _LIMIT - 1)
        return cls(path, size_bytes, storable_mtime_ns(mtime_ns), unusable)


@dataclass(frozen=True, slots=True)
class FoundFolder:
    """A folder found by discovery, with the number of `files` directly in it.

    Equal signatures mean the same path, and files of the same names, sizes and times.
    """

    path: str
    """Relative to the root, as returned by `os.fsdecode`; "" for the root."""
    files: int
    signature: bytes | None
    """None if the folder is known by its times, so that its files were not examined."""
    times_signature: bytes | None
    """Made of the times of the folder and the names of its files; None if they prove nothing."""
    is_known: bool
    """True if its files need no comparison: they are as when their records were last compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedFile:
    """The result of scanning a file; its stat was taken before the file was read.

    With a `read_error`, the content is unknown: a record that was read before keeps its values and
    gets the error; any other record takes the values of the other fields.
    """

    file: FoundFile
    status: VideoStatus
    reason: str | None
    fingerprint: str | None
    media: MediaRecord | None
    probe_version: int
    thumbnail_version: int = 0
    """0 if none was made; a version stored for the same content is kept."""
    read_error: str | None = None
