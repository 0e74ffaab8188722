"""What can be asked of a render beyond its preset."""

import re
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from stoat_ferret.render.moment import Seconds
from stoat_ferret.render.overlay import ImageOverlay, TextOverlay

MAX_SIDE = 8192
MAX_STILLS = 500
MAX_FRAME_RATE = 240
_RATE = re.compile(r"\d{1,9}(\.\d{1,6})?|\d{1,9}/\d{1,6}")


def _rate(value: Any) -> Fraction:
    if isinstance(value, bool) or not _RATE.fullmatch(str(value)):
        raise ValueError("must be frames a second, as a number or as a fraction like '30000/1001'")
    try:
        rate = Fraction(str(value))
    except ZeroDivisionError as error:
        raise ValueError("must not be divided by zero") from error
    if not Fraction(1, 10) <= rate <= MAX_FRAME_RATE:
        raise ValueError(f"must be from 0.1 to {MAX_FRAME_RATE}")
    return rate


FrameRate = Annotated[
    Fraction,
    BeforeValidator(_rate),
    PlainSerializer(lambda rate: f"{rate.numerator}/{rate.denominator}", return_type=str),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}]}),
    Field(examples=["30000/1001", 25]),
]
"""Frames a second, exact."""


class Fit(StrEnum):
    """How a picture of another shape is put into the frame."""

    CONTAIN = "contain"
    COVER = "cover"
    STRETCH = "stretch"


class Subtitles(StrEnum):
    """What becomes of subtitles."""

    NONE = "none"
    KEEP = "keep"
    BURN = "burn"


class Effort(StrEnum):
    """How much time an encoder takes to make files smaller and better."""

    DRAFT = "draft"
    FAST = "fast"
    NORMAL = "normal"
    BEST = "best"


class RenderOptions(BaseModel):
    """Wishes; what is left out is as the preset has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: int | None = Field(default=None, ge=16, le=MAX_SIDE)
    height: int | None = Field(default=None, ge=16, le=MAX_SIDE)
    fit: Fit = Fit.CONTAIN
    frame_rate: FrameRate | None = None

    video_codec: str | None = Field(default=None, max_length=40)
    audio_codec: str | None = Field(default=None, max_length=40)
    encoder: str = Field(
        default="software",
        max_length=40,
        description="`software`, `hardware`, `auto` (hardware where there is some), or a name.",
    )
    effort: Effort | None = None
    quality: int | None = Field(
        default=None, ge=0, le=63, description="As the encoder counts (CRF): less is better."
    )
    audio_bit_rate: int | None = Field(default=None, ge=8_000, le=1_000_000)
    container: str | None = Field(default=None, max_length=20)
    hdr: Literal["auto", "keep", "sdr"] = "auto"

    mute: bool = False
    volume_db: float = Field(default=0, ge=-60, le=30)
    loudness_lufs: float | None = Field(
        default=None, ge=-40, le=-5, description="EBU R128 loudness of the whole, say -23 or -16."
    )

    texts: tuple[TextOverlay, ...] = Field(default=(), max_length=20)
    images: tuple[ImageOverlay, ...] = Field(default=(), max_length=10)
    subtitles: Subtitles = Subtitles.NONE
    subtitle_stream: int | None = Field(
        default=None, ge=0, description="Which of the subtitle streams, from 0; else the first."
    )

    at_seconds: tuple[Seconds, ...] = Field(
        default=(), max_length=MAX_STILLS, description="Which moments the stills show."
    )
    count: int | None = Field(
        default=None, ge=1, le=MAX_STILLS, description="How many stills, evenly spread."
    )
    columns: int = Field(default=4, ge=1, le=20, description="Of a contact sheet.")
    rows: int = Field(default=4, ge=1, le=20, description="Of a contact sheet.")

    @model_validator(mode="after")
    def _names_moments_once(self) -> Self:
        if self.at_seconds and self.count is not None:
            raise ValueError("give either at_seconds or count")
        return self
