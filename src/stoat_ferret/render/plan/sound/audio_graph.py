"""The audio part of a filter graph, with loudness normalization after EBU R128."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.excerpt import SAMPLE_RATE, audio_stream
from stoat_ferret.render.plan.filter_graph import microseconds, number
from stoat_ferret.render.plan.video.effect_graph import check_reversed, has_reverse, sound_effects
from stoat_ferret.render.request.clip import Clip

if TYPE_CHECKING:
    from stoat_ferret.render.plan.assembly import Assembly, Segment, Sound
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.filter_graph import FilterGraph
    from stoat_ferret.render.request.clip import Ducking
    from stoat_ferret.render.request.options import RenderOptions

GAIN = "measured-gain"
"""The placeholder for the gain, in decibels, in the arguments of the later pass."""
MEASURING_FILTERS = [
    "ebur128=metadata=1",
    "ametadata=mode=print:key=lavfi.r128.I:file=loudness.txt",
]
_SILENCE = -69.0
_MOST_GAIN = 40.0


@dataclass(frozen=True, slots=True)
class LoudnessMeasurement:
    """A measurement of the gain that reaches `target_lufs`; silence is not amplified.

    `placeholder` is what it fills in.
    """

    target_lufs: float
    file: str = "loudness.txt"
    placeholder: str = GAIN

    def read(self, text: str) -> dict[str, str]:
        """See `Measurement.read`; the last value in the file is the integrated loudness."""
        values = re.findall(r"^lavfi\.r128\.I=(\S+)$", text, re.MULTILINE)
        loudness = _number(values[-1]) if values else _SILENCE
        gain = self.target_lufs - loudness if loudness > _SILENCE else 0.0
        return {self.placeholder: f"{max(min(gain, _MOST_GAIN), -_MOST_GAIN):.3f}"}


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return _SILENCE
    return value if math.isfinite(value) else _SILENCE


_MOST_DRIFT = 0.015
"""The seconds that sound may differ from its timestamps before samples are added or dropped.

Less than a packet of nearly every codec, so that each missing one is filled with silence; more than
containers that round to milliseconds, and the jitter of recorders, make of sound without holes.
"""
_BLOCK = 4096
_TEMPO_FLOOR = Fraction(1, 2)
_BYTES_A_SAMPLE = 8 * 4
"""The most bytes of a sample, of all channels together."""
_SAFE_PEAK = 0.84  # -1.5 dB, so that peaks between samples stay below -1


class SoundGraph:
    """The builder of the audio filters in `graph`; `layout` is the result's channel layout."""

    def __init__(self, graph: FilterGraph, layout: str) -> None:
        self._graph = graph
        self._layout = layout

    def whole(self, assembly: Assembly, inputs: list[int | None], extra: list[int]) -> str:
        """Return the pad of all segments, joined and mixed with the sounds.

        `inputs` and `extra` are the input numbers of their files.
        """
        check_reversed(
            one.samples * _BYTES_A_SAMPLE for one in assembly.segments if has_reverse(one.piece)
        )
        pads = [
            self._segment(segment, number)
            for segment, number in zip(assembly.segments, inputs, strict=True)
        ]
        return self.mixed(self._joined(assembly, pads), assembly, extra)

    def mixed(self, pad: str, assembly: Assembly, extra: list[int]) -> str:
        """Return the pad of `pad`, all segments joined, mixed with the sounds."""
        mixed = [
            self._sound(sound, number) for sound, number in zip(assembly.sounds, extra, strict=True)
        ]
        if not mixed:
            return pad
        pad, mixed = self._ducked(assembly, pad, mixed)
        mix = f"amix=inputs={len(mixed) + 1}:duration=first:normalize=0"
        return self._graph.chain(pad + "".join(mixed), [mix])

    def _ducked(self, assembly: Assembly, pad: str, mixed: list[str]) -> tuple[str, list[str]]:
        """Make sounds quieter while `pad` is loud; return `pad` and all sounds, for mixing."""
        for place, sound in enumerate(assembly.sounds):
            ducking = sound.clip.ducking
            if ducking:
                pad, key = self._graph.split_chain(pad, ["asplit"], 2)
                # When one input ends, the compressor drops what it holds of the other.
                pair = [self._graph.chain(one, ["apad"]) for one in (mixed[place], key)]
                mixed[place] = self._graph.chain("".join(pair), [_compressor(ducking)])
        return pad, mixed

    def _segment(self, segment: Segment, number: int | None) -> str:
        piece, part = segment.piece, segment.excerpt
        end = f"atrim=end_sample={segment.samples}"
        if not segment.has_sound or part is None or not isinstance(piece, Clip):
            silence = f"anullsrc=sample_rate={SAMPLE_RATE}:channel_layout={self._layout}"
            return self._graph.chain("", [silence, end, self._form])
        stream = audio_stream(piece, part.source)
        assert stream  # noqa: S101  it has sound
        filters = [
            *_in_time(part),
            *_tempo(Fraction(repr(piece.speed))),
            self._form,
            *_volume(piece.volume_db),
        ]
        fades = _fades(piece.fade_in_seconds, piece.fade_out_seconds, segment.seconds)
        # If a stream had no sound at all, the padding has no timestamps.
        last = [*fades, "apad", end, "asetpts=N/SR/TB"]
        if not piece.effects:
            return self._graph.chain(f"[{number}:{stream.index}]", [*filters, *last])
        own_samples = round(segment.own_frames / segment.rate * SAMPLE_RATE)
        filters += ["apad", f"atrim=end_sample={own_samples}", "asetpts=N/SR/TB"]
        pad = sound_effects(
            self._graph,
            self._graph.chain(f"[{number}:{stream.index}]", filters),
            piece,
            frames=segment.own_frames,
            rate=segment.rate,
            layout=self._layout,
        )
        return self._graph.chain(pad, last)

    def _sound(self, sound: Sound, number: int) -> str:
        clip, part = sound.clip, sound.excerpt
        filters = [
            *_in_time(part),
            self._form,
            *_volume(clip.volume_db),
            *_fades(clip.fade_in_seconds, clip.fade_out_seconds, part.length),
            f"atrim=end_sample={round(part.length * SAMPLE_RATE)}",
        ]
        if clip.at_seconds:
            filters.append(f"adelay=delays={round(clip.at_seconds * SAMPLE_RATE)}S:all=1")
        return self._graph.chain(f"[{number}:{sound.stream}]", filters)

    def _joined(self, assembly: Assembly, pads: list[str]) -> str:
        whole, run = "", [pads[0]]
        shared = 0
        for segment, pad in zip(assembly.segments[1:], pads[1:], strict=True):
            if segment.shared_frames:
                whole, run, shared = (
                    self._crossed(whole, run, shared),
                    [pad],
                    segment.shared_samples,
                )
            else:
                run.append(pad)
        return self._crossed(whole, run, shared)

    def _crossed(self, whole: str, run: list[str], shared: int) -> str:
        pad = run[0]
        if len(run) > 1:
            pad = self._graph.chain("".join(run), [f"concat=n={len(run)}:v=0:a=1"])
        if not whole:
            return pad
        return self._graph.chain(whole + pad, [f"acrossfade=nb_samples={shared}:c1=tri:c2=tri"])

    @property
    def _form(self) -> str:
        return f"aformat=sample_fmts=fltp:sample_rates={SAMPLE_RATE}:channel_layouts={self._layout}"


