"""Schemas of markers."""

import csv
import io
from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.edits import UNDO_EXAMPLE, TagName, Title
from stoat_ferret.api.schemas.text import Display
from stoat_ferret.api.schemas.videos import VIDEO_EXAMPLE
from stoat_ferret.folded_text import fold
from stoat_ferret.library.markers import MAX_FOUND, FoundMarker, Marker, MarkerValues
from stoat_ferret.library.query import MAX_Q_LENGTH

MARKER_ID_EXAMPLE = "0199e6a2-7e20-7bb1-a1d5-6a3f9e0d7c42"
MAX_TAGS = 20
_MAX_SECONDS = 1e9
_VALUES: dict[str, Any] = {
    "start_seconds": 12.5,
    "end_seconds": 20.0,
    "title": "The first jump",
    "tags": ["sea"],
}
_EXAMPLE = {
    "id": MARKER_ID_EXAMPLE,
    "video_id": VIDEO_EXAMPLE["id"],
    "revision": 1,
    **_VALUES,
}
_FOUND_EXAMPLE = {**_EXAMPLE, "video_name": "beach.mp4", "video_title": None}

CSV_EXAMPLE = (
    "start_seconds,end_seconds,title,tags,id\r\n"
    f"12.5,20.0,The first jump,sea,{MARKER_ID_EXAMPLE}\r\n"
)

Seconds = Annotated[float, Field(ge=0, le=_MAX_SECONDS, allow_inf_nan=False)]


class MarkerBody(BaseModel):
    """A moment or a range of a video."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_VALUES]})

    start_seconds: Seconds = Field(description="The moment, or the start of the range.")
    end_seconds: Seconds | None = Field(
        default=None, description="The end of the range, which is not part of it; null: a moment."
    )
    title: Title = Field(default="", description="One line.")
    tags: list[TagName] = Field(default=[], max_length=MAX_TAGS, description="Its own tags.")

    @model_validator(mode="after")
    def _check_end(self) -> Self:
        if self.end_seconds is not None and self.end_seconds <= self.start_seconds:
            raise ValueError("end_seconds must be after start_seconds")
        return self

    def values(self) -> MarkerValues:
        """Return the values for the library; of equal tags, the first."""
        tags: dict[str, str] = {}
        for tag in self.tags:
            tags.setdefault(fold(tag), tag)
        return MarkerValues(self.start_seconds, self.end_seconds, self.title, tuple(tags.values()))


class MarkerResponse(BaseModel):
    """A marker of a video."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: str
    video_id: str
    revision: int = Field(description="Counts its changes: its ETag, as a number.")
    start_seconds: float
    end_seconds: float | None = Field(description="Null: it is a moment.")
    title: Display
    tags: list[Display]

    @classmethod
    def from_marker(cls, marker: Marker) -> Self:
        """Return the schema for `marker`."""
        return cls(**_fields(marker))


class MarkersResponse(BaseModel):
    """The markers of a video, in the order of time."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_EXAMPLE]}]})

    items: list[MarkerResponse]


class FoundMarkerResponse(MarkerResponse):
    """A marker that a search has found."""

    model_config = ConfigDict(json_schema_extra={"examples": [_FOUND_EXAMPLE]})

    video_name: Display
    video_title: Display | None = Field(description="As in the file; null without one.")

    @classmethod
    def from_found(cls, found: FoundMarker) -> Self:
        """Return the schema for `found`."""
        names = {"video_name": found.video_name, "video_title": found.video_title}
        return cls(**_fields(found.marker), **names)


class FoundMarkersResponse(BaseModel):
    """The markers that a search has found, the newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_FOUND_EXAMPLE]}]})

    items: list[FoundMarkerResponse]


class MarkerQuery(BaseModel):
    """A search for markers."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        max_length=MAX_Q_LENGTH,
        description='Words that must all occur in title or tags; `"a phrase"`, `-not`.',
    )
    limit: int = Field(default=20, ge=1, le=MAX_FOUND, description="Maximum number of items.")


class MarkerDeletedResponse(BaseModel):
    """A deleted marker."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"undo": UNDO_EXAMPLE}]})

    undo: str = Field(description="The token that restores it: `POST /undo/{token}`.")


def markers_csv(markers: Iterable[Marker]) -> str:
    """Return markers as CSV (RFC 4180), with a line of names; tags are separated by semicolons.

    A text that a spreadsheet would calculate begins with an apostrophe.
    """
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(("start_seconds", "end_seconds", "title", "tags", "id"))
    for marker in markers:
        values = marker.values
        end = "" if values.end_seconds is None else values.end_seconds
        words = (_inert(values.title), _inert("; ".join(values.tags)))
        lines.writerow((values.start_seconds, end, *words, marker.id))
    return text.getvalue()


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _fields(marker: Marker) -> dict[str, Any]:
    values = marker.values
    return {
        "id": marker.id,
        "video_id": marker.video_id,
        "revision": marker.revision,
        "start_seconds": values.start_seconds,
        "end_seconds": values.end_seconds,
        "title": values.title,
        "tags": list(values.tags),
    }
