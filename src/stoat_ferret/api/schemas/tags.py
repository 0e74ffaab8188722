"""Schemas of tags."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.edits import UNDO_EXAMPLE, TagName
from stoat_ferret.api.schemas.page import Page
from stoat_ferret.library.annotations import MAX_TAG_LENGTH
from stoat_ferret.library.tags import MAX_TAGS, Tag, TagSort

TAG_EXAMPLE: dict[str, Any] = {"id": 7, "name": "holiday", "count": 128, "missing": 2}


class TagResponse(BaseModel):
    """A tag of videos."""

    model_config = ConfigDict(json_schema_extra={"examples": [TAG_EXAMPLE]})

    id: int
    name: str
    count: int = Field(description="The number of videos with it, except missing ones.")
    missing: int = Field(description="The number of missing videos with it.")

    @classmethod
    def from_tag(cls, tag: Tag) -> Self:
        """Return the schema for `tag`."""
        return cls(id=tag.id, name=tag.name, count=tag.count, missing=tag.missing)


class TagPage(Page[TagResponse]):
    """A page of tags in their order."""

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
    anywhere: bool = Field(default=False, description="Find `q` anywhere in their names.")
    sort: TagSort = Field(
        default=TagSort.NAME, description="By name, or those with the most videos first."
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


class TagEditResponse(BaseModel):
    """The result of renaming, merging or deleting a tag."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"edited": 130, "undo": UNDO_EXAMPLE}]}
    )

    edited: int = Field(description="The number of videos that had the tag.")
    undo: str = Field(description="The token that undoes it: `POST /undo/{token}`.")
