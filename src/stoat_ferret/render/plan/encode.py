"""Plans that encode pictures: the presets for web, archive, proxy and editing."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.assembly import Assembly, assemble
from stoat_ferret.render.plan.audio_graph import final_filters
from stoat_ferret.render.plan.chapters import stays_of
from stoat_ferret.render.plan.containers import (
    ENCODED_CONTAINERS,
    check_holds,
    container_of,
)
from stoat_ferret.render.plan.copy import COPY_WEIGHT, join_input, join_list
from stoat_ferret.render.plan.effect_graph import EffectFiles
from stoat_ferret.render.plan.encoders import (
    choose_encoder,
    video_encoding,
    with_hdr_metadata,
)
from stoat_ferret.render.plan.filter_graph import FilterGraph, Inputs
from stoat_ferret.render.plan.hdr_metadata import (
    dynamic_notes,
    forwarded_note,
    left_out_note,
    shared_metadata,
)
from stoat_ferret.render.plan.metadata import CLEAN, plan_metadata
from stoat_ferret.render.plan.parts import count_files, decoder_threads, split_into_parts
from stoat_ferret.render.plan.plan import (
    OutputKind,
    PlannedOutput,
    RenderPass,
    RenderPhase,
    RenderPlan,
)
from stoat_ferret.render.plan.seams import seams_between
from stoat_ferret.render.plan.sound import SOUND_WEIGHT, sound_pad
from stoat_ferret.render.plan.sound_tracks import common_reading
from stoat_ferret.render.plan.subtitles import SubtitlePlan, plan_subtitles
from stoat_ferret.render.plan.texts import font_links
from stoat_ferret.render.plan.tracks import label_arguments, label_of, left_out_of_encoding
from stoat_ferret.render.plan.transparency import (
    alpha_name,
    alpha_notes,
    any_alpha,
    stores_alpha,
    with_alpha,
)
from stoat_ferret.render.plan.video_graph import PictureGraph, VideoStyle, choose_style
from stoat_ferret.render.plan.video_sound import VideoSound
from stoat_ferret.render.request.options import Subtitles

if TYPE_CHECKING:
    from stoat_ferret.render.plan.containers import Container
    from stoat_ferret.render.plan.encoders import VideoEncoding
    from stoat_ferret.render.plan.hdr_metadata import HdrMetadata
    from stoat_ferret.render.plan.parts import Part
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

_VIDEO_CODECS = {"webm": "vp9"}
"""The codecs for the containers that a request chooses."""
_PIXELS = 1_000_000
_BITS_PER_PIXEL = {"prores": 5.0, "ffv1": 12.0}
_USUAL_BITS = 0.35
_PART_LIST = "parts.txt"
_PART_MUXERS = {"prores": "mov", "ffv1": "mov"}


def plan_video(
    request: RenderRequest, preset: Preset, materials: Materials, tools: Tools
) -> RenderPlan:
    """Plan a video whose pictures and sound are encoded."""
    return _VideoPlan(request, preset, materials, tools).plan()


class _VideoPlan:
    def __init__(
        self, request: RenderRequest, preset: Preset, materials: Materials, tools: Tools
    ) -> None:
        self._request = request
        self._options = request.options
        self._preset = preset
        self._materials = materials
        self._tools = tools
        self._assembly = assemble(request, materials)
        self._parts = split_into_parts(self._assembly)
        self._files: dict[str, str] = {}
        self._encoding = self._choose_encoding()
        self._style = self._choose_style()
        self._hdr_metadata, self._hdr_notes = self._choose_hdr_metadata()
        self._container = self._choose_container()
        self._sound = VideoSound(
            self._options, preset, self._assembly, self._container, self._tools
        )
        self._metadata = plan_metadata(
            request, preset, stays_of(self._assembly), self._container, self._assembly.rate
        )

    def plan(self) -> RenderPlan:
        subtitles = plan_subtitles(
            self._request, self._assembly, self._container, self._materials, self._tools
        )
        measuring = self._sound.loudness_passes
        passes = [self._part_pass(part, subtitles) for part in self._parts]
        if self._is_split:
            passes = [*passes, *measuring, self._joining_pass(subtitles)]
        else:
            passes = [*measuring, *passes]
        self._files |= self._metadata.files
        left_out = [*self._sound.left_out]
        left_out += left_out_of_encoding(
            [(clip, part.source) for _, clip, part in self._assembly.clips()],
            uses_subtitles=self._options.subtitles is not Subtitles.NONE,
            used=subtitles.fonts,
        )
        notes = (
            *self._assembly.notes,
            *alpha_notes(self._assembly, self._tools, kept_in=alpha_name(self._encoding)),
            *self._hdr_notes,
            *self._sound.notes,
            *subtitles.notes,
            *self._materials.fonts.notes,
            *left_out,
            *self._metadata.notes,
        )
        return RenderPlan(
            (*subtitles.passes, *passes),
            (self._output(subtitles),),
            self._assembly.seconds,
            {**self._files, **subtitles.texts},
            notes,
            self._estimated_bytes(),
            links=font_links(self._materials.fonts),
            folders=subtitles.folders,
        )

    def _part_pass(self, part: Part, subtitles: SubtitlePlan) -> RenderPass:
        """Return the pass that encodes a part: the only one makes the whole file."""
        frames, size = part.frames, self._style.canvas
        weight = frames * (size.area / _PIXELS + 0.1) / 25
        arguments = self._encoding_arguments(part, subtitles)
        return RenderPass(RenderPhase.ENCODING, arguments, part.seconds, frames, weight)

    def _encoding_arguments(self, part: Part, subtitles: SubtitlePlan) -> tuple[str, ...]:
        tracks = self._sound.tracks
        parts = [track.parts[part.number] for track in tracks]
        assembly, *assemblies = common_reading(
            [
                part.assembly.reading(pictures=True, sound=self._sound.is_audible),
                *(one.assembly.reading(pictures=True, sound=True) for one in parts),
            ]
        )
        inputs, graph, opened = self._opened(assembly)
        maps = ["-map", self._drawn(part, assembly, subtitles, inputs, graph, opened)]
        # FFmpeg passes the metadata on from the first picture of a graph without sound.
        audible = FilterGraph() if self._hdr_metadata else graph
        if self._is_split:
            output = ["-an", *CLEAN, "-f", self._part_muxer, self._part_file(part)]
            for track, one, heard in zip(tracks, parts, assemblies, strict=True):
                output += track.part_output(one, heard, inputs, audible, opened)
        else:
            for track, heard in zip(tracks, assemblies, strict=True):
                pad = sound_pad(heard, inputs, audible, track.layout, opened)
                filters = final_filters(self._options, track.gain)
                maps += ["-map", audible.finish(pad, filters, track.pad)]
            maps += subtitles.maps(inputs)
            first = next((number for number in opened if number is not None), None)
            metadata = self._metadata.arguments(inputs, first, copies=False)
            output = [*self._sound.arguments, *subtitles.codec_arguments]
            output += self._muxing(metadata, subtitles)
        graphs = dict.fromkeys(text for text in (str(graph), str(audible)) if text)
        return (
            *self._encoding.before_inputs,
            *inputs.arguments,
            *(word for text in graphs for word in ("-filter_complex", text)),
            *maps,
            *self._picture_arguments(),
            *output,
        )

    def _opened(self, assembly: Assembly) -> tuple[Inputs, FilterGraph, list[int | None]]:
        count = count_files(assembly.segments)
        inputs = Inputs(self._tools, decoder_threads(count, self._tools.cores))
        opened = [
            inputs.add_excerpt(segment.excerpt) if segment.excerpt else None
            for segment in assembly.segments
        ]
        return inputs, FilterGraph(), opened

    def _drawn(
        self,
        part: Part,
        assembly: Assembly,
        subtitles: SubtitlePlan,
        inputs: Inputs,
        graph: FilterGraph,
        opened: list[int | None],
    ) -> str:
        """Return the output pad of the pictures of `part`, whose files are `opened`."""
        files = EffectFiles(inputs, self._materials, self._files)
        pictures = PictureGraph(graph, self._style, self._tools, files)
        burnt = subtitles.burnt(self._assembly)[part.first :]
        pad = pictures.whole(assembly, opened, burnt[: len(assembly.segments)])
        if self._is_split:
            pad = part.trimmed_pictures(graph, pad)
        images = [self._materials.images[image.image] for image in self._options.images]
        numbers = [inputs.add_image(path) for path in images]
        pad = pictures.with_images(pad, self._options, numbers)
        pad = pictures.with_texts(
            pad, self._options, self._files, self._materials.fonts, assembly.rate
        )
        untimed = part.untimed if self._is_split else []
        return graph.finish(pad, [*untimed, *self._encoding.last_filters], "v")

    def _picture_arguments(self) -> list[str]:
        return [
            *(*self._encoding.arguments, *self._color_arguments(), *self._extra_arguments()),
            *("-fps_mode", "passthrough"),
        ]

    def _joining_pass(self, subtitles: SubtitlePlan) -> RenderPass:
        """Return the pass that joins the parts: it copies the pictures and encodes the sound."""
        assembly, inputs, graph = self._assembly, Inputs(), FilterGraph()
        # All parts have the same parameter sets, so none are put into the packets.
        inputs.add(["-auto_convert", "0", *join_input(_PART_LIST)])
        self._files[_PART_LIST] = join_list(
            (self._part_file(part), part.seconds, None) for part in self._parts
        )
        self._files |= self._sound.files
        maps = ["-map", "0:v", "-c:v", "copy", *self._tag_arguments()]
        for track in self._sound.tracks:
            filters = final_filters(self._options, track.gain)
            pad = graph.finish(track.whole_pad(inputs, graph), filters, track.pad)
            maps += ["-map", pad]
        maps += subtitles.maps(inputs)
        metadata = self._metadata.arguments(inputs, None, copies=False)
        if self._has_webm_parts:
            metadata += ["-metadata:s:v:0", "alpha_mode=1"]
        arguments = (
            *inputs.arguments,
            *(("-filter_complex", str(graph)) if str(graph) else ()),
            *(*maps, *self._sound.arguments, *subtitles.codec_arguments),
            *self._muxing(metadata, subtitles),
        )
        sound_weight = SOUND_WEIGHT * len(self._sound.tracks)
        weight = float(assembly.seconds) * (COPY_WEIGHT + sound_weight)
        return RenderPass(RenderPhase.JOINING, arguments, assembly.seconds, weight=weight)

    def _muxing(self, metadata: list[str], subtitles: SubtitlePlan) -> list[str]:
        """Return the last arguments of the command that writes the result."""
        return [
            *(*metadata, *self._labels(subtitles), *self._container.options),
            *(*self._metadata.mux_arguments, "-f", self._container.muxer),
            self._file,
        ]

    def _estimated_bytes(self) -> int:
        seconds, size = float(self._assembly.seconds), self._style.canvas
        bits = _BITS_PER_PIXEL.get(self._encoding.codec, _USUAL_BITS)
        pictures = size.area * float(self._assembly.rate) * bits
        made = int(seconds * (pictures + 2_500_000) / 8) + 1_000_000
        return 2 * made + self._sound.part_bytes if self._is_split else made

    @property
    def _is_split(self) -> bool:
        return len(self._parts) > 1

    @property
    def _has_webm_parts(self) -> bool:
        """Whether parts have transparency that only WebM stores."""
        return self._encoding.codec == "vp9" and stores_alpha(self._encoding.pixel_format)

    @property
    def _part_muxer(self) -> str:
        if self._has_webm_parts:
            return "webm"
        return _PART_MUXERS.get(self._encoding.codec, "mp4")

    def _part_file(self, part: Part) -> str:
        return f"part-{part.number:03d}.{self._part_muxer}"

    def _output(self, subtitles: SubtitlePlan) -> PlannedOutput:
        size = self._style.canvas
        return PlannedOutput(
            self._file,
            self._container.extension,
            self._container.muxer,
            OutputKind.VIDEO,
            duration_seconds=self._assembly.seconds,
            # Audio packets extend slightly beyond the last picture.
            tolerance_seconds=1 / self._assembly.rate + Fraction(1, 20),
            frames=self._assembly.frames,
            width=size.width,
            height=size.height,
            video_codec=self._encoding.codec,
            audio_codec=self._sound.codec,
            audio_streams=len(self._sound.tracks),
            subtitle_streams=subtitles.kept_streams,
            seams=seams_between(self._parts),
        )

    @property
    def _file(self) -> str:
        return f"output{self._container.extension}"

    def _choose_encoding(self) -> VideoEncoding:
        options, preset = self._options, self._preset
        by_container = _VIDEO_CODECS.get(options.container or "")
        codec = options.video_codec or by_container or preset.video_codec or "h264"
        quality = options.quality
        if quality is None and codec == preset.video_codec:
            quality = preset.quality
        encoding = video_encoding(
            codec,
            choose_encoder(codec, options.encoder, self._tools),
            options.effort or preset.effort,
            quality,
            self._assembly.rate,
            deep=preset.keeps_hdr,
        )
        return with_alpha(encoding) if any_alpha(self._assembly, self._tools) else encoding

    def _choose_style(self) -> VideoStyle:
        preset = self._preset
        pixel_format = self._encoding.pixel_format.replace("nv12", "yuv420p")
        chosen = choose_style(
            self._assembly,
            self._options,
            pixel_format,
            short_side=preset.short_side,
            long_side=preset.long_side,
            keeps_hdr=preset.keeps_hdr and self._encoding.has_ten_bits,
        )
        if chosen.colors.transfer and not self._encoding.has_ten_bits:
            raise RenderRefusedError(
                "High dynamic range needs 10 bits, which this preset does not make. Use the "
                "preset `archive` or `prores`, or leave out `hdr`.",
                field="options.hdr",
            )
        return chosen

    def _choose_hdr_metadata(self) -> tuple[HdrMetadata | None, tuple[str, ...]]:
        """Add the metadata of a result of high dynamic range to the encoding."""
        if not self._style.colors.transfer:
            return None, ()
        sources = [part.source for _, _, part in self._assembly.clips()]
        metadata, notes = shared_metadata([source.hdr_metadata for source in sources])
        notes += dynamic_notes(source.info.main_video for source in sources)
        if metadata is None:
            return None, notes
        encoding = with_hdr_metadata(self._encoding, metadata)
        if encoding is not None:
            self._encoding = encoding
            return metadata, notes
        if len(self._assembly.segments) > 1:
            return None, (*notes, left_out_note(self._encoding.encoder))
        return metadata, (*notes, forwarded_note(self._encoding.encoder))

    def _labels(self, subtitles: SubtitlePlan) -> list[str]:
        words = []
        if subtitles.kept:
            source, indexes = subtitles.kept[0].source, subtitles.kept[1]
            streams = {stream.index: stream for stream in source.info.subtitles}
            words = [label_of(source, streams[index]) for index in indexes]
        return [*self._sound.labels, *label_arguments("s", words)]

    def _choose_container(self) -> Container:
        name = self._options.container or self._preset.container or "mp4"
        container = container_of(name, ENCODED_CONTAINERS)
        check_holds(container, self._encoding.codec, None)
        return container

    def _color_arguments(self) -> list[str]:
        transfer = self._style.colors.transfer
        primaries, curve, space = (
            ("bt2020", transfer, "bt2020nc") if transfer else ("bt709", "bt709", "bt709")
        )
        return [
            *("-color_primaries", primaries, "-color_trc", curve),
            *("-colorspace", space, "-color_range", "tv"),
        ]

    def _tag_arguments(self) -> list[str]:
        is_apples = self._encoding.codec == "hevc" and self._container.muxer in {"mp4", "mov"}
        return ["-tag:v", "hvc1"] if is_apples else []  # Apple's players support no other tag

    def _extra_arguments(self) -> list[str]:
        extra = self._tag_arguments()
        if self._preset.name == "proxy":
            extra += ["-g", str(max(round(self._assembly.rate / 2), 1))]
        return extra
