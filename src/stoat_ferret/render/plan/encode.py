"""Plans that encode pictures: the presets for web, archive, proxy and editing."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from stoat_ferret.render.plan.assembly import Assembly, assemble
from stoat_ferret.render.plan.audio_graph import final_filters
from stoat_ferret.render.plan.chapters import stays_of
from stoat_ferret.render.plan.containers import ENCODED_CONTAINERS, check_holds, container_of
from stoat_ferret.render.plan.copied_clips import COPY_WEIGHT
from stoat_ferret.render.plan.effect_graph import EffectFiles
from stoat_ferret.render.plan.filter_graph import FilterGraph, Inputs
from stoat_ferret.render.plan.joined_files import join_input, join_list
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
from stoat_ferret.render.plan.size_estimate import (
    SizeSample,
    estimated_pictures,
    key_frames,
    sampled,
)
from stoat_ferret.render.plan.size_limit import SizeLimit, checked_limit, least_rate, other_bytes
from stoat_ferret.render.plan.sound import SOUND_WEIGHT, sound_pad
from stoat_ferret.render.plan.sound_tracks import common_reading
from stoat_ferret.render.plan.subtitles import plan_subtitles
from stoat_ferret.render.plan.texts import font_links
from stoat_ferret.render.plan.tracks import label_arguments, label_of, left_out_of_encoding
from stoat_ferret.render.plan.transparency import alpha_name, alpha_notes, stores_alpha
from stoat_ferret.render.plan.video_format import choose_encoding, style_for, with_shared_metadata
from stoat_ferret.render.plan.video_graph import PictureGraph
from stoat_ferret.render.plan.video_sound import VideoSound
from stoat_ferret.render.request.options import Subtitles

if TYPE_CHECKING:
    from stoat_ferret.render.plan.containers import Container
    from stoat_ferret.render.plan.parts import Part
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.plan.subtitle_plan import SubtitlePlan
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

_PIXELS = 1_000_000
_FIRST_PASS = 0.5
"""The work of a first pass, which only writes statistics, relative to the second."""
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
        encoding = choose_encoding(self._options, preset, self._assembly, tools)
        self._style = style_for(encoding, self._options, preset, self._assembly)
        self._encoding, self._hdr_metadata, self._hdr_notes = with_shared_metadata(
            encoding, self._style, self._assembly
        )
        self._container = self._choose_container()
        self._sound = VideoSound(
            self._options, preset, self._assembly, self._container, self._tools
        )
        self._limit = self._choose_limit()
        self._metadata = plan_metadata(
            request, preset, stays_of(self._assembly), self._container, self._assembly.rate
        )

    def plan(self) -> RenderPlan:
        subtitles = plan_subtitles(
            self._request, self._assembly, self._container, self._materials, self._tools
        )
        measuring = self._sound.loudness_passes
        passes = [one for part in self._parts for one in self._part_passes(part, subtitles)]
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
            links=font_links(self._materials.fonts),
            folders=subtitles.folders,
            **self._sizes(),
        )

    def _part_passes(self, part: Part, subtitles: SubtitlePlan) -> list[RenderPass]:
        """Return the passes that encode a part: the only one makes the whole file."""
        frames, size = part.frames, self._style.canvas
        weight = frames * (size.area / _PIXELS + 0.1) / 25
        made = self._encoding_arguments(part, subtitles)
        last = RenderPass(
            RenderPhase.ENCODING, made, part.seconds, frames, weight, repeats=bool(self._limit)
        )
        if self._encoding.passes == 1:
            return [last]
        weight *= _FIRST_PASS
        first = self._first_pass_arguments(part, subtitles)
        return [RenderPass(RenderPhase.ANALYZING, first, part.seconds, frames, weight), last]

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
            *self._picture_arguments(part, 2),
            *output,
        )

    def _first_pass_arguments(self, part: Part, subtitles: SubtitlePlan) -> tuple[str, ...]:
        """Return the arguments of a first pass, which only writes statistics."""
        assembly = part.assembly.reading(pictures=True, sound=False)
        inputs, graph, opened = self._opened(assembly)
        pad = self._drawn(part, assembly, subtitles, inputs, graph, opened)
        return (
            *self._encoding.before_inputs,
            *inputs.arguments,
            *("-filter_complex", str(graph), "-map", pad),
            *(*self._picture_arguments(part, 1), "-an", "-f", "null", "-"),
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
        burned = subtitles.by_segment(self._assembly)[part.first :]
        pad = pictures.whole(assembly, opened, burned[: len(assembly.segments)])
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

    def _picture_arguments(self, part: Part, number: int) -> list[str]:
        """Return the arguments that encode a part, in pass `number` if there are two."""
        return [
            *self._encoding.pass_arguments(number, f"statistics-{part.number:03d}"),
            *(*self._color_arguments(), *self._extra_arguments()),
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
        return RenderPass(
            RenderPhase.JOINING,
            arguments,
            assembly.seconds,
            weight=weight,
            repeats=bool(self._limit),
        )

    def _muxing(self, metadata: list[str], subtitles: SubtitlePlan) -> list[str]:
        """Return the last arguments of the command that writes the result."""
        return [
            *(*metadata, *self._labels(subtitles), *self._container.options),
            *(*self._metadata.mux_arguments, "-f", self._container.muxer),
            self._file,
        ]

    def _sizes(self) -> dict[str, Any]:
        """Return what the plan says about sizes."""
        pictures = estimated_pictures(self._assembly, self._style.canvas, self._encoding)
        made = pictures + self._other_bytes()
        if self._limit:
            made = min(made, self._limit.max_bytes)
        return {
            "estimated_bytes": made,
            "temporary_bytes": pictures + self._sound.part_bytes if self._is_split else 0,
            "limits": {"": self._limit} if self._limit else {},
            "samples": () if self._limit else (self._sample(made),),
        }

    def _other_bytes(self, *, with_sound: bool = True) -> int:
        """Return the bytes of all but the pictures."""
        sizes = self._sound.sizes(self._options.max_bytes) if with_sound else ()
        return other_bytes(self._assembly.frames, float(self._assembly.seconds), sizes)

    def _sample(self, estimated_bytes: int) -> SizeSample:
        # Silence takes little. Sounds that are mixed in are not in the samples.
        has_sound = self._sound.is_audible and not self._assembly.sounds
        tracks = self._sound.tracks if has_sound else []
        pieces = zip(
            *(sampled(one) for one in (self._assembly, *(one.assembly for one in tracks))),
            strict=True,
        )
        return SizeSample(
            tuple(self._sample_arguments(*piece) for piece in pieces),
            self._assembly.frames,
            key_frames(self._assembly),
            self._other_bytes(with_sound=not has_sound),
            estimated_bytes,
        )

    def _sample_arguments(self, shown: Assembly, *heard: Assembly) -> tuple[str, ...]:
        """Return the arguments that encode a sample, without overlays, and print its packets.

        It is what is `shown`, and what is `heard` in each track.
        """
        assembly, *assemblies = common_reading(
            [
                shown.reading(pictures=True, sound=False),
                *(one.reading(pictures=True, sound=True) for one in heard),
            ]
        )
        inputs, graph, opened = self._opened(assembly)
        pictures = PictureGraph(
            graph, self._style, self._tools, EffectFiles(inputs, self._materials, {})
        )
        pad = pictures.whole(assembly, opened, [None])
        maps = ["-map", graph.finish(pad, list(self._encoding.last_filters), "v")]
        for track, one in zip(self._sound.tracks, assemblies, strict=False):
            pad = sound_pad(one, inputs, graph, track.layout, opened)
            maps += ["-map", graph.finish(pad, ["anull"], track.pad)]
        return (
            *self._encoding.before_inputs,
            *inputs.arguments,
            *("-filter_complex", str(graph), *maps, *(self._sound.arguments if heard else ())),
            *(*self._encoding.arguments, *self._color_arguments(), *self._extra_arguments()),
            *("-fps_mode", "passthrough", "-f", "framecrc", "-"),
        )

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

    def _choose_limit(self) -> SizeLimit | None:
        frames, seconds = self._assembly.frames, float(self._assembly.seconds)

        def limit_of(max_bytes: int) -> SizeLimit:
            return SizeLimit(
                max_bytes,
                other_bytes(frames, seconds, self._sound.sizes(max_bytes)),
                seconds,
                least_rate(self._style.canvas, self._assembly.rate),
                self._file,
            )

        most = self._options.max_bytes
        return None if most is None else checked_limit(most, limit_of)

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
