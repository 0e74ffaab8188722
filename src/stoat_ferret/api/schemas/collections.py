"""Schemas of collections."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.edits import UNDO_EXAMPLE, TagName
from stoat_ferret.api.schemas.pictures import thumbnail_url
from stoat_ferret.api.schemas.text import Display
from stoat_ferret.api.schemas.videos import VIDEO_EXAMPLE
from stoat_ferret.library.bulk_edits import MAX_AT_ONCE
from stoat_ferret.library.collection_entries import EntriesChange
from stoat_ferret.library.collections import VideoCollection
from stoat_ferret.library.query import VideoFilter, VideoList

COLLECTION_ID_EXAMPLE = "0199e6a2-7d10-7aa1-b0c4-5f2e8d9c6b31"
_EXAMPLE: dict[str, Any] = {
    "id": COLLECTION_ID_EXAMPLE,
    "name": "Summer film",
    "revision": 1,
    "created_at": "2026-02-01T20:15:00Z",
    "count": 12,
    "thumbnail_url": VIDEO_EXAMPLE["thumbnail_url"],
}

_VideoIds = Annotated[
    list[Annotated[str, Field(max_length=100)]], Field(min_length=1, max_length=MAX_AT_ONCE)
]


class CollectionResponse(BaseModel):
    """A collection: an ordered list of videos under a name."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: str = Field(description="Its id; `GET /videos?collection=…` lists its videos in order.")
    name: Display
    revision: int = Field(description="Counts its names: its ETag, as a number.")
    created_at: datetime
    count: int = Field(description="The number of its videos, whatever their status.")
    thumbnail_url: str | None = Field(
        description="The thumbnail of its first video that has one; null without one."
    )

    @classmethod
    def from_collection(cls, collection: VideoCollection) -> Self:
        """Return the schema for `collection`."""
        return cls(
            id=collection.id,
            name=collection.name,
            revision=collection.revision,
            created_at=collection.created_at,
            count=collection.count,
            thumbnail_url=collection.cover and thumbnail_url(collection.cover),
        )


class CollectionsResponse(BaseModel):
    """Collections by name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_EXAMPLE]}]})

    items: list[CollectionResponse]


class CollectionQuery(BaseModel):
    """The collections to list."""

    model_config = ConfigDict(extra="forbid")

    video_id: str | None = Field(
        default=None, max_length=100, description="Only those that this video is in."
    )


class CollectionBody(BaseModel):
    """The name of a collection."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Summer film"}]}
    )

    name: TagName = Field(description="One line; case and accents do not distinguish names.")


class CollectionDeletedResponse(BaseModel):
    """A deleted collection."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"undo": UNDO_EXAMPLE}]})

    undo: str = Field(description="The token that restores it: `POST /undo/{token}`.")


class _WhichVideos(BaseModel):
    video_ids: _VideoIds | None = Field(default=None, description="The videos by their ids.")

    @model_validator(mode="after")
    def _is_either(self) -> Self:
        if (self.video_ids is None) == (getattr(self, "query", None) is None):
            raise ValueError("give either video_ids or query")
        return self


class AddVideosBody(_WhichVideos):
    """The videos to add to a collection, by `video_ids` or `query`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"video_ids": [VIDEO_EXAMPLE["id"]]},
                {"query": {"q": "beach", "sort": "taken"}},
            ]
        },
    )

    query: VideoList | None = Field(
        default=None, description="All videos in a list, in the order of the list."
    )

    @property
    def which(self) -> list[str] | VideoList:
        """The videos as the library takes them."""
        return self.query if self.query is not None else self.video_ids or []


class RemoveVideosBody(_WhichVideos):
    """The videos to remove from a collection, by `video_ids` or `query`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"video_ids": [VIDEO_EXAMPLE["id"]]}, {"query": {"status": ["missing"]}}]
        },
    )

    query: VideoFilter | None = Field(
        default=None, description="All videos of the collection that these filters find."
    )

    @property
    def which(self) -> list[str] | VideoFilter:
        """The videos as the library takes them."""
        return self.query if self.query is not None else self.video_ids or []


class MoveVideosBody(BaseModel):
    """The videos to move within a collection, and where."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"video_ids": [VIDEO_EXAMPLE["id"]], "before": None}]},
    )

    video_ids: _VideoIds = Field(description="The videos to move, in their new order.")
    before: Annotated[str, Field(max_length=100)] | None = Field(
        description="The id of the video that they are moved before; null: to the end."
    )

    @model_validator(mode="after")
    def _check_before(self) -> Self:
        if self.before in self.video_ids:
            raise ValueError("before must not be one of video_ids")
        return self


class EntriesChangeResponse(BaseModel):
    """The result of changing which videos are in a collection, or their order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"changed": 2, "unchanged": 0, "not_found": [], "undo": UNDO_EXAMPLE}]
        }
    )

    changed: int = Field(description="The number of videos that were added, removed or moved.")
    unchanged: int = Field(
        description="The number of those that are in the collection already, or are not in it."
    )
    not_found: list[Display] = Field(description="Ids of no video.")
    undo: str | None = Field(
        description="The token that undoes it: `POST /undo/{token}`; null if nothing was changed."
    )

    @classmethod
    def from_change(cls, change: EntriesChange) -> Self:
        """Return the schema for `change`."""
        return cls(
            changed=change.changed,
            unchanged=change.unchanged,
            not_found=list(change.not_found),
            undo=change.undo,
        )
