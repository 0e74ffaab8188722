"""The sound of a result, track by track: at once, or in parts that are joined later."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.container.joined_files import join_input, join_list
from stoat_ferret.render.plan.container.metadata import CLEAN
from stoat_ferret.render.plan.excerpt import SAMPLE_RATE
from stoat_ferret.render.plan.filter_graph import FilterGraph, Inputs
from stoat_ferret.render.plan.plan import RenderPass, RenderPhase
from stoat_ferret.render.plan.sound.audio_graph import (
    GAIN,
    MEASURING_FILTERS,
    LoudnessMeasurement,
    SoundGraph,
)
from stoat_ferret.render.plan.sound.channel_layouts import channel_count
from stoat_ferret.render.plan.sound.sound_tracks import common_reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.parts import Part

SOUND_WEIGHT = 0.05
"""The work for a second of sound, in seconds of encoding."""
_PART_FORMAT = (*CLEAN, "-c:a", "pcm_f32le", "-rf64", "auto", "-f", "wav")
"""The format of the sound of a part: exact, and not clipped before its final volume."""
_SAMPLE_BYTES = 4


@dataclass(frozen=True, slots=True)
class SoundPlan:
    """The sound of a track, which is made in `parts` if there are several.

    Tracks have a `number`, counted from 0; `layout` is the channel layout of the result.
    """

    number: int
    assembly: Assembly
    parts: Sequence[Part]
    layout: str

    @property
    def is_split(self) -> bool:
        """Whether its parts are joined later."""
        return len(self.parts) > 1

    @property
    def gain(self) -> str:
        """The placeholder for the measured gain."""
        return f"{GAIN}-{self.number}" if self.number else GAIN

    @property
    def pad(self) -> str:
        """The name of the output pad."""
        return f"a{self.number or ''}"

    @property
    def files(self) -> dict[str, str]:
        """The files that joining needs in the scratch folder."""
        if not self.is_split:
            return {}
        listed = ((self._part_file(part), _seconds(part), None) for part in self.parts)
        return {self._list: join_list(listed)}

    @property
    def part_bytes(self) -> int:
        """The bytes of the files with its parts."""
        if not self.is_split:
            return 0
        samples = sum(part.samples for part in self.parts)
        return samples * channel_count(self.layout) * _SAMPLE_BYTES

    def whole_pad(self, inputs: Inputs, graph: FilterGraph) -> str:
        """Return the pad of the whole, from its files, or from those of its parts."""
        audible = self.assembly.reading(pictures=False, sound=True)
        if not self.is_split:
            return sound_pad(audible, inputs, graph, self.layout, None)
        number = inputs.add([*join_input(self._list)])
        pad = graph.chain(f"[{number}:a]", ["asetpts=N/SR/TB"])
        extra = [inputs.add_excerpt(sound.excerpt) for sound in audible.sounds]
        return SoundGraph(graph, self.layout).mixed(pad, audible, extra)

    def loudness_pass(self, target_lufs: float) -> RenderPass:
        """Return the pass that measures the loudness, after those of the parts."""
        inputs, graph = Inputs(), FilterGraph()
        graph.finish(self.whole_pad(inputs, graph), MEASURING_FILTERS, "a")
        arguments = (
            *inputs.arguments,
            *("-filter_complex", str(graph), "-map", "[a]", "-f", "null", "-"),
        )
        seconds = self.assembly.seconds
        return RenderPass(
            RenderPhase.MEASURING_LOUDNESS,
            arguments,
            seconds,
            weight=float(seconds) * SOUND_WEIGHT,
            measurement=LoudnessMeasurement(target_lufs, placeholder=self.gain),
        )

    def part_output(
        self,
        part: Part,
        assembly: Assembly,
        inputs: Inputs,
        graph: FilterGraph,
        opened: list[int | None],
    ) -> list[str]:
        """Return the arguments for a file with the sound of `part`, read as `assembly`."""
        pad = sound_pad(assembly, inputs, graph, self.layout, opened)
        name = graph.finish(pad, part.trimmed_sound, self.pad)
        return ["-map", name, *_PART_FORMAT, self._part_file(part)]

    @property
    def _list(self) -> str:
        return f"sounds-{self.number}.txt"

    def _part_file(self, part: Part) -> str:
        return f"sound-{self.number}-{part.number:03d}.wav"


def sound_pad(
    assembly: Assembly,
    inputs: Inputs,
    graph: FilterGraph,
    layout: str,
    opened: list[int | None] | None,
) -> str:
    """Return the pad of the whole sound; add files to `inputs` unless they are `opened` already."""
    if opened is None:
        opened = _opened(assembly, inputs)
    extra = [inputs.add_excerpt(sound.excerpt) for sound in assembly.sounds]
    return SoundGraph(graph, layout).whole(assembly, opened, extra)


def whole_pads(sounds: Sequence[SoundPlan], inputs: Inputs, graph: FilterGraph) -> list[str]:
    """Return the pads of the whole of all tracks; each clip is opened once."""
    if any(sound.is_split for sound in sounds):
        return [sound.whole_pad(inputs, graph) for sound in sounds]
    assemblies = _audible(sound.assembly for sound in sounds)
    opened = _opened(assemblies[0], inputs)
    return [
        sound_pad(one, inputs, graph, sound.layout, opened)
        for one, sound in zip(assemblies, sounds, strict=True)
    ]


def sound_part_passes(sounds: Sequence[SoundPlan]) -> list[RenderPass]:
    """Return the passes that write the sound of each part into files, one for each track.

    None if there is only one part.
    """
    if not any(sound.is_split for sound in sounds):
        return []
    return [
        _sound_part_pass(sounds, parts)
        for parts in zip(*(sound.parts for sound in sounds), strict=True)
    ]


def _sound_part_pass(sounds: Sequence[SoundPlan], parts: Sequence[Part]) -> RenderPass:
    inputs, graph = Inputs(), FilterGraph()
    assemblies = _audible(part.assembly for part in parts)
    opened = _opened(assemblies[0], inputs)
    outputs = [
        argument
        for sound, part, heard in zip(sounds, parts, assemblies, strict=True)
        for argument in sound.part_output(part, heard, inputs, graph, opened)
    ]
    arguments = (*inputs.arguments, "-filter_complex", str(graph), *outputs)
    seconds = _seconds(parts[0])
    weight = float(seconds) * SOUND_WEIGHT
    return RenderPass(RenderPhase.ENCODING, arguments, seconds, weight=weight)


def _audible(assemblies: Iterable[Assembly]) -> list[Assembly]:
    return common_reading([one.reading(pictures=False, sound=True) for one in assemblies])


def _opened(assembly: Assembly, inputs: Inputs) -> list[int | None]:
    return [
        inputs.add_excerpt(segment.excerpt) if segment.excerpt and segment.has_sound else None
        for segment in assembly.segments
    ]


def _seconds(part: Part) -> Fraction:
    return Fraction(part.samples, SAMPLE_RATE)
