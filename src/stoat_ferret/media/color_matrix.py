"""Conversion to RGB of pictures whose color matrix libav's scaler does not support.

Uses a lookup table from a pixel's three components to a color, as for high dynamic range. A matrix
without a formula here is treated as the nearest one that has; a thumbnail is no reference.
"""

from __future__ import annotations

import sys
from functools import cache, partial
from typing import TYPE_CHECKING

from av import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from stoat_ferret.media.stream_facts import HLG, PQ
from stoat_ferret.media.tone_mapping import (
    TO_BT709,
    apply_table,
    hlg_curve,
    hlg_light,
    make_table,
    pq_curve,
    to_screen,
    transfer_of,
)

if TYPE_CHECKING:
    from stoat_ferret.media.tone_mapping import Color

_YCGCO = frozenset({8, 16, 17})
_ICTCP = frozenset({14, 15})
_CONSTANT_LUMINANCE = frozenset({10, 13})
_SUPPORTED = frozenset({0, 1, 2, 4, 5, 6, 7, 9})
"""The values of ISO/IEC 23091-2 that the scaler supports."""
_BYTES = "le" if sys.byteorder == "little" else "be"

_to_codes = VideoReformatter()

# ITU-R BT.2100: from I, Ct and Cp to L, M and S, of PQ and of HLG; and from those to BT.2020.
_PQ_LMS = ((0.00860904, 0.11102963), (-0.00860904, -0.11102963), (0.56003134, -0.32062717))
_HLG_LMS = ((0.01571858, 0.20958107), (-0.01571858, -0.20958107), (1.02127108, -0.60527449))
_LMS_TO_BT2020 = (
    (3.43660669, -2.50645212, 0.06984542),
    (-0.79132956, 1.98360045, -0.19227090),
    (-0.02594990, -0.09891371, 1.12486361),
)


def is_supported(frame: VideoFrame) -> bool:
    """Return whether the scaler accepts a frame as it is."""
    return frame.colorspace in _SUPPORTED or not frame.format.name.startswith(("yuv", "p0", "nv"))


def has_formula(frame: VideoFrame) -> bool:
    """Return whether `in_rgb` can convert a frame."""
    return frame.colorspace in _YCGCO | _ICTCP | _CONSTANT_LUMINANCE


def in_rgb(frame: VideoFrame, width: int, height: int) -> VideoFrame:
    """Return `frame` in RGB of BT.709, scaled to `width` by `height`."""
    codes = _to_codes.reformat(
        frame,
        width,
        height,
        f"yuv444p16{_BYTES}",
        # The same on both sides, so that the scaler changes only the range.
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.AREA,
    )
    rgb = VideoFrame(width, height, f"gbrp16{_BYTES}")
    # Luma as red, so that the three components keep their order.
    for source, target in ((1, 0), (2, 1), (0, 2)):
        rgb.planes[target].update(bytes(codes.planes[source]))
    table = _table(frame.colorspace, transfer_of(frame))
    return apply_table(rgb.reformat(format=table.format.name), table)


@cache
def _table(matrix: int, transfer: str | None) -> VideoFrame:
    if matrix in _YCGCO:
        return make_table(partial(_from_ycgco, transfer))
    return make_table(partial(_from_ictcp if matrix in _ICTCP else _from_bt2020c, transfer))


def _from_ycgco(transfer: str | None, code: Color) -> Color:
    luma, green, orange = code[0], code[1] - 0.5, code[2] - 0.5
    rest = luma - green
    return _on_screen(transfer, (rest + orange, luma + green, rest - orange))


def _from_ictcp(transfer: str | None, code: Color) -> Color:
    intensity, tritan, protan = code[0], code[1] - 0.5, code[2] - 0.5
    rows = _HLG_LMS if transfer == HLG else _PQ_LMS
    curve = hlg_curve if transfer == HLG else pq_curve
    cones = [curve(_code(intensity + a * tritan + b * protan)) for a, b in rows]
    light = _light([sum(map(_product, row, cones)) for row in _LMS_TO_BT2020])
    return to_screen(hlg_light(light) if transfer == HLG else light)


def _from_bt2020c(transfer: str | None, code: Color) -> Color:
    """Convert BT.2020 with constant luminance, whose luma is computed from linear light."""
    luma, blue, red = code[0], code[1] - 0.5, code[2] - 0.5
    curve = {PQ: pq_curve, HLG: hlg_curve}.get(transfer or "", _ordinary_curve)
    r = curve(_code(luma + red * (1.7184 if red <= 0 else 0.9938)))
    b = curve(_code(luma + blue * (1.9404 if blue <= 0 else 1.5816)))
    g = (curve(luma) - 0.2627 * r - 0.0593 * b) / 0.6780
    light = _light([r, g, b])
    if curve is not _ordinary_curve:
        return to_screen(hlg_light(light) if transfer == HLG else light)
    mapped = [sum(map(_product, row, light)) for row in TO_BT709]
    first, second, third = (_ordinary_code(max(part, 0.0)) for part in mapped)
    return first, second, third


def _on_screen(transfer: str | None, codes: Color) -> Color:
    if transfer not in {PQ, HLG}:
        return codes
    curve = hlg_curve if transfer == HLG else pq_curve
    light = _light([curve(_code(code)) for code in codes])
    return to_screen(hlg_light(light) if transfer == HLG else light)


def _product(one: float, other: float) -> float:
    return one * other


def _code(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _light(parts: list[float]) -> Color:
    red, green, blue = (max(part, 0.0) for part in parts)
    return red, green, blue


def _ordinary_curve(code: float) -> float:
    """Return the light of a code value; ITU-R BT.709 and BT.2020."""
    return code / 4.5 if code < 0.081 else float(((code + 0.099) / 1.099) ** (1 / 0.45))


def _ordinary_code(light: float) -> float:
    return 4.5 * light if light < 0.018 else float(1.099 * light**0.45 - 0.099)
