"""Tags as they go over the wire."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.edits import TagName
from stoat_ferret.api.schemas.page import Page
from stoat_ferret.library.annotations import MAX_TAG_LENGTH
from stoat_ferret.library.tags import MAX_TAGS, Tag

TAG_EXAMPLE: dict[str, Any] = {"id": 7, "name": "holiday", "count": 128}


class TagResponse(BaseModel):
    """A name that people gave to videos."""

    model_config = ConfigDict(json_schema_extra={"examples": [TAG_EXAMPLE]})

    id: int
    name: str
    count: int = Field(description="How many videos have it, missing ones not counted.")

    @classmethod
    def from_tag(cls, tag: Tag) -> Self:
        """`tag` in the form of the wire."""
        return cls(id=tag.id, name=tag.name, count=tag.count)


class TagPage(Page[TagResponse]):
    """A part of the tags, in the order of their names."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [TAG_EXAMPLE], "next_cursor": None, "total": 1}]}
    )


class TagListQuery(BaseModel):
    """Which tags to list."""

    q: str = Field(
        default="", max_length=MAX_TAG_LENGTH, description="How their names begin; any case."
    )
    limit: int = Field(default=MAX_TAGS, ge=1, le=MAX_TAGS, description="How many at most.")
    cursor: str = Field(
        default="", max_length=1000, description="`next_cursor` of the part before."
    )


class TagPatch(BaseModel):
    """A new name of a tag."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "holidays", "merge": False}]}
    )

    name: TagName = Field(description="One line; its case and accents make no other tag.")
    merge: bool = Field(
        default=False,
        description="Whether the videos go over to the tag that has this name, if there is one.",
    )
