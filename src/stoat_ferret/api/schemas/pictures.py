"""Schemas of requests for storyboards, and URLs of pictures that browsers may cache."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.text import SentPath
from stoat_ferret.library.picture_versions import Pictured
from stoat_ferret.library.video import Video

_FINGERPRINT_PART = 16


class StoryboardRequestBody(BaseModel):
    """The storyboards to make: of some videos, or of all videos without one."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"path": "/home/ada/Videos"}, {}]}
    )

    video_ids: list[Annotated[str, Field(max_length=100)]] | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="The ids of videos, including ones that failed before.",
    )
    path: SentPath | None = Field(
        default=None,
        description="The absolute path of a folder, for all videos in and below it without one. "
        "Default: all roots.",
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.video_ids is not None and self.path is not None:
            raise ValueError("give video_ids or path, not both")
        return self


def thumbnail_url(video: Video | Pictured) -> str | None:
    """Return the URL of the video's thumbnail; None if there is none."""
    version = thumbnail_tag(video)
    return version and f"/api/v1/videos/{video.id}/thumbnail?v={version}"


def storyboard_url(video: Video | Pictured) -> str | None:
    """Return the URL of the video's storyboard index; None if there is none."""
    version = storyboard_tag(video)
    return version and f"/api/v1/videos/{video.id}/storyboard.vtt?v={version}"


def thumbnail_tag(video: Video | Pictured) -> str | None:
    """Return a tag that changes with the thumbnail; None if there is none."""
    return _tag(video, video.thumbnail_version)


def storyboard_tag(video: Video | Pictured) -> str | None:
    """Return a tag that changes with the storyboard; None if there is none."""
    return _tag(video, video.storyboard_version)


def _tag(video: Video | Pictured, version: int) -> str | None:
    if video.fingerprint is None or version <= 0:
        return None
    return f"{video.fingerprint[:_FINGERPRINT_PART]}-{version}"
