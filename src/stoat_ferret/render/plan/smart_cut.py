"""Plans for frame-accurate cuts that encode only from a cut to the next key frame."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.container.attachments import attachment_arguments, attachment_passes
from stoat_ferret.render.plan.container.chapters import stays_in_order
from stoat_ferret.render.plan.container.index_room import muxing_options
from stoat_ferret.render.plan.container.joined_files import join_input, join_list
from stoat_ferret.render.plan.container.metadata import plan_metadata
from stoat_ferret.render.plan.copying.copied_clips import (
    COPY_WEIGHT,
    CopiedClips,
    check_audible,
    check_display_times,
    copy_container,
    plain_clips,
    sounds_of,
)
from stoat_ferret.render.plan.copying.copied_streams import check_same_pictures
from stoat_ferret.render.plan.copying.cut_tracks import CutTracks
from stoat_ferret.render.plan.copying.packet_cut import common_ticks, delay_of
from stoat_ferret.render.plan.copying.stretch_files import (
    ENCODERS,
    StretchFile,
    copying_pass,
    encoding_pass,
)
from stoat_ferret.render.plan.copying.stretches import Stretch, split_into_stretches
from stoat_ferret.render.plan.excerpt import (
    Excerpt,
    check_pictures,
    even_rate,
    excerpt,
    main_video,
    pictures_in,
)
from stoat_ferret.render.plan.filter_graph import FilterGraph, Inputs, microseconds
from stoat_ferret.render.plan.plan import (
    OutputKind,
    PlannedOutput,
    RenderPass,
    RenderPhase,
    RenderPlan,
)
from stoat_ferret.render.plan.seams import seams_of, spare_pictures
from stoat_ferret.render.plan.video.hdr_metadata import dynamic_notes

if TYPE_CHECKING:
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.request.clip import Clip
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

_RGB = ("gbr", "rgb", "bgr")
"""The beginnings of the names of pixel formats that are not YUV."""
_QUICKTIME = {"mp4", "mov"}
"""The muxers whose files say how pictures are turned, and have four-letter codes for codecs."""


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
    sounds = sounds_of(request, preset, clips, parts)
    copied = CopiedClips(clips, parts, sounds, copy_container(request, parts))
    check_audible(copied)
    return _SmartCut(request, preset, copied, tools).plan()


class _SmartCut:
    def __init__(
        self,
        request: RenderRequest,
        preset: Preset,
        copied: CopiedClips,
        tools: Tools,
    ) -> None:
        self._request = request
        self._copied = copied
        self._parts = copied.parts
        self._container = copied.container
        self._tools = tools
        self._check_turned()
        self._tracks = CutTracks(request, preset, copied)
        self._metadata = plan_metadata(
            request, preset, stays_in_order(copied.parts), copied.container, copied.rate
        )
        self._passes: list[RenderPass] = []
        self._files: list[tuple[str, Fraction]] = []
        self._notes: list[str] = []
        self._encoded = Fraction(0)
        self._counts: list[int | None] = []
        self._stretches: list[Excerpt] = []
        self._ticks = common_ticks(copied.parts)

    def _check_turned(self) -> None:
        if self._copied.video.rotation and self._container.muxer not in _QUICKTIME:
            raise RenderRefusedError(
                f"A {self._container.name} file does not say how its pictures are turned, "
                "and those of this video are stored turned. Use mp4 or mov, or encode it.",
                field="options.container",
            )

    def plan(self) -> RenderPlan:
        self._cut()
        seconds, video = self._copied.seconds, self._copied.video
        self._join(seconds)
        output = PlannedOutput(
            f"output{self._container.extension}",
            self._container.extension,
            self._container.muxer,
            OutputKind.VIDEO,
            duration_seconds=seconds,
            tolerance_seconds=1 / self._copied.rate + Fraction(1, 20) + self._uncounted,
            frames=None if None in self._counts else sum(filter(None, self._counts)),
            spare_frames=spare_pictures(self._stretches),
            seams=seams_of(self._stretches),
            width=video.width,
            height=video.height,
            video_codec=video.codec,
            audio_codec=self._tracks.audio_codec,
            audio_streams=self._tracks.audio_streams,
            subtitle_streams=self._tracks.subtitle_streams,
            audio_ends=self._tracks.audio_ends,
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
            self._copied.size_bytes,
            temporary_bytes=self._copied.size_bytes + self._tracks.part_bytes,
        )

    @property
    def _uncounted(self) -> Fraction:
        """The seconds that the stated duration may lack.

        MP4 files state the sum of the durations of their pictures, which lacks those of pictures
        that are missing before the last one, as after a cut by decoding times.
        """
        last = self._parts[-1]
        is_whole_end = last.end == last.source.timing.video_end
        return last.source.timing.delay if is_whole_end else Fraction(0)

    def _hdr_notes(self) -> tuple[str, ...]:
        videos = [part.source.info.main_video for part in self._parts] if self._encoded else []
        return dynamic_notes(videos)

    def _cut(self) -> None:
        cuts: list[tuple[Clip, Excerpt, list[Stretch]]] = []
        for clip, part in zip(self._copied.clips, self._parts, strict=True):
            stretches = split_into_stretches(part, is_first=not cuts)
            self._notes += part.notes
            first = cuts[0][1:] if cuts else (part, stretches)
            if self._would_lose_pictures(part, stretches, *first):
                stretches = [Stretch(part.start, part.end, is_copied=False)]
                self._notes.append(
                    f"All of the clip of video {clip.video_id} is encoded: in an MPEG-TS file, its "
                    "HEVC could not be joined to what is before it. mp4 and mkv have no such limit."
                )
            cuts.append((clip, part, stretches))
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
                cut = StretchFile(part, stretch, name, frames, delay, self._ticks)
                self._files.append((f"{name}.mp4", stretch.length))
                if stretch.is_copied:
                    self._passes.append(copying_pass(cut))
                else:
                    self._encoded += stretch.length
                    self._passes.append(encoding_pass(self._request, clip, cut))

    def _would_lose_pictures(
        self, part: Excerpt, stretches: list[Stretch], first: Excerpt, first_ones: list[Stretch]
    ) -> bool:
        """Return whether players would leave out pictures that are copied into MPEG-TS.

        FFmpeg writes the parameter sets of the first file before each key frame. Where they differ
        from its own, a decoder begins anew there, without the pictures that need those before it.
        """
        if (self._container.muxer, self._copied.video.codec) != ("mpegts", "hevc"):
            return False
        is_same_stream = first.source.path == part.source.path and first_ones[0].is_copied
        return not is_same_stream and any(
            stretch.start < key.seconds < stretch.end and not key.is_clean
            for stretch in stretches
            if stretch.is_copied
            for key in part.source.timing.key_frames
        )

    def _note_open_gops(self, clip: Clip, part: Excerpt, stretches: list[Stretch]) -> None:
        keys = part.source.timing.key_frames
        inside = [key for key in keys if part.start < key.seconds < part.end]
        is_open = bool(inside) and not any(key.is_idr for key in inside)
        if is_open and not any(stretch.is_copied for stretch in stretches):
            self._notes.append(
                f"All of the clip of video {clip.video_id} is encoded: none of its key frames "
                "is known to be an IDR picture, from which it could be copied."
            )

    def _tag(self) -> list[str]:
        is_hevc = self._copied.video.codec == "hevc"
        return ["-tag:v:0", "hev1"] if is_hevc and self._container.muxer in _QUICKTIME else []

    def _join(self, seconds: Fraction) -> None:
        inputs, graph = Inputs(), FilterGraph()
        inputs.add([*join_input("parts.txt")])
        container, tracks, metadata = self._container, self._tracks, self._metadata
        first, streams = self._parts[0], self._tracks.streams[0]
        track_arguments = tracks.arguments(inputs, graph, self._tools)
        metadata_arguments = metadata.arguments(inputs, tracks.number, copies=True)
        attached = attachment_arguments(inputs, first, streams, container)
        options = [*container.options, *metadata.mux_arguments]
        if tracks.are_copied:
            options = muxing_options(options, self._copied, tracks.streams)
        arguments = (
            *inputs.arguments,
            *(("-filter_complex", str(graph)) if str(graph) else ()),
            *("-map", "0:v:0", "-c:v", "copy", *self._tag(), *track_arguments),
            *(*metadata_arguments, *attached),
            *("-t", microseconds(seconds), *options),
            *("-f", container.muxer, f"output{container.extension}"),
        )
        weight = float(seconds) * (COPY_WEIGHT + 0.05 * bool(str(graph)))
        self._passes += [*tracks.passes, *attachment_passes(first, streams)]
        self._passes.append(RenderPass(RenderPhase.JOINING, arguments, seconds, weight=weight))


def _part(clip: Clip, materials: Materials, tools: Tools) -> Excerpt:
    source = materials.videos[clip.video_id]
    video = main_video(source, clip.video_id)
    encoder = ENCODERS.get(video.codec)
    if encoder is None:
        raise RenderRefusedError(
            f"Smart cut works with H.264 and HEVC, and video {clip.video_id} is {video.codec}. "
            "Use `copy`, or encode it.",
            piece=clip,
        )
    if (video.pixel_format or "").startswith(_RGB):
        raise RenderRefusedError(
            f"Video {clip.video_id} is stored as RGB ({video.pixel_format}), which "
            "smart cut cannot encode. Use `copy`, or encode it.",
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
    check_display_times(clip, source)
    if video.field_order not in {None, "progressive"}:
        raise RenderRefusedError(
            f"Video {clip.video_id} is interlaced, which smart cut cannot do. Use `copy`, or "
            "encode it.",
            piece=clip,
        )
    check_pictures(clip, source)
    return excerpt(clip, source)
