"""Browser support for a file: its media type, its codecs, and the reasons if unsupported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import AudioStream, MediaInfo, VideoStream

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

# The defaults if the file does not specify a level: 1080p at 60 frames a second, which every
# decoder supports.
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
    """Return the RFC 6381 name of a codec; None if browsers do not support it."""
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
    """Return the RFC 6381 name of a codec; None if browsers do not support it."""
    return _AUDIO.get(stream.codec)


def _vp9_profile(stream: VideoStream) -> int:
    number = (stream.profile or "").removeprefix("Profile ")
    if number.isdecimal():
        return int(number)
    return 0 if (stream.bit_depth or 8) == 8 else 2


UNKNOWN_TYPE = "application/octet-stream"

WEBM_VIDEO = frozenset({"vp8", "vp9", "av1"})
WEBM_AUDIO = frozenset({"opus", "vorbis"})

# Media types by FFmpeg's names of formats; registered types if there is one.
_TYPES = {
    "asf": "video/x-ms-asf",
    "avi": "video/x-msvideo",
    "dv": "video/DV",
    "flv": "video/x-flv",
    "gxf": "application/octet-stream",
    "live_flv": "video/x-flv",
    "mpeg": "video/mpeg",
    "mpegts": "video/mp2t",
    "mpegvideo": "video/mpeg",
    "mxf": "application/mxf",
    "ogg": "video/ogg",
    "rm": "application/vnd.rn-realmedia",
}
_QUICKTIME_BRAND = "qt"


def media_type(info: MediaInfo | None) -> str:
    """Return the type without codecs, as `video/mp4`; `application/octet-stream` if unknown."""
    if info is None:
        return UNKNOWN_TYPE
    names = info.container.split(",")
    if "mp4" in names:
        return _iso_type(info.tags.get("major_brand", "").strip().lower())
    if "matroska" in names:
        return "video/webm" if is_webm(info) else "video/x-matroska"
    return next((_TYPES[name] for name in names if name in _TYPES), UNKNOWN_TYPE)


def is_webm(info: MediaInfo) -> bool:
    """Return whether a Matroska file is valid WebM; subtitles do not matter."""
    pictures = [stream for stream in info.video if not stream.attached_picture]
    return all(stream.codec in WEBM_VIDEO for stream in pictures) and all(
        stream.codec in WEBM_AUDIO for stream in info.audio
    )


def _iso_type(brand: str) -> str:
    if brand == _QUICKTIME_BRAND:
        return "video/quicktime"
    if brand.startswith("3g2"):
        return "video/3gpp2"
    return "video/3gpp" if brand.startswith("3g") else "video/mp4"


class _Answer(IntEnum):
    NO = 0
    DEPENDS = 1
    YES = 2


_Verdict = tuple[_Answer, str | None]
_YES: _Verdict = (_Answer.YES, None)


@dataclass(frozen=True, slots=True)
class Playability:
    """The browser support for a file.

    `as_is` is True if every current browser plays the file, False if none does. None means that it
    depends on the browser and the machine; ask it (`canPlayType`) with `mime_type`, which is None
    if its codecs have no name. `reason` is a sentence for people, None if there is nothing to say.
    """

    as_is: bool | None
    mime_type: str | None
    reason: str | None


def playability(info: MediaInfo) -> Playability:
    """Return the support by browsers of 2026: Chromium and derivatives, Firefox, Safari."""
    picture, sound = info.main_video, info.audio[0] if info.audio else None
    kind = _asked_type(media_type(info))
    verdicts = [_container(info, kind)]
    if picture is not None:
        verdicts.append(_picture(picture, kind))
    if sound is not None:
        verdicts.append(_sound(sound, kind))
    if picture is None and sound is None:
        verdicts.append((_Answer.NO, "The file has no video or audio that can be played."))
    answer = min(answer for answer, _ in verdicts)
    reasons = [reason for found, reason in verdicts if reason and found == answer]
    if answer is not _Answer.NO:
        reasons += _notes(info)
    as_is = {_Answer.NO: False, _Answer.DEPENDS: None, _Answer.YES: True}[answer]
    return Playability(as_is, _mime_type(kind, picture, sound), " ".join(reasons) or None)


def _notes(info: MediaInfo) -> list[str]:
    """Return notes about a file that plays."""
    notes = []
    if info.main_video and info.main_video.field_order in {"tt", "bb", "tb", "bt"}:
        notes.append("Interlaced: browsers may show comb-like lines.")
    if len(info.audio) > 1:
        notes.append("Most browsers play only the first audio track.")
    return notes


def _mime_type(kind: str, picture: VideoStream | None, sound: AudioStream | None) -> str | None:
    names = [video_codec_name(picture)] if picture else []
    names += [audio_codec_name(sound)] if sound else []
    if not names or None in names:
        return None
    return f'{kind}; codecs="{", ".join(filter(None, names))}"'


def _asked_type(kind: str) -> str:
    """Return the type to ask browsers about: they read QuickTime as MP4, but not its name."""
    return "video/mp4" if kind in {"video/quicktime", "video/3gpp", "video/3gpp2"} else kind


_CONTAINERS: dict[str, _Verdict] = {
    "video/mp4": _YES,
    "video/webm": _YES,
    "video/ogg": (_Answer.DEPENDS, "Safari does not play Ogg files."),
    "video/x-matroska": (_Answer.DEPENDS, "Safari does not play Matroska files."),
}
_FORMATS = {
    "video/mp2t": "MPEG transport streams",
    "video/mpeg": "MPEG program streams",
    "video/x-flv": "Flash video",
    "video/x-ms-asf": "Windows Media files",
    "video/x-msvideo": "AVI files",
}


def _container(info: MediaInfo, kind: str) -> _Verdict:
    if media_type(info) == "video/quicktime":
        return _Answer.DEPENDS, "Some browsers do not play QuickTime files."
    what = _FORMATS.get(kind, f"{info.container} files")
    return _CONTAINERS.get(kind, (_Answer.NO, f"Browsers do not play {what}."))


_HARDWARE = "only where the machine decodes it in hardware"
_PICTURES: dict[str, _Verdict] = {
    "h264": _YES,
    "vp8": _YES,
    "vp9": _YES,
    "av1": (_Answer.DEPENDS, f"Safari plays AV1 {_HARDWARE}."),
    "hevc": (_Answer.DEPENDS, f"Safari plays HEVC, other browsers {_HARDWARE}."),
}


def _picture(stream: VideoStream, kind: str) -> _Verdict:
    depth = stream.bit_depth or 8
    if stream.codec == "h264":
        return _h264(depth, stream.pixel_format or "")
    if stream.codec == "vp8" and kind == "video/mp4":
        return _Answer.NO, "Browsers do not play VP8 in an MP4 file."
    if stream.codec == "vp9" and (depth > 8 or stream.profile not in {None, "Profile 0"}):
        return _Answer.DEPENDS, f"Safari plays VP9 above 8-bit 4:2:0 {_HARDWARE}."
    refusal = f"Browsers do not support the video codec {stream.codec}."
    return _PICTURES.get(stream.codec, (_Answer.NO, refusal))


def _h264(depth: int, pixel_format: str) -> _Verdict:
    chroma = _chroma(pixel_format)
    if depth == 8 and chroma == "4:2:0":
        return _YES
    return _Answer.DEPENDS, f"Firefox and Safari do not play {depth}-bit {chroma} H.264."


def _chroma(pixel_format: str) -> str:
    if "444" in pixel_format or pixel_format.startswith("gbr"):
        return "4:4:4"
    return "4:2:2" if "422" in pixel_format else "4:2:0"


_SOUNDS: dict[str, _Verdict] = {
    "aac": _YES,
    "mp3": _YES,
    "opus": _YES,
    "flac": _YES,
    "vorbis": _YES,
    "ac3": (_Answer.DEPENDS, "Only some browsers play Dolby Digital audio."),
    "eac3": (_Answer.DEPENDS, "Only some browsers play Dolby Digital Plus audio."),
    "alac": (_Answer.DEPENDS, "Only Safari plays ALAC audio."),
}
_UNCOMPRESSED: _Verdict = (_Answer.DEPENDS, "Only some browsers play uncompressed audio.")


def _sound(stream: AudioStream, kind: str) -> _Verdict:
    if stream.codec == "vorbis" and kind == "video/mp4":
        return _Answer.NO, "Browsers play it without audio (Vorbis in MP4)."
    if stream.codec.startswith("pcm_"):
        return _UNCOMPRESSED
    refusal = f"Browsers play it without audio ({stream.codec})."
    return _SOUNDS.get(stream.codec, (_Answer.NO, refusal))
