"""Whether a browser can play a file, as it goes over the wire."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.media.media_info import MediaInfo
from stoat_ferret.media.playability import playability


class PlayableResponse(BaseModel):
    """What is known without asking the browser at hand."""

    model_config = ConfigDict(from_attributes=True)

    as_is: bool | None = Field(
        description="True: every browser of today plays it; false: none does; "
        "null: ask the browser."
    )
    mime_type: str | None = Field(
        description="What to ask a browser with, as in `canPlayType`; null: nobody knows.",
        examples=['video/mp4; codecs="avc1.640028, mp4a.40.2"'],
    )
    reason: str | None = Field(description="Why not, or what to know of it; a sentence.")

    @classmethod
    def of(cls, info: MediaInfo) -> Self:
        """What is known of a file with this in it."""
        return cls.model_validate(playability(info))
