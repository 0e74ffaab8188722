"""Impossible requests are refused before anything runs, with a sentence."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError
from tests.unit.render.world import FakeTools, World, source

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.ffmpeg.capabilities import hardware_use
from stoat_ferret.render.plan.source import CleanEnd, KeyFrame, Timing
from stoat_ferret.render.request.request import RenderRequest

WORLD = World(
    {
        "a": source(),
        "silent": source(sounds=0),
        "endless": source(seconds=None),
        "small": source(size=(320, 240)),
        "tiny": source(size=(8, 8)),
        "rgb": source(pixel_format="gbrp"),
        "animated": source(codec="gif", container="gif"),
        "vp9": source(codec="vp9"),
        "turned": source(rotation=90),
        "subtitled": source(subtitles=("subrip", "hdmv_pgs_subtitle")),
        "ttml": source(subtitles=("ttml",)),
        "hdr": source(color_transfer="smpte2084", codec="hevc"),
        "hlg": source(color_transfer="arib-std-b67", codec="hevc"),
        "jumping": source(timing=Timing(is_jumping=True)),
        "short": source(timing=Timing(video_end=Fraction(6))),
        "hidden": source(timing=Timing(is_hidden_start=True)),
        "keyless": source(timing=Timing()),
        "encrypted": source(timing=Timing(is_encrypted=True)),
    }
)
A = {"video_id": "a"}


def of(video: str, **more: Any) -> dict[str, Any]:
    """Return a request for one clip."""
    return {"clips": [{"video_id": video, **more}]}


REFUSED = [
    (of("a", start_seconds=10), "Video a ends at 10 seconds, before the in point at 10."),
    (of("endless"), "does not say how long it is. Give end_seconds."),
    (of("a", audio_stream=1), "has 1 audio stream, so there is no audio stream 1"),
    (of("silent", audio_stream=0), "has no audio streams, so there is no audio stream 0"),
    (of("a", crop={"x": 1200, "y": 0, "width": 100, "height": 9}), "does not lie in the picture"),
    (of("a", fade_in_seconds=6, fade_out_seconds=5), "fades of a clip of video a are longer"),
    (of("a", transition={"seconds": 1}), "there is no clip before it"),
    (
        {"clips": [A, {**A, "end_seconds": 0.48, "transition": {"seconds": 1}}]},
        "A transition of 1.000 seconds does not fit: the clips around it leave 0.480 seconds.",
    ),
    ({"preset": "smart-cut", **of("rgb")}, "stored as RGB (gbrp), which smart cut cannot encode"),
    ({"preset": "copy", **of("animated")}, "A mkv file does not hold gif. Encode it."),
    ({"preset": "archive", **of("tiny")}, "makes pictures of 16x16 pixels at least, and these"),
    ({"options": {"video_codec": "x264"}}, "There is no video codec 'x264' to encode with: h264"),
    ({"options": {"audio_codec": "wma"}}, "There is no audio codec 'wma'"),
    ({"options": {"encoder": "h264_nvenc"}}, "There is no encoder 'h264_nvenc' for h264"),
    ({"options": {"encoder": "hardware"}}, "no hardware encoder that works for h264"),
    ({"options": {"container": "avi"}}, "There is no container 'avi' for this"),
    ({"options": {"container": "mp4", "audio_codec": "pcm"}}, "mp4 file does not hold pcm_s24le"),
    ({"options": {"at_seconds": [1]}}, "The preset web-720p does not know at_seconds."),
    ({"preset": "copy", "options": {"texts": [{"text": "x"}]}}, "does not know texts"),
    ({"preset": "copy", **of("a", speed=2)}, "speed cannot be done without encoding"),
    ({"preset": "copy", **of("keyless", start_seconds=5)}, "No key frame was found near 5 seconds"),
    (
        {"preset": "copy", "clips": [A, {"gap_seconds": 1}]},
        "A gap or an image cannot be made without",
    ),
    ({"preset": "copy", "clips": [A, {"video_id": "small"}]}, "coded width is 1280 in the first"),
    ({"preset": "copy", "clips": [A, {"video_id": "silent"}]}, "Clips with different sound"),
    ({"preset": "smart-cut", **of("vp9")}, "works with H.264 and HEVC, and video vp9 is vp9"),
    ({"preset": "smart-cut", **of("jumping")}, "start anew somewhere"),
    (of("short", start_seconds=7), "end at 6 seconds, before the in point at 7"),
    ({"preset": "copy", **of("short", start_seconds=7)}, "end at 6 seconds, before the in"),
    (
        {"preset": "copy", **of("hidden", start_seconds=1), "options": {"container": "mkv"}},
        "need others, which the file hides",
    ),
    (
        {"preset": "smart-cut", **of("turned"), "options": {"container": "mkv"}},
        "mkv file does not say how its pictures are turned",
    ),
    ({"preset": "audio", **of("silent")}, "There is no sound in what was chosen"),
    ({"audio": [{"video_id": "silent"}]}, "Video silent has no sound that could be mixed in."),
    ({"preset": "gif", "options": {"frame_rate": 60}}, "50 frames a second at most"),
    ({"preset": "gif", **of("endless", end_seconds=300)}, "may be 120 seconds long"),
    ({"preset": "stills", "options": {"at_seconds": [11]}}, "There is no moment 11"),
    ({"options": {"subtitles": "burn"}}, "None of the clips has subtitles"),
    (
        {**of("subtitled"), "options": {"subtitles": "burn", "subtitle_stream": 1}},
        "are pictures (hdmv_pgs_subtitle)",
    ),
    ({**of("subtitled"), "options": {"subtitles": "keep"}}, "fit into no mp4 file"),
    ({**of("ttml"), "options": {"subtitles": "burn"}}, "that FFmpeg does not read (ttml)"),
    ({**of("ttml"), "options": {"subtitles": "keep"}}, "does not put into an mp4 file (ttml)"),
    (
        {**of("ttml"), "options": {"subtitles": "keep", "container": "mkv"}},
        "does not put into an mkv file (ttml)",
    ),
    (
        {**of("subtitled"), "options": {"subtitles": "keep", "subtitle_stream": 2}},
        "there is no subtitle stream 2",
    ),
    (
        {"clips": [A, {"video_id": "subtitled"}], "options": {"subtitles": "keep"}},
        "kept of one clip only",
    ),
    ({**of("hdr"), "options": {"hdr": "keep"}}, "High dynamic range needs 10 bits"),
    (
        {
            "preset": "archive",
            "clips": [{"video_id": "hdr"}, {"video_id": "hlg"}],
            "options": {"hdr": "keep"},
        },
        "The clips have different dynamic ranges",
    ),
]


@pytest.mark.parametrize(("request_", "sentence"), REFUSED)
def test_it_is_refused_with_the_reason(request_: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RenderRefusedError) as error:
        WORLD.plan(**request_)
    assert sentence in str(error.value)
    assert str(error.value).endswith((".", ")"))


@pytest.mark.parametrize(
    ("request_", "location"),
    [
        (
            {"preset": "smart-cut", **of("turned"), "options": {"container": "mkv"}},
            "options.container",
        ),
        ({"clips": [A, {"video_id": "a", "start_seconds": 10}]}, "clips.1.start_seconds"),
        (of("endless"), "clips.0.end_seconds"),
        (of("a", audio_stream=1), "clips.0.audio_stream"),
        (
            of("a", crop={"x": 1200, "y": 0, "width": 100, "height": 9}),
            "clips.0.crop",
        ),
        (of("a", fade_in_seconds=6, fade_out_seconds=5), "clips.0.fade_out_seconds"),
        (
            {"clips": [A, {**A, "end_seconds": 0.48, "transition": {"seconds": 1}}]},
            "clips.1.transition",
        ),
        ({"audio": [{"video_id": "a"}, {"video_id": "silent"}]}, "audio.1"),
        ({"preset": "copy", "clips": [A, {"gap_seconds": 1}]}, "clips.1"),
        ({"options": {"container": "avi"}}, "options.container"),
        (
            {"options": {"container": "webm", "audio_bit_rate": 600_000}},
            "options.audio_bit_rate",
        ),
        ({**of("subtitled"), "options": {"subtitles": "keep"}}, "options.subtitles"),
        ({**of("hdr"), "options": {"hdr": "keep"}}, "options.hdr"),
        ({"options": {"quality": 64}}, "options.quality"),
        ({"preset": "stills", "options": {"quality": 64, "container": "jpg"}}, "options.quality"),
        ({"preset": "audio", **of("silent")}, None),
    ],
)
def test_it_says_which_field_it_is_about(request_: dict[str, Any], location: str | None) -> None:
    with pytest.raises(RenderRefusedError) as error:
        WORLD.plan(**request_)
    assert error.value.location == location


@pytest.mark.parametrize(
    ("missing", "request_"),
    [
        ("subtitles", {"options": {"texts": [{"text": "x"}]}}),
        ("subtitles", {**of("subtitled"), "options": {"subtitles": "burn"}}),
        ("zscale", of("hdr")),
        ("xfade", {"clips": [A, {**A, "transition": {"seconds": 1}}]}),
    ],
)
def test_a_filter_that_is_missing_is_named(missing: str, request_: dict[str, Any]) -> None:
    poor = replace(WORLD, tools=FakeTools(filters=WORLD.tools.filters - {missing}))
    with pytest.raises(RenderRefusedError, match=f"lacks the filter {missing}"):
        poor.plan(**request_)
    WORLD.plan(**request_)


@pytest.mark.parametrize("preset", ["copy", "smart-cut", "web-720p", "stills", "contact-sheet"])
def test_what_is_encrypted_is_refused_with_the_reason(preset: str) -> None:
    with pytest.raises(RenderRefusedError, match="encrypted is encrypted, and nothing here has"):
        WORLD.plan(preset, **of("encrypted"))


def test_an_encoder_that_is_missing_is_a_refusal() -> None:
    poor = replace(WORLD, tools=FakeTools(encoders=frozenset({"aac"})))
    with pytest.raises(RenderRefusedError, match="no encoder for h264"):
        poor.plan()
    with pytest.raises(RenderRefusedError, match="lacks the encoder libx264"):
        poor.plan("smart-cut", **of("a"))


def test_hardware_is_used_when_asked_for_and_when_there_is_some() -> None:
    rich = replace(WORLD, tools=FakeTools(hardware_encoders=("h264_nvenc", "h264_vaapi")))
    for wish, encoder in [
        ("software", "libx264"),
        ("hardware", "h264_nvenc"),
        ("auto", "h264_nvenc"),
        ("h264_vaapi", "h264_vaapi"),
    ]:
        arguments = rich.plan(options={"encoder": wish}).passes[-1].arguments
        assert arguments[arguments.index("-c:v") + 1] == encoder
    assert "libx264" in WORLD.plan(options={"encoder": "auto"}).passes[-1].arguments


@pytest.mark.parametrize("encoder", ["h264_nvenc", "h264_vaapi", "h264_v4l2m2m"])
def test_an_encoder_in_hardware_is_used_just_as_it_was_tried(encoder: str) -> None:
    rich = replace(WORLD, tools=FakeTools(hardware_encoders=(encoder,)))
    arguments = rich.plan(options={"encoder": encoder, "quality": 30}).passes[-1].arguments
    use = hardware_use(encoder)
    assert use
    assert arguments[: len(use.opening)] == use.opening
    assert ",".join(use.upload) in arguments[arguments.index("-filter_complex") + 1]
    at = arguments.index(encoder) + 1
    told = use.quality_arguments(30)
    assert list(arguments[at : at + len(told)]) == told


def test_an_out_point_behind_the_end_is_the_end_and_is_said() -> None:
    plan = WORLD.plan(**of("a", start_seconds=8, end_seconds=14))
    assert plan.duration_seconds == 2
    assert "ends at 10 seconds, before the out point at 14" in plan.notes[0]


def test_a_copy_says_which_streams_it_leaves_out() -> None:
    plan = WORLD.plan("copy", **of("subtitled"), options={"container": "mp4"})
    assert plan.outputs[0].subtitle_streams == 1
    assert "A stream of hdmv_pgs_subtitle is left out" in plan.notes[0]
    plan = WORLD.plan("copy", **of("subtitled"), options={"container": "mkv"})
    assert plan.outputs[0].subtitle_streams == 2
    assert not plan.notes


def test_key_frames_that_are_not_clean_are_no_place_to_copy_from() -> None:
    keys = tuple(KeyFrame(Fraction(second), is_clean=second % 4 == 0) for second in range(10))
    ends = tuple(CleanEnd(key.seconds, key.seconds) for key in keys if key.is_clean)
    world = World({"a": source(timing=Timing(key_frames=keys, clean_ends=ends))})
    plan = world.plan("smart-cut", **of("a", start_seconds=2.4, end_seconds=9.6))
    encoded = [p.duration_seconds for p in plan.passes if "encoding" in p.title]
    assert encoded == [Fraction(8, 5), Fraction(8, 5)]


MALFORMED = [
    (of("a", start_seconds=2, end_seconds=2), "end_seconds must come after start_seconds"),
    (of("a", start_seconds=-1), "must be from 0"),
    (of("a", start_seconds=float("nan")), "must be seconds"),
    (of("a", start_seconds="1/0"), "must not be divided by zero"),
    (of("a", start_seconds="1e99"), "must be seconds"),
    (of("a", start_seconds=True), "must be seconds"),
    (of("a", speed=0), "greater than or equal to 0.1"),
    (of("a", turn=90), "Extra inputs are not permitted"),
    ({"preset": "web-721p"}, "Input should be 'web-720p'"),
    ({"clips": []}, "at least one clip of a video"),
    ({"clips": [{"gap_seconds": 1}]}, "at least one clip of a video"),
    ({"name": "a/b"}, "must be the name of a file"),
    ({"name": ".a"}, "nor start with a dot"),
    ({"name": "é" * 100}, "180 bytes at most"),
    ({"options": {"frame_rate": "30/0"}}, "must not be divided by zero"),
    ({"options": {"frame_rate": 1000}}, "must be from 0.1 to 240"),
    ({"options": {"texts": [{"text": "a\0b"}]}}, "must not contain control characters"),
    ({"options": {"texts": [{"text": "a", "color": "red:x=1"}]}}, "String should match pattern"),
    ({"options": {"at_seconds": [1], "count": 2}}, "either at_seconds or count"),
]


@pytest.mark.parametrize(("request_", "sentence"), MALFORMED)
def test_a_malformed_request_is_refused(request_: dict[str, Any], sentence: str) -> None:
    whole = {"preset": "web-720p", "clips": [A], **request_}
    with pytest.raises(ValidationError) as error:
        RenderRequest.model_validate(whole)
    assert sentence in str(error.value)


def test_of_a_clip_that_is_wrong_nothing_else_is_said() -> None:
    with pytest.raises(ValidationError) as error:
        RenderRequest.model_validate({"preset": "web-720p", **of("a", speed=0)})
    assert [one["loc"] for one in error.value.errors()] == [("clips", 0, "clip", "speed")]


def test_a_hundred_clips_fit_into_commands_with_all_that_is_done_to_them() -> None:
    clip = {
        "video_id": "hdr",
        "end_seconds": "211211/30000",
        "speed": 0.123456789,
        "volume_db": -12.345,
        "fade_in_seconds": 0.123456789,
        "fade_out_seconds": 0.987654321,
        "crop": {"x": 101, "y": 101, "width": 1001, "height": 501},
        "transition": {"kind": "circleopen", "seconds": 0.123456789},
    }
    first = {**clip, "transition": None}
    options = {"loudness_lufs": -16, "frame_rate": "30000/1001"}
    texts = [{"text": "x", "start_seconds": 1.234567, "end_seconds": 9.876543}] * 20
    sounds = [{"video_id": "a", "at_seconds": 1.234567}] * 100
    plan = WORLD.plan(
        clips=[first, *[clip] * 99], audio=sounds, options={**options, "texts": texts}
    )
    assert max(len(argument) for one in plan.passes for argument in one.arguments) < 40_000


def test_what_does_not_fit_into_a_command_is_refused() -> None:
    far = World({"a": source(path=f"/{'long/' * 30_000}a.mp4")})
    with pytest.raises(RenderRefusedError, match="too much for one command"):
        far.plan(clips=[A])


def test_a_transition_that_an_old_ffmpeg_lacks_is_refused() -> None:
    old = replace(WORLD, tools=FakeTools(transitions=frozenset({"fade"})))
    clips = [A, A | {"transition": {"kind": "coverup", "seconds": 1}}]
    WORLD.plan(clips=clips)
    with pytest.raises(RenderRefusedError, match="too old for the transition coverup") as refused:
        old.plan(clips=clips)
    assert refused.value.location == "clips.1.transition.kind"
