"""The filters that convert color matrices and primaries."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.render.world import FakeTools, source

from stoat_ferret.render.plan.video.colors import MatrixConversion, convert_matrix

TOOLS = FakeTools(filters=frozenset({"colorspace"}))


def conversion(tools: FakeTools = TOOLS, **video: Any) -> MatrixConversion:
    stream = source(**video).info.main_video
    assert stream
    return convert_matrix(stream, "bt709", tools)


def test_pictures_of_the_right_matrix_are_only_scaled() -> None:
    expected = MatrixConversion("in_color_matrix=bt709:out_color_matrix=bt709:out_range=tv")
    assert conversion(color_space="bt709") == expected
    assert conversion() == expected


@pytest.mark.parametrize(
    ("video", "options"),
    [
        ({"color_space": "bt470bg"}, "ispace=smpte170m:iprimaries=bt709"),
        ({"size": (640, 480)}, "ispace=smpte170m:iprimaries=bt709"),
        (
            {"color_space": "bt2020nc", "color_primaries": "bt2020"},
            "ispace=bt2020nc:iprimaries=bt2020",
        ),
        (
            {"color_space": "bt709", "color_primaries": "smpte432"},
            "ispace=bt709:iprimaries=smpte432",
        ),
    ],
)
def test_other_matrices_and_wide_primaries_are_converted(video: Any, options: str) -> None:
    (one,) = conversion(**video).filters
    assert one == (
        f"colorspace={options}:itrc=bt709:space=bt709:primaries=bt709:trc=bt709:range=tv"
    )


def test_a_small_ffmpeg_converts_them_by_its_scaler() -> None:
    found = conversion(FakeTools(filters=frozenset()), size=(640, 480))
    assert found == MatrixConversion(
        "in_color_matrix=bt601:out_color_matrix=bt709:out_range=tv"
        ":flags=bicubic+accurate_rnd+full_chroma_int"
    )
