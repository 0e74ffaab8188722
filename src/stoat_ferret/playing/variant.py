"""The qualities in which a video can be played, and the arguments of FFmpeg for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.errors import NotPlayableError
from stoat_ferret.media.limits import OPEN_OPTIONS
from stoat_ferret.media.playability import audio_codec_name, video_codec_name
from stoat_ferret.playing.fragments import LATER_SECONDS
from stoat_ferret.render.plan.excerpt import INDEXLESS
from stoat_ferret.render.plan.video.colors import (
    Colors,
    color_filters,
    convert_matrix,
    is_high_range,
)

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import AudioStream, MediaInfo, VideoStream
    from stoat_ferret.playing.grid import Grid
    from stoat_ferret.render.plan.source import Tools

HEIGHTS = (2160, 1440, 1080, 720, 480, 360)
"""The heights of qualities below that of the file."""
CODECS = frozenset({"h264", "aac"})
"""The codecs that every browser decodes, by FFmpeg's names."""
COPY = "copy"
VIDEO_COPIES = frozenset({"h264", "hevc", "av1", "vp9"})
AUDIO_COPIES = frozenset({"aac", "mp3", "opus", "flac"})
"""The codecs that fragmented MP4 holds, if the client decodes them."""

_ENCODERS = {
    # Pictures are decoded in the order in which they are shown: a segment stands for itself.
    "h264": (
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "high"),
        *("-bf", "0", "-sc_threshold", "0"),
    ),
    "vp9": (
        *("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1"),
        *("-crf", "33", "-auto-alt-ref", "0", "-lag-in-frames", "0"),
    ),
    "aac": ("-c:a", "aac"),
    "opus": ("-c:a", "libopus"),
}
_MP4_FLAGS = (
    *("empty_moov", "default_base_moof", "frag_keyframe", "skip_trailer"),
    "frag_discont",  # times are those of the file, not from the first picture on
    "negative_cts_offsets",  # a fragment begins when its first picture is shown
)
_INTERLACED = frozenset("tt bb tb bt".split())
_BITS_A_PIXEL = 2.2
"""Bits a second for each pixel of a picture, at about 25 of them a second."""
_AUDIO_RATE = 160_000
_H264_LEVELS = ((480, "1f"), (720, "1f"), (1080, "29"), (2160, "33"))
_H264_HIGH = "6400"
_AAC = "mp4a.40.2"
_VP9 = "vp09.00.41.08"
_STEREO = 2
_TICKS = 90_000
"""The ticks of a second in encoded video, so that times stay as they are."""
_NUDGE_SECONDS = 0.001
"""Seconds after a key frame to seek to: times are rounded."""
_LEAD_SECONDS = 10.0
"""The longest usual distance of key frames."""
_DIALOGUE = "pan=stereo|FL<FL+0.8*FC+0.6*{left}|FR<FR+0.8*FC+0.6*{right}"
"""A mix of surround sound in which dialogue, in the center, stays as loud as the rest."""
_SIDES = {
    "5.1": ("BL", "BR"),
    "5.1(side)": ("SL", "SR"),
    "5.0": ("BL", "BR"),
    "5.0(side)": ("SL", "SR"),
    "7.1": ("BL+0.6*SL", "BR+0.6*SR"),
}


@dataclass(frozen=True, slots=True)
class Client:
    """The codecs that a client decodes, by FFmpeg's names, and its screen."""

    codecs: frozenset[str] = CODECS
    shows_hdr: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """One quality: its height as displayed, its audio stream, and what both are encoded as.

    The codecs are `COPY`, or FFmpeg's names.
    """

    height: int
    audio: int | None
    video_codec: str
    audio_codec: str

    @property
    def copies_video(self) -> bool:
        """Return whether the pictures are those of the file."""
        return self.video_codec == COPY

    @property
    def name(self) -> str:
        """A name that differs for each content of the segments."""
        audio = "none" if self.audio is None else str(self.audio)
        return f"{self.height}-{self.video_codec}-{audio}-{self.audio_codec}"


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


def may_copy(video: VideoStream, client: Client) -> bool:
    """Return whether the client shows the stored pictures as they are meant."""
    is_ordinary = video.codec != "h264" or (
        (video.bit_depth or 8) == 8 and "420" in (video.pixel_format or "yuv420p")
    )
    return (
        video.codec in VIDEO_COPIES & client.codecs
        and is_ordinary
        and not video.rotation
        and video.field_order not in _INTERLACED
        and (client.shows_hdr or not is_high_range(video))
    )


