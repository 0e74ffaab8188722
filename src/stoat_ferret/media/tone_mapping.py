"""Tone mapping of pictures of high dynamic range to an ordinary screen.

Uses a color lookup table, computed once in each process: libav's `tonemap` filter needs linear
light, which nothing in PyAV's build makes of PQ or HLG, and its scaler takes seconds to build a
table of its own.
"""

from __future__ import annotations

import itertools
import math
import sys
from array import array
from functools import cache
from typing import TYPE_CHECKING

from av import VideoFrame

from stoat_ferret.media.filters import filtered
from stoat_ferret.media.stream_facts import COLOR_TRANSFERS, HLG, PQ

if TYPE_CHECKING:
    from collections.abc import Callable

    from av.video.reformatter import Colorspace

_LEVEL = 4
"""A table has `_LEVEL` ** 2 steps a component, in a picture of `_LEVEL` ** 3 pixels a side."""
_STEPS = _LEVEL**2
_FORMAT = "rgb48"  # packed: the filter expects the planes of GBR in another order

_WHITE_NITS = 203.0  # diffuse white in HDR pictures; ITU-R BT.2408
_PEAK = 1000.0 / _WHITE_NITS
_KNEE = 0.7
_SCREEN_GAMMA = 2.4  # ITU-R BT.1886

# ITU-R BT.2087: from the primaries of BT.2020 to those of BT.709.
TO_BT709 = (
    (1.6605, -0.5876, -0.0728),
    (-0.1246, 1.1329, -0.0083),
    (-0.0182, -0.1006, 1.1187),
)
_LUMINANCE = (0.2627, 0.6780, 0.0593)

Color = tuple[float, float, float]


def is_high_range(frame: VideoFrame) -> bool:
    """Return whether `frame` has high dynamic range and looks gray or too dark unconverted."""
    return transfer_of(frame) in {PQ, HLG}


def tone_mapped(
    frame: VideoFrame, width: int, height: int, matrix: Colorspace | None = None
) -> VideoFrame:
    """Convert `frame` of high range to RGB of BT.709, scaled to `width` by `height`.

    `matrix` overrides the color matrix of the frame.
    """
    table = _table(transfer_of(frame))
    rgb = frame.reformat(width, height, table.format.name, src_colorspace=matrix)
    return apply_table(rgb, table)


def apply_table(rgb: VideoFrame, table: VideoFrame) -> VideoFrame:
    """Map each color of a packed RGB picture by `table`."""
    return filtered(rgb, [("haldclut", "interp=tetrahedral")], table)


def make_table(convert: Callable[[Color], Color]) -> VideoFrame:
    """Return the table of `convert` for each color; red changes fastest."""
    codes = [step / (_STEPS - 1) for step in range(_STEPS)]
    points = array("H")
    for blue, green, red in itertools.product(codes, repeat=3):
        points.extend(
            round(min(max(part, 0.0), 1.0) * 65535) for part in convert((red, green, blue))
        )
    return _picture_of(points)


def transfer_of(frame: VideoFrame) -> str | None:
    """Return the transfer of a frame by FFmpeg's name; None if unspecified."""
    return COLOR_TRANSFERS.get(frame.color_trc)


@cache
def _table(transfer: str | None) -> VideoFrame:
    """Return the lookup table for the filter `haldclut`: red changes fastest."""
    to_light: Callable[[Color], Color] = _pq_light if transfer == PQ else hlg_light
    codes = [step / (_STEPS - 1) for step in range(_STEPS)]
    # Of each code once: the curves cost more than the rest.
    curve = [pq_curve(code) if transfer == PQ else hlg_curve(code) for code in codes]
    points = array("H")
    for blue, green, red in itertools.product(curve, repeat=3):
        points.extend(round(part * 65535) for part in to_screen(to_light((red, green, blue))))
    return _picture_of(points)


def _picture_of(points: array[int]) -> VideoFrame:
    side = _LEVEL**3
    picture = VideoFrame(side, side, f"{_FORMAT}{'le' if sys.byteorder == 'little' else 'be'}")
    plane = picture.planes[0]
    rows = (points[start : start + 3 * side] for start in range(0, len(points), 3 * side))
    plane.update(b"".join(row.tobytes().ljust(plane.line_size, b"\0") for row in rows))
    return picture


def pq_curve(code: float) -> float:
    """Return light relative to diffuse white; SMPTE ST 2084."""
    root: float = code ** (1 / 78.84375)
    light = max(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return float(10_000 / _WHITE_NITS * light ** (1 / 0.1593017578125))


def _pq_light(color: Color) -> Color:
    return color


def hlg_curve(code: float) -> float:
    """Return scene light from 0 to 1; ITU-R BT.2100."""
    if code <= 0.5:
        return code * code / 3
    return (math.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12


def hlg_light(scene: Color) -> Color:
    """Return the light of a 1000-nit screen relative to diffuse white; ITU-R BT.2100."""
    luminance = sum(part * weight for part, weight in zip(scene, _LUMINANCE, strict=True))
    gain = _PEAK * luminance**0.2
    red, green, blue = (part * gain for part in scene)
    return red, green, blue


def to_screen(light: Color) -> Color:
    """Return code values from 0 to 1 for an ordinary screen."""
    parts = [
        max(sum(part * weight for part, weight in zip(light, row, strict=True)), 0.0)
        for row in TO_BT709
    ]
    # Scaled by the brightest component, so that highlights keep their hue.
    brightest = max(parts)
    gain = _compressed(brightest) / brightest if brightest else 0.0
    red, green, blue = (min(part * gain, 1.0) ** (1 / _SCREEN_GAMMA) for part in parts)
    return red, green, blue


def _compressed(light: float) -> float:
    """Return light unchanged up to the knee, then compressed so that the peak is white.

    The slope is the same on both sides of the knee.
    """
    if light <= _KNEE:
        return light
    room, span = 1 - _KNEE, _PEAK - _KNEE
    excess = min(light - _KNEE, span)
    # (room * x * (1 + x / span')) / (room + x), with span' so that x = span gives room.
    bend = span * span / room
    return _KNEE + room * excess * (1 + excess / bend) / (room + excess)
