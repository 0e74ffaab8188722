"""The sound of an encoded video: its tracks, and how they are encoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.render.plan.channel_layouts import choose_layout
from stoat_ferret.render.plan.containers import check_holds
from stoat_ferret.render.plan.encoders import audio_arguments
from stoat_ferret.render.plan.excerpt import audio_stream
from stoat_ferret.render.plan.parts import split_into_parts
from stoat_ferret.render.plan.sound import SoundPlan
from stoat_ferret.render.plan.sound_tracks import sound_tracks
from stoat_ferret.render.plan.tracks import label_arguments

if TYPE_CHECKING:
    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.containers import Container
    from stoat_ferret.render.plan.plan import RenderPass
    from stoat_ferret.render.plan.sound_tracks import SoundTrack
    from stoat_ferret.render.plan.source import Tools
    from stoat_ferret.render.request.options import RenderOptions
    from stoat_ferret.render.request.preset import Preset

_CODECS = {"webm": "opus", "mp4": "aac"}
"""The codecs for the containers that a request chooses."""


class VideoSound:
    """The sound of a video in `container`, one plan for each of its `tracks`.

    `arguments` encode it. `notes` say what is changed, and `left_out` which audio streams are.
    """

    def __init__(
        self,
        options: RenderOptions,
        preset: Preset,
        assembly: Assembly,
        container: Container,
        tools: Tools,
    ) -> None:
        self._options = options
        self._preset = preset
        self._container = container
        self.codec: str | None = None
        self.arguments = ["-an"]
        self.notes: list[str] = []
        self.left_out: list[str] = []
        self.tracks: list[SoundPlan] = []
        self.labels: list[str] = []
        if options.mute:
            return
        tracks, self.left_out = sound_tracks(assembly, options.audio or preset.audio)
        if tracks:
            self.arguments, self.codec = self._choose_codec(tools)
        for number, track in enumerate(tracks):
            layout = self._choose_layout(track)
            parts = split_into_parts(track.assembly)
            self.tracks.append(SoundPlan(number, track.assembly, parts, layout))
        self.labels = label_arguments("a", [track.label for track in tracks])

    @property
    def is_audible(self) -> bool:
        """Whether there is any sound."""
        return bool(self.tracks)

    @property
    def files(self) -> dict[str, str]:
        """The files that joining parts needs in the scratch folder."""
        return {name: text for track in self.tracks for name, text in track.files.items()}

    @property
    def part_bytes(self) -> int:
        """The bytes of the files with the sound of parts."""
        return sum(track.part_bytes for track in self.tracks)

    @property
    def loudness_passes(self) -> list[RenderPass]:
        """The passes that measure the loudness of each track, if it is to be changed."""
        target = self._options.loudness_lufs
        return [] if target is None else [track.loudness_pass(target) for track in self.tracks]

    def _choose_codec(self, tools: Tools) -> tuple[list[str], str]:
        options, preset = self._options, self._preset
        by_container = _CODECS.get(options.container or "")
        codec = options.audio_codec or by_container or preset.audio_codec or "aac"
        bit_rate = options.audio_bit_rate or preset.audio_bit_rate
        arguments, name = audio_arguments(codec, bit_rate, tools)
        check_holds(self._container, None, name)
        return arguments, name

    def _choose_layout(self, track: SoundTrack) -> str:
        if not self._preset.keeps_layout or self.codec is None:
            return "stereo"
        heard = [
            audio_stream(clip, part.source)
            for segment, clip, part in track.assembly.clips()
            if segment.has_sound
        ]
        heard += [audio_stream(one.clip, one.excerpt.source) for one in track.assembly.sounds]
        streams = [stream for stream in heard if stream]
        layout, notes = choose_layout(streams, self.codec, self._container.muxer)
        self.notes += notes
        return layout
