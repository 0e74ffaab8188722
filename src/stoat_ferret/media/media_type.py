"""The media type of a file, by what is in it rather than by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import MediaInfo

UNKNOWN_TYPE = "application/octet-stream"

WEBM_VIDEO = frozenset({"vp8", "vp9", "av1"})
WEBM_AUDIO = frozenset({"opus", "vorbis"})

# By FFmpeg's names of formats; registered names where there is one.
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
    """The type without codecs, as `video/mp4`; `application/octet-stream` where unknown."""
    if info is None:
        return UNKNOWN_TYPE
    names = info.container.split(",")
    if "mp4" in names:
        return _iso_type(info.tags.get("major_brand", "").strip().lower())
    if "matroska" in names:
        return "video/webm" if is_webm(info) else "video/x-matroska"
    return next((_TYPES[name] for name in names if name in _TYPES), UNKNOWN_TYPE)


def is_webm(info: MediaInfo) -> bool:
    """Whether a Matroska file holds only what WebM may hold; subtitles do not matter."""
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
