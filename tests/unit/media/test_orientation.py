"""Display matrices, as FFmpeg writes them for rotations and mirrors."""

from __future__ import annotations

import math
import struct

import pytest

from stoat_ferret.media.filters import UPRIGHT, Orientation, orientation

UNIT = 1 << 16


def matrix(a: float, b: float, c: float, d: float) -> bytes:
    """Return the matrix that maps a point (x, y) to (ax + cy, bx + dy)."""
    parts = [round(part * UNIT) for part in (a, b, 0, c, d, 0, 0, 0, 0)]
    return struct.pack("=9i", *parts)


def shown(turn: Orientation, x: float, y: float) -> tuple[float, float]:
    """Return where an orientation moves a point, up to a shift."""
    if turn.is_transposed:
        x, y = y, x
    return (-x if turn.is_mirrored else x, -y if turn.is_flipped else y)


@pytest.mark.parametrize("mirror", [1, -1])
@pytest.mark.parametrize("quarters", range(4))
def test_every_turn_and_mirror_takes_points_where_the_matrix_does(
    quarters: int, mirror: int
) -> None:
    cos, sin = round(math.cos(quarters * math.pi / 2)), round(math.sin(quarters * math.pi / 2))
    a, b, c, d = mirror * cos, mirror * sin, -sin, cos
    turn = orientation(matrix(a, b, c, d))
    for x, y in ((1, 0), (0, 1), (2, 5)):
        assert shown(turn, x, y) == (a * x + c * y, b * x + d * y)


def test_an_angle_is_taken_for_the_nearest_quarter() -> None:
    tilt = math.radians(20)
    tilted = matrix(math.cos(tilt), math.sin(tilt), -math.sin(tilt), math.cos(tilt))
    assert orientation(tilted) == UPRIGHT


def test_what_is_no_matrix_turns_nothing() -> None:
    assert orientation(b"") == UPRIGHT
    assert orientation(bytes(36)) == UPRIGHT
