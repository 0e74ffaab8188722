"""Schemas of requests for storyboards."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.text import SentPath


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
