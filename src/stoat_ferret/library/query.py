"""A query for videos: filter, order, and a cursor into the sorted list."""

import base64
import hashlib
import json
import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.errors import InvalidCursorError
from stoat_ferret.library.video import HeightClass, Video, VideoStatus
from stoat_ferret.media.media_info import HdrKind

MAX_LIMIT = 500
"""The most videos in one page."""
MAX_Q_LENGTH = 500
"""The most characters in `VideoFilter.q`."""
MAX_TAGS = 20
"""The most tags in `VideoFilter.tags`."""
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


class VideoFilter(BaseModel):
    """Which videos; a field that is left out filters nothing.

    This is the one list of filters: the parameters of requests, the options of the command line,
    the parameters of jobs and the lists that a cursor belongs to are derived from its fields, and
    `search.match` turns each into SQL. A value that makes no sense is a `ValueError`.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        json_schema_extra={"examples": [{"q": "beach", "min_height": 720}]},
    )

    q: str | None = Field(
        default=None,
        max_length=MAX_Q_LENGTH,
        description="Words that must all occur in path, name, title or tags, whatever their case "
        'and accents; `"a phrase"`, `-not`, `#tag`.',
    )
    root: str | None = Field(
        default=None, max_length=255, description="Only in the root of this name."
    )
    folder: str | None = Field(
        default=None,
        max_length=4096,
        description="Only in this folder of a root, and the folders in it.",
    )
    codec: str | None = Field(
        default=None, max_length=50, description="Only with this video codec, as in h264."
    )
    hdr: HdrKind | None = Field(
        default=None, description="Only with this kind of high dynamic range."
    )
    height_class: HeightClass | None = Field(
        default=None, description="Only of this size, by the longer or the shorter side."
    )
    min_height: int | None = Field(
        default=None, ge=0, le=100_000, description="Only of this height in pixels or more."
    )
    min_duration: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Only of this many seconds or more."
    )
    max_duration: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Only of this many seconds or less."
    )
    min_rating: int | None = Field(
        default=None, ge=1, le=5, description="Only those that people rated so or better."
    )
    tags: frozenset[Annotated[str, Field(max_length=200)]] = Field(
        default=frozenset(),
        alias="tag",
        max_length=MAX_TAGS,
        description="Only with this tag; may be given several times, and all must be there.",
    )
    status: frozenset[VideoStatus] = Field(
        default=frozenset({VideoStatus.OK}),
        min_length=1,
        max_length=20,
        description="Only with this status; may be given several times.",
    )

    @property
    def is_only_words(self) -> bool:
        """Whether there is no filter beside the words and the status."""
        return not self.as_params().keys() - {"q", "status"}

    def as_params(self) -> dict[str, Any]:
        """The fields that filter, and the status, as JSON; equal for equal filters."""
        given = {name: getattr(self, name) for name in VideoFilter.model_fields}
        return {
            name: sorted(value) if isinstance(value, frozenset) else value
            for name, value in given.items()
            if value not in (None, "", frozenset())
        }


class VideoQuery(VideoFilter):
    """Which videos, in which order, and which part of the list.

    `cursor` is the `next_cursor` of the page before, asked for with the same query; `offset` is
    how many videos come before the page, for who shows a part of a list that moves: what is added
    or removed shifts it. Both of them are a `ValueError`.
    """

    sort: VideoSort = Field(default=VideoSort.NAME, description="What to sort by.")
    order: SortOrder = Field(default=SortOrder.ASC, description="Which way to sort.")
    limit: int = Field(default=100, ge=1, le=MAX_LIMIT, description="How many at most.")
    cursor: str | None = Field(
        default=None, max_length=8192, description="`next_cursor` of the part before."
    )
    offset: int = Field(
        default=0,
        ge=0,
        le=MAX_OFFSET,
        description="How many come before, in place of a cursor; to show a part of a long list.",
    )

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        if self.offset and self.cursor is not None:
            raise ValueError("offset and cursor both say where to begin: give one of them")
        return self


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
    parts = [query.as_params(), query.sort, query.order]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()
