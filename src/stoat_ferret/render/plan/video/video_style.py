"""The style of a result: the size, colors and pixel format that all of its pictures get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.excerpt import main_video
from stoat_ferret.render.plan.video.colors import (
    Colors,
    choose_colors,
    color_filters,
    convert_matrix,
    is_high_range,
)
from stoat_ferret.render.plan.video.framing import Size, canvas, framing_filters, shape
from stoat_ferret.render.plan.video.transparency import (
    FLATTENED,
    has_alpha,
    keeps_clip_alpha,
    stores_alpha,
)

if TYPE_CHECKING:
    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.source import Source, Tools
    from stoat_ferret.render.request.clip import Clip
    from stoat_ferret.render.request.options import Fit, RenderOptions

_SIZE_OF_IMAGES = Size(1920, 1080)
"""The size of a result without videos, unless the options give one."""
_INTERLACED = frozenset("tt bb tb bt".split())


@dataclass(frozen=True, slots=True)
class VideoStyle:
    """The common format of all pictures of the result: size, colors and pixel format.

    Transparent parts are shown over black if the pixel format has no transparency.
    """

    canvas: Size
    fit: Fit
    colors: Colors
    pixel_format: str

    def filters(self, clip: Clip, source: Source, tools: Tools) -> list[str]:
        """Return the filters that convert a decoded picture of `clip` to this style."""
        video = main_video(source, clip.video_id)
        matrix = "bt2020" if is_high_range(video) else self.colors.matrix
        is_tone_mapped = is_high_range(video) and not self.colors.transfer
        keeps_alpha = stores_alpha(self.pixel_format) and keeps_clip_alpha(clip)
        keeps_alpha = keeps_alpha and not is_tone_mapped
        conversion = convert_matrix(video, matrix, tools, keeps_alpha=keeps_alpha)
        return [
            *(FLATTENED if has_alpha(source, tools) and not keeps_alpha else ()),
            *(["bwdif=mode=send_frame"] if video.field_order in _INTERLACED else []),
            *framing_filters(clip, shape(clip, video), self.canvas, self.fit, conversion),
            *color_filters(video, self.colors, self.pixel_format, tools),
        ]


def choose_style(
    assembly: Assembly,
    options: RenderOptions,
    pixel_format: str,
    *,
    short_side: int | None = None,
    long_side: int | None = None,
    keeps_hdr: bool = False,
    sdr_matrix: str = "bt709",
) -> VideoStyle:
    """Choose the style of the result of `assembly`, within the bounds of a preset.

    `sdr_matrix` is the color matrix of standard dynamic range: images have no tag, and mean BT.601.
    """
    pairs = [(clip, main_video(part.source, clip.video_id)) for _, clip, part in assembly.clips()]
    sizes = [shape(clip, video).cropped for clip, video in pairs] or [_SIZE_OF_IMAGES]
    colors = Colors(sdr_matrix=sdr_matrix)
    if pairs:
        videos = [video for _, video in pairs]
        colors = choose_colors(options.hdr, videos, keeps=keeps_hdr, sdr_matrix=sdr_matrix)
    size = canvas(sizes, options, short_side, long_side)
    return VideoStyle(size, options.fit, colors, pixel_format)
