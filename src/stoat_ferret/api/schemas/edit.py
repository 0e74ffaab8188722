"""What people change about videos, as it goes over the wire."""

import unicodedata
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.video import VIDEO_EXAMPLE
from stoat_ferret.api.schemas.video_filters import VideoFilters
from stoat_ferret.library.annotations import (
    KEEP,
    MAX_NOTES_LENGTH,
    MAX_TAG_LENGTH,
    MAX_TAGS_OF_VIDEO,
    MAX_TITLE_LENGTH,
    MAX_VIDEOS_BY_ID,
    EditCounts,
    VideoEdit,
)
from stoat_ferret.library.text import fold

_LAYOUT = "\n\t"
_LINE_ENDS = "\u2028\u2029"


def _written(text: str) -> str:
    """Text of several lines. Raises ValueError for characters that no keyboard writes."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(char) == "Cc" and char not in _LAYOUT for char in lines):
        raise ValueError("must not contain control characters")
    return lines.strip()


def _line(text: str) -> str:
    """Text of one line, without what cannot be seen at its ends."""
    line = _written(text)
    if any(char in line for char in _LAYOUT + _LINE_ENDS):
        raise ValueError("must be one line, without tabs")
    return line


def _tag_name(text: str) -> str:
    name = _line(text)
    if not fold(name).strip():
        raise ValueError("must have at least one letter")
    return name


Title = Annotated[str, Field(max_length=MAX_TITLE_LENGTH), AfterValidator(_line)]
Notes = Annotated[str, Field(max_length=MAX_NOTES_LENGTH), AfterValidator(_written)]
TagName = Annotated[str, Field(max_length=MAX_TAG_LENGTH), AfterValidator(_tag_name)]
Rating = Annotated[int, Field(ge=1, le=5, strict=True)]
Tags = Annotated[list[TagName], Field(max_length=MAX_TAGS_OF_VIDEO)]


class VideoPatch(BaseModel):
    """Changes of one video: what is left out stays, null clears."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"title": "The first swim", "tags": ["family", "sea"], "rating": 5}]
        },
    )

    title: Title | None = Field(
        default=None, description="Shown and searched in place of that in the file."
    )
    tags: Tags | None = Field(default=None, description="All tags that it has then.")
    rating: Rating | None = Field(default=None, description="From 1 to 5.")
    notes: Notes | None = Field(default=None, description="Anything; several lines.")

    def edit(self) -> VideoEdit:
        """The same for the library."""
        given: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        for name in given.keys() & {"title", "notes"}:
            given[name] = given[name] or None
        if "tags" in given:
            given["tags"] = given["tags"] or []
        return VideoEdit(**given)


class BulkEditBody(BaseModel):
    """Which videos to change, and how; either `video_ids` or `query`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"video_ids": [VIDEO_EXAMPLE["id"]], "add_tags": ["sea"], "rating": 4},
                {"query": {"folder": "holidays"}, "add_tags": ["holiday"], "remove_tags": ["new"]},
            ]
        },
    )

    video_ids: list[Annotated[str, Field(max_length=100)]] | None = Field(
        default=None, max_length=MAX_VIDEOS_BY_ID, description="The videos by their ids."
    )
    query: VideoFilters | None = Field(
        default=None, description="All videos that a list with these filters has."
    )
    add_tags: Tags = Field(default=[], description="Tags that each has then.")
    remove_tags: Tags = Field(default=[], description="Tags that none of them has then.")
    rating: Rating | None = Field(
        default=None, description="From 1 to 5; null clears, left out it stays."
    )

    @model_validator(mode="after")
    def _is_either(self) -> Self:
        if (self.video_ids is None) == (self.query is None):
            raise ValueError("give either video_ids or query")
        if self.edit().is_empty:
            raise ValueError("give at least one of add_tags, remove_tags and rating")
        return self

    def edit(self) -> VideoEdit:
        """The same for the library."""
        rating = self.rating if "rating" in self.model_fields_set else KEEP
        return VideoEdit(add_tags=self.add_tags, remove_tags=self.remove_tags, rating=rating)


class BulkEditResponse(BaseModel):
    """What an edit of several videos did."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"edited": 2, "not_found": []}]})

    edited: int = Field(description="How many videos were changed.")
    not_found: list[str] = Field(description="Ids that no video has; the others were changed.")

    @classmethod
    def from_counts(cls, counts: EditCounts) -> Self:
        """`counts` in the form of the wire."""
        return cls(edited=counts.edited, not_found=list(counts.not_found))
