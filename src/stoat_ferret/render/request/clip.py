"""The clips of a render in order, with exact times."""

import math
import re
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    WithJsonSchema,
    model_validator,
)

_WRITTEN = re.compile(r"\d{1,9}(\.\d{1,9})?|\d{1,15}/\d{1,9}")
_TOO_LONG = 10_000_000


def _exact(value: object) -> Fraction:
    """Return the number exactly as written: 0.1 is a tenth. Raise `ValueError` otherwise."""
    if isinstance(value, Fraction):
        exact = value
    elif isinstance(value, int) and not isinstance(value, bool):
        exact = Fraction(value)
    elif isinstance(value, float) and math.isfinite(value):
        exact = Fraction(repr(value))
    elif isinstance(value, str) and _WRITTEN.fullmatch(value):
        try:
            exact = Fraction(value)
        except ZeroDivisionError as error:
            raise ValueError("must not be divided by zero") from error
    else:
        raise ValueError("must be seconds, as a number or as a fraction like '1001/30000'")
    if not 0 <= exact < _TOO_LONG:
        raise ValueError(f"must be from 0 to {_TOO_LONG} seconds")
    return exact


def _plain(value: Fraction) -> float | str:
    number = float(value)
    if Fraction(repr(number)) == value:
        return number
    return f"{value.numerator}/{value.denominator}"


Seconds = Annotated[
    Fraction,
    BeforeValidator(_exact),
    PlainSerializer(_plain, return_type=float | str),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]}),
    Field(examples=[1.5, "1001/30000"]),
]
"""Seconds as a number, or as a fraction in text if no decimal number is exact."""


NOTHING = Fraction(0)
MAX_PIXELS = 1_000_000
MAX_STREAM = 10_000
VideoId = Annotated[str, Field(min_length=1, max_length=100)]
Decibels = Annotated[float, Field(ge=-60, le=30)]


class _Piece(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TransitionKind(StrEnum):
    """The kinds of transitions, as FFmpeg's filter xfade names them."""

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


class Gap(_Piece):
    """Black picture and silence."""

    gap_seconds: Seconds = Field(gt=0)


class AudioClip(_Excerpt):
    """Audio that is mixed into the result, such as music."""

    at_seconds: Seconds = Field(default=NOTHING, description="The start in the result.")


def _kind(value: Any) -> str:
    is_gap = isinstance(value, Gap) or (isinstance(value, dict) and "gap_seconds" in value)
    return "gap" if is_gap else "clip"


Piece = Annotated[Annotated[Clip, Tag("clip")] | Annotated[Gap, Tag("gap")], Discriminator(_kind)]
"""A clip, or a gap if `gap_seconds` is given."""