def choose_variant(
    info: MediaInfo, client: Client, height: int, audio: int | None, *, is_aligned: bool
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
    copies_video = is_aligned and height == heights[0] and may_copy(picture_of(info), client)
    # Without an index, packets are read from before the start, and would be copied with it.
    copies_audio = (
        sound is not None
        and sound.codec in AUDIO_COPIES & client.codecs
        and sound.channels <= _STEREO
        and info.container not in INDEXLESS
    )
    return Variant(
        height,
        None if sound is None else sound.index,
        COPY if copies_video else _first(client, ("h264", "vp9")),
        COPY if copies_audio else _first(client, ("aac", "opus")),
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
    return int(width * height * _BITS_A_PIXEL) + _AUDIO_RATE * (variant.audio is not None)


def codecs_of(info: MediaInfo, variant: Variant) -> str:
    """Return the RFC 6381 names of the codecs of a quality."""
    video, sound = picture_of(info), sound_of(info, variant.audio)
    level = next((level for most, level in _H264_LEVELS if variant.height <= most), "33")
    encoded = {"h264": f"avc1.{_H264_HIGH}{level}", "vp9": _VP9, "aac": _AAC, "opus": "opus"}
    names = [encoded.get(variant.video_codec) or video_codec_name(video)]
    if variant.audio is not None and sound is not None:
        names.append(encoded.get(variant.audio_codec) or audio_codec_name(sound))
    return ",".join(filter(None, names))


def ffmpeg_arguments(
    path: str, info: MediaInfo, variant: Variant, grid: Grid, first: int, tools: Tools
) -> list[str]:
    """Return the arguments that write segments from number `first` on to the standard output.

    All times are from the start of the file, as in `Grid`. Raises `RenderRefusedError` if this
    ffmpeg lacks a filter that is needed.
    """
    video = picture_of(info)
    start = grid.starts[first]
    if variant.copies_video:
        # FFmpeg may seek to an earlier key frame: those fragments are left out.
        place = start + _NUDGE_SECONDS
    else:
        # Without an index, FFmpeg seeks to any picture, and decodes from the next key frame on.
        place = start - (_LEAD_SECONDS if info.container in INDEXLESS else 0)
    seek = ["-ss", f"{place:.6f}"] if first and place > 0 else []
    opening = [text for name, value in OPEN_OPTIONS.items() for text in (f"-{name}", value)]
    maps = ["-map", f"0:{video.index}"]
    maps += [] if variant.audio is None else ["-map", f"0:{variant.audio}"]
    return [
        *("-copyts", "-start_at_zero", *opening, *seek, "-i", f"file:{path}", *maps),
        *_video_arguments(info, video, variant, grid, first, tools),
        *_audio_arguments(info, variant, start),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"),
        *("-avoid_negative_ts", "disabled", "-output_ts_offset", str(LATER_SECONDS)),
        *("-use_editlist", "0", "-max_muxing_queue_size", "4096"),
        *("-movflags", "+".join(_MP4_FLAGS)),
        *("-flush_packets", "1", "-f", "mp4", "pipe:1"),
    ]


def _video_arguments(
    info: MediaInfo, video: VideoStream, variant: Variant, grid: Grid, first: int, tools: Tools
) -> list[str]:
    if variant.copies_video:
        return ["-c:v", COPY, *(["-tag:v", "hvc1"] if video.codec == "hevc" else [])]
    width, height = size_of(info, variant.height)
    conversion = convert_matrix(video, "bt2020" if is_high_range(video) else "bt709", tools)
    filters = [
        *([f"trim=start={grid.starts[first]:.6f}"] if first else []),
        *(["bwdif=mode=send_frame"] if video.field_order in _INTERLACED else []),
        f"scale={width}:{height}:{conversion.scale_options}",
        *conversion.filters,
        *color_filters(video, Colors(), "yuv420p", tools),
        "setsar=1",
    ]
    # Times, not an expression: that would count from the first picture, which may be late.
    keys = ",".join(f"{time:.6f}" for time in grid.starts[first:])
    return [
        *("-vf", ",".join(filters), "-fps_mode", "vfr", "-enc_time_base:v", f"1:{_TICKS}"),
        *_ENCODERS[variant.video_codec],
        *_most_bits(variant, 2 * int(width * height * _BITS_A_PIXEL)),
        *("-g", "9999", "-force_key_frames", keys),
    ]


def _most_bits(variant: Variant, rate: int) -> list[str]:
    """Return the options of the encoder for at most `rate` bits a second."""
    if variant.video_codec == "h264":
        return ["-maxrate", str(rate), "-bufsize", str(2 * rate)]
    return ["-b:v", str(rate)]


def _audio_arguments(info: MediaInfo, variant: Variant, start: float) -> list[str]:
    sound = sound_of(info, variant.audio)
    if variant.audio is None or sound is None:
        return ["-an"]
    if variant.audio_codec == COPY:
        return ["-c:a", COPY]
    filters = [f"atrim=start={start:.6f}"] if start else []
    if sides := _SIDES.get(sound.layout or ""):
        filters.append(_DIALOGUE.format(left=sides[0], right=sides[1]))
    return [
        *_ENCODERS[variant.audio_codec],
        *("-b:a", str(_AUDIO_RATE), "-ac", "1" if sound.channels == 1 else "2"),
        *(["-af", ",".join(filters)] if filters else []),
    ]
