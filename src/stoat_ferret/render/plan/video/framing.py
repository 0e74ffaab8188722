"""Scaling and cropping that fit all clips into one frame."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.request.options import Fit

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import VideoStream
    from stoat_ferret.render.plan.video.colors import MatrixConversion
    from stoat_ferret.render.request.clip import Clip
    from stoat_ferret.render.request.options import RenderOptions


@dataclass(frozen=True, slots=True)
class Size:
    """A width and height in square pixels."""

    width: int
    height: int

    @property
    def area(self) -> int:
        """The number of pixels."""
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a clip's picture at each step: decoded and upright, rotated, and cropped."""

    upright: Size
    turned: Size
    cropped: Size
    is_square: bool


def shape(clip: Clip, video: VideoStream) -> Shape:
    """Return the sizes of `clip`'s picture; raise if its crop exceeds the picture."""
    upright = Size(video.width, video.height)
    is_sideways = video.rotation in {90, 270}
    stored = Size(video.coded_width, video.coded_height)
    decoded = Size(stored.height, stored.width) if is_sideways else stored
    turned = Size(upright.height, upright.width) if clip.rotate in {90, 270} else upright
    crop = clip.crop
    if crop is None:
        return Shape(upright, turned, turned, decoded == upright)
    if crop.x + crop.width > turned.width or crop.y + crop.height > turned.height:
        raise RenderRefusedError(
            f"The crop {crop.width}x{crop.height} at {crop.x},{crop.y} does not lie in the picture "
            f"of video {clip.video_id}, which has {turned.width}x{turned.height} pixels.",
            piece=clip,
            field="crop",
        )
    return Shape(upright, turned, Size(crop.width, crop.height), decoded == upright)


def canvas(
    sizes: list[Size], options: RenderOptions, short_side: int | None, long_side: int | None
) -> Size:
    """Return the frame size: as requested, or that of the largest picture within the bounds."""
    largest = max(sizes, key=lambda size: size.area)
    if options.width and options.height:
        return _even(Fraction(options.width), Fraction(options.height))
    ratio = Fraction(largest.width, largest.height)
    if options.width:
        return _even(Fraction(options.width), options.width / ratio)
    if options.height:
        return _even(options.height * ratio, Fraction(options.height))
    scale = Fraction(1)
    if short_side and long_side:
        short, long = sorted((largest.width, largest.height))
        scale = min(scale, Fraction(short_side, short), Fraction(long_side, long))
    return _even(largest.width * scale, largest.height * scale)


def framing_filters(
    clip: Clip, shape: Shape, canvas: Size, fit: Fit, conversion: MatrixConversion
) -> list[str]:
    """Return the filters that rotate, crop and scale a decoded picture onto the canvas.

    Its color matrix is converted between scaling and filling the canvas.
    """
    filters = []
    if not shape.is_square and (clip.crop or clip.rotate):
        filters += [f"scale={shape.upright.width}:{shape.upright.height}", "setsar=1"]
    filters += {0: [], 90: ["transpose=clock"], 180: ["hflip", "vflip"], 270: ["transpose=cclock"]}[
        clip.rotate
    ]
    if clip.crop:
        crop = clip.crop
        filters.append(f"crop={crop.width}:{crop.height}:{crop.x}:{crop.y}:exact=1")
    size, after = _placed(shape.cropped, canvas, fit)
    filters.append(f"scale={size.width}:{size.height}:{conversion.scale_options}")
    return [*filters, *conversion.filters, *after, "setsar=1"]


def _placed(picture: Size, canvas: Size, fit: Fit) -> tuple[Size, list[str]]:
    """Return the size to scale a picture to, and the filters that fill the canvas."""
    if fit is Fit.STRETCH:
        return canvas, []
    across, down = (
        Fraction(canvas.width, picture.width),
        Fraction(canvas.height, picture.height),
    )
    scale = max(across, down) if fit is Fit.COVER else min(across, down)
    size = _even(picture.width * scale, picture.height * scale)
    # A difference that is due to rounding is not worth a border.
    width = canvas.width if abs(size.width - canvas.width) <= 2 else size.width
    height = canvas.height if abs(size.height - canvas.height) <= 2 else size.height
    size = Size(width, height)
    if size == canvas:
        return size, []
    x, y = abs(canvas.width - width) // 2, abs(canvas.height - height) // 2
    if fit is Fit.COVER:
        return size, [f"crop={canvas.width}:{canvas.height}:{x}:{y}"]
    return size, [f"pad={canvas.width}:{canvas.height}:{x}:{y}:black"]


def _even(width: Fraction, height: Fraction) -> Size:
    return Size(max(2 * round(width / 2), 2), max(2 * round(height / 2), 2))
