"""The qualities in which a video can be played, and what is copied and encoded in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.errors import NotPlayableError
from stoat_ferret.media.playability import audio_codec_name, video_codec_name
from stoat_ferret.playing.downmix import STEREO
from stoat_ferret.render.plan.excerpt import INDEXLESS
from stoat_ferret.render.plan.video.colors import is_high_range

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import AudioStream, MediaInfo, SubtitleStream, VideoStream

HEIGHTS = (2160, 1440, 1080, 720, 480, 360)
"""The heights of qualities below that of the file."""
CODECS = frozenset({"h264", "aac"})
"""The codecs that every browser decodes, by FFmpeg's names."""
COPY = "copy"
BLU_RAY_SUBTITLES = "hdmv_pgs_subtitle"
IMAGE_SUBTITLES = {
    BLU_RAY_SUBTITLES: "pgssub",
    "dvd_subtitle": "dvdsub",
    "dvb_subtitle": "dvbsub",
    "xsub": "xsub",
}
"""The codecs of subtitles that are pictures and can be burned in, with their decoders."""
VIDEO_COPIES = frozenset({"h264", "hevc", "av1", "vp9"})
AUDIO_COPIES = frozenset({"aac", "mp3", "opus", "flac"})
"""The codecs that fragmented MP4 holds, if the client decodes them."""

INTERLACED = frozenset("tt bb tb bt".split())
BITS_A_PIXEL = 2.2
"""Bits a second for each pixel of a picture, at about 25 of them a second."""
AUDIO_RATE = 160_000
_H264_LEVELS = ((480, "1f"), (720, "1f"), (1080, "29"), (2160, "33"))
_H264_HIGH = "6400"
_AAC = "mp4a.40.2"
_VP9 = "vp09.00.41.08"


@dataclass(frozen=True, slots=True)
class Client:
    """The codecs that a client decodes, by FFmpeg's names, and its screen."""

    codecs: frozenset[str] = CODECS
    shows_hdr: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """One quality: its height as displayed, its audio stream, and what both are encoded as.

    The codecs are `COPY`, or FFmpeg's names. `subtitles` is the stream that is burned in, and
    `hardware` the encoder of the video; None for software.
    """

    height: int
    audio: int | None
    video_codec: str
    audio_codec: str
    subtitles: int | None = None
    hardware: str | None = None

    @property
    def copies_video(self) -> bool:
        """Return whether the pictures are those of the file."""
        return self.video_codec == COPY

    @property
    def name(self) -> str:
        """A name that differs for each content of the segments."""
        audio = "none" if self.audio is None else str(self.audio)
        burned = "" if self.subtitles is None else f"-{self.subtitles}"
        video = self.hardware or self.video_codec
        return f"{self.height}-{video}-{audio}-{self.audio_codec}{burned}"


def heights_of(info: MediaInfo) -> list[int]:
    """Return the heights in which the video can be played, its own first.

    Raises `NotPlayableError` if there is no video.
    """
    own = picture_of(info).height
    return [own, *(height for height in HEIGHTS if height < own)]


def picture_of(info: MediaInfo) -> VideoStream:
    """Return the main video. Raises `NotPlayableError`."""
    video = info.main_video
    if video is None or not video.height or not video.width:
        raise NotPlayableError("The file has no video that could be played.")
    if not info.duration_seconds:
        raise NotPlayableError("The file does not say how long it is. Play it as it is.")
    return video


def sound_of(info: MediaInfo, index: int | None) -> AudioStream | None:
    """Return the audio stream with an index, or the first one. Raises `NotPlayableError`."""
    if index is None:
        return info.audio[0] if info.audio else None
    for stream in info.audio:
        if stream.index == index:
            return stream
    raise NotPlayableError(f"The file has no audio stream {index}.")


def image_subtitles_of(info: MediaInfo, index: int) -> SubtitleStream:
    """Return a subtitle stream that can be burned in. Raises `NotPlayableError`."""
    for stream in info.subtitles:
        if stream.index == index and stream.codec in IMAGE_SUBTITLES:
            return stream
    raise NotPlayableError(f"The file has no subtitles in stream {index} that are pictures.")


def may_copy(video: VideoStream, client: Client) -> bool:
    """Return whether the client shows the stored pictures as they are meant."""
    is_ordinary = video.codec != "h264" or (
        (video.bit_depth or 8) == 8 and "420" in (video.pixel_format or "yuv420p")
    )
    return (
        video.codec in VIDEO_COPIES & client.codecs
        and is_ordinary
        and not video.rotation
        and video.field_order not in INTERLACED
        and (client.shows_hdr or not is_high_range(video))
    )


def choose_variant(
    info: MediaInfo,
    client: Client,
    height: int,
    audio: int | None,
    subtitles: int | None = None,
    *,
    is_aligned: bool,
    hardware: str | None = None,
) -> Variant:
    """Choose what is copied in a quality; `is_aligned` if the segments start at key frames.

    Raises `NotPlayableError` for a height that is not one of `heights_of`.
    """
    heights = heights_of(info)
    if height not in heights:
        raise NotPlayableError(
            f"There is no quality of {height} lines. Choose one of {', '.join(map(str, heights))}."
        )
    sound = sound_of(info, audio)
    burned = None if subtitles is None else image_subtitles_of(info, subtitles)
    copies_video = (
        is_aligned
        and burned is None
        and height == heights[0]
        and may_copy(picture_of(info), client)
    )
    # Without an index, packets are read from before the start, and would be copied with it.
    copies_audio = (
        sound is not None
        and sound.codec in AUDIO_COPIES & client.codecs
        and sound.channels <= STEREO
        and info.container not in INDEXLESS
    )
    video_codec = COPY if copies_video else _first(client, ("h264", "vp9"))
    return Variant(
        height,
        None if sound is None else sound.index,
        video_codec,
        COPY if copies_audio else _first(client, ("aac", "opus")),
        subtitles,
        hardware if video_codec == "h264" else None,
    )


def _first(client: Client, codecs: tuple[str, ...]) -> str:
    """Return the first codec that the client decodes; the first one if it names none of them."""
    return next((codec for codec in codecs if codec in client.codecs), codecs[0])


def size_of(info: MediaInfo, height: int) -> tuple[int, int]:
    """Return the width and height of the encoded pictures, which are even."""
    video = picture_of(info)
    return max(2, round(video.width * height / video.height / 2) * 2), max(2, height // 2 * 2)


def bandwidth_of(info: MediaInfo, variant: Variant) -> int:
    """Estimate the bits a second of a quality."""
    if variant.copies_video and info.bit_rate:
        return info.bit_rate
    width, height = size_of(info, variant.height)
    return int(width * height * BITS_A_PIXEL) + AUDIO_RATE * (variant.audio is not None)


def codecs_of(info: MediaInfo, variant: Variant) -> str:
    """Return the RFC 6381 names of the codecs of a quality."""
    video, sound = picture_of(info), sound_of(info, variant.audio)
    level = next((level for most, level in _H264_LEVELS if variant.height <= most), "33")
    encoded = {"h264": f"avc1.{_H264_HIGH}{level}", "vp9": _VP9, "aac": _AAC, "opus": "opus"}
    names = [encoded.get(variant.video_codec) or video_codec_name(video)]
    if variant.audio is not None and sound is not None:
        names.append(encoded.get(variant.audio_codec) or audio_codec_name(sound))
    return ",".join(filter(None, names))
