"""Values derived from stored facts, compared with FFmpeg's own tables; the main video stream."""

from __future__ import annotations

import re
import subprocess
from fractions import Fraction

import av
import pytest
from av.video.format import names as pixel_formats  # type: ignore[attr-defined]  # not in the stubs

from stoat_ferret.ffmpeg.binaries import packaged_ffmpeg
from stoat_ferret.media import stream_facts
from stoat_ferret.media.stream_facts import VideoTraits, is_still, rank


def test_every_pixel_format_has_the_depth_that_ffmpeg_gives_it() -> None:
    assert len(pixel_formats) > 200
    for name in pixel_formats:
        depths = [component.bits for component in av.VideoFormat(name).components]
        # Hardware formats have no components; Bayer formats count half the greens.
        if depths and not name.startswith("bayer"):
            assert stream_facts.bit_depth(name) == max(depths), name


def test_no_pixel_format_has_no_depth() -> None:
    assert stream_facts.bit_depth(None) is None
    assert stream_facts.bit_depth("") is None


@pytest.mark.parametrize(
    ("option", "table"),
    [
        ("color_primaries", stream_facts.COLOR_PRIMARIES),
        ("color_trc", stream_facts.COLOR_TRANSFERS),
        ("colorspace", stream_facts.COLOR_SPACES),
    ],
)
def test_colours_are_named_as_ffmpeg_names_them(option: str, table: dict[int, str]) -> None:
    ffmpeg = packaged_ffmpeg()
    assert ffmpeg
    help_text = subprocess.run(
        [ffmpeg, "-hide_banner", "-h", "filter=setparams"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    section = re.search(rf"^   {option} +<.*\n((?:     \S.*\n)+)", help_text, re.MULTILINE)
    assert section
    named = {
        (int(value), name)
        for name, value in re.findall(r"^ +(\S+) +(-?\d+) ", section[1], re.MULTILINE)
        if name not in {"auto", "unknown"}
    }
    assert set(table.items()) <= named
    assert set(table) == {value for value, _ in named}


@pytest.mark.parametrize(
    ("size", "aspect", "rotation", "shown"),
    [
        ((1920, 1080), None, 0, (1920, 1080)),
        ((1920, 1080), Fraction(1), 90, (1080, 1920)),
        ((1920, 1080), Fraction(1), 180, (1920, 1080)),
        ((1440, 1080), Fraction(4, 3), 0, (1920, 1080)),
        ((720, 576), Fraction(64, 45), 270, (576, 1024)),
        ((720, 480), Fraction(8, 9), 0, (640, 480)),
        ((320, 240), Fraction(0), 0, (320, 240)),
        ((0, 0), None, 90, (0, 0)),
    ],
)
def test_the_displayed_size(
    size: tuple[int, int], aspect: Fraction | None, rotation: int, shown: tuple[int, int]
) -> None:
    assert stream_facts.displayed_size(*size, aspect, rotation) == shown


@pytest.mark.parametrize(
    ("degrees", "clockwise"),
    [(0, 0), (-90, 90), (90, 270), (180, 180), (-180, 180), (-89.6, 90), (10, 0), (-0.0, 0)],
)
def test_rotation_is_clockwise_and_square(degrees: float, clockwise: int) -> None:
    assert stream_facts.clockwise_rotation(degrees) == clockwise


def test_the_richest_kind_of_high_dynamic_range_wins() -> None:
    def kind(
        transfer: str | None, *, dolby_vision: bool = False, hdr10_plus: bool = False
    ) -> str | None:
        return stream_facts.hdr_kind(transfer, dolby_vision=dolby_vision, hdr10_plus=hdr10_plus)

    assert kind("smpte2084", dolby_vision=True, hdr10_plus=True) == "Dolby Vision"
    assert kind("bt709", dolby_vision=True) == "Dolby Vision"
    assert kind("smpte2084", hdr10_plus=True) == "HDR10+"
    assert kind("smpte2084") == "HDR10"
    assert kind("arib-std-b67") == "HLG"
    assert kind("bt709", hdr10_plus=True) is None
    assert kind(None) is None


def test_what_is_undetermined_is_not_known() -> None:
    languages = ["und", "", "   ", "eng", "English (US)"]
    assert [stream_facts.known_language({"language": name}) for name in languages] == [
        *(None, None, None),
        *("eng", "English (US)"),
    ]
    assert stream_facts.known_language({}) is None
    assert [stream_facts.named_layout(name) for name in ("6 channels", "unknown", None, "5.1")] == [
        None,
        None,
        None,
        "5.1",
    ]


def test_a_tag_is_found_in_capitals_too_and_in_lower_case_first() -> None:
    assert stream_facts.known_language({"LANGUAGE": "eng"}) == "eng"
    assert stream_facts.known_language({"LANGUAGE": "English (US)", "language": "fra"}) == "fra"
    assert stream_facts.tag({"Title": "One"}, "title") == "One"
    assert stream_facts.tag({"titles": "One"}, "title") is None


def test_a_time_of_creation_of_all_ones_is_none() -> None:
    assert stream_facts.container_tags({"creation_time": "2040-02-06T06:28:15.000000Z"}) == {}
    tags = {"CREATION_TIME": "2024-07-10T20:30:23.000000Z", "Artist": "Nobody"}
    assert stream_facts.container_tags(tags) == {
        "creation_time": "2024-07-10T20:30:23.000000Z",
        "artist": "Nobody",
    }


def test_of_two_times_of_creation_the_first_counts() -> None:
    tags = {"creation_time": "2019-07-04T10:20:30.000000Z;2019-07-04T10:20:30Z"}
    assert stream_facts.container_tags(tags) == {"creation_time": "2019-07-04T10:20:30.000000Z"}


@pytest.mark.parametrize(
    ("degrees", "rotation"),
    [
        *((-90, 90), (90, 270), (180, 180), (-180, 180), (45.01, 0), (0, 0)),
        *((float("nan"), 0), (-(2**31), 0), (float("inf"), 0)),
    ],
)
def test_an_angle_that_is_none_turns_nothing(degrees: float, rotation: int) -> None:
    assert stream_facts.clockwise_rotation(degrees) == rotation


def stream(index: int, **traits: bool) -> VideoTraits:
    usual = {"is_cover": False, "is_still": False, "is_seen": True, "is_default": True}
    return VideoTraits(index, **{**usual, **traits})


@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        ([stream(0), stream(1)], 0),
        ([stream(0, is_default=False), stream(1)], 1),
        ([stream(0, is_still=True), stream(1)], 1),
        ([stream(0, is_still=True), stream(1, is_default=False)], 1),
        ([stream(0, is_seen=False), stream(1, is_default=False)], 1),
        ([stream(0, is_cover=True), stream(1, is_seen=False, is_default=False)], 1),
        ([stream(0, is_cover=True), stream(1, is_still=True, is_seen=False)], 1),
    ],
)
def test_the_video_moves_is_there_and_is_meant_to_be_shown(
    streams: list[VideoTraits], expected: int
) -> None:
    assert min(streams, key=rank).index == expected
    assert min(reversed(streams), key=rank).index == expected


def test_covers_are_last() -> None:
    streams = [stream(0, is_cover=True), stream(1, is_still=True), stream(2)]
    assert [one.index for one in sorted(streams, key=rank)] == [2, 1, 0]


@pytest.mark.parametrize(
    ("frames", "tags", "rate", "expected"),
    [
        (1, {}, None, True),
        (2, {}, None, False),
        (0, {}, Fraction(25), False),
        (0, {"NUMBER_OF_FRAMES": "1"}, None, True),
        (0, {"NUMBER_OF_FRAMES-eng": "50"}, None, False),
        (0, {"NUMBER_OF_FRAMES": "9" * 5000}, None, False),
        (0, {"NUMBER_OF_FRAMES": "one"}, None, False),
        (0, {"DURATION": "00:00:00.040000000"}, Fraction(25), True),
        (0, {"DURATION": "00:00:02.000000000"}, Fraction(25), False),
        (0, {"DURATION": "00:00:00.040000000"}, None, False),
        (0, {"DURATION": "soon"}, Fraction(25), False),
    ],
)
def test_a_still_has_one_picture(
    frames: int, tags: dict[str, str], rate: Fraction | None, *, expected: bool
) -> None:
    assert is_still(frames, tags, rate) is expected
