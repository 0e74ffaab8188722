"""Plans that encode: the presets for web, archive, proxy and editing, and audio only."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.assembly import Assembly, assemble
from stoat_ferret.render.plan.audio_graph import (
    GAIN,
    MEASURING_FILTERS,
    LoudnessMeasurement,
    SoundGraph,
    final_filters,
)
from stoat_ferret.render.plan.channel_layouts import choose_layout
from stoat_ferret.render.plan.chapters import stays_of
from stoat_ferret.render.plan.containers import (
    AUDIO_ONLY,
    ENCODED_CONTAINERS,
    container_of,
)
from stoat_ferret.render.plan.effect_graph import EffectFiles
from stoat_ferret.render.plan.encoders import (
    audio_arguments,
    choose_encoder,
    video_encoding,
    with_hdr_metadata,
)
from stoat_ferret.render.plan.excerpt import audio_stream
from stoat_ferret.render.plan.filter_graph import FilterGraph, Inputs
from stoat_ferret.render.plan.hdr_metadata import (
    dynamic_notes,
    forwarded_note,
    left_out_note,
    shared_metadata,
)
from stoat_ferret.render.plan.metadata import plan_metadata
from stoat_ferret.render.plan.plan import (
    OutputKind,
    PlannedOutput,
    RenderPass,
    RenderPhase,
    RenderPlan,
)
from stoat_ferret.render.plan.sound_tracks import common_reading, sound_tracks
from stoat_ferret.render.plan.subtitles import SubtitlePlan, plan_subtitles
from stoat_ferret.render.plan.texts import font_links
from stoat_ferret.render.plan.tracks import label_arguments, label_of, left_out_of_encoding
from stoat_ferret.render.plan.transparency import (
    alpha_name,
    alpha_notes,
    any_alpha,
    with_alpha,
)
from stoat_ferret.render.plan.video_graph import PictureGraph, VideoStyle, choose_style
from stoat_ferret.render.request.options import Subtitles

if TYPE_CHECKING:
    from stoat_ferret.render.plan.containers import Container
    from stoat_ferret.render.plan.encoders import VideoEncoding
    from stoat_ferret.render.plan.hdr_metadata import HdrMetadata
    from stoat_ferret.render.plan.sound_tracks import SoundTrack
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

_SOUND_CONTAINERS = {
    "aac": "m4a",
    "alac": "m4a",
    "opus": "opus",
    "vorbis": "ogg",
    "mp3": "mp3",
    "flac": "flac",
    "pcm": "wav",
    "pcm16": "wav",
}
_CODEC_OF_CONTAINER = {"webm": ("vp9", "opus"), "mov": (None, None), "mp4": (None, "aac")}
_SOUND_OF_CONTAINER = {
    "opus": "opus",
    "ogg": "opus",
    "mp3": "mp3",
    "flac": "flac",
    "wav": "pcm16",
    "m4a": "aac",
}
_BITS_PER_PIXEL = {"prores": 5.0, "ffv1": 12.0}
_USUAL_BITS = 0.35
_SOUND_WEIGHT = 0.05
_PIXELS = 1_000_000


def plan_video(
    request: RenderRequest, preset: Preset, materials: Materials, tools: Tools
) -> RenderPlan:
    """Plan a video whose pictures and sound are encoded."""
    return _VideoPlan(request, preset, materials, tools).plan()


def plan_audio(
    request: RenderRequest, preset: Preset, materials: Materials, tools: Tools
) -> RenderPlan:
    """Plan an audio-only file."""
    options = request.options
    assembly = assemble(request, materials, with_picture=False)
    if not assembly.has_sound:
        raise RenderRefusedError("There is no sound in what was chosen, so none can be extracted.")
    by_container = _SOUND_OF_CONTAINER.get(options.container or "")
    codec = options.audio_codec or by_container or preset.audio_codec or "aac"
    codec_arguments, name = audio_arguments(
        codec, options.audio_bit_rate or preset.audio_bit_rate, tools
    )
    container = container_of(options.container or _sound_container(codec), AUDIO_ONLY)
    _check_holds(container, None, name)
    metadata = plan_metadata(request, preset, stays_of(assembly), container, assembly.rate)
    _, track_notes = sound_tracks(assembly, "first")
    passes = []
    if options.loudness_lufs is not None:
        passes.append(loudness_pass(request, assembly, "stereo"))
    inputs, graph = Inputs(), FilterGraph()
    audible = assembly.reading(pictures=False, sound=True)
    pad = sound_pad(audible, inputs, graph, "stereo", None)
    graph.finish(pad, final_filters(options), "a")
    seconds = assembly.seconds
    file = f"output{container.extension}"
    kept = metadata.arguments(inputs, None, copies=False)
    arguments = (
        *inputs.arguments,
        *("-filter_complex", str(graph), "-map", "[a]", *codec_arguments, *kept),
        *(*container.options, *metadata.mux_arguments, "-f", container.muxer, file),
    )
    passes.append(
        RenderPass(RenderPhase.ENCODING, arguments, seconds, weight=float(seconds) * _SOUND_WEIGHT)
    )
    output = PlannedOutput(
        file,
        container.extension,
        container.muxer,
        OutputKind.AUDIO,
        duration_seconds=seconds,
        tolerance_seconds=Fraction(1, 10),
        audio_codec=name,
        audio_streams=1,
    )
    rate = 2_304_000 if name.startswith("pcm") or name in {"flac", "alac"} else 400_000
    size = int(seconds * rate / 8) + 100_000
    notes = (*assembly.notes, *track_notes, *metadata.notes)
    return RenderPlan(tuple(passes), (output,), seconds, metadata.files, notes, size)


def loudness_pass(
    request: RenderRequest, assembly: Assembly, layout: str, gain: str = GAIN
) -> RenderPass:
    """Return the pass that measures the loudness of the whole, and fills in `gain`."""
    target = request.options.loudness_lufs
    assert target is not None  # noqa: S101  only called if a loudness is requested
    inputs, graph = Inputs(), FilterGraph()
    audible = assembly.reading(pictures=False, sound=True)
    pad = sound_pad(audible, inputs, graph, layout, None)
    graph.finish(pad, MEASURING_FILTERS, "a")
    arguments = (
        *inputs.arguments,
        *("-filter_complex", str(graph), "-map", "[a]", "-f", "null", "-"),
    )
    seconds = assembly.seconds
    return RenderPass(
        RenderPhase.MEASURING_LOUDNESS,
        arguments,
        seconds,
        weight=float(seconds) * _SOUND_WEIGHT,
        measurement=LoudnessMeasurement(target, placeholder=gain),
    )


def sound_pad(
    assembly: Assembly,
    inputs: Inputs,
    graph: FilterGraph,
    layout: str,
    opened: list[int | None] | None,
) -> str:
    """Return the pad of the whole sound; add files to `inputs` unless they are `opened` already."""
    if opened is None:
        opened = [
            inputs.add_excerpt(segment.excerpt) if segment.excerpt and segment.has_sound else None
            for segment in assembly.segments
        ]
    extra = [inputs.add_excerpt(sound.excerpt) for sound in assembly.sounds]
    return SoundGraph(graph, layout).whole(assembly, opened, extra)


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
        self._files: dict[str, str] = {}
        self._encoding = self._choose_encoding()
        self._tracks, self._track_notes = self._choose_tracks()
        self._has_sound = bool(self._tracks)
        self._style = self._choose_style()
        self._hdr_metadata, self._hdr_notes = self._choose_hdr_metadata()
        self._container, self._sound_options, self._sound_codec = self._choose_container()
        self._layouts = [self._layout_of(track) for track in self._tracks]
        self._metadata = plan_metadata(
            request, preset, stays_of(self._assembly), self._container, self._assembly.rate
        )

    def plan(self) -> RenderPlan:
        subtitles = plan_subtitles(
            self._request, self._assembly, self._container, self._materials, self._tools
        )
        passes = list(subtitles.passes)
        if self._options.loudness_lufs is not None:
            passes += [
                loudness_pass(self._request, track.assembly, layout, _gain_of(number))
                for number, (track, (layout, _)) in enumerate(
                    zip(self._tracks, self._layouts, strict=True)
                )
            ]
        passes.append(self._encoding_pass(subtitles))
        self._files |= self._metadata.files
        left_out = [*self._track_notes]
        left_out += left_out_of_encoding(
            [(clip, part.source) for _, clip, part in self._assembly.clips()],
            uses_subtitles=self._options.subtitles is not Subtitles.NONE,
            used=subtitles.fonts,
        )
        seconds = self._assembly.seconds
        size = self._style.canvas
        notes = (
            *self._assembly.notes,
            *alpha_notes(self._assembly, self._tools, kept_in=alpha_name(self._encoding)),
            *self._hdr_notes,
            *(note for _, notes in self._layouts for note in notes),
            *subtitles.notes,
            *self._materials.fonts.notes,
            *left_out,
            *self._metadata.notes,
        )
        bits = _BITS_PER_PIXEL.get(self._encoding.codec, _USUAL_BITS)
        pictures = size.area * float(self._assembly.rate) * bits
        return RenderPlan(
            tuple(passes),
            (self._output(subtitles),),
            seconds,
            {**self._files, **subtitles.texts},
            notes,
            int(float(seconds) * (pictures + 2_500_000) / 8) + 1_000_000,
            links=font_links(self._materials.fonts),
            folders=subtitles.folders,
        )

    def _encoding_pass(self, subtitles: SubtitlePlan) -> RenderPass:
        inputs, graph = Inputs(self._tools), FilterGraph()
        assembly, *assemblies = common_reading(
            [
                self._assembly.reading(pictures=True, sound=self._has_sound),
                *(track.assembly.reading(pictures=True, sound=True) for track in self._tracks),
            ]
        )
        opened = [
            inputs.add_excerpt(segment.excerpt) if segment.excerpt else None
            for segment in assembly.segments
        ]
        files = EffectFiles(inputs, self._materials, self._files)
        pictures = PictureGraph(graph, self._style, self._tools, files)
        pad = pictures.whole(assembly, opened, subtitles.burnt(assembly))
        images = [self._materials.images[image.image] for image in self._options.images]
        numbers = [inputs.add_image(path) for path in images]
        pad = pictures.with_images(pad, self._options, numbers)
        pad = pictures.with_texts(
            pad, self._options, self._files, self._materials.fonts, assembly.rate
        )
        maps = ["-map", graph.finish(pad, list(self._encoding.last_filters), "v")]
        # FFmpeg passes the metadata on from the first picture of a graph without sound.
        audible = FilterGraph() if self._hdr_metadata else graph
        for place, (heard, (layout, _)) in enumerate(zip(assemblies, self._layouts, strict=True)):
            pad = sound_pad(heard, inputs, audible, layout, opened)
            filters = final_filters(self._options, _gain_of(place))
            maps += ["-map", audible.finish(pad, filters, f"a{place or ''}")]
        maps += subtitles.maps(inputs)
        first = next((number for number in opened if number is not None), None)
        metadata = self._metadata.arguments(inputs, first, copies=False)
        graphs = dict.fromkeys(text for text in (str(graph), str(audible)) if text)
        arguments = (
            *self._encoding.before_inputs,
            *inputs.arguments,
            *(part for text in graphs for part in ("-filter_complex", text)),
            *maps,
            *(*self._encoding.arguments, *self._color_arguments(), *self._extra_arguments()),
            *("-fps_mode", "passthrough"),
            *self._sound_options,
            *subtitles.codec_arguments,
            *(*metadata, *self._labels(subtitles), *self._container.options),
            *(*self._metadata.mux_arguments, "-f", self._container.muxer),
            self._file,
        )
        frames, size = assembly.frames, self._style.canvas
        weight = frames * (size.area / _PIXELS + 0.1) / 25
        return RenderPass(RenderPhase.ENCODING, arguments, assembly.seconds, frames, weight)

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
            audio_codec=self._sound_codec,
            audio_streams=len(self._tracks),
            subtitle_streams=subtitles.kept_streams,
        )

    @property
    def _file(self) -> str:
        return f"output{self._container.extension}"

    def _choose_encoding(self) -> VideoEncoding:
        options, preset = self._options, self._preset
        by_container = _CODEC_OF_CONTAINER.get(options.container or "", (None, None))[0]
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

    def _choose_tracks(self) -> tuple[list[SoundTrack], list[str]]:
        if self._options.mute:
            return [], []
        return sound_tracks(self._assembly, self._options.audio or self._preset.audio)

    def _labels(self, subtitles: SubtitlePlan) -> list[str]:
        words = []
        if subtitles.kept:
            source, indexes = subtitles.kept[0].source, subtitles.kept[1]
            streams = {stream.index: stream for stream in source.info.subtitles}
            words = [label_of(source, streams[index]) for index in indexes]
        audio = [track.label for track in self._tracks]
        return [*label_arguments("a", audio), *label_arguments("s", words)]

    def _layout_of(self, track: SoundTrack) -> tuple[str, tuple[str, ...]]:
        if not self._preset.keeps_layout or self._sound_codec is None:
            return "stereo", ()
        heard = [
            audio_stream(clip, part.source)
            for segment, clip, part in track.assembly.clips()
            if segment.has_sound
        ]
        heard += [audio_stream(one.clip, one.excerpt.source) for one in track.assembly.sounds]
        streams = [stream for stream in heard if stream]
        return choose_layout(streams, self._sound_codec, self._container.muxer)

    def _choose_container(self) -> tuple[Container, list[str], str | None]:
        options, preset = self._options, self._preset
        name = options.container or preset.container or "mp4"
        container = container_of(name, ENCODED_CONTAINERS)
        if not self._has_sound:
            _check_holds(container, self._encoding.codec, None)
            return container, ["-an"], None
        by_container = _CODEC_OF_CONTAINER.get(options.container or "", (None, None))[1]
        codec = options.audio_codec or by_container or preset.audio_codec or "aac"
        bit_rate = options.audio_bit_rate or preset.audio_bit_rate
        codec_arguments, codec_name = audio_arguments(codec, bit_rate, self._tools)
        _check_holds(container, self._encoding.codec, codec_name)
        return container, codec_arguments, codec_name

    def _color_arguments(self) -> list[str]:
        transfer = self._style.colors.transfer
        primaries, curve, space = (
            ("bt2020", transfer, "bt2020nc") if transfer else ("bt709", "bt709", "bt709")
        )
        return [
            *("-color_primaries", primaries, "-color_trc", curve),
            *("-colorspace", space, "-color_range", "tv"),
        ]

    def _extra_arguments(self) -> list[str]:
        extra = []
        if self._encoding.codec == "hevc" and self._container.muxer in {"mp4", "mov"}:
            extra += ["-tag:v", "hvc1"]  # Apple's players support no other tag
        if self._preset.name == "proxy":
            extra += ["-g", str(max(round(self._assembly.rate / 2), 1))]
        return extra


def _gain_of(track: int) -> str:
    return f"{GAIN}-{track}" if track else GAIN


def _sound_container(codec: str) -> str:
    name = _SOUND_CONTAINERS.get(codec)
    if name is None:
        names = ", ".join(_SOUND_CONTAINERS)
        raise RenderRefusedError(
            f"No file of sound alone holds {codec} here. Choose among {names}.",
            field="options.audio_codec",
        )
    return name


def _check_holds(container: Container, video: str | None, audio: str | None) -> None:
    name = container.extension[1:]
    for codec, held in ((video, container.video), (audio, container.audio)):
        if codec is not None and codec not in held:
            names = ", ".join(sorted(held)) or "none"
            raise RenderRefusedError(
                f"A {name} file does not hold {codec}. It holds {names}: choose one of them, "
                "or another container.",
                field="options.container",
            )
