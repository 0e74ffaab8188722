"""Text overlays, which FFmpeg reads from files so that no character has a special meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.render.plan.filter_graph import microseconds, option_value
from stoat_ferret.render.request.options import Place

if TYPE_CHECKING:
    from fractions import Fraction

    from stoat_ferret.render.request.options import ImageOverlay, TextOverlay

_MARGIN = 0.04
_ACROSS = {
    **dict.fromkeys((Place.TOP_LEFT, Place.LEFT, Place.BOTTOM_LEFT), 0),
    **dict.fromkeys((Place.TOP, Place.CENTER, Place.BOTTOM), 1),
    **dict.fromkeys((Place.TOP_RIGHT, Place.RIGHT, Place.BOTTOM_RIGHT), 2),
}
_DOWN = {
    **dict.fromkeys((Place.TOP_LEFT, Place.TOP, Place.TOP_RIGHT), 0),
    **dict.fromkeys((Place.LEFT, Place.CENTER, Place.RIGHT), 1),
    **dict.fromkeys((Place.BOTTOM_LEFT, Place.BOTTOM, Place.BOTTOM_RIGHT), 2),
}


def text_filter(overlay: TextOverlay, file: str, height: int, font: str | None) -> str:
    """Return the filter that draws the text in `file` on a picture of this height."""
    size = max(round(overlay.size * height), 4)
    x, y = position(overlay.place, "w", "h", "text_w", "text_h")
    options = [
        f"textfile={file}",
        "expansion=none",
        f"fontsize={size}",
        f"fontcolor=0x{overlay.color[1:]}",
        f"x={x}",
        f"y={y}",
        f"line_spacing={size // 4}",
        *([f"fontfile={option_value(font)}"] if font else []),
        *([f"box=1:boxcolor=black@0.5:boxborderw={max(size // 4, 1)}"] if overlay.box else []),
        *enabled(overlay),
    ]
    return f"drawtext={':'.join(options)}"


def position(
    place: Place, width: str, height: str, own_width: str, own_height: str
) -> tuple[str, str]:
    """Return expressions for the position of an overlay, with a margin, in a filter's variables."""
    margin = f"{_MARGIN}*{height}"
    across = (margin, f"({width}-{own_width})/2", f"{width}-{own_width}-{margin}")
    down = (margin, f"({height}-{own_height})/2", f"{height}-{own_height}-{margin}")
    return across[_ACROSS[place]], down[_DOWN[place]]


def enabled(overlay: TextOverlay | ImageOverlay) -> list[str]:
    """Return the option that limits an overlay to its time; empty if it is always shown."""
    conditions = []
    if overlay.start_seconds:
        conditions.append(f"gte(t,{_just_before(overlay.start_seconds)})")
    if overlay.end_seconds is not None:
        conditions.append(f"lt(t,{_just_before(overlay.end_seconds)})")
    return [f"enable='{'*'.join(conditions)}'"] if conditions else []


def _just_before(moment: Fraction) -> str:
    """Return a time slightly earlier, so that rounding does not exclude a frame at this moment."""
    return microseconds(max(moment * 1_000_000 - 100, type(moment)(0)) / 1_000_000)
