"""Requests for storyboards, as they come over the wire."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.text import SentPath


class StoryboardRequestBody(BaseModel):
    """Which storyboards to make: those of some videos, or of all that have none."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"path": "/home/ada/Videos"}, {}]}
    )

    video_ids: list[Annotated[str, Field(max_length=100)]] | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="Of these videos, also of one that could not be made before.",
    )
    path: SentPath | None = Field(
        default=None,
        description="Of all videos without one in this folder, absolute, and below it. "
        "Default: in all roots.",
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.video_ids is not None and self.path is not None:
            raise ValueError("give video_ids or path, not both")
        return self
