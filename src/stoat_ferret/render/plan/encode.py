"""Plans that encode pictures: the presets for web, archive, proxy and editing."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.assembly import Assembly, assemble
from stoat_ferret.render.plan.container.chapters import stays_of
from stoat_ferret.render.plan.container.joined_files import join_input, join_list
from stoat_ferret.render.plan.container.metadata import CLEAN, plan_metadata
from stoat_ferret.render.plan.container.tracks import (
    label_arguments,
    label_of,
    left_out_of_encoding,
)
from stoat_ferret.render.plan.copying.copied_clips import COPY_WEIGHT
from stoat_ferret.render.plan.filter_graph import FilterGraph, Inputs
from stoat_ferret.render.plan.parts import open_files, split_into_parts
from stoat_ferret.render.plan.plan import (
    OutputKind,
    PlannedOutput,
    RenderPass,
    RenderPhase,
    RenderPlan,
)
from stoat_ferret.render.plan.seams import seams_between
from stoat_ferret.render.plan.sound.audio_ends import encoded_ends
from stoat_ferret.render.plan.sound.audio_graph import final_filters
from stoat_ferret.render.plan.sound.sound import SOUND_WEIGHT, sound_pad
from stoat_ferret.render.plan.sound.sound_tracks import common_reading
from stoat_ferret.render.plan.sound.video_sound import VideoSound
from stoat_ferret.render.plan.text.subtitles import plan_subtitles
from stoat_ferret.render.plan.text.texts import font_links
from stoat_ferret.render.plan.video.effect_graph import EffectFiles
from stoat_ferret.render.plan.video.transparency import alpha_name, alpha_notes
from stoat_ferret.render.plan.video.video_format import choose_format
from stoat_ferret.render.plan.video.video_graph import PictureGraph
from stoat_ferret.render.plan.video.video_sizes import VideoSizes
from stoat_ferret.render.request.options import Subtitles

if TYPE_CHECKING:
    from stoat_ferret.render.plan.parts import Part
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.plan.text.subtitle_plan import SubtitlePlan
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

_PIXELS = 1_000_000
_FIRST_PASS = 0.5
"""The work of a first pass, which only writes statistics, relative to the second."""
_PART_LIST = "parts.txt"


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
        self._format = choose_format(self._options, preset, self._assembly, tools)
        container = self._format.container
        self._sound = VideoSound(self._options, preset, self._assembly, container, tools)
        self._sizes = VideoSizes(self._options, self._assembly, self._format, self._sound)
        self._limit = self._sizes.limit
        self._metadata = plan_metadata(
            request, preset, stays_of(self._assembly), container, self._assembly.rate
        )

    def plan(self) -> RenderPlan:
        subtitles = plan_subtitles(
            self._request, self._assembly, self._format.container, self._materials, self._tools
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
            *alpha_notes(self._assembly, self._tools, kept_in=alpha_name(self._format.encoding)),
            *self._format.notes,
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
            estimated_bytes=self._sizes.estimated_bytes,
            temporary_bytes=self._sizes.part_bytes if self._is_split else 0,
            limits={"": self._limit} if self._limit else {},
            samples=self._sizes.samples(self._materials, self._tools),
        )

    def _part_passes(self, part: Part, subtitles: SubtitlePlan) -> list[RenderPass]:
        """Return the passes that encode a part: the only one makes the whole file."""
        frames, size = part.frames, self._format.style.canvas
        weight = frames * (size.area / _PIXELS + 0.1) / 25
        made = self._encoding_arguments(part, subtitles)
        last = RenderPass(
            RenderPhase.ENCODING, made, part.seconds, frames, weight, repeats=bool(self._limit)
        )
        if self._format.encoding.passes == 1:
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
        graph = FilterGraph()
        inputs, opened = open_files(assembly, self._tools)
        maps = ["-map", self._drawn(part, assembly, subtitles, inputs, graph, opened)]
        # FFmpeg passes the metadata on from the first picture of a graph without sound.
        audible = FilterGraph() if self._format.hdr_metadata else graph
        if self._is_split:
            output = ["-an", *CLEAN, "-f", self._format.part_muxer, self._part_file(part)]
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
            *self._format.encoding.before_inputs,
            *inputs.arguments,
            *(word for text in graphs for word in ("-filter_complex", text)),
            *maps,
            *self._picture_arguments(part, 2),
            *output,
        )

    def _first_pass_arguments(self, part: Part, subtitles: SubtitlePlan) -> tuple[str, ...]:
        """Return the arguments of a first pass, which only writes statistics."""
        assembly = part.assembly.reading(pictures=True, sound=False)
        graph = FilterGraph()
        inputs, opened = open_files(assembly, self._tools)
        pad = self._drawn(part, assembly, subtitles, inputs, graph, opened)
        return (
            *self._format.encoding.before_inputs,
            *inputs.arguments,
            *("-filter_complex", str(graph), "-map", pad),
            *(*self._picture_arguments(part, 1), "-an", "-f", "null", "-"),
        )

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
        pictures = PictureGraph(graph, self._format.style, self._tools, files)
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
        return graph.finish(pad, [*untimed, *self._format.encoding.last_filters], "v")

    def _picture_arguments(self, part: Part, number: int) -> list[str]:
        """Return the arguments that encode a part, in pass `number` if there are two."""
        return [
            *self._format.encoding.pass_arguments(number, f"statistics-{part.number:03d}"),
            *self._format.arguments,
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
        maps = ["-map", "0:v", "-c:v", "copy", *self._format.tag_arguments]
        for track in self._sound.tracks:
            filters = final_filters(self._options, track.gain)
            pad = graph.finish(track.whole_pad(inputs, graph), filters, track.pad)
            maps += ["-map", pad]
        maps += subtitles.maps(inputs)
        metadata = self._metadata.arguments(inputs, None, copies=False)
        if self._format.has_webm_parts:
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
            *(*metadata, *self._labels(subtitles), *self._format.container.options),
            *(*self._metadata.mux_arguments, "-f", self._format.container.muxer),
            self._format.file,
        ]

    @property
    def _is_split(self) -> bool:
        return len(self._parts) > 1

    def _part_file(self, part: Part) -> str:
        return f"part-{part.number:03d}.{self._format.part_muxer}"

    def _output(self, subtitles: SubtitlePlan) -> PlannedOutput:
        size = self._format.style.canvas
        return PlannedOutput(
            self._format.file,
            self._format.container.extension,
            self._format.container.muxer,
            OutputKind.VIDEO,
            duration_seconds=self._assembly.seconds,
            # Audio packets extend slightly beyond the last picture.
            tolerance_seconds=1 / self._assembly.rate + Fraction(1, 20),
            frames=self._assembly.frames,
            width=size.width,
            height=size.height,
            video_codec=self._format.encoding.codec,
            audio_codec=self._sound.codec,
            audio_streams=len(self._sound.tracks),
            subtitle_streams=subtitles.kept_streams,
            seams=seams_between(self._parts),
            audio_ends=encoded_ends(len(self._sound.tracks), self._assembly.seconds),
        )

    def _labels(self, subtitles: SubtitlePlan) -> list[str]:
        words = []
        if subtitles.kept:
            source, indexes = subtitles.kept[0].source, subtitles.kept[1]
            streams = {stream.index: stream for stream in source.info.subtitles}
            words = [label_of(source, streams[index]) for index in indexes]
        return [*self._sound.labels, *label_arguments("s", words)]
