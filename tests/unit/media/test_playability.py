"""Playability in browsers, and the MIME types that they are asked about."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.media.media_info import AudioStream, MediaInfo, VideoStream
from stoat_ferret.media.playability import Playability, media_type, playability

MP4 = "mov,mp4,m4a,3gp,3g2,mj2"
MKV = "matroska,webm"


def picture(codec: str = "h264", **facts: Any) -> VideoStream:
    known = {"coded_width": 640, "coded_height": 480, "width": 640, "height": 480}
    return VideoStream(**{**known, "index": 0, "codec": codec, "pixel_format": "yuv420p", **facts})


def sound(codec: str = "aac") -> AudioStream:
    return AudioStream(index=1, codec=codec, channels=2, sample_rate=48000)


def judged(
    container: str = MP4,
    video: VideoStream | None = None,
    *audio: str,
    brand: str = "isom",
) -> Playability:
    return playability(info(container, video, *audio, brand=brand))


def info(
    container: str = MP4, video: VideoStream | None = None, *audio: str, brand: str = "isom"
) -> MediaInfo:
    return MediaInfo(
        container=container,
        size_bytes=1,
        tags={"major_brand": brand},
        video=(video or picture(),),
        audio=tuple(sound(codec) for codec in audio),
    )


@pytest.mark.parametrize(
    ("container", "video", "audio", "mime_type"),
    [
        (MP4, picture(profile="High", level=40), "aac",
         'video/mp4; codecs="avc1.640028, mp4a.40.2"'),
        (MP4, picture(profile="Main", level=31), "mp3", 'video/mp4; codecs="avc1.4d001f, mp3"'),
        (MP4, picture(profile="Constrained Baseline", level=30), "opus",
         'video/mp4; codecs="avc1.42e01e, opus"'),
        (MKV, picture("vp8"), "vorbis", 'video/webm; codecs="vp8, vorbis"'),
        (MKV, picture("vp9", profile="Profile 0"), "opus",
         'video/webm; codecs="vp09.00.41.08, opus"'),
        (MP4, picture("vp9"), "flac", 'video/mp4; codecs="vp09.00.41.08, flac"'),
    ],
)  # fmt: skip
def test_what_every_browser_plays(
    container: str, video: VideoStream, audio: str, mime_type: str
) -> None:
    assert judged(container, video, audio) == Playability(True, mime_type, None)


@pytest.mark.parametrize(
    ("container", "video", "audio", "mime_type", "reason"),
    [
        (MKV, picture(level=41), "aac",
         'video/x-matroska; codecs="avc1.640029, mp4a.40.2"', "Matroska"),
        (MP4, picture("hevc", profile="Main 10", level=120, bit_depth=10), "aac",
         'video/mp4; codecs="hvc1.2.4.L120.B0, mp4a.40.2"', "HEVC"),
        (MP4, picture("av1", profile="Main", level=0, bit_depth=10), "opus",
         'video/mp4; codecs="av01.0.00M.10, opus"', "AV1"),
        (MP4, picture(bit_depth=10, profile="High 10", level=40), "aac",
         'video/mp4; codecs="avc1.6e0028, mp4a.40.2"', "10-bit"),
        (MP4, picture(pixel_format="yuv422p", profile="High 4:2:2", level=40), "aac",
         'video/mp4; codecs="avc1.7a0028, mp4a.40.2"', "4:2:2"),
        (MP4, picture(level=40), "ac3", 'video/mp4; codecs="avc1.640028, ac-3"', "Dolby Digital"),
        (MP4, picture(level=40), "eac3", 'video/mp4; codecs="avc1.640028, ec-3"', "Plus"),
        (MP4, picture(level=40), "pcm_s16le", None, "uncompressed"),
        (MKV, picture("vp9", profile="Profile 2", bit_depth=10), "opus",
         'video/webm; codecs="vp09.02.41.10, opus"', "VP9"),
    ],
)  # fmt: skip
def test_what_depends_on_the_browser_says_on_what(
    container: str, video: VideoStream, audio: str, mime_type: str | None, reason: str
) -> None:
    answer = judged(container, video, audio)
    assert (answer.as_is, answer.mime_type) == (None, mime_type)
    assert reason in (answer.reason or "")


@pytest.mark.parametrize(
    ("container", "video", "audio", "reason"),
    [
        ("avi", picture("mpeg4"), "mp3", "AVI"),
        ("mpegts", picture(), "aac", "transport"),
        ("flv", picture(), "aac", "Flash"),
        ("rm", picture("rv40"), "cook", "rm files"),
        (MP4, picture("mpeg4"), "aac", "mpeg4"),
        (MKV, picture(), "dts", "without audio"),
        (MP4, picture(), "truehd", "without audio"),
        ("ogg", picture("theora"), "vorbis", "theora"),
    ],
)
def test_what_no_browser_plays_says_why(
    container: str, video: VideoStream, audio: str, reason: str
) -> None:
    answer = judged(container, video, audio)
    assert answer.as_is is False
    assert reason in (answer.reason or "")


def test_quicktime_is_asked_for_as_mp4() -> None:
    answer = judged(MP4, picture(level=31), "aac", brand="qt  ")
    assert answer.as_is is None
    assert answer.mime_type == 'video/mp4; codecs="avc1.64001f, mp4a.40.2"'
    assert media_type(info(MP4, brand="qt  ")) == "video/quicktime"


def test_a_turned_picture_makes_no_difference_and_a_cover_is_none() -> None:
    assert judged(MP4, picture(rotation=90), "aac").as_is is True
    cover = picture("mjpeg", attached_picture=True)
    both = MediaInfo(container=MP4, size_bytes=1, video=(cover, picture()), audio=(sound(),))
    assert playability(both).as_is is True


def test_what_is_worth_knowing_of_a_file_that_plays_is_said() -> None:
    answer = judged(MP4, picture(field_order="tt"), "aac", "aac")
    assert answer.as_is is True
    assert "Interlaced" in (answer.reason or "")
    assert "first audio track" in (answer.reason or "")


def test_the_media_type_comes_from_what_is_in_the_file() -> None:
    assert media_type(None) == "application/octet-stream"
    assert media_type(info(MKV)) == "video/x-matroska"
    assert media_type(info(MKV, picture("vp9"), "opus")) == "video/webm"
    assert media_type(info(MP4, brand="3gp4")) == "video/3gpp"
    assert media_type(info("a format of tomorrow")) == "application/octet-stream"


WORDS = st.sampled_from(
    [MP4, MKV, "avi", "ogg", "h264", "hevc", "av1", "vp9", "vp8", "aac", "opus", "pcm_s16le", "dts",
     "Main", "High 10", "Profile 1", "", "\N{SNOWMAN}", "yuv444p10le"]
)  # fmt: skip
NUMBERS = st.none() | st.integers(0, 255)


@given(WORDS, WORDS, WORDS, WORDS, NUMBERS, st.none() | st.integers(1, 32), WORDS)
def test_every_answer_is_whole(
    container: str,
    codec: str,
    audio: str,
    profile: str,
    level: int | None,
    depth: int | None,
    pixel_format: str,
) -> None:
    video = picture(codec, profile=profile, level=level, bit_depth=depth, pixel_format=pixel_format)
    answer = judged(container, video, audio)
    assert answer.as_is is True or answer.reason
    if answer.mime_type is not None:
        assert re.fullmatch(r'[a-z]+/[\w.-]+; codecs="[\w.-]+(, [\w.-]+)*"', answer.mime_type)