def final_filters(options: RenderOptions, gain: str = GAIN) -> list[str]:
    """Return the filters for the final mix: its volume, or its loudness with a measured `gain`.

    The last one makes frames of one size: the encoder of FLAC takes that of the first for its
    blocks, and refuses one of a few samples.
    """
    filters = _volume(options.volume_db)
    if options.loudness_lufs is not None:
        filters += [
            f"volume={{{gain}}}dB",
            f"aresample={4 * SAMPLE_RATE}",
            f"alimiter=limit={_SAFE_PEAK}:level=0:latency=1",
            f"aresample={SAMPLE_RATE}",
        ]
    return [*filters, f"asetnsamples=n={_BLOCK}:p=0"]


def _in_time(part: Excerpt) -> list[str]:
    """Return filters that start at the excerpt's start and fill gaps in the timestamps."""
    start = [f"atrim=start={microseconds(part.lead)}"] if part.lead else []
    shift = [f"asetpts=PTS-{number(part.lead)}/TB"] if part.lead else []
    filling = f"async=1:min_hard_comp={_MOST_DRIFT}:first_pts=0"
    return [*start, *shift, f"aresample={SAMPLE_RATE}:{filling}"]


def _tempo(speed: Fraction) -> list[str]:
    filters = []
    while speed < _TEMPO_FLOOR:
        filters.append(f"atempo={float(_TEMPO_FLOOR)}")
        speed /= _TEMPO_FLOOR
    return filters if speed == 1 else [*filters, f"atempo={float(speed):.9f}"]


def _compressor(ducking: Ducking) -> str:
    """Return the filter whose second input makes its first one quieter."""
    threshold = 10 ** (ducking.threshold_db / 20)
    times = f"attack={ducking.attack_seconds * 1000:g}:release={ducking.release_seconds * 1000:g}"
    return f"sidechaincompress=threshold={threshold:.6f}:ratio={ducking.ratio:g}:{times}"


def _volume(decibels: float) -> list[str]:
    return [f"volume={decibels:g}dB"] if decibels else []


def _fades(fade_in: Fraction, fade_out: Fraction, length: Fraction) -> list[str]:
    filters = []
    if fade_in:
        filters.append(f"afade=t=in:st=0:d={microseconds(fade_in)}")
    if fade_out:
        start = microseconds(length - fade_out)
        filters.append(f"afade=t=out:st={start}:d={microseconds(fade_out)}")
    return filters
