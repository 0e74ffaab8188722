"""Queries for videos: filter, order, and a cursor into the sorted list."""

import base64
import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from stoat_ferret.errors import InvalidCursorError
from stoat_ferret.library.video import (
    HeightClass,
    Orientation,
    Video,
    VideoStatus,
    WatchedFilter,
)
from stoat_ferret.media.media_info import HdrKind

MAX_LIMIT = 500
"""The maximum number of videos in a page."""
MAX_Q_LENGTH = 500
"""The maximum number of characters in `VideoFilter.q`."""
MAX_TAGS = 20
"""The maximum number of tags in `VideoFilter.tags`."""
MAX_VALUES = 20
"""The maximum number of values of each other filter that takes several."""
MAX_OFFSET = 10_000_000
"""The maximum value of `VideoQuery.offset`."""


class VideoSort(StrEnum):
    """The field that a list is sorted by.

    `added` is the time the record was created, `modified` the modification time of the file,
    `taken` the recording time, and `position` the order of a collection.
    """

    NAME = "name"
    ADDED = "added"
    MODIFIED = "modified"
    SIZE = "size"
    DURATION = "duration"
    HEIGHT = "height"
    TAKEN = "taken"
    POSITION = "position"


class SortOrder(StrEnum):
    """Ascending or descending order. Unknown values count as smallest."""

    ASC = "asc"
    DESC = "desc"


def _listed(value: object) -> object:
    """Return a single value as a list: jobs that were stored by older versions have one codec."""
    return [value] if isinstance(value, str) else value


def _check_is_date(value: object) -> object:
    """Refuse numbers, which would be seconds since 1970: a year alone is one."""
    if isinstance(value, int | float) or (
        isinstance(value, str) and value.strip().lstrip("+-").replace(".", "", 1).isdecimal()
    ):
        raise ValueError("a number is no date: write it as in 2024-05-31")
    return value


