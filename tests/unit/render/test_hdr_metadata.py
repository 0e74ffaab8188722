"""The static metadata of high dynamic range, from ffprobe to the encoders."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from tests.unit.render.world import World, source

from stoat_ferret.media.media_info import HdrKind
from stoat_ferret.render.plan.source import CleanEnd, KeyFrame, Timing
from stoat_ferret.render.plan.video.hdr_metadata import (
    HdrMetadata,
    MasteringDisplay,
    parse_hdr_metadata,
    shared_metadata,
)

MASTERING = {
    "side_data_type": "Mastering display metadata",
    "red_x": "34000/50000",
    "red_y": "16000/50000",
    "green_x": "13250/50000",
    "green_y": "34500/50000",
    "blue_x": "7500/50000",
    "blue_y": "3000/50000",
    "white_point_x": "15635/50000",
    "white_point_y": "16450/50000",
    "min_luminance": "1/10000",
    "max_luminance": "10000000/10000",
}
LIGHT = {"side_data_type": "Content light level metadata", "max_content": 1000, "max_average": 400}
OTHER = {"side_data_type": "H.26[45] User Data Unregistered SEI message"}
DISPLAY = MasteringDisplay(
    (
        (Fraction(53, 200), Fraction(69, 100)),
        (Fraction(3, 20), Fraction(3, 50)),
        (Fraction(17, 25), Fraction(8, 25)),
        (Fraction(3127, 10000), Fraction(329, 1000)),
    ),
    Fraction(1, 10000),
    Fraction(1000),
)
METADATA = HdrMetadata(DISPLAY, (1000, 400))
PQ = {
    "color_transfer": "smpte2084",
    "codec": "hevc",
    "hdr": HdrKind.HDR10,
    "pixel_format": "yuv420p10le",
}


def frames(*side_data: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"side_data_list": [OTHER, *side_data]}, {}]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"frames": frames(MASTERING, LIGHT), "streams": [{}]}, METADATA),
        ({"frames": [{}], "streams": frames(MASTERING, LIGHT)}, METADATA),
        ({"frames": frames(MASTERING)}, HdrMetadata(DISPLAY)),
        ({"frames": frames(LIGHT)}, HdrMetadata(light=(1000, 400))),
        ({"frames": frames()}, None),
        ({}, None),
        ({"frames": frames({**MASTERING, "red_x": "1/0"})}, None),
        ({"frames": frames({**MASTERING, "max_luminance": "0/1"})}, None),
        ({"frames": frames({**LIGHT, "max_content": 0, "max_average": 0})}, None),
    ],
)
def test_side_data_is_parsed(document: dict[str, Any], expected: HdrMetadata | None) -> None:
    assert parse_hdr_metadata(document) == expected


def test_each_encoder_has_parameters_of_its_own() -> None:
    assert METADATA.x265_parameters == [
        "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)",
        "max-cll=1000,400",
    ]
    assert ":".join(METADATA.svt_parameters) == (
        "mastering-display=G(0.26500,0.69000)B(0.15000,0.06000)R(0.68000,0.32000)"
        "WP(0.31270,0.32900)L(1000.00000,0.00010):content-light=1000,400"
    )


def test_clips_that_differ_have_no_metadata_in_common() -> None:
    assert shared_metadata([METADATA, METADATA]) == (METADATA, ())
    assert shared_metadata([None, None]) == (None, ())
    for other in (None, HdrMetadata(light=(1000, 400))):
        metadata, (note,) = shared_metadata([METADATA, other])
        assert metadata is None
        assert "differ in their mastering display" in note


def bright(**more: Any) -> World:
    return World({"a": replace(source(**{**PQ, **more}), hdr_metadata=METADATA)})


def test_metadata_reach_the_encoder() -> None:
    (one,) = bright().plan("archive").passes
    parameters = one.arguments[one.arguments.index("-x265-params") + 1]
    assert parameters == ":".join(["log-level=error", *METADATA.x265_parameters])
    (one,) = bright().plan("archive", options={"video_codec": "av1"}).passes
    parameters = one.arguments[one.arguments.index("-svtav1-params") + 1]
    assert parameters == ":".join(METADATA.svt_parameters)


def test_metadata_are_in_each_encoded_part_of_a_smart_cut() -> None:
    piece = {"video_id": "a", "start_seconds": 0.4, "end_seconds": 5.6}
    keys = tuple(KeyFrame(Fraction(second)) for second in range(10))
    ends = tuple(CleanEnd(key.seconds, key.seconds) for key in keys)
    world = bright(timing=Timing(key_frames=keys, clean_ends=ends))
    passes = world.plan("smart-cut", clips=[piece]).passes
    encoded = [one.arguments for one in passes if "libx265" in one.arguments]
    assert len(encoded) == 2
    for arguments in encoded:
        parameters = arguments[arguments.index("-x265-params") + 1]
        assert parameters.endswith(":".join(METADATA.x265_parameters))


def test_metadata_of_a_result_of_ordinary_range_are_dropped() -> None:
    for preset, options in (("web-720p", {}), ("archive", {"hdr": "sdr"})):
        plan = bright().plan(preset, options=options)
        assert not any("max-cll" in part for part in plan.passes[0].arguments)
        assert plan.notes == ()


def test_metadata_that_are_lost_are_named() -> None:
    two = {"clips": [{"video_id": "a", "end_seconds": 1}, {"video_id": "a", "end_seconds": 1}]}
    (note,) = bright().plan("prores", **two).notes
    assert "prores_ks does not store those of joined clips" in note
    (note,) = bright().plan("prores").notes
    assert "kept by FFmpeg 7.1 or later" in note
    dynamic, cut = bright(hdr=HdrKind.HDR10_PLUS), {"video_id": "a", "start_seconds": 0.4}
    for plan in (dynamic.plan("archive"), dynamic.plan("smart-cut", clips=[cut])):
        assert plan.notes[0].startswith("The HDR10+ metadata of encoded pictures is left out")
