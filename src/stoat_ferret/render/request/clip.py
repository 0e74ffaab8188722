"""The pieces that a render is made of, in the order in which they are shown."""

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from stoat_ferret.render.request.moment import Seconds

NOTHING = Fraction(0)
MAX_PIXELS = 1_000_000
MAX_STREAM = 10_000
VideoId = Annotated[str, Field(min_length=1, max_length=100)]
Decibels = Annotated[float, Field(ge=-60, le=30)]


class _Piece(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TransitionKind(StrEnum):
    """How one clip becomes the next; the names are those of FFmpeg's filter xfade."""

    FADE = "fade"
    DISSOLVE = "dissolve"
    FADE_BLACK = "fadeblack"
    FADE_WHITE = "fadewhite"
    WIPE_LEFT = "wipeleft"
    WIPE_RIGHT = "wiperight"
    SLIDE_LEFT = "slideleft"
    SLIDE_RIGHT = "slideright"
    CIRCLE_OPEN = "circleopen"


class Transition(_Piece):
    """A cross-fade from the clip before; both are shown during it, so the whole gets shorter."""

    kind: TransitionKind = TransitionKind.FADE
    seconds: Seconds = Field(gt=0)


class Crop(_Piece):
    """A part of the picture, in pixels of the picture as it is shown."""

    x: int = Field(ge=0, le=MAX_PIXELS)
    y: int = Field(ge=0, le=MAX_PIXELS)
    width: int = Field(ge=2, le=MAX_PIXELS)
    height: int = Field(ge=2, le=MAX_PIXELS)


class _Excerpt(_Piece):
    video_id: VideoId
    start_seconds: Seconds = Field(default=NOTHING, description="From the start of the file.")
    end_seconds: Seconds | None = Field(
        default=None, description="What is shown at this moment is the first that is left out."
    )
    audio_stream: int | None = Field(
        default=None,
        ge=0,
        le=MAX_STREAM,
        description="Which of its audio streams, from 0; else the first.",
    )
    volume_db: Decibels = 0
    fade_in_seconds: Seconds = NOTHING
    fade_out_seconds: Seconds = NOTHING

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_seconds is not None and self.end_seconds <= self.start_seconds:
            raise ValueError("end_seconds must come after start_seconds")
        return self


class Clip(_Excerpt):
    """A part of a video; fades count in what is rendered, after any change of speed."""

    speed: float = Field(default=1, ge=0.1, le=16)
    mute: bool = False
    crop: Crop | None = None
    rotate: Literal[0, 90, 180, 270] = Field(
        default=0, description="Clockwise, beyond what the file says by itself."
    )
    transition: Transition | None = Field(
        default=None, description="From the clip before into this one."
    )


class Gap(_Piece):
    """Black and silence."""

    gap_seconds: Seconds = Field(gt=0)


class AudioClip(_Excerpt):
    """Sound that is mixed into the whole, music say."""

    at_seconds: Seconds = Field(default=NOTHING, description="Where in what is rendered.")


def _kind(value: Any) -> str:
    is_gap = isinstance(value, Gap) or (isinstance(value, dict) and "gap_seconds" in value)
    return "gap" if is_gap else "clip"


Piece = Annotated[Annotated[Clip, Tag("clip")] | Annotated[Gap, Tag("gap")], Discriminator(_kind)]
"""A clip, or a gap where `gap_seconds` is given."""
