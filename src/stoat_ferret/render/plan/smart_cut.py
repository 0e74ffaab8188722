"""Plans for frame-accurate cuts that encode only from a cut to the next key frame."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.attachments import attachment_arguments, attachment_passes
from stoat_ferret.render.plan.chapters import stays_in_order
from stoat_ferret.render.plan.copied_clips import COPY_WEIGHT, copy_container, plain_clips, size_of
from stoat_ferret.render.plan.copied_streams import check_same_pictures
from stoat_ferret.render.plan.cut_tracks import CutTracks
from stoat_ferret.render.plan.excerpt import (
    Excerpt,
    check_pictures,
    decoding,
    even_rate,
    excerpt,
    main_video,
    pictures_in,
    reading,
)
from stoat_ferret.render.plan.filter_graph import FilterGraph, Inputs, microseconds
from stoat_ferret.render.plan.filter_graph import number as fraction
from stoat_ferret.render.plan.hdr_metadata import dynamic_notes
from stoat_ferret.render.plan.joined_files import join_input, join_list
from stoat_ferret.render.plan.metadata import plan_metadata
from stoat_ferret.render.plan.packet_cut import (
    common_ticks,
    decoded_earlier,
    delay_of,
    packet_cut,
)
from stoat_ferret.render.plan.plan import (
    OutputKind,
    PlannedOutput,
    RenderPass,
    RenderPhase,
    RenderPlan,
)
from stoat_ferret.render.plan.seams import seams_of
from stoat_ferret.render.plan.stretches import split_into_stretches
from stoat_ferret.render.plan.video_graph import shift
from stoat_ferret.render.request.options import Effort

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import VideoStream
    from stoat_ferret.render.plan.containers import Container
    from stoat_ferret.render.plan.hdr_metadata import HdrMetadata
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.plan.stretches import Stretch
    from stoat_ferret.render.request.clip import Clip
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

_ENCODERS = {"h264": "libx264", "hevc": "libx265"}
_PRESETS = {
    Effort.DRAFT: "ultrafast",
    Effort.FAST: "veryfast",
    Effort.NORMAL: "medium",
    Effort.BEST: "slow",
}
_PROFILES = {
    "Constrained Baseline": "baseline",
    "Baseline": "baseline",
    "Main": "main",
    "High": "high",
    "High 10": "high10",
    "High 4:2:2": "high422",
}
_TURNING = {"mp4", "mov"}
_QUALITY = 18
_PIXELS = 1_000_000


def plan_smart_cut(
    request: RenderRequest,
    preset: Preset,
    materials: Materials,
    tools: Tools,
) -> RenderPlan:
    """Plan frame-accurate cuts of H.264 or HEVC clips that are mostly copied."""
    clips = plain_clips(request)
    parts = [_part(clip, materials, tools) for clip in clips]
    check_same_pictures(parts)
    return _SmartCut(request, preset, clips, parts, tools).plan()


class _SmartCut:
    def __init__(
        self,
        request: RenderRequest,
        preset: Preset,
        clips: list[Clip],
        parts: list[Excerpt],
        tools: Tools,
    ) -> None:
        self._request = request
        self._clips = clips
        self._parts = parts
        self._tools = tools
        self._container = copy_container(request, parts)
        self._check_turned()
        self._tracks = CutTracks(request, preset, clips, parts, self._container)
        rate = even_rate(parts[0].source) or Fraction(25)
        self._metadata = plan_metadata(
            request, preset, stays_in_order(parts), self._container, rate
        )
        self._passes: list[RenderPass] = []
        self._files: list[tuple[str, Fraction]] = []
        self._notes: list[str] = []
        self._encoded = Fraction(0)
        self._counts: list[int | None] = []
        self._stretches: list[Excerpt] = []
        self._ticks = common_ticks(parts)

    def _check_turned(self) -> None:
        is_turned = main_video(self._parts[0].source, "").rotation
        if is_turned and self._container.muxer not in _TURNING:
            raise RenderRefusedError(
                f"A {self._container.extension[1:]} file does not say how its pictures are turned, "
                "and those of this video are stored turned. Use mp4 or mov, or encode it.",
                field="options.container",
            )

    def plan(self) -> RenderPlan:
        self._cut()
        seconds = sum((part.length for part in self._parts), Fraction(0))
        self._join(seconds)
        video = main_video(self._parts[0].source, "")
        rate = even_rate(self._parts[0].source) or Fraction(25)
        output = PlannedOutput(
            f"output{self._container.extension}",
            self._container.extension,
            self._container.muxer,
            OutputKind.VIDEO,
            duration_seconds=seconds,
            tolerance_seconds=1 / rate + Fraction(1, 20),
            frames=None if None in self._counts else sum(filter(None, self._counts)),
            seams=seams_of(self._stretches),
            width=video.width,
            height=video.height,
            video_codec=video.codec,
            audio_codec=self._tracks.audio_codec,
            audio_streams=self._tracks.audio_streams,
            subtitle_streams=self._tracks.subtitle_streams,
        )
        summary = (
            f"{float(self._encoded):.2f} of {float(seconds):.2f} seconds of picture are encoded, "
            "the rest is copied."
        )
        return RenderPlan(
            tuple(self._passes),
            (output,),
            seconds,
            {
                "parts.txt": join_list((name, length, None) for name, length in self._files),
                **self._tracks.files,
                **self._metadata.files,
            },
            (*self._notes, *self._hdr_notes(), *self._tracks.notes, *self._metadata.notes, summary),
            size_of(self._parts),
            temporary_bytes=size_of(self._parts) + self._tracks.part_bytes,
        )

    def _hdr_notes(self) -> tuple[str, ...]:
        videos = [part.source.info.main_video for part in self._parts] if self._encoded else []
        return dynamic_notes(videos)

    def _cut(self) -> None:
        cuts: list[tuple[Clip, Excerpt, list[Stretch]]] = []
        for clip, part in zip(self._clips, self._parts, strict=True):
            stretches = split_into_stretches(part, is_first=not cuts)
            cuts.append((clip, part, stretches))
            self._notes += part.notes
            self._note_open_gops(clip, part, stretches)
        copied = [
            delay_of(part.source) for _, part, parts in cuts for one in parts if one.is_copied
        ]
        delay = max(copied, default=None)
        for clip, part, stretches in cuts:
            for stretch in stretches:
                name = f"part-{len(self._files):03d}"
                known = pictures_in(part.source, stretch.start, stretch.end)
                self._counts.append(known)
                frames = round(stretch.length * (even_rate(part.source) or 0))
                frames = frames if known is None else known
                self._stretches.append(Excerpt(part.source, stretch.start, stretch.end))
                cut = _Cut(part, stretch, name, frames, delay, self._ticks)
                self._files.append((f"{name}.mp4", stretch.length))
                if stretch.is_copied:
                    self._passes.append(_copying(cut))
                else:
                    self._encoded += stretch.length
                    self._passes.append(_encoding(self._request, clip, cut))

    def _note_open_gops(self, clip: Clip, part: Excerpt, stretches: list[Stretch]) -> None:
        keys = part.source.timing.key_frames
        inside = [key for key in keys if part.start < key.seconds < part.end]
        is_open = bool(inside) and not any(key.is_idr for key in inside)
        if is_open and not any(stretch.is_copied for stretch in stretches):
            self._notes.append(
                f"All of the clip of video {clip.video_id} is encoded: none of its key frames "
                "is known to be an IDR picture, from which it could be copied."
            )

    def _join(self, seconds: Fraction) -> None:
        inputs, graph = Inputs(), FilterGraph()
        inputs.add([*join_input("parts.txt")])
        container, tracks, metadata = self._container, self._tracks, self._metadata
        first, streams = self._parts[0], self._tracks.streams[0]
        track_arguments = tracks.arguments(inputs, graph, self._tools)
        metadata_arguments = metadata.arguments(inputs, tracks.number, copies=True)
        attached = attachment_arguments(inputs, first, streams, container)
        arguments = (
            *inputs.arguments,
            *(("-filter_complex", str(graph)) if str(graph) else ()),
            *("-map", "0:v:0", "-c:v", "copy", *_tag(first, container), *track_arguments),
            *(*metadata_arguments, *attached),
            *("-t", microseconds(seconds), *container.options, *metadata.mux_arguments),
            *("-f", container.muxer, f"output{container.extension}"),
        )
        weight = float(seconds) * (COPY_WEIGHT + 0.05 * bool(str(graph)))
        self._passes += [*tracks.passes, *attachment_passes(first, streams)]
        self._passes.append(RenderPass(RenderPhase.JOINING, arguments, seconds, weight=weight))


def _part(clip: Clip, materials: Materials, tools: Tools) -> Excerpt:
    source = materials.videos[clip.video_id]
    video = main_video(source, clip.video_id)
    encoder = _ENCODERS.get(video.codec)
    if encoder is None:
        raise RenderRefusedError(
            f"Smart cut works with H.264 and HEVC, and video {clip.video_id} is {video.codec}. "
            "Use `copy`, or encode it.",
            piece=clip,
        )
    if encoder not in tools.encoders:
        raise RenderRefusedError(f"The ffmpeg of this machine lacks the encoder {encoder}.")
    if source.timing.is_jumping:
        raise RenderRefusedError(
            f"The timestamps of video {clip.video_id} start anew somewhere, so that smart cut does "
            "not find its pictures. Encode it.",
            piece=clip,
        )
    if video.field_order not in {None, "progressive"}:
        raise RenderRefusedError(
            f"Video {clip.video_id} is interlaced, which smart cut cannot do. Use `copy`, or "
            "encode it.",
            piece=clip,
        )
    check_pictures(clip, source)
    return excerpt(clip, source)


@dataclass(frozen=True, slots=True)
class _Cut:
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


def _copying(cut: _Cut) -> RenderPass:
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
    return RenderPass(RenderPhase.COPYING, arguments, stretch.length, weight=weight)


def _encoding(request: RenderRequest, clip: Clip, cut: _Cut) -> RenderPass:
    """Return the pass that encodes the pictures of a stretch with the file's own parameters."""
    stretch = cut.stretch
    source = cut.part.source
    video = main_video(source, clip.video_id)
    rate = source.timing.rate
    half = 1 / (2 * (even_rate(source) or Fraction(25)))
    piece = reading(decoding(Excerpt(source, stretch.start, stretch.end)), [video.index])
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
    effort = _PRESETS[request.options.effort or Effort.NORMAL]
    quality = request.options.quality
    arguments = (
        *inputs.arguments,
        *("-filter_complex", str(graph), "-map", "[v]", "-fps_mode", "passthrough"),
        *("-enc_time_base", f"{base.numerator}:{base.denominator}"),
        *("-c:v", _ENCODERS[video.codec], "-preset", effort),
        *("-crf", str(_QUALITY if quality is None else min(quality, 51))),
        *_matching_arguments(video, cut.part.source.hdr_metadata),
        *_in_order(cut.delay),
        *("-video_track_timescale", str(cut.ticks), "-f", "mp4", f"{cut.name}.mp4"),
    )
    frames = cut.frames
    weight = frames * (video.coded_width * video.coded_height / _PIXELS + 0.1) / 25
    return RenderPass(RenderPhase.ENCODING_AROUND_CUT, arguments, stretch.length, frames, weight)


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


def _tag(part: Excerpt, container: Container) -> list[str]:
    is_hevc = main_video(part.source, "").codec == "hevc"
    return ["-tag:v:0", "hev1"] if is_hevc and container.muxer in {"mp4", "mov"} else []
