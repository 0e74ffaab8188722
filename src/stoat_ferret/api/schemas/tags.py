"""Schemas of tags."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.edits import TagName
from stoat_ferret.api.schemas.page import Page
from stoat_ferret.library.annotations import MAX_TAG_LENGTH
from stoat_ferret.library.tags import MAX_TAGS, Tag

TAG_EXAMPLE: dict[str, Any] = {"id": 7, "name": "holiday", "count": 128}


class TagResponse(BaseModel):
    """A tag of videos."""

    model_config = ConfigDict(json_schema_extra={"examples": [TAG_EXAMPLE]})

    id: int
    name: str
    count: int = Field(description="The number of videos with it, except missing ones.")

    @classmethod
    def from_tag(cls, tag: Tag) -> Self:
        """Return the schema for `tag`."""
        return cls(id=tag.id, name=tag.name, count=tag.count)


class TagPage(Page[TagResponse]):
    """A page of tags, ordered by name."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [TAG_EXAMPLE], "next_cursor": None, "total": 1}]}
    )


class TagListQuery(BaseModel):
    """The tags to list."""

    q: str = Field(
        default="",
        max_length=MAX_TAG_LENGTH,
        description="The beginning of their names, in any case.",
    )
    limit: int = Field(default=MAX_TAGS, ge=1, le=MAX_TAGS, description="The most tags to return.")
    cursor: str = Field(
        default="", max_length=1000, description="`next_cursor` of the previous page."
    )


class TagPatch(BaseModel):
    """A new name for a tag."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "holidays", "merge": False}]}
    )

    name: TagName = Field(description="One line; case and accents do not distinguish tags.")
    merge: bool = Field(
        default=False,
        description="Whether to merge it into an existing tag of this name.",
    )
