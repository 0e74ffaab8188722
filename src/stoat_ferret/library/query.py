"""A query for videos: filter, order, and a cursor into the sorted list."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from stoat_ferret.errors import InvalidCursorError
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from stoat_ferret.library.video import HeightClass, Video

MAX_LIMIT = 500
"""The most videos in one page."""
MAX_Q_LENGTH = 500
"""The most characters in `VideoQuery.q`."""
MAX_TAGS = 20
"""The most tags in `VideoQuery.tags`."""
MAX_OFFSET = 10_000_000
"""The most videos that `VideoQuery.offset` leaves out."""


class VideoSort(StrEnum):
    """What a list is ordered by.

    `added` is the time of the record, `modified` that of the file, `taken` that of the camera.
    """

    NAME = "name"
    ADDED = "added"
    MODIFIED = "modified"
    SIZE = "size"
    DURATION = "duration"
    HEIGHT = "height"
    TAKEN = "taken"


class SortOrder(StrEnum):
    """From the smallest up, or from the greatest down. What is unknown counts as smallest."""

    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoQuery:
    """Which videos, in which order, and which part of the list.

    `q` is a search (see `parse_search`): every word must be a part of the path, a title or a
    tag, whatever its case and accents. `root` is the name of a root; `folder` is relative to
    its root and means the folders below it too. A video has all of `tags`. Durations are in
    seconds. `cursor` is the `next_cursor` of the page before, asked for with the same query;
    `offset` is how many videos come before the page, for who shows a part of a list that moves:
    what is added or removed shifts it. Numbers that make no sense, and both of them, are a
    `ValueError`.
    """

    q: str = ""
    sort: VideoSort = VideoSort.NAME
    order: SortOrder = SortOrder.ASC
    root: str | None = None
    folder: str | None = None
    codec: str | None = None
    hdr: str | None = None
    height_class: HeightClass | None = None
    min_height: int | None = None
    min_duration: float | None = None
    max_duration: float | None = None
    min_rating: int | None = None
    tags: frozenset[str] = frozenset()
    status: frozenset[VideoStatus] = frozenset({VideoStatus.OK})
    limit: int = 50
    cursor: str | None = None
    offset: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_LIMIT:
            raise ValueError(f"limit must be between 1 and {MAX_LIMIT}")
        if len(self.q) > MAX_Q_LENGTH:
            raise ValueError(f"q must be at most {MAX_Q_LENGTH} characters")
        if self.min_height is not None and not 0 <= self.min_height < 2**31:
            raise ValueError("min_height must be between 0 and 2147483647")
        if self.min_rating is not None and not 1 <= self.min_rating <= 5:
            raise ValueError("min_rating must be between 1 and 5")
        if len(self.tags) > MAX_TAGS:
            raise ValueError(f"tags must be at most {MAX_TAGS}")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise ValueError(f"offset must be between 0 and {MAX_OFFSET}")
        if self.offset and self.cursor is not None:
            raise ValueError("offset and cursor are two ways to say the same: give one")

    @property
    def is_only_words(self) -> bool:
        """Whether there is no filter beside the words and the status."""
        filters = (self.root, self.folder, self.codec, self.hdr, self.height_class)
        more = (self.min_height, self.min_duration, self.max_duration, self.min_rating)
        return not self.tags and all(given is None for given in (*filters, *more))


@dataclass(frozen=True, slots=True)
class VideoPage:
    """A page of videos; `total` counts the whole list, `next_cursor` is None on its last page."""

    items: list[Video]
    next_cursor: str | None
    total: int


SortKey = str | int | float | datetime
"""The value of the column a list is sorted by."""

_TYPES: dict[VideoSort, type] = {
    VideoSort.NAME: str,
    VideoSort.ADDED: datetime,
    VideoSort.MODIFIED: int,
    VideoSort.SIZE: int,
    VideoSort.DURATION: float,
    VideoSort.HEIGHT: int,
    VideoSort.TAKEN: datetime,
}
_MAX_INTEGER = 2**63 - 1


def encode_cursor(query: VideoQuery, key: SortKey, number: int) -> str:
    """The cursor of what follows the row with this sort key and number."""
    stored = key.isoformat() if isinstance(key, datetime) else key
    text = json.dumps([_list_of(query), stored, number], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(query: VideoQuery, cursor: str) -> tuple[SortKey, int]:
    """The sort key and number in a cursor of this list. Raises `InvalidCursorError`."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        of_list, stored, number = json.loads(base64.b64decode(padded, b"-_", validate=True))
        if of_list != _list_of(query):
            raise InvalidCursorError
        return _key(stored, _TYPES[query.sort]), _integer(number)
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidCursorError from error


def _key(stored: object, kind: type) -> SortKey:
    if kind is int:
        return _integer(stored)
    if kind is datetime and isinstance(stored, str):
        moment = datetime.fromisoformat(stored)
        if moment.tzinfo is not None:
            return moment
    if kind is float and isinstance(stored, float) and math.isfinite(stored):
        return stored
    if kind is str and isinstance(stored, str) and "\0" not in stored:
        stored.encode()
        return stored
    raise TypeError("not the sort key of this list")


def _integer(stored: object) -> int:
    if type(stored) is not int or abs(stored) > _MAX_INTEGER:
        raise TypeError("not an integer of the database")
    return stored


def _list_of(query: VideoQuery) -> str:
    """A short name of the list that all pages of one query have in common."""
    parts = [
        query.q,
        query.sort,
        query.order,
        query.root,
        query.folder,
        query.codec,
        query.hdr,
        query.height_class,
        query.min_height,
        query.min_duration,
        query.max_duration,
        query.min_rating,
        sorted(query.tags),
        sorted(query.status),
    ]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()
