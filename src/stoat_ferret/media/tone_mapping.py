"""Pictures of high dynamic range made to look normal on an ordinary screen.

A table from colour to colour, computed once in each process: libav's `tonemap` filter wants
linear light, which nothing in PyAV's build makes of PQ or HLG, and its scaler needs seconds for
a table of its own.
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
"""A table of `_LEVEL` ** 2 steps a colour, in a picture of `_LEVEL` ** 3 points a side."""
_STEPS = _LEVEL**2
_FORMAT = "rgb48"  # packed: the filter takes the planes of GBR in another order

_WHITE_NITS = 203.0  # of paper in pictures of high dynamic range; ITU-R BT.2408
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

Colour = tuple[float, float, float]


def is_high_range(frame: VideoFrame) -> bool:
    """Whether `frame` would look grey, or far too dark, as it is."""
    return transfer_of(frame) in {PQ, HLG}


def tone_mapped(
    frame: VideoFrame, width: int, height: int, matrix: Colorspace | None = None
) -> VideoFrame:
    """`frame` of high range in ordinary RGB of BT.709, scaled to `width` by `height`.

    `matrix` is what its colours are taken for, if not for what it says.
    """
    table = _table(transfer_of(frame))
    rgb = frame.reformat(width, height, table.format.name, src_colorspace=matrix)
    return looked_up(rgb, table)


def looked_up(rgb: VideoFrame, table: VideoFrame) -> VideoFrame:
    """Each colour of a packed RGB picture as `table` has it."""
    return filtered(rgb, [("haldclut", "interp=tetrahedral")], table)


def table_of(convert: Callable[[Colour], Colour]) -> VideoFrame:
    """The table of what `convert` makes of each colour; red changes fastest."""
    codes = [step / (_STEPS - 1) for step in range(_STEPS)]
    points = array("H")
    for blue, green, red in itertools.product(codes, repeat=3):
        points.extend(
            round(min(max(part, 0.0), 1.0) * 65535) for part in convert((red, green, blue))
        )
    return _picture_of(points)


def transfer_of(frame: VideoFrame) -> str | None:
    """The transfer of a frame by FFmpeg's name; None where it is not said."""
    return COLOR_TRANSFERS.get(frame.color_trc)


@cache
def _table(transfer: str | None) -> VideoFrame:
    """The picture that the filter `haldclut` looks colours up in: red changes fastest."""
    to_light: Callable[[Colour], Colour] = _pq_light if transfer == PQ else hlg_light
    codes = [step / (_STEPS - 1) for step in range(_STEPS)]
    # Of each code once: the curves cost more than all that follows.
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
    """Light, as parts of the white of paper; SMPTE ST 2084."""
    root: float = code ** (1 / 78.84375)
    light = max(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return float(10_000 / _WHITE_NITS * light ** (1 / 0.1593017578125))


def _pq_light(colour: Colour) -> Colour:
    return colour


def hlg_curve(code: float) -> float:
    """Light of the scene, 0 to 1; ITU-R BT.2100."""
    if code <= 0.5:
        return code * code / 3
    return (math.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12


def hlg_light(scene: Colour) -> Colour:
    """Light of a screen of 1000 nits, as parts of the white of paper; ITU-R BT.2100."""
    luminance = sum(part * weight for part, weight in zip(scene, _LUMINANCE, strict=True))
    gain = _PEAK * luminance**0.2
    red, green, blue = (part * gain for part in scene)
    return red, green, blue


def to_screen(light: Colour) -> Colour:
    """Codes from 0 to 1 for an ordinary screen."""
    parts = [
        max(sum(part * weight for part, weight in zip(light, row, strict=True)), 0.0)
        for row in TO_BT709
    ]
    # By the brightest part, so that highlights keep their colour.
    brightest = max(parts)
    gain = _compressed(brightest) / brightest if brightest else 0.0
    red, green, blue = (min(part * gain, 1.0) ** (1 / _SCREEN_GAMMA) for part in parts)
    return red, green, blue


def _compressed(light: float) -> float:
    """As it is up to the knee, then ever less, so that the peak is white.

    The slope is the same on both sides of the knee.
    """
    if light <= _KNEE:
        return light
    room, span = 1 - _KNEE, _PEAK - _KNEE
    excess = min(light - _KNEE, span)
    # (room * x * (1 + x / span')) / (room + x), with span' so that x = span gives room.
    bend = span * span / room
    return _KNEE + room * excess * (1 + excess / bend) / (room + excess)
