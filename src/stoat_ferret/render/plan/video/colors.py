"""Color conversion: matrices, primaries and tone mapping of clips, and the tags of the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import VideoStream
    from stoat_ferret.render.plan.source import Tools

_HIGH = frozenset("smpte2084 arib-std-b67".split())
_PAPER_WHITE = 203  # nits; ITU-R BT.2408
_PEAK_NITS = 1000
_KNEE = 0.7  # as in thumbnails: light below it is unchanged
_SDR = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace="
EXACT = "flags=bicubic+accurate_rnd+full_chroma_int"
"""The options of `scale` for an exact conversion, which takes four times as long."""


@dataclass(frozen=True, slots=True)
class Colors:
    """The colors of the result; `transfer` is None for standard dynamic range.

    `sdr_matrix` is the color matrix of that range, as the filter `scale` names it.
    """

    transfer: str | None = None
    sdr_matrix: str = "bt709"

    @property
    def matrix(self) -> str:
        """The name of the color matrix for the filter `scale`."""
        return "bt2020" if self.transfer else self.sdr_matrix

    @property
    def tags(self) -> str:
        """The filter that sets the color tags."""
        if self.transfer:
            return _high_tags(self.transfer)
        return _SDR + _FULL_NAMES.get(self.sdr_matrix, self.sdr_matrix)


def is_high_range(video: VideoStream) -> bool:
    """Return whether the video has high dynamic range and looks gray or too dark unconverted."""
    return video.color_transfer in _HIGH or video.hdr is not None


def choose_colors(
    choice: str, videos: list[VideoStream], *, keeps: bool, sdr_matrix: str = "bt709"
) -> Colors:
    """Choose the colors of the result for `videos`; `choice` is `auto`, `keep` or `sdr`."""
    transfers = {_transfer(video) for video in videos}
    if choice == "sdr" or transfers == {None} or (choice == "auto" and not keeps):
        return Colors(sdr_matrix=sdr_matrix)
    if len(transfers) > 1:
        if choice == "keep":
            raise RenderRefusedError(
                "The clips have different dynamic ranges, so that theirs cannot be kept. "
                "Leave out `hdr`, or set it to `sdr`.",
                field="options.hdr",
            )
        return Colors(sdr_matrix=sdr_matrix)
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
        f"zscale=transfer=bt709:matrix={_FULL_NAMES.get(target.matrix, target.matrix)}:range=tv",
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
_FULL_NAMES = {"bt601": "smpte170m", "bt2020": "bt2020nc"}
"""The names of other filters where they differ."""
_WIDE = frozenset("bt2020 smpte431 smpte432".split())
_RGB = ("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "pal8")
_LIMITED_GRAY = frozenset("h264 hevc vp9 av1".split())
"""The codecs whose gray pictures have limited range, which the filter `scale` does not know."""


@dataclass(frozen=True, slots=True)
class MatrixConversion:
    """The conversion of a color matrix: options of `scale`, and filters after it."""

    scale_options: str
    filters: tuple[str, ...] = ()


def convert_matrix(
    video: VideoStream, target: str, tools: Tools, *, keeps_alpha: bool = False
) -> MatrixConversion:
    """Return the conversion of this stream's colors to the matrix `target`, in limited range.

    Many files do not specify a matrix; small pictures then default to BT.601. `scale` is off by up
    to 3 of 255 when it converts from one matrix to another, unless it is told to take four times as
    long; `colorspace` is exact and faster than either, but drops transparency.
    """
    pixels = video.pixel_format or ""
    if video.color_space in {"gbr", "rgb"} or pixels.startswith(_RGB):
        return MatrixConversion(f"out_color_matrix={target}:out_range=tv")
    if pixels.startswith("gray"):
        if video.codec not in _LIMITED_GRAY:
            return MatrixConversion(f"out_color_matrix={target}:out_range=tv")
        # Taken for full range and stored as such, its codes stay as they are.
        formats = "format=yuv420p|yuv420p10le|yuv420p12le"
        return MatrixConversion("out_range=pc", (formats, "setparams=range=tv"))
    source = _MATRICES.get(video.color_space or "")
    if source is None:
        source = "bt709" if min(video.width, video.height) >= _HD_HEIGHT else "bt601"
    is_wide = target != "bt2020" and video.color_primaries in _WIDE and not is_high_range(video)
    both = f"in_color_matrix={source}:out_color_matrix={target}:out_range=tv"
    if source == target and not is_wide:
        return MatrixConversion(both)
    if keeps_alpha or "colorspace" not in tools.filters:
        return MatrixConversion(f"{both}:{EXACT}")
    return MatrixConversion(
        f"in_color_matrix={source}:out_color_matrix={source}",
        (_colorspace(source, target, video.color_primaries if is_wide else None),),
    )


def _colorspace(source: str, target: str, primaries: str | None) -> str:
    """Return the filter that converts a matrix, and these primaries to those of BT.709.

    The curves are the same on both sides, so that grays stay as they are.
    """
    before, after = (_FULL_NAMES.get(name, name) for name in (source, target))
    options = [
        f"ispace={before}",
        f"iprimaries={primaries or 'bt709'}",
        "itrc=bt709",
        f"space={after}",
        "primaries=bt709",
        "trc=bt709",
        "range=tv",
    ]
    return f"colorspace={':'.join(options)}"
