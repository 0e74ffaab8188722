"""The request for a render, also stored as the recipe of the files it made."""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.render.request.clip import AudioClip, Clip, ImageClip, Piece, effects_of
from stoat_ferret.render.request.effects import ChromaKey, Effect, Lut
from stoat_ferret.render.request.options import RenderOptions
from stoat_ferret.render.request.root_file import ImageFile, LutFile
from stoat_ferret.render.request.subfolder import Subfolder

MAX_CLIPS = 100
MAX_IMAGES = 100
MAX_LUTS = 10
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


FileName = Annotated[str, AfterValidator(_file_name)]
"""A file name without its extension."""


class RenderRequest(BaseModel):
    """A render of one or several clips.

    `name` is the file name without its extension; by default it comes from the first video. If each
    clip is to be separate, it is a pattern for their names. Raises `pydantic.ValidationError` with
    sentences for people.
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
    name: FileName | None = Field(
        default=None,
        max_length=180,
        description="Without extension. With `separate`, a pattern of `{number}` (`{number:03}`), "
        "`{video}`, `{start}`, `{end}` and `{preset}`.",
    )
    folder: Subfolder | None = Field(
        default=None,
        description="A folder inside the output folder; it is made if it is not there.",
    )
    separate: bool = Field(
        default=False, description="Whether each clip becomes a file of its own, all or none."
    )
    options: RenderOptions = RenderOptions()
    overwrite: bool = Field(default=False, description="Whether to replace a file of this name.")

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        if not any(isinstance(piece, Clip | ImageClip) for piece in self.clips):
            raise ValueError("give at least one clip of a video, or an image")
        return self

    @model_validator(mode="after")
    def _needs_few_files(self) -> Self:
        if len(self.image_files) > MAX_IMAGES:
            raise ValueError(f"give {MAX_IMAGES} images at most, with those of effects")
        if len(set(self.lut_files.values())) > MAX_LUTS:
            raise ValueError(f"give {MAX_LUTS} different lookup tables at most")
        return self

    @property
    def video_ids(self) -> list[str]:
        """The ids of the videos that are needed, each once."""
        clips = [piece for piece in self.clips if isinstance(piece, Clip)]
        return list(dict.fromkeys(piece.video_id for piece in (*clips, *self.audio)))

    @property
    def image_files(self) -> dict[str, ImageFile]:
        """The image files that are needed, by their locations in the request."""
        overlays = {
            f"options.images.{number}.image": overlay.image
            for number, overlay in enumerate(self.options.images)
        }
        shown = {
            f"clips.{number}.image": piece.image
            for number, piece in enumerate(self.clips)
            if isinstance(piece, ImageClip)
        }
        behind = {
            f"{location}.background_image": effect.background_image
            for location, effect in self._effects()
            if isinstance(effect, ChromaKey) and effect.background_image
        }
        return {**overlays, **shown, **behind}

    @property
    def lut_files(self) -> dict[str, LutFile]:
        """The lookup tables that are needed, by their locations in the request."""
        return {
            f"{location}.file": effect.file
            for location, effect in self._effects()
            if isinstance(effect, Lut)
        }

    def _effects(self) -> Iterator[tuple[str, Effect]]:
        for number, piece in enumerate(self.clips):
            for place, effect in enumerate(effects_of(piece)):
                yield f"clips.{number}.effects.{place}", effect

    def of_clip(self, piece: Piece, name: str) -> Self:
        """Return the request for a file called `name` of one of the clips alone."""
        return self.model_copy(update={"clips": (piece,), "name": name, "separate": False})

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

    @property
    def digest(self) -> str:
        """A short text that is equal for equal requests."""
        text = json.dumps(self.params, sort_keys=True).encode("utf-8", "replace")
        return hashlib.blake2b(text, digest_size=16).hexdigest()

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Self:
        """Return the request that `params` represent."""
        return cls.model_validate(dict(params))
