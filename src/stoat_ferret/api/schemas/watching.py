"""Schemas of how far videos were watched."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.videos import VIDEO_EXAMPLE, VideoResponse
from stoat_ferret.library.video import Video
from stoat_ferret.library.watching import MAX_AGE_SECONDS, Watch, WatchReport

MAX_POSITION_SECONDS = 1e9

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class WatchBody(BaseModel):
    """A report of a player; omitted fields are unchanged."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"position_seconds": 612.5}, {"watched": True}]},
    )

    position_seconds: Annotated[Seconds, Field(le=MAX_POSITION_SECONDS)] | None = Field(
        default=None,
        description="Where to resume. Before 5 seconds, and in the last twentieth, that is the "
        "start; the last twentieth also marks the video as watched, unless `watched` is given.",
    )
    watched: bool | None = Field(
        default=None,
        description="Marks the video as watched or not. Alone, it also resets the position.",
    )
    age_seconds: Annotated[Seconds, Field(le=MAX_AGE_SECONDS)] = Field(
        default=0, description="How long ago it was so, for reports that are sent late."
    )

    @model_validator(mode="after")
    def _check_given(self) -> Self:
        if self.position_seconds is None and self.watched is None:
            raise ValueError("give position_seconds, watched or both")
        return self

    def report(self) -> WatchReport:
        """Return the report for the library."""
        return WatchReport(self.position_seconds, self.watched, self.age_seconds)


class WatchResponse(BaseModel):
    """The position up to which a video was watched."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "position_seconds": 612.5,
                    "watched": False,
                    "watched_at": "2026-02-01T20:15:00Z",
                }
            ]
        },
    )

    position_seconds: float
    watched: bool
    watched_at: datetime | None

    @classmethod
    def from_watch(cls, watch: Watch) -> Self:
        """Return the schema for `watch`."""
        return cls.model_validate(watch)


class StartedVideosResponse(BaseModel):
    """Videos with a position to resume from."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [VIDEO_EXAMPLE]}]})

    items: list[VideoResponse]

    @classmethod
    def from_videos(cls, videos: Sequence[Video]) -> Self:
        """Return the schema for `videos`."""
        return cls(items=[VideoResponse.from_video(video) for video in videos])
