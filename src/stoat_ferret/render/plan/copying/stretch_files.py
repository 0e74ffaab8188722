"""The files of a smart cut: stretches of clips, copied or encoded so that they can be joined."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.copying.copied_clips import COPY_WEIGHT
from stoat_ferret.render.plan.copying.packet_cut import decoded_earlier, delay_of, packet_cut
from stoat_ferret.render.plan.excerpt import (
    USUAL_RATE,
    Excerpt,
    even_rate,
    main_video,
    reading,
)
from stoat_ferret.render.plan.filter_graph import FilterGraph, Inputs, microseconds
from stoat_ferret.render.plan.filter_graph import number as fraction
from stoat_ferret.render.plan.plan import RenderPass, RenderPhase
from stoat_ferret.render.plan.video.encoders import X26X_PRESETS
from stoat_ferret.render.plan.video.video_graph import shift
from stoat_ferret.render.request.options import Effort

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import VideoStream
    from stoat_ferret.render.plan.copying.stretches import Stretch
    from stoat_ferret.render.plan.video.hdr_metadata import HdrMetadata
    from stoat_ferret.render.request.clip import Clip
    from stoat_ferret.render.request.request import RenderRequest

ENCODERS = {"h264": "libx264", "hevc": "libx265"}
_PROFILES = {
    "Constrained Baseline": "baseline",
    "Baseline": "baseline",
    "Main": "main",
    "High": "high",
    "High 10": "high10",
    "High 4:2:2": "high422",
}
_QUALITY = 18
_PIXELS = 1_000_000


@dataclass(frozen=True, slots=True)
class StretchFile:
    """A stretch of an excerpt that becomes the file `name`, with about this many frames.

    All files have the same `ticks` a second, and pictures are decoded `delay` seconds before they
    are shown; without one, nothing is copied.
    """

    part: Excerpt
    stretch: Stretch
    name: str
    frames: int
    delay: Fraction | None
    ticks: int


def copying_pass(cut: StretchFile) -> RenderPass:
    """Return the pass that copies from a key frame to a clean end."""
    inputs = Inputs()
    source, stretch = cut.part.source, cut.stretch
    video = main_video(source, "")
    part = reading(Excerpt(source, stretch.start, stretch.end), [video.index])
    packets = packet_cut(part)
    number = inputs.add_packets(source, packets.seek - part.origin, packets.length)
    later = (cut.delay or Fraction(0)) - delay_of(source)
    arguments = (
        *inputs.arguments,
        *("-map", f"{number}:{video.index}", "-c", "copy", "-copypriorss", "0"),
        *_bitstream_filters(video, [decoded_earlier(later)] if later else []),
        *("-video_track_timescale", str(cut.ticks), "-f", "mp4", f"{cut.name}.mp4"),
    )
    weight = float(stretch.length) * COPY_WEIGHT
    return RenderPass(
        RenderPhase.COPYING, arguments, stretch.length, weight=weight, is_counted=True
    )


def encoding_pass(request: RenderRequest, clip: Clip, cut: StretchFile) -> RenderPass:
    """Return the pass that encodes the pictures of a stretch with the file's own parameters."""
    stretch = cut.stretch
    source = cut.part.source
    video = main_video(source, clip.video_id)
    rate = source.timing.rate
    half = 1 / (2 * (even_rate(source) or USUAL_RATE))
    piece = reading(Excerpt(source, stretch.start, stretch.end), [video.index])
    inputs = Inputs()
    # Not rotated: the result has one rotation for all of its pictures.
    number = inputs.add_excerpt(piece, upright=False)
    # At even times again if they were rounded, else as they are in the file.
    even, base = ("T", Fraction(1, cut.ticks))
    if rate:
        even, base = f"round(T*{fraction(rate)})/{fraction(rate)}", 1 / rate
    first = max(piece.lead - half, Fraction(0))
    filters = [
        f"trim=start={microseconds(first)}:end={microseconds(piece.lead + stretch.length - half)}",
        *shift(piece),
        f"settb=1/{cut.ticks}",
        f"setpts=round({even}/TB)",
        f"format={video.pixel_format or 'yuv420p'}",
    ]
    graph = FilterGraph()
    graph.finish(f"[{number}:{video.index}]", filters, "v")
    effort = X26X_PRESETS[request.options.effort or Effort.NORMAL]
    quality = request.options.quality
    arguments = (
        *inputs.arguments,
        *("-filter_complex", str(graph), "-map", "[v]", "-fps_mode", "passthrough"),
        *("-enc_time_base", f"{base.numerator}:{base.denominator}"),
        *("-c:v", ENCODERS[video.codec], "-preset", effort),
        *("-crf", str(_QUALITY if quality is None else min(quality, 51))),
        *_matching_arguments(video, cut.part.source.hdr_metadata),
        *_in_order(cut.delay),
        *("-video_track_timescale", str(cut.ticks), "-f", "mp4", f"{cut.name}.mp4"),
    )
    frames = cut.frames
    weight = frames * (video.coded_width * video.coded_height / _PIXELS + 0.1) / 25
    return RenderPass(
        RenderPhase.ENCODING_AROUND_CUT,
        arguments,
        stretch.length,
        frames,
        weight,
        is_counted=True,
    )


def _in_order(delay: Fraction | None) -> list[str]:
    """Return arguments that let encoded packets follow copied ones, and be followed by them.

    The decoding times must go on as in the file: without a jump, which a player takes for a pause,
    and never back. B-frames would change their order.
    """
    if delay is None:
        return []
    return ["-bf", "0", "-bsf:v", f"setts=pts=PTS:dts=round(PTS-{microseconds(delay)}/TB)"]


def _matching_arguments(video: VideoStream, hdr: HdrMetadata | None) -> list[str]:
    arguments = []
    if video.codec == "h264" and (profile := _PROFILES.get(video.profile or "")):
        arguments += ["-profile:v", profile]
    for option, value in (
        ("-color_primaries", video.color_primaries),
        ("-color_trc", video.color_transfer),
        ("-colorspace", video.color_space),
    ):
        if value:
            arguments += [option, value]
    if video.codec == "hevc":
        parameters = ["log-level=error", "open-gop=0", "repeat-headers=1"]
        parameters += hdr.x265_parameters if hdr else []
        arguments += ["-x265-params", ":".join(parameters), "-tag:v", "hev1"]
    return arguments


def _bitstream_filters(video: VideoStream, more: list[str]) -> list[str]:
    """Return arguments that apply bitstream filters to copied packets, `more` of them last.

    The first ones repeat the parameter sets: the encoded pictures have others. For H.264, FFmpeg
    does this itself when it joins files.
    """
    is_hevc = video.codec == "hevc"
    filters = (["hevc_mp4toannexb"] if is_hevc else []) + more
    return [*(("-bsf:v", ",".join(filters)) if filters else ()), *(("-tag:v", "hev1") * is_hevc)]
