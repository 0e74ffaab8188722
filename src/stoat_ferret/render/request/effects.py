"""The effects of a clip: filters of FFmpeg that are applied in the given order."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.render.request.root_file import ImageFile, LutFile
from stoat_ferret.render.request.times import Seconds

MAX_EFFECTS = 10
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$", examples=["#00ff00"])]


class _Effect(BaseModel):
    # The field `effect` has no default, because recipes are stored without default values.
    model_config = ConfigDict(frozen=True, extra="forbid")


class Adjust(_Effect):
    """Brightness, contrast and saturation."""

    effect: Literal["adjust"]
    brightness: float = Field(
        default=0, ge=-1, le=1, description="Added to the luma, as a fraction of its range."
    )
    contrast: float = Field(
        default=1, ge=0, le=3, description="The factor for the distance from middle gray."
    )
    saturation: float = Field(
        default=1, ge=0, le=3, description="The factor for the colors; 0 is gray."
    )


class Lut(_Effect):
    """A 3D lookup table for colors, such as a film look."""

    effect: Literal["lut"]
    file: LutFile


class Blur(_Effect):
    """A Gaussian blur."""

    effect: Literal["blur"]
    radius: float = Field(
        gt=0, le=200, description="The standard deviation, in pixels of the result."
    )


class Sharpen(_Effect):
    """An unsharp mask of 5x5 pixels over the luma."""

    effect: Literal["sharpen"]
    amount: float = Field(
        default=1, gt=0, le=5, description="The factor for the difference from the blurred picture."
    )


class Vignette(_Effect):
    """A picture that gets darker towards the corners."""

    effect: Literal["vignette"]
    strength: float = Field(
        default=0.4,
        gt=0,
        le=1,
        description="The lens angle as a fraction of 90 degrees; at 1 the corners are black.",
    )


class ChromaKey(_Effect):
    """A background in place of a color, such as that of a green screen."""

    effect: Literal["chroma-key"]
    color: Color = "#00ff00"
    similarity: float = Field(
        default=0.1, ge=0.01, le=1, description="How different a color may be to be replaced."
    )
    blend: float = Field(
        default=0.05, ge=0, le=1, description="The width of the edge that is half transparent."
    )
    background_color: Color = "#000000"
    background_image: ImageFile | None = Field(
        default=None, description="Shown in place of the color, cropped to the frame."
    )


class Reverse(_Effect):
    """Picture and sound backwards."""

    effect: Literal["reverse"]


class Freeze(_Effect):
    """A picture that is held, in silence; the clip gets longer by that."""

    effect: Literal["freeze"]
    at_seconds: Seconds = Field(
        description="From the start of the clip as the effects before this one leave it."
    )
    seconds: Seconds = Field(gt=0, le=3600, description="How long the picture is held.")


class View(BaseModel):
    """A part of the frame with its aspect ratio; all values are fractions of the frame."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    x: float = Field(default=0, ge=0, le=1, description="The left edge.")
    y: float = Field(default=0, ge=0, le=1, description="The top edge.")
    size: float = Field(default=1, ge=0.05, le=1, description="The width, and the height.")

    @model_validator(mode="after")
    def _lies_in_the_frame(self) -> Self:
        if max(self.x, self.y) + self.size > 1 + 1e-9:
            raise ValueError("must lie in the frame: x and y plus size are 1 at most")
        return self


class PanZoom(_Effect):
    """A slow movement from one part of the frame to another (Ken Burns effect)."""

    effect: Literal["pan-zoom"]
    start: View = View()
    end: View = View()


class Denoise(_Effect):
    """Noise reduction of the picture."""

    effect: Literal["denoise"]
    method: Literal["hqdn3d", "nlmeans"] = Field(
        default="hqdn3d", description="`nlmeans` keeps more detail, and is very slow."
    )
    strength: float = Field(default=4, ge=1, le=30, description="More removes more detail, too.")


class DenoiseAudio(_Effect):
    """Noise reduction of the sound."""

    effect: Literal["denoise-audio"]
    reduction_db: float = Field(default=12, ge=1, le=97, description="In decibels.")
    noise_floor_db: float = Field(
        default=-50, ge=-80, le=-20, description="The level of the noise, in decibels."
    )


Effect = Annotated[
    Adjust
    | Lut
    | Blur
    | Sharpen
    | Vignette
    | ChromaKey
    | Reverse
    | Freeze
    | PanZoom
    | Denoise
    | DenoiseAudio,
    Field(discriminator="effect"),
]
"""An effect, by its name in `effect`."""

Effects = Annotated[
    tuple[Effect, ...],
    Field(max_length=MAX_EFFECTS, description="Applied in this order, after the clip is fitted."),
]
