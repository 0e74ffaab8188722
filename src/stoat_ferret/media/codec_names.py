"""Codecs by the names that browsers are asked about them with (RFC 6381 and its relatives)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import AudioStream, VideoStream

# profile_idc and the constraint flags that the profile implies, from ITU-T H.264, annex A.
_H264_PROFILES = {
    "Constrained Baseline": "42e0",
    "Baseline": "4200",
    "Main": "4d00",
    "Extended": "5800",
    "High": "6400",
    "High 10": "6e00",
    "High 10 Intra": "6e10",
    "High 4:2:2": "7a00",
    "High 4:2:2 Intra": "7a10",
    "High 4:4:4 Predictive": "f400",
    "High 4:4:4 Intra": "f410",
}
# general_profile_idc and the compatibility flags, from ITU-T H.265, annex A.
_HEVC_PROFILES = {"Main": "1.6", "Main 10": "2.4", "Main Still Picture": "3.e", "Rext": "4.10"}
_AV1_PROFILES = {"Main": 0, "High": 1, "Professional": 2}

# Where a file does not say: levels of 1080p at 60 frames a second, which every decoder has.
_H264_LEVEL, _HEVC_LEVEL, _AV1_LEVEL, _VP9_LEVEL = 42, 123, 9, 41

_AUDIO = {
    "aac": "mp4a.40.2",
    "ac3": "ac-3",
    "alac": "alac",
    "eac3": "ec-3",
    "flac": "flac",
    "mp3": "mp3",
    "opus": "opus",
    "vorbis": "vorbis",
}


def video_codec_name(stream: VideoStream) -> str | None:
    """The name, with profile and level where they are known; None for what browsers do not know."""
    depth = stream.bit_depth or 8
    match stream.codec:
        case "h264":
            profile = _H264_PROFILES.get(stream.profile or "", "6400")
            return f"avc1.{profile}{stream.level or _H264_LEVEL:02x}"
        case "hevc":
            profile = _HEVC_PROFILES.get(stream.profile or "", "1.6" if depth == 8 else "2.4")
            return f"hvc1.{profile}.L{stream.level or _HEVC_LEVEL}.B0"
        case "av1":
            level = _AV1_LEVEL if stream.level is None else stream.level
            return f"av01.{_AV1_PROFILES.get(stream.profile or '', 0)}.{level:02}M.{depth:02}"
        case "vp9":
            return f"vp09.{_vp9_profile(stream):02}.{stream.level or _VP9_LEVEL}.{depth:02}"
        case "vp8":
            return "vp8"
    return None


def audio_codec_name(stream: AudioStream) -> str | None:
    """The name; None for what browsers do not know."""
    return _AUDIO.get(stream.codec)


def _vp9_profile(stream: VideoStream) -> int:
    number = (stream.profile or "").removeprefix("Profile ")
    if number.isdecimal():
        return int(number)
    return 0 if (stream.bit_depth or 8) == 8 else 2