def _in_utc(moment: datetime) -> datetime:
    """Return a time in UTC, which one without a time zone is already."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("no calendar has this time in UTC") from error


Moment = Annotated[datetime, BeforeValidator(_check_is_date), AfterValidator(_in_utc)]
"""A date or a time by ISO 8601, in UTC unless it has an offset; a date is its start."""
Codec = Annotated[str, Field(max_length=50)]
TagName = Annotated[str, Field(max_length=200)]


class VideoFilter(BaseModel):
    """A filter for videos; fields that are not set do not filter."""

    # This is the single list of filters: request parameters, command-line options, job parameters
    # and the lists that a cursor belongs to are derived from its fields, and `search.match` turns
    # each into SQL. An invalid value raises `ValueError`.

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        json_schema_extra={"examples": [{"q": "beach", "min_height": 720}]},
    )

    q: str | None = Field(
        default=None,
        max_length=MAX_Q_LENGTH,
        description="Words that must all occur in path, name, title, tags or markers, ignoring "
        'case and accents; `"a phrase"`, `-not`, `#tag`.',
    )
    root: str | None = Field(
        default=None, max_length=255, description="Only in the root with this name."
    )
    folder: str | None = Field(
        default=None,
        max_length=4096,
        description="Only in this folder of a root and its subfolders.",
    )
    subfolders: bool = Field(
        default=True,
        description="False: only in the folder itself, not in its subfolders; without `folder`, "
        "only in the roots themselves.",
    )
    collection: str | None = Field(
        default=None,
        max_length=36,
        description="Only in the collection with this id, and in its order unless `sort` is given.",
    )
    codec: Annotated[frozenset[Codec], BeforeValidator(_listed)] = Field(
        default=frozenset(),
        max_length=MAX_VALUES,
        description="Only with this video codec, for example h264; "
        "can be repeated, and any of them matches.",
    )
    not_codec: frozenset[Codec] = Field(
        default=frozenset(),
        max_length=MAX_VALUES,
        description="Only without this video codec; can be repeated.",
    )
    hdr: HdrKind | None = Field(
        default=None, description="Only with this kind of high dynamic range."
    )
    height_class: Annotated[frozenset[HeightClass], BeforeValidator(_listed)] = Field(
        default=frozenset(),
        max_length=MAX_VALUES,
        description="Only of this size class, by the longer or the shorter side; "
        "can be repeated, and any of them matches.",
    )
    orientation: frozenset[Orientation] = Field(
        default=frozenset(),
        max_length=MAX_VALUES,
        description="Only of this shape, as displayed; can be repeated, and any of them matches.",
    )
    min_height: int | None = Field(
        default=None, ge=0, le=100_000, description="Minimum height in pixels."
    )
    min_duration: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Minimum duration in seconds."
    )
    max_duration: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Maximum duration in seconds."
    )
    min_rating: int | None = Field(default=None, ge=1, le=5, description="Minimum rating.")
    has_rating: bool | None = Field(
        default=None, description="Only with a rating, or only without one."
    )
    favourite: bool | None = Field(default=None, description="Only favourites, or only others.")
    watched: WatchedFilter | None = Field(
        default=None,
        description="Only watched videos, not watched ones, or those with a position to resume.",
    )
    tags: frozenset[TagName] = Field(
        default=frozenset(),
        alias="tag",
        max_length=MAX_TAGS,
        description="Only with this tag; can be repeated, and all tags must match.",
    )
    not_tags: frozenset[TagName] = Field(
        default=frozenset(),
        alias="not_tag",
        max_length=MAX_TAGS,
        description="Only without this tag; can be repeated.",
    )
    has_tags: bool | None = Field(default=None, description="Only with tags, or only without any.")
    has_sound: bool | None = Field(default=None, description="Only with sound, or only without.")
    added_from: Moment | None = Field(
        default=None, description="Only added to the library at this time or later."
    )
    added_before: Moment | None = Field(
        default=None, description="Only added to the library before this time."
    )
    taken_from: Moment | None = Field(
        default=None, description="Only recorded at this time or later, as far as known."
    )
    taken_before: Moment | None = Field(
        default=None, description="Only recorded before this time, as far as known."
    )
    status: frozenset[VideoStatus] = Field(
        default=frozenset({VideoStatus.OK}),
        min_length=1,
        max_length=20,
        description="Only with this status; can be repeated.",
    )

    @property
    def is_only_words(self) -> bool:
        """True if no filter is set besides the search words and the status."""
        return not self.as_params().keys() - {"q", "status"}

    @property
    def is_in_folder(self) -> bool:
        """True if only videos of one folder are found, in it or below it."""
        return bool(self.folder) or not self.subfolders

    def as_params(self) -> dict[str, Any]:
        """Return the active filters and the status as JSON; equal for equal filters."""
        given = {
            name: getattr(self, name)
            for name, field in VideoFilter.model_fields.items()
            if name == "status" or getattr(self, name) not in (field.default, "")
        }
        return {name: _as_json(value) for name, value in given.items()}

    @property
    def key(self) -> str:
        """A text that is the same for equal filters, whatever their order or page."""
        return json.dumps(self.as_params(), sort_keys=True)

    def without(self, *names: str) -> Self:
        """Return a copy in which the filters with these names are not set."""
        fields = VideoFilter.model_fields
        return self.model_copy(update={name: fields[name].default for name in names})


def _as_json(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, datetime) else value


class VideoList(VideoFilter):
    """A filter and an order: a sorted list of videos."""

    sort: VideoSort = Field(
        default=VideoSort.NAME,
        description="Field to sort by; `position` is the order of a `collection`, and its default.",
    )
    order: SortOrder = Field(default=SortOrder.ASC, description="Sort direction.")

    @model_validator(mode="before")
    @classmethod
    def _keep_order_of_collection(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("collection") and given.get("sort") is None:
            return {**given, "sort": VideoSort.POSITION}
        return given

    @model_validator(mode="after")
    def _check_sort(self) -> Self:
        if self.sort is VideoSort.POSITION and not self.collection:
            raise ValueError("sort=position is the order of a collection: give collection, too")
        return self


class MonthQuery(VideoFilter):
    """A list that is sorted by a date, to be counted by month."""

    sort: Literal["added", "taken"] = Field(
        default="added", description="The date whose months are counted."
    )
    order: SortOrder = Field(default=SortOrder.DESC, description="Sort direction.")


class VideoQuery(VideoList):
    """A list, and the part of it to return.

    `cursor` is the `next_cursor` of the previous page of the same query. `offset` is the number of
    videos before the page, for clients that show part of a changing list: added or removed videos
    shift it. Using both is an error.
    """

    limit: int = Field(default=100, ge=1, le=MAX_LIMIT, description="Maximum number of items.")
    cursor: str | None = Field(
        default=None, max_length=8192, description="`next_cursor` of the previous page."
    )
    offset: int = Field(
        default=0,
        ge=0,
        le=MAX_OFFSET,
        description="Number of videos before the page; an alternative to `cursor`.",
    )

    @model_validator(mode="after")
    def _check_position(self) -> Self:
        if self.offset and self.cursor is not None:
            raise ValueError("offset and cursor both say where to begin: give one of them")
        return self


@dataclass(frozen=True, slots=True)
class VideoPage:
    """A page of videos; `total` counts the whole list, `next_cursor` is None on the last page."""

    items: list[Video]
    next_cursor: str | None
    total: int


SortKey = str | int | float | datetime
"""The value of the sort column."""

_TYPES: dict[VideoSort, type] = {
    VideoSort.NAME: str,
    VideoSort.ADDED: datetime,
    VideoSort.MODIFIED: int,
    VideoSort.SIZE: int,
    VideoSort.DURATION: float,
    VideoSort.HEIGHT: int,
    VideoSort.TAKEN: datetime,
    VideoSort.POSITION: str,
}
_MAX_INTEGER = 2**63 - 1


def encode_cursor(query: VideoQuery, key: SortKey, number: int) -> str:
    """Return the cursor that continues after the row with this sort key and number."""
    stored = key.isoformat() if isinstance(key, datetime) else key
    text = json.dumps([_list_id(query), stored, number], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(query: VideoQuery, cursor: str) -> tuple[SortKey, int]:
    """Return the sort key and number in a cursor of this list. Raises `InvalidCursorError`."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        list_id, stored, number = json.loads(base64.b64decode(padded, b"-_", validate=True))
        if list_id != _list_id(query):
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


def _list_id(query: VideoQuery) -> str:
    """Return a short hash that identifies the list; the same for all its pages."""
    parts = [query.as_params(), query.sort, query.order]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()
