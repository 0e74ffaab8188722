"""Plans for files of sound alone."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.assembly import assemble
from stoat_ferret.render.plan.container.chapters import stays_of
from stoat_ferret.render.plan.container.containers import AUDIO_ONLY, check_holds, container_of
from stoat_ferret.render.plan.container.metadata import plan_metadata
from stoat_ferret.render.plan.filter_graph import FilterGraph, Inputs
from stoat_ferret.render.plan.parts import split_into_parts
from stoat_ferret.render.plan.plan import (
    OutputKind,
    PlannedOutput,
    RenderPass,
    RenderPhase,
    RenderPlan,
)
from stoat_ferret.render.plan.size_samples import PRINTING, SoundSample
from stoat_ferret.render.plan.sound.audio_graph import final_filters
from stoat_ferret.render.plan.sound.channel_layouts import channel_count
from stoat_ferret.render.plan.sound.sound import (
    SOUND_WEIGHT,
    SoundPlan,
    sound_pad,
    sound_part_passes,
)
from stoat_ferret.render.plan.sound.sound_tracks import sound_tracks
from stoat_ferret.render.plan.video.encoders import USUAL_SOUND_RATE, audio_arguments
from stoat_ferret.render.plan.video.size_estimate import sampled
from stoat_ferret.render.plan.video.size_limit import expected_index, expected_sound

if TYPE_CHECKING:
    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.request.options import RenderOptions
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

_CONTAINERS = {
    "aac": "m4a",
    "alac": "m4a",
    "opus": "opus",
    "vorbis": "ogg",
    "mp3": "mp3",
    "flac": "flac",
    "pcm": "wav",
    "pcm16": "wav",
}
_CODECS = {
    "opus": "opus",
    "ogg": "opus",
    "mp3": "mp3",
    "flac": "flac",
    "wav": "pcm16",
    "m4a": "aac",
}

_SAMPLE_LONGER = 2
"""The length of samples, in half seconds."""


def plan_audio(
    request: RenderRequest, preset: Preset, materials: Materials, tools: Tools
) -> RenderPlan:
    """Plan an audio-only file."""
    options = request.options
    assembly = assemble(request, materials, with_picture=False)
    if not assembly.has_sound:
        raise RenderRefusedError("There is no sound in what was chosen, so none can be extracted.")
    by_container = _CODECS.get(options.container or "")
    codec = options.audio_codec or by_container or preset.audio_codec or "aac"
    codec_arguments, name = audio_arguments(
        codec, options.audio_bit_rate or preset.audio_bit_rate, tools
    )
    container = container_of(options.container or _container_name(codec), AUDIO_ONLY)
    check_holds(container, None, name)
    metadata = plan_metadata(request, preset, stays_of(assembly), container, assembly.rate)
    _, track_notes = sound_tracks(assembly, "first")
    sound = SoundPlan(0, assembly, split_into_parts(assembly), "stereo")
    passes = sound_part_passes([sound])
    if options.loudness_lufs is not None:
        passes.append(sound.loudness_pass(options.loudness_lufs))
    inputs, graph = Inputs(), FilterGraph()
    graph.finish(sound.whole_pad(inputs, graph), final_filters(options), "a")
    seconds = assembly.seconds
    file = f"output{container.extension}"
    kept = metadata.arguments(inputs, None, copies=False)
    arguments = (
        *inputs.arguments,
        *("-filter_complex", str(graph), "-map", "[a]", *codec_arguments, *kept),
        *(*container.options, *metadata.mux_arguments, "-f", container.muxer, file),
    )
    passes.append(
        RenderPass(RenderPhase.ENCODING, arguments, seconds, weight=float(seconds) * SOUND_WEIGHT)
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
    rate = options.audio_bit_rate or preset.audio_bit_rate or USUAL_SOUND_RATE
    estimated = expected_index(0) + expected_sound(
        assembly, float(seconds), name, rate, channel_count(sound.layout)
    )
    return RenderPlan(
        tuple(passes),
        (output,),
        seconds,
        {**sound.files, **metadata.files},
        (*assembly.notes, *track_notes, *metadata.notes),
        estimated,
        temporary_bytes=sound.part_bytes,
        samples=_samples(assembly, sound.layout, options, codec_arguments, estimated),
    )


def _samples(
    assembly: Assembly,
    layout: str,
    options: RenderOptions,
    codec_arguments: list[str],
    estimated_bytes: int,
) -> tuple[SoundSample, ...]:
    """Return the sample that measures the size; none if sounds are mixed in."""
    if assembly.sounds:
        return ()
    plain = options.model_copy(update={"loudness_lufs": None})
    commands = []
    for piece in sampled(assembly, longer=_SAMPLE_LONGER):
        inputs, graph = Inputs(), FilterGraph()
        pad = sound_pad(piece.reading(pictures=False, sound=True), inputs, graph, layout, None)
        graph.finish(pad, final_filters(plain), "a")
        graphs = ("-filter_complex", str(graph), "-map", "[a]")
        commands.append((*inputs.arguments, *graphs, *codec_arguments, *PRINTING))
    seconds, index = float(assembly.seconds), expected_index(0)
    return (SoundSample(tuple(commands), seconds, index, estimated_bytes),)


def _container_name(codec: str) -> str:
    name = _CONTAINERS.get(codec)
    if name is None:
        names = ", ".join(_CONTAINERS)
        raise RenderRefusedError(
            f"No file of sound alone holds {codec} here. Choose among {names}.",
            field="options.audio_codec",
        )
    return name
