"""The facts of a media file, independent of the prober."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from stoat_ferret.media.stream_facts import VideoTraits, rank


def _to_fraction(value: object) -> object:
    return Fraction(value) if isinstance(value, str) else value


ExactFraction = Annotated[
    Fraction,
    BeforeValidator(_to_fraction),
    PlainSerializer(lambda value: f"{value.numerator}/{value.denominator}", return_type=str),
    Field(json_schema_extra={"type": "string", "examples": ["30000/1001"]}),
]
"""An exact rational number: `"30000/1001"` in JSON, never 29.97."""


Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""An integer in the range of every database."""


class HdrKind(StrEnum):
    """The kinds of high dynamic range."""

    HDR10 = "HDR10"
    HDR10_PLUS = "HDR10+"
    HLG = "HLG"
    DOLBY_VISION = "Dolby Vision"


class _Frozen(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False
    )


class Chapter(_Frozen):
    """A chapter of the file; times are from its start."""

    start_seconds: float
    end_seconds: float
    title: str | None = None


class VideoStream(_Frozen):
    """A video stream, with names as FFmpeg writes them.

    `width` and `height` are as displayed (rotated, square pixels); `coded_width` and `coded_height`
    as stored; zero if unknown. `rotation` is clockwise, one of 0, 90, 180, 270. `codec` is the
    stream's four-letter code if FFmpeg has no name for it, and `unknown` if there is none. `level`
    uses the codec's own scale: 40 is 4.0 of H.264, 120 is 4.0 of HEVC, 8 is 4.0 of AV1. `still` is
    a single picture that does not move. Values that a file marks as undetermined or unspecified are
    None.
    """

    index: Whole
    codec: str
    profile: str | None = None
    level: Whole | None = None
    coded_width: Whole
    coded_height: Whole
    width: Whole
    height: Whole
    rotation: Whole = 0
    pixel_format: str | None = None
    bit_depth: Whole | None = None
    color_primaries: str | None = None
    color_transfer: str | None = None
    color_space: str | None = None
    hdr: HdrKind | None = None
    frame_rate: ExactFraction | None = None
    field_order: str | None = None
    attached_picture: bool = False
    still: bool = False
    default: bool = False
    language: str | None = None

    @property
    def traits(self) -> VideoTraits:
        """The traits that decide whether it is the main video of its file."""
        return VideoTraits(
            self.index,
            self.attached_picture,
            self.still,
            self.pixel_format is not None and self.coded_width > 0,
            self.default,
        )


class AudioStream(_Frozen):
    """An audio stream, with names as FFmpeg writes them; `language` is ISO 639-2."""

    index: Whole
    codec: str
    channels: Whole
    layout: str | None = None
    sample_rate: Whole
    language: str | None = None
    title: str | None = None


class SubtitleStream(_Frozen):
    """A subtitle stream."""

    index: Whole
    codec: str
    language: str | None = None
    title: str | None = None
    default: bool = False
    forced: bool = False


class MediaInfo(_Frozen):
    """The facts of a media file.

    `container` is FFmpeg's name of the format, `duration_seconds` is None if the file does not
    specify it, `tags` are those of the container with lowercase keys.
    """

    container: str
    duration_seconds: float | None = None
    bit_rate: Whole | None = None
    size_bytes: Whole
    chapters: tuple[Chapter, ...] = ()
    tags: dict[str, str] = {}
    video: tuple[VideoStream, ...] = ()
    audio: tuple[AudioStream, ...] = ()
    subtitles: tuple[SubtitleStream, ...] = ()

    @property
    def main_video(self) -> VideoStream | None:
        """The main video stream; None for audio with or without a cover."""
        best = min(self.video, key=lambda stream: rank(stream.traits), default=None)
        return None if best is None or best.attached_picture else best
