"""Scaling, cropping and color conversion that fit all clips into one frame."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.request.options import Fit

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import VideoStream
    from stoat_ferret.render.plan.source import Tools
    from stoat_ferret.render.request.clip import Clip
    from stoat_ferret.render.request.options import RenderOptions

_HIGH = frozenset("smpte2084 arib-std-b67".split())
_PAPER_WHITE = 203  # nits; ITU-R BT.2408
_PEAK_NITS = 1000
_KNEE = 0.7  # as in thumbnails: light below it is unchanged
_SDR = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"


@dataclass(frozen=True, slots=True)
class Colors:
    """The colors of the result; `transfer` is None for standard dynamic range."""

    transfer: str | None = None

    @property
    def matrix(self) -> str:
        """The name of the color matrix for the filter `scale`."""
        return "bt2020" if self.transfer else "bt709"

    @property
    def tags(self) -> str:
        """The filter that sets the color tags."""
        return _high_tags(self.transfer) if self.transfer else _SDR


def is_high_range(video: VideoStream) -> bool:
    """Return whether the video has high dynamic range and looks gray or too dark unconverted."""
    return video.color_transfer in _HIGH or video.hdr is not None


def choose_colors(choice: str, videos: list[VideoStream], *, keeps: bool) -> Colors:
    """Choose the colors of the result for `videos`; `choice` is `auto`, `keep` or `sdr`."""
    transfers = {_transfer(video) for video in videos}
    if choice == "sdr" or transfers == {None} or (choice == "auto" and not keeps):
        return Colors()
    if len(transfers) > 1:
        if choice == "keep":
            raise RenderRefusedError(
                "The clips have different dynamic ranges, so that theirs cannot be kept. "
                "Leave out `hdr`, or set it to `sdr`.",
                field="options.hdr",
            )
        return Colors()
    (transfer,) = transfers
    return Colors(transfer)


def color_filters(video: VideoStream, target: Colors, pixel_format: str, tools: Tools) -> list[str]:
    """Return the filters that convert a scaled picture to the colors `target`."""
    source = _transfer(video)
    if source is None or target.transfer:
        return [f"format={pixel_format}", target.tags]
    if "zscale" not in tools.filters or "tonemap" not in tools.filters:
        raise RenderRefusedError(
            "The ffmpeg of this machine lacks the filter zscale or tonemap, which make high "
            "dynamic range look normal. Install a fuller one (the extra `ffmpeg`), or keep the "
            "range with the preset `archive`."
        )
    return [
        _high_tags(source),
        f"zscale=transfer=linear:npl={_PAPER_WHITE}",
        "format=gbrpf32le",
        "zscale=primaries=bt709",
        f"tonemap=tonemap=mobius:param={_KNEE}:peak={_PEAK_NITS / _PAPER_WHITE:.3f}:desat=0",
        "zscale=transfer=bt709:matrix=bt709:range=tv",
        f"format={pixel_format}",
        target.tags,
    ]


def _transfer(video: VideoStream) -> str | None:
    if not is_high_range(video):
        return None
    return video.color_transfer if video.color_transfer in _HIGH else "smpte2084"


def _high_tags(transfer: str | None) -> str:
    return f"setparams=range=tv:color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc"


_MATRICES = {
    **dict.fromkeys(("smpte170m", "bt470bg"), "bt601"),
    **dict.fromkeys(("bt2020nc", "bt2020c"), "bt2020"),
    **{name: name for name in ("bt709", "smpte240m", "fcc")},
}
"""The color matrices as the filter `scale` names them, by FFmpeg's names for streams."""
_HD_HEIGHT = 720


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


def framing_filters(clip: Clip, shape: Shape, canvas: Size, fit: Fit, matrix: str) -> list[str]:
    """Return the filters that rotate, crop and scale a decoded picture onto the canvas.

    `matrix` is the option of `scale` that converts its colors.
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
    filters.append(f"scale={size.width}:{size.height}:{matrix}")
    return [*filters, *after, "setsar=1"]


def color_matrix(video: VideoStream, target: str) -> str:
    """Return the options of `scale` that convert this stream's colors to `target`.

    Many files do not specify a matrix; small pictures then default to BT.601.
    """
    matrix = _MATRICES.get(video.color_space or "")
    if matrix is None:
        matrix = "bt709" if min(video.width, video.height) >= _HD_HEIGHT else "bt601"
    if video.color_space in {"gbr", "rgb"} or (video.pixel_format or "").startswith(
        ("rgb", "bgr", "gbr", "pal8", "gray")
    ):
        return f"out_color_matrix={target}:out_range=tv"
    return f"in_color_matrix={matrix}:out_color_matrix={target}:out_range=tv"


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
