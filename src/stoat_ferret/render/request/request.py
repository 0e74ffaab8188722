"""The request for a render, also stored as the recipe of the files it made."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.render.request.clip import AudioClip, Clip, Piece
from stoat_ferret.render.request.options import RenderOptions

MAX_CLIPS = 100
MAX_NAME_BYTES = 180
"""File systems allow 255, of which an extension, a number and a temporary name need some."""


class PresetName(StrEnum):
    """The names of the presets."""

    WEB_720P = "web-720p"
    WEB_1080P = "web-1080p"
    WEB_2160P = "web-2160p"
    ARCHIVE = "archive"
    PROXY = "proxy"
    PRORES = "prores"
    AUDIO = "audio"
    COPY = "copy"
    SMART_CUT = "smart-cut"
    STILLS = "stills"
    GIF = "gif"
    WEBP = "webp"
    CONTACT_SHEET = "contact-sheet"


def _file_name(name: str) -> str:
    name = name.strip()
    if "/" in name or any(unicodedata.category(char) in {"Cc", "Cs"} for char in name):
        raise ValueError("must be the name of a file, without `/` and control characters")
    if not name or name.startswith("."):
        raise ValueError("must not be empty, nor start with a dot")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise ValueError(f"must have {MAX_NAME_BYTES} bytes at most")
    return name


class RenderRequest(BaseModel):
    """A render of one or several clips.

    `name` is the file name without its extension; by default it comes from the first video. Raises
    `pydantic.ValidationError` with sentences for people.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "preset": "web-720p",
                    "clips": [{"video_id": "0190d5a7-…", "start_seconds": 1.0, "end_seconds": 3.5}],
                    "name": "holiday",
                    "options": {},
                }
            ]
        },
    )

    preset: PresetName
    # The validator below reports empty clips: as a length limit, it would be reported for invalid
    # clips too.
    clips: tuple[Piece, ...] = Field(max_length=MAX_CLIPS, json_schema_extra={"minItems": 1})
    audio: tuple[AudioClip, ...] = Field(
        default=(), max_length=MAX_CLIPS, description="Audio that is mixed in."
    )
    name: Annotated[str, AfterValidator(_file_name)] | None = Field(default=None, max_length=180)
    options: RenderOptions = RenderOptions()
    overwrite: bool = Field(default=False, description="Whether to replace a file of this name.")

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        clips = [piece for piece in self.clips if isinstance(piece, Clip)]
        if not clips:
            raise ValueError("give at least one clip of a video")
        return self

    @property
    def video_ids(self) -> list[str]:
        """The ids of the videos that are needed, each once."""
        clips = [piece for piece in self.clips if isinstance(piece, Clip)]
        return list(dict.fromkeys(piece.video_id for piece in (*clips, *self.audio)))

    def location_of(self, piece: object, field: str | None) -> str | None:
        """Return the location of `field` of a piece, such as `clips.0.crop`; None if unknown."""
        for name, pieces in (("clips", self.clips), ("audio", self.audio)):
            for number, one in enumerate(pieces):
                if one == piece:
                    return f"{name}.{number}" + (f".{field}" if field else "")
        return None

    @property
    def params(self) -> dict[str, Any]:
        """The request as plain JSON, without default values."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Self:
        """Return the request that `params` represent."""
        return cls.model_validate(dict(params))
