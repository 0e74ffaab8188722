"""Which videos a client asks for."""

from dataclasses import replace
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.library.query import (
    MAX_LIMIT,
    MAX_OFFSET,
    MAX_Q_LENGTH,
    MAX_TAGS,
    SortOrder,
    VideoQuery,
    VideoSort,
)
from stoat_ferret.library.video import HeightClass, VideoStatus
from stoat_ferret.media.media_info import HdrKind


class VideoFilters(BaseModel):
    """Which videos; what is left out filters nothing."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"q": "beach", "min_height": 720}]}
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
        default=None, max_length=50, description="Only with this video codec."
    )
    hdr: HdrKind | None = Field(
        default=None, description="Only with this kind of high dynamic range."
    )
    height_class: HeightClass | None = Field(
        default=None, description="Only of this size, by the longer or the shorter side."
    )
    min_height: int | None = Field(
        default=None, ge=0, le=100_000, description="Pixels, as displayed."
    )
    min_duration: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="In seconds, inclusive."
    )
    max_duration: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="In seconds, inclusive."
    )
    min_rating: int | None = Field(
        default=None, ge=1, le=5, description="Only those that people rated so or better."
    )
    tag: list[Annotated[str, Field(max_length=200)]] = Field(
        default=[],
        max_length=MAX_TAGS,
        description="May be given several times; all of them must be there.",
    )
    status: list[VideoStatus] = Field(
        default=[VideoStatus.OK],
        min_length=1,
        max_length=20,
        description="May be given several times.",
    )

    def query(self) -> VideoQuery:
        """The same for the library, but for order and page."""
        return VideoQuery(
            q=self.q or "",
            root=self.root,
            folder=self.folder,
            codec=self.codec,
            hdr=self.hdr,
            height_class=self.height_class,
            min_height=self.min_height,
            min_duration=self.min_duration,
            max_duration=self.max_duration,
            min_rating=self.min_rating,
            tags=frozenset(self.tag),
            status=frozenset(self.status),
        )


class VideoListQuery(VideoFilters):
    """Which videos to list, and how."""

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

    def query(self) -> VideoQuery:
        """The same for the library."""
        return replace(
            super().query(),
            sort=self.sort,
            order=self.order,
            limit=self.limit,
            cursor=self.cursor,
            offset=self.offset,
        )
