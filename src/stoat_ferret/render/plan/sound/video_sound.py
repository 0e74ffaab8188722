"""The sound of an encoded video: its tracks, and how they are encoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.render.plan.container.containers import check_holds
from stoat_ferret.render.plan.container.tracks import label_arguments
from stoat_ferret.render.plan.excerpt import audio_stream
from stoat_ferret.render.plan.parts import split_into_parts
from stoat_ferret.render.plan.sound.channel_layouts import channel_count, choose_layout
from stoat_ferret.render.plan.sound.sound import SoundPlan
from stoat_ferret.render.plan.sound.sound_tracks import sound_tracks
from stoat_ferret.render.plan.video.encoders import LOSSLESS, USUAL_SOUND_RATE, audio_arguments
from stoat_ferret.render.plan.video.size_limit import sound_rate

if TYPE_CHECKING:
    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.container.containers import Container
    from stoat_ferret.render.plan.plan import RenderPass
    from stoat_ferret.render.plan.sound.sound_tracks import SoundTrack
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
        self._seconds = assembly.seconds
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
            self.arguments, self.codec = self._choose_codec(len(tracks), tools)
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

    def sizes(self, max_bytes: int | None) -> list[tuple[str, int, int]]:
        """Return the codec, bit rate and channels of each track in a file of `max_bytes`."""
        if self.codec is None:
            return []
        rate = self._rate(max_bytes, len(self.tracks)) or USUAL_SOUND_RATE
        return [(self.codec, rate, channel_count(track.layout)) for track in self.tracks]

    def _choose_codec(self, tracks: int, tools: Tools) -> tuple[list[str], str]:
        options, preset = self._options, self._preset
        by_container = _CODECS.get(options.container or "")
        codec = options.audio_codec or by_container or preset.audio_codec or "aac"
        if options.max_bytes and codec in LOSSLESS and not options.audio_codec:
            codec = "aac"
            self.notes.append(
                "The audio is encoded as AAC: lossless audio would take most of `max_bytes`. "
                "`audio_codec` chooses another one."
            )
        rate, usual = (self._rate(most, tracks) for most in (options.max_bytes, None))
        if rate and usual and rate < usual:
            self.notes.append(
                f"The audio has {rate // 1000} kbit/s, so that `max_bytes` leaves more for the "
                "picture. `audio_bit_rate` chooses another rate."
            )
        arguments, name = audio_arguments(codec, rate, tools)
        check_holds(self._container, None, name)
        return arguments, name

    def _rate(self, max_bytes: int | None, tracks: int) -> int | None:
        """Return the bit rate of each track in a file of `max_bytes`; None if it has none."""
        chosen = self._options.audio_bit_rate
        usual = chosen or self._preset.audio_bit_rate
        if max_bytes is None or chosen:
            return usual
        return sound_rate(max_bytes, self._seconds, usual or USUAL_SOUND_RATE, tracks)

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
