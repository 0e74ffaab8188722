"""Colors in matrices that libav's scaler does not support."""

from __future__ import annotations

import av
import pytest

from stoat_ferret.media.frames import Box, draw

CONSTANT_LUMINANCE, CHROMA_DERIVED, UNKNOWN = 10, 12, 99


def grey(code: float, matrix: int) -> av.VideoFrame:
    """Return a frame of one gray, in the limited range."""
    frame = av.VideoFrame(64, 48, "yuv444p")
    for plane, value in zip(frame.planes, (round(16 + 219 * code), 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.colorspace = matrix
    return frame


@pytest.mark.parametrize("matrix", [CONSTANT_LUMINANCE, CHROMA_DERIVED, 3, 11, 8, 16, UNKNOWN])
@pytest.mark.parametrize("code", [0.0, 0.1, 0.5, 1.0])
def test_a_grey_is_a_grey(code: float, matrix: int) -> None:
    drawn = draw(grey(code, matrix), None, Box(64, 48))
    luma, blue, red = (bytes(plane)[0] for plane in drawn.planes)
    assert luma == pytest.approx(16 + 219 * code, abs=5)
    assert [abs(blue - 128) < 7, abs(red - 128) < 7] == [True, True]


@pytest.mark.parametrize(("red", "blue"), [(0.4, 0.0), (0.0, 0.4), (-0.3, 0.0), (0.0, -0.3)])
def test_constant_luminance_has_its_colours(red: float, blue: float) -> None:
    frame = grey(0.5, CONSTANT_LUMINANCE)
    for plane, part in zip(frame.planes[1:], (blue, red), strict=True):
        plane.update(bytes([round(128 + 224 * part)]) * plane.buffer_size)
    drawn = draw(frame, None, Box(64, 48))
    _, drawn_blue, drawn_red = (bytes(plane)[0] - 128 for plane in drawn.planes)
    assert (drawn_red * red >= 0, drawn_blue * blue >= 0) == (True, True)
    assert abs(drawn_red if red else drawn_blue) > 20
