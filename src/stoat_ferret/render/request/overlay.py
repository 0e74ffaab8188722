"""Text and pictures that are laid over what is rendered."""

import unicodedata
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.render.request.moment import Seconds

MAX_TEXT_LENGTH = 500


class Place(StrEnum):
    """Where in the picture something is put."""

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
        default=None, description="From when on it is shown, in what is rendered."
    )
    end_seconds: Seconds | None = Field(default=None, description="Until when it is shown.")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_seconds is not None and self.end_seconds <= (self.start_seconds or 0):
            raise ValueError("end_seconds must come after start_seconds")
        return self


class TextOverlay(_Overlay):
    """Words over the picture."""

    text: Annotated[str, AfterValidator(_shown_text)] = Field(
        min_length=1, max_length=MAX_TEXT_LENGTH
    )
    size: float = Field(default=0.06, ge=0.01, le=0.5, description="Parts of the height.")
    color: str = Field(default="#ffffff", pattern=r"^#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?$")
    box: bool = Field(default=True, description="Whether there is a dark box behind the words.")


def _no_nul(path: str) -> str:
    if "\0" in path:
        raise ValueError("must not contain a NUL character")
    return path


class ImageFile(BaseModel):
    """A picture in one of the library's folders."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    root: str = Field(min_length=1, max_length=4096)
    path: Annotated[str, AfterValidator(_no_nul)] = Field(
        min_length=1, max_length=4096, description="Relative to the root."
    )


class ImageOverlay(_Overlay):
    """A picture, a logo say, over the picture."""

    place: Place = Place.TOP_RIGHT
    image: ImageFile
    width: float = Field(default=0.15, ge=0.01, le=1, description="Parts of the width.")
    opacity: float = Field(default=1, gt=0, le=1)
