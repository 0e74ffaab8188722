"""The options of a render beyond its preset, with overlays."""

import re
import unicodedata
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from stoat_ferret.render.request.clip import MAX_STREAM
from stoat_ferret.render.request.root_file import ImageFile
from stoat_ferret.render.request.times import Seconds

MAX_TEXT_LENGTH = 500


class Place(StrEnum):
    """The positions of an overlay in the picture."""

    TOP_LEFT = "top-left"
    TOP = "top"
    TOP_RIGHT = "top-right"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom-right"


def _shown_text(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char != "\n" for char in text):
        raise ValueError("must not contain control characters")
    return text


class _Overlay(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    place: Place = Place.BOTTOM
    start_seconds: Seconds | None = Field(
        default=None, description="The start in the result; default the beginning."
    )
    end_seconds: Seconds | None = Field(
        default=None, description="The end in the result; default the end."
    )

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_seconds is not None and self.end_seconds <= (self.start_seconds or 0):
            raise ValueError("end_seconds must come after start_seconds")
        return self


class TextOverlay(_Overlay):
    """A text overlay."""

    text: Annotated[str, AfterValidator(_shown_text)] = Field(
        min_length=1, max_length=MAX_TEXT_LENGTH
    )
    size: float = Field(default=0.06, ge=0.01, le=0.5, description="Fraction of the height.")
    color: str = Field(default="#ffffff", pattern=r"^#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?$")
    box: bool = Field(default=True, description="Whether to draw a dark box behind the text.")


class ImageOverlay(_Overlay):
    """An image overlay, such as a logo."""

    place: Place = Place.TOP_RIGHT
    image: ImageFile
    width: float = Field(default=0.15, ge=0.01, le=1, description="Fraction of the width.")
    opacity: float = Field(default=1, gt=0, le=1)


_TRACKS = re.compile(r"\d{1,5}(\s*,\s*\d{1,5})*")
_Numbers = tuple[Annotated[int, Field(ge=0, le=MAX_STREAM)], ...]


def _tracks(value: Any) -> Any:
    """Return the numbers in a text, such as `0, 2`, and anything else as it is."""
    if isinstance(value, str) and _TRACKS.fullmatch(value.strip()):
        value = tuple(int(number) for number in value.split(","))
    if isinstance(value, (list, tuple)):
        if not value or any(isinstance(one, bool) or not isinstance(one, int) for one in value):
            raise ValueError("must be `all`, `first`, or a list of numbers, counted from 0")
        if len(set(value)) < len(value):
            raise ValueError("must name each audio stream once")
    return value


AudioTracks = Literal["all", "first"] | _Numbers
"""The audio streams of a clip that become tracks: all, the first, or those with these numbers."""

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
"""A frame rate, exact."""


class Fit(StrEnum):
    """The ways to fit a picture of another aspect ratio into the frame."""

    CONTAIN = "contain"
    COVER = "cover"
    STRETCH = "stretch"


class Subtitles(StrEnum):
    """The ways to treat subtitles."""

    NONE = "none"
    KEEP = "keep"
    BURN = "burn"


class SubtitleSource(StrEnum):
    """The places that subtitles are taken from."""

    VIDEO = "video"
    BESIDE = "beside"


class Effort(StrEnum):
    """The encoder's effort: more takes longer, for smaller and better files."""

    DRAFT = "draft"
    FAST = "fast"
    NORMAL = "normal"
    BEST = "best"


class OptionGroup(StrEnum):
    """Groups of options, which forms show together."""

    PICTURE = "picture"
    SOUND = "sound"
    TEXT = "text"
    ENCODING = "encoding"
    MOMENTS = "moments"


def _shown(
    group: OptionGroup, label: str, *, unit: str | None = None, is_advanced: bool = False
) -> dict[str, Any]:
    """Return the arguments of `Field` that describe how a form shows an option."""
    facts = {"group": group, "label": label, "unit": unit, "is_advanced": is_advanced}
    return {"json_schema_extra": facts}


_PICTURE, _SOUND, _TEXT = OptionGroup.PICTURE, OptionGroup.SOUND, OptionGroup.TEXT
_ENCODING, _MOMENTS = OptionGroup.ENCODING, OptionGroup.MOMENTS


class RenderOptions(BaseModel):
    """Options of a render; the preset sets those that are left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: int | None = Field(
        default=None, ge=16, le=MAX_SIDE, **_shown(_PICTURE, "Width", unit="pixels")
    )
    height: int | None = Field(
        default=None, ge=16, le=MAX_SIDE, **_shown(_PICTURE, "Height", unit="pixels")
    )
    fit: Fit = Field(
        default=Fit.CONTAIN,
        description="How to fit a picture of another aspect ratio into the frame.",
        **_shown(_PICTURE, "Fit"),
    )
    frame_rate: FrameRate | None = Field(
        default=None,
        description="A number, or a fraction such as 30000/1001.",
        **_shown(_PICTURE, "Frame rate", unit="fps"),
    )

    video_codec: str | None = Field(
        default=None, max_length=40, **_shown(_ENCODING, "Video codec", is_advanced=True)
    )
    audio_codec: str | None = Field(
        default=None, max_length=40, **_shown(_SOUND, "Audio codec", is_advanced=True)
    )
    encoder: str = Field(
        default="software",
        max_length=40,
        description="`software`, `hardware`, `auto` (hardware if available), or a name.",
        **_shown(_ENCODING, "Encoder", is_advanced=True),
    )
    effort: Effort | None = Field(
        default=None,
        description="More effort takes longer, for smaller and better files.",
        **_shown(_ENCODING, "Effort"),
    )
    quality: int | None = Field(
        default=None,
        ge=0,
        le=100,
        description="CRF up to 63: lower is better quality. For WebP up to 100: higher is better.",
        **_shown(_ENCODING, "Quality"),
    )
    max_bytes: int | None = Field(
        default=None,
        ge=10_000,
        le=10**15,
        description="The most bytes of the file; pictures get as many as that leaves them.",
        **_shown(_ENCODING, "Maximum size", unit="bytes"),
    )
    audio_bit_rate: int | None = Field(
        default=None,
        ge=8_000,
        le=1_000_000,
        **_shown(_SOUND, "Audio bit rate", unit="bits/s", is_advanced=True),
    )
    container: str | None = Field(
        default=None, max_length=20, **_shown(_ENCODING, "Container", is_advanced=True)
    )
    hdr: Literal["auto", "keep", "sdr"] = Field(
        default="auto",
        description="Keep high dynamic range, or convert it for standard screens.",
        **_shown(_PICTURE, "HDR", is_advanced=True),
    )

    mute: bool = Field(default=False, **_shown(_SOUND, "Mute audio"))
    audio: Annotated[AudioTracks | None, BeforeValidator(_tracks)] = Field(
        default=None,
        description="Audio streams to keep: `all`, the `first`, or numbers counted from 0: `0, 2`.",
        **_shown(_SOUND, "Audio tracks", is_advanced=True),
    )
    volume_db: float = Field(default=0, ge=-60, le=30, **_shown(_SOUND, "Volume", unit="dB"))
    loudness_lufs: float | None = Field(
        default=None,
        ge=-40,
        le=-5,
        description="Target loudness (EBU R128), e.g. -23 or -16 LUFS.",
        **_shown(_SOUND, "Loudness", unit="LUFS"),
    )

    texts: tuple[TextOverlay, ...] = Field(
        default=(), max_length=20, **_shown(_TEXT, "Text overlays")
    )
    images: tuple[ImageOverlay, ...] = Field(
        default=(), max_length=10, **_shown(_TEXT, "Image overlays", is_advanced=True)
    )
    subtitles: Subtitles = Field(
        default=Subtitles.NONE,
        description="Drop, keep as a separate track, or burn in.",
        **_shown(_TEXT, "Subtitles"),
    )
    subtitle_source: SubtitleSource = Field(
        default=SubtitleSource.VIDEO,
        description="The streams in the video, or the files beside it (film.srt, film.en.srt).",
        **_shown(_TEXT, "Subtitle source", is_advanced=True),
    )
    subtitle_stream: int | None = Field(
        default=None,
        ge=0,
        le=MAX_STREAM,
        description="The subtitle stream or file, counted from 0; default the first.",
        **_shown(_TEXT, "Subtitle stream", is_advanced=True),
    )

    metadata: Literal["keep", "none"] | None = Field(
        default=None,
        description="Keep dates, places, titles and chapters, or leave them out for privacy.",
        **_shown(_ENCODING, "Metadata"),
    )

    at_seconds: tuple[Seconds, ...] = Field(
        default=(),
        max_length=MAX_STILLS,
        description="The times of the stills.",
        **_shown(_MOMENTS, "Times", unit="seconds"),
    )
    count: int | None = Field(
        default=None,
        ge=1,
        le=MAX_STILLS,
        description="The number of evenly spaced stills.",
        **_shown(_MOMENTS, "Count"),
    )
    columns: int = Field(
        default=4, ge=1, le=20, description="Of a contact sheet.", **_shown(_MOMENTS, "Columns")
    )
    rows: int = Field(
        default=4, ge=1, le=20, description="Of a contact sheet.", **_shown(_MOMENTS, "Rows")
    )

    @model_validator(mode="after")
    def _names_moments_once(self) -> Self:
        if self.at_seconds and self.count is not None:
            raise ValueError("give either at_seconds or count")
        return self
