"""The clips of a render in order, with exact times."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from stoat_ferret.render.request.effects import Effects
from stoat_ferret.render.request.root_file import ImageFile, SubtitleFile
from stoat_ferret.render.request.times import NOTHING, Seconds
from stoat_ferret.render.request.transition import TransitionKind

MAX_PIXELS = 1_000_000
MAX_STREAM = 10_000
VideoId = Annotated[str, Field(min_length=1, max_length=100)]
Decibels = Annotated[float, Field(ge=-60, le=30)]


class _Piece(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Transition(_Piece):
    """A cross-fade from the previous clip; they overlap, so the result is shorter by its length."""

    kind: TransitionKind = TransitionKind.FADE
    seconds: Seconds = Field(gt=0)


class Crop(_Piece):
    """A rectangle of the picture, in pixels of the picture as displayed."""

    x: int = Field(ge=0, le=MAX_PIXELS)
    y: int = Field(ge=0, le=MAX_PIXELS)
    width: int = Field(ge=2, le=MAX_PIXELS)
    height: int = Field(ge=2, le=MAX_PIXELS)


class _Excerpt(_Piece):
    video_id: VideoId
    start_seconds: Seconds = Field(default=NOTHING, description="From the start of the file.")
    end_seconds: Seconds | None = Field(
        default=None, description="The picture at this time is the first one left out."
    )
    audio_stream: int | None = Field(
        default=None,
        ge=0,
        le=MAX_STREAM,
        description="The audio stream, counted from 0; default the first.",
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
    """A part of a video; fades are in the time of the result, after any change of speed."""

    speed: float = Field(default=1, ge=0.1, le=16)
    mute: bool = False
    crop: Crop | None = None
    rotate: Literal[0, 90, 180, 270] = Field(
        default=0, description="Clockwise, in addition to the rotation of the file."
    )
    transition: Transition | None = Field(
        default=None, description="From the previous clip into this one."
    )
    subtitle_file: SubtitleFile | None = Field(
        default=None, description="The subtitles of the clip, in place of those in its video."
    )
    effects: Effects = ()


class ImageClip(_Piece):
    """A picture that is shown for some seconds, in silence."""

    image: ImageFile
    seconds: Seconds = Field(gt=0)
    fade_in_seconds: Seconds = NOTHING
    fade_out_seconds: Seconds = NOTHING
    transition: Transition | None = Field(
        default=None, description="From the previous clip into this one."
    )
    effects: Effects = ()


class Gap(_Piece):
    """Black picture and silence."""

    gap_seconds: Seconds = Field(gt=0)


class Ducking(_Piece):
    """Audio that is made quieter while the sound of the clips is loud."""

    threshold_db: float = Field(
        default=-30, ge=-60, le=0, description="The level of the clips from which on it is quieter."
    )
    ratio: float = Field(
        default=8,
        ge=1,
        le=20,
        description="Of R decibels above the threshold, R - R / ratio are taken away.",
    )
    attack_seconds: float = Field(default=0.02, ge=0.001, le=2, description="To get quieter.")
    release_seconds: float = Field(default=0.25, ge=0.001, le=9, description="To get louder again.")


class AudioClip(_Excerpt):
    """Audio that is mixed into the result, such as music."""

    at_seconds: Seconds = Field(default=NOTHING, description="The start in the result.")
    ducking: Ducking | None = Field(
        default=None, description="Makes it quieter while the sound of the clips is loud."
    )


def _kind(value: Any) -> str:
    if isinstance(value, Gap) or (isinstance(value, dict) and "gap_seconds" in value):
        return "gap"
    is_image = isinstance(value, ImageClip) or (isinstance(value, dict) and "image" in value)
    return "image" if is_image else "clip"


Piece = Annotated[
    Annotated[Clip, Tag("clip")] | Annotated[ImageClip, Tag("image")] | Annotated[Gap, Tag("gap")],
    Discriminator(_kind),
]
"""A clip; a picture if `image` is given, or a gap if `gap_seconds` is."""


def transition_of(piece: Piece) -> Transition | None:
    """Return the transition from the previous piece into `piece`, if any."""
    return None if isinstance(piece, Gap) else piece.transition


def effects_of(piece: Piece) -> Effects:
    """Return the effects of `piece`; a gap has none."""
    return () if isinstance(piece, Gap) else piece.effects
