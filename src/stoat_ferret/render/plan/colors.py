"""What becomes of colours: high dynamic range kept, or made to look normal."""

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
_KNEE = 0.7  # as in thumbnails: darker light stays as it is
_SDR = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of the result; `transfer` is None for ordinary ones."""

    transfer: str | None = None

    @property
    def matrix(self) -> str:
        """The name for the filter `scale`."""
        return "bt2020" if self.transfer else "bt709"

    @property
    def tags(self) -> str:
        """The filter that says what they are."""
        return _high_tags(self.transfer) if self.transfer else _SDR


def is_high_range(video: VideoStream) -> bool:
    """Whether it would look grey, or far too dark, where nothing is done."""
    return video.color_transfer in _HIGH or video.hdr is not None


def choose_colors(wish: str, videos: list[VideoStream], *, keeps: bool) -> Colors:
    """Those of the result of `videos`: `auto`, `keep` or `sdr`."""
    transfers = {_transfer(video) for video in videos}
    if wish == "sdr" or transfers == {None} or (wish == "auto" and not keeps):
        return Colors()
    if len(transfers) > 1:
        if wish == "keep":
            raise RenderRefusedError(
                "The clips have different dynamic ranges, so that theirs cannot be kept. "
                "Leave out `hdr`, or set it to `sdr`.",
                field="options.hdr",
            )
        return Colors()
    (transfer,) = transfers
    return Colors(transfer)


def color_filters(video: VideoStream, target: Colors, pixel_format: str, tools: Tools) -> list[str]:
    """The filters that take a scaled picture to `target`."""
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
