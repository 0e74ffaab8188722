"""The arguments of FFmpeg that make the segments of a video in one quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.errors import NotPlayableError
from stoat_ferret.media.limits import OPEN_OPTIONS
from stoat_ferret.playing.downmix import downmix
from stoat_ferret.playing.fragments import LATER_SECONDS
from stoat_ferret.playing.hardware import hardware_arguments, opening_arguments, upload_filters
from stoat_ferret.playing.variant import (
    AUDIO_RATE,
    BITS_A_PIXEL,
    COPY,
    IMAGE_SUBTITLES,
    INTERLACED,
    image_subtitles_of,
    picture_of,
    size_of,
    sound_of,
)
from stoat_ferret.render.plan.excerpt import INDEXLESS
from stoat_ferret.render.plan.video.colors import (
    Colors,
    color_filters,
    convert_matrix,
    is_high_range,
)

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import MediaInfo, VideoStream
    from stoat_ferret.playing.grid import Grid
    from stoat_ferret.playing.variant import Variant
    from stoat_ferret.render.plan.source import Tools

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
_TICKS = 90_000
"""The ticks of a second in encoded video, so that times stay as they are."""
_NUDGE_SECONDS = 0.001
"""Seconds after a key frame to seek to: times are rounded."""
_LEAD_SECONDS = 10.0
"""The longest usual distance of key frames."""
MOST_SEGMENTS = 5_000
"""The segments that one run encodes: their times are an argument, which the system limits."""
SUBTITLE_SECONDS = 60.0
"""The time before the start from which subtitles that are pictures are read; they may last."""


def ffmpeg_arguments(
    path: str,
    info: MediaInfo,
    variant: Variant,
    grid: Grid,
    first: int,
    tools: Tools,
    canvas: tuple[int, int] | None = None,
) -> list[str]:
    """Return the arguments that write segments from number `first` on to the standard output.

    All times are from the start of the file, as in `Grid`, and encoded video ends where that does.
    `canvas` is the size that subtitles to burn in were made for; None if FFmpeg knows it. Raises
    `NotPlayableError` and `RenderRefusedError` if this ffmpeg lacks something that is needed.
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
    inputs = [*opening, *seek, "-i", f"file:{path}"]
    if variant.subtitles is not None:
        before = max(0.0, start - SUBTITLE_SECONDS)
        size = ["-canvas_size", f"{canvas[0]}x{canvas[1]}"] if canvas else []
        inputs += [*opening, *size, "-ss", f"{before:.6f}", "-i", f"file:{path}"]
    is_whole = variant.copies_video or grid.end >= (info.duration_seconds or 0)
    until = [] if is_whole else ["-to", f"{grid.end:.6f}"]
    sound = [] if variant.audio is None else ["-map", f"0:{variant.audio}"]
    device = opening_arguments(variant.hardware) if variant.hardware else []
    return [
        *("-copyts", "-start_at_zero", *device, *inputs),
        *_video_arguments(info, video, variant, grid, first, tools),
        *(*sound, *_audio_arguments(info, variant, start)),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"),
        *("-avoid_negative_ts", "disabled", "-output_ts_offset", str(LATER_SECONDS)),
        *("-use_editlist", "0", "-max_muxing_queue_size", "4096"),
        *("-movflags", "+".join(_MP4_FLAGS)),
        *("-flush_packets", "1", *until, "-f", "mp4", "pipe:1"),
        *([] if variant.subtitles is None else _clock_arguments(video, until)),
    ]


def _clock_arguments(video: VideoStream, until: list[str]) -> list[str]:
    """Return the arguments of an output that is thrown away.

    Subtitles that are pictures are shown as the other packets of their input go by: without
    these, nothing is known of the time until the next subtitle.
    """
    return ["-map", f"1:{video.index}", "-c", COPY, *until, "-f", "null", "-"]


