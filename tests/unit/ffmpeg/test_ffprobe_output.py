"""`parse_ffprobe_output` on output of ffprobe."""

from __future__ import annotations

import json
from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.ffmpeg.ffprobe_output import needs_first_picture
from stoat_ferret.ffmpeg.probe import parse_ffprobe_output
from stoat_ferret.media.media_info import HdrKind

VIDEO: dict[str, Any] = {
    "index": 0,
    "codec_name": "hevc",
    "codec_type": "video",
    "codec_tag_string": "hvc1",
    "profile": "Main 10",
    "width": 1440,
    "height": 1080,
    "sample_aspect_ratio": "4:3",
    "pix_fmt": "yuv420p10le",
    "color_transfer": "smpte2084",
    "color_primaries": "bt2020",
    "color_space": "unknown",
    "field_order": "unknown",
    "avg_frame_rate": "24000/1001",
    "disposition": {"default": 1, "attached_pic": 0},
    "tags": {"language": "und"},
}
FORMAT = {
    "format_name": "matroska,webm",
    "size": "1000",
    "duration": "1.500000",
    "bit_rate": "5333",
}


def document(*streams: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"format": FORMAT, "streams": list(streams), "chapters": [], **more}


def test_text_bytes_and_parsed_are_the_same() -> None:
    parsed = document(VIDEO)
    text = json.dumps(parsed)
    assert (
        parse_ffprobe_output(parsed)
        == parse_ffprobe_output(text)
        == parse_ffprobe_output(text.encode())
    )


def test_a_video_stream() -> None:
    video = parse_ffprobe_output(document(VIDEO)).video[0]
    assert (video.coded_width, video.width, video.height) == (1440, 1920, 1080)
    assert video.frame_rate == Fraction(24000, 1001)
    assert (video.hdr, video.bit_depth) == (HdrKind.HDR10, 10)
    assert (video.color_space, video.field_order, video.language) == (None, None, None)


def test_what_is_missing_is_none() -> None:
    info = parse_ffprobe_output({"format": {"format_name": "h264", "size": "1"}})
    assert (info.duration_seconds, info.bit_rate, info.video, info.tags) == (None, None, (), {})
    bare = {"index": 0, "codec_type": "video"}
    video = parse_ffprobe_output(document(bare)).video[0]
    assert (video.codec, video.width, video.frame_rate, video.pixel_format) == (
        "unknown",
        0,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("name", "tag", "codec"),
    [("h264", "avc1", "h264"), (None, "mha1", "mha1"), ("unknown", "[6][0][0][0]", "unknown")],
)
def test_a_codec_without_name_is_called_by_its_letters(
    name: str | None, tag: str, codec: str
) -> None:
    stream = {"index": 0, "codec_type": "audio", "codec_tag_string": tag}
    if name:
        stream["codec_name"] = name
    assert parse_ffprobe_output(document(stream)).audio[0].codec == codec


def test_a_profile_without_name_is_not_a_number() -> None:
    for profile in ("-99", "578", "unknown"):
        video = parse_ffprobe_output(document(VIDEO | {"profile": profile})).video[0]
        assert video.profile is None


def test_chapters_are_exact() -> None:
    chapter = {"time_base": "1/1000000000", "start": 1, "end": 1_500_000_000}
    info = parse_ffprobe_output(document(chapters=[chapter | {"tags": {"title": "One"}}]))
    (found,) = info.chapters
    assert (found.start_seconds, found.end_seconds, found.title) == (1e-9, 1.5, "One")


def test_a_frame_tells_hdr10_plus() -> None:
    data = {"side_data_type": "HDR Dynamic Metadata SMPTE2094-40 (HDR10+)"}
    frames = [{"stream_index": 0, "side_data_list": [{"side_data_type": "x"}, data]}]
    info = parse_ffprobe_output(document(VIDEO, frames=frames))
    assert info.video[0].hdr is HdrKind.HDR10_PLUS
    other = [{"stream_index": 1, "side_data_list": [data]}]
    assert parse_ffprobe_output(document(VIDEO, frames=other)).video[0].hdr is HdrKind.HDR10


def test_a_picture_is_asked_only_where_it_tells_something() -> None:
    dolby = {"side_data_list": [{"side_data_type": "DOVI configuration record"}]}
    cover = {"disposition": {"attached_pic": 1}}
    streams = [
        VIDEO | {"index": 0},
        VIDEO | {"index": 1} | dolby,
        VIDEO | {"index": 2, "color_transfer": "bt709"},
        VIDEO | {"index": 3} | cover,
    ]
    assert needs_first_picture(document(*streams)) == [0]
    kinds = [video.hdr for video in parse_ffprobe_output(document(*streams)).video]
    assert kinds == [HdrKind.HDR10, HdrKind.DOLBY_VISION, None, None]


@pytest.mark.parametrize(
    "output",
    [
        "",
        "not json",
        "[]",
        "{}",
        "null",
        '{"format": {}}',
        '{"format": null}',
        '{"format": {"format_name": "x", "size": "many"}}',
        json.dumps(document({"codec_type": "video"})),
        json.dumps(document(VIDEO | {"avg_frame_rate": "x/y"})),
        json.dumps(document(VIDEO | {"width": "wide"})),
        json.dumps(document(VIDEO | {"tags": []})),
    ],
)
def test_what_is_not_its_output_is_a_value_error(output: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whichever, the caller knows the file
        parse_ffprobe_output(output)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys([*VIDEO, "side_data_list"], ANYTHING)),
    st.fixed_dictionaries({}, optional=dict.fromkeys([*FORMAT, "tags"], ANYTHING)),
    ANYTHING,
)
def test_whatever_stands_there_nothing_but_a_value_error_is_raised(
    stream: dict[str, Any], container: dict[str, Any], anything: object
) -> None:
    for output in (
        {"format": FORMAT | container, "streams": [VIDEO | stream]},
        document(VIDEO, frames=anything),
        document(VIDEO, chapters=anything),
        {"format": anything, "streams": anything},
    ):
        with suppress(ValueError):
            needs_first_picture(output)
        with suppress(ValueError):
            parse_ffprobe_output(output)


@pytest.mark.parametrize(("printed", "profile"), [("4444", "4444"), ("-99", None), ("3", None)])
def test_a_profile_may_be_called_a_number(printed: str, profile: str | None) -> None:
    stream = {"index": 0, "codec_type": "video", "codec_name": "prores", "profile": printed}
    container = {"format_name": "mov", "size": "1"}
    info = parse_ffprobe_output({"format": container, "streams": [stream]})
    assert info.video[0].profile == profile
