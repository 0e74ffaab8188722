"""What is asked for; stored as the recipe of what was made."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.render.request.clip import AudioClip, Clip, Piece
from stoat_ferret.render.request.options import RenderOptions

MAX_CLIPS = 100
MAX_NAME_BYTES = 180
"""File systems take 255, of which an extension, a number and a temporary name need some."""


class PresetName(StrEnum):
    """The presets by their names."""

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

    `name` is that of the file without its extension; without one it is made of the first
    video's. Raises `pydantic.ValidationError` with sentences for people.
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
    # Of what is empty the validator below speaks: of clips that are wrong it would be said, too.
    clips: tuple[Piece, ...] = Field(max_length=MAX_CLIPS, json_schema_extra={"minItems": 1})
    audio: tuple[AudioClip, ...] = Field(
        default=(), max_length=MAX_CLIPS, description="Sound that is mixed in."
    )
    name: Annotated[str, AfterValidator(_file_name)] | None = Field(default=None, max_length=180)
    options: RenderOptions = RenderOptions()
    overwrite: bool = Field(
        default=False, description="Whether a file of this name may be replaced."
    )

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        clips = [piece for piece in self.clips if isinstance(piece, Clip)]
        if not clips:
            raise ValueError("give at least one clip of a video")
        return self

    @property
    def video_ids(self) -> list[str]:
        """The videos that are needed, each once."""
        clips = [piece for piece in self.clips if isinstance(piece, Clip)]
        return list(dict.fromkeys(piece.video_id for piece in (*clips, *self.audio)))

    def location_of(self, piece: object, field: str | None) -> str | None:
        """Where `field` of a clip or sound is in the request: `clips.0.crop`; None: nowhere."""
        for name, pieces in (("clips", self.clips), ("audio", self.audio)):
            for number, one in enumerate(pieces):
                if one == piece:
                    return f"{name}.{number}" + (f".{field}" if field else "")
        return None

    @property
    def params(self) -> dict[str, Any]:
        """The request as plain JSON, without what is as it is by itself."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Self:
        """The request that gave `params`."""
        return cls.model_validate(dict(params))