def _video_arguments(
    info: MediaInfo, video: VideoStream, variant: Variant, grid: Grid, first: int, tools: Tools
) -> list[str]:
    if variant.copies_video:
        tag = ["-tag:v", "hvc1"] if video.codec == "hevc" else []
        return ["-map", f"0:{video.index}", "-c:v", COPY, *tag]
    width, height = size_of(info, variant.height)
    conversion = convert_matrix(video, "bt2020" if is_high_range(video) else "bt709", tools)
    filters = [
        *([f"trim=start={grid.starts[first]:.6f}"] if first else []),
        *(["bwdif=mode=send_frame"] if video.field_order in INTERLACED else []),
        f"scale={width}:{height}:{conversion.scale_options}",
        *conversion.filters,
        *color_filters(video, Colors(), "yuv420p", tools),
        "setsar=1",
    ]
    # Times, not an expression: that would count from the first picture, which may be late.
    keys = ",".join(f"{time:.6f}" for time in grid.starts[first:])
    upload = upload_filters(variant.hardware) if variant.hardware else []
    shown = ["-map", f"0:{video.index}", "-vf", ",".join([*filters, *upload])]
    if variant.subtitles is not None:
        graph = _burned(info, variant.subtitles, ",".join(filters), (width, height), tools)
        if upload:
            graph += f";[shown]{','.join(upload)}[uploaded]"
        shown = ["-filter_complex", graph, "-map", "[uploaded]" if upload else "[shown]"]
    return [
        *(*shown, "-fps_mode", "vfr", "-enc_time_base:v", f"1:{_TICKS}"),
        *_encoder_arguments(variant, 2 * int(width * height * BITS_A_PIXEL)),
        *("-g", "9999", "-force_key_frames", keys),
    ]


def _burned(info: MediaInfo, index: int, filters: str, size: tuple[int, int], tools: Tools) -> str:
    """Return the graph that draws the pictures of a subtitle stream into those of the video."""
    video, stream = picture_of(info), image_subtitles_of(info, index)
    if IMAGE_SUBTITLES[stream.codec] not in tools.decoders or "overlay" not in tools.filters:
        raise NotPlayableError(
            f"The ffmpeg of this machine cannot burn in {stream.codec}. Install a full build."
        )
    width, height = size
    # Made for the stored picture, they fill it. Made for one that had black bars, which were cut
    # off, all of them is fitted in, so that no line lies outside.
    stored = (video.coded_width or video.width) / (video.coded_height or video.height or 1)
    fills = f"lt(abs(iw/ih/{stored:.6f}-1),0.02)"
    across = f"if({fills},{width},min({width},{height}*iw/ih))"
    down = f"if({fills},{height},min({height},{width}*ih/iw))"
    return (
        f"[0:{video.index}]{filters}[picture];"
        f"[1:{index}]scale=w='{across}':h='{down}'[words];"
        "[picture][words]overlay=x=(W-w)/2:y=(H-h)/2:eof_action=pass[shown]"
    )


def _encoder_arguments(variant: Variant, rate: int) -> list[str]:
    """Return the encoder of the video and its options, in software for `rate` bits a second."""
    if variant.hardware is not None:
        return hardware_arguments(variant.hardware)
    bits = ["-b:v", str(rate)]
    if variant.video_codec == "h264":
        bits = ["-maxrate", str(rate), "-bufsize", str(2 * rate)]
    return [*_ENCODERS[variant.video_codec], *bits]


def _audio_arguments(info: MediaInfo, variant: Variant, start: float) -> list[str]:
    sound = sound_of(info, variant.audio)
    if variant.audio is None or sound is None:
        return ["-an"]
    if variant.audio_codec == COPY:
        return ["-c:a", COPY]
    filters = [f"atrim=start={start:.6f}"] if start else []
    if mix := downmix(sound):
        filters.append(mix)
    return [
        *_ENCODERS[variant.audio_codec],
        *("-b:a", str(AUDIO_RATE), "-ac", "1" if sound.channels == 1 else "2"),
        *(["-af", ",".join(filters)] if filters else []),
    ]
