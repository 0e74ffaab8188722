"""The audio and subtitles of a smart cut: of a single clip copied, of several joined."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.assembly import Assembly, Segment
from stoat_ferret.render.plan.container.joined_files import join_input, join_list
from stoat_ferret.render.plan.container.tracks import label_arguments
from stoat_ferret.render.plan.copying.copied_clips import COPY_WEIGHT, CopiedClips
from stoat_ferret.render.plan.copying.copied_streams import (
    choose_streams,
    data_arguments,
    subtitle_arguments,
    track_arguments,
)
from stoat_ferret.render.plan.excerpt import reading
from stoat_ferret.render.plan.filter_graph import Inputs, microseconds
from stoat_ferret.render.plan.parts import split_into_parts
from stoat_ferret.render.plan.plan import RenderPass, RenderPhase
from stoat_ferret.render.plan.sound.audio_ends import copied_ends, encoded_ends
from stoat_ferret.render.plan.sound.sound import SoundPlan, sound_part_passes, whole_pads
from stoat_ferret.render.plan.sound.sound_tracks import sound_tracks
from stoat_ferret.render.plan.text.subtitle_ends import open_longer, subtitle_end_arguments
from stoat_ferret.render.plan.text.subtitle_streams import conversion_arguments
from stoat_ferret.render.plan.video.encoders import audio_arguments

if TYPE_CHECKING:
    from stoat_ferret.render.plan.copying.copied_streams import CopiedStreams
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.filter_graph import FilterGraph
    from stoat_ferret.render.plan.source import Tools
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

_WORDS = "words.txt"
_BIT_RATE = 192_000


class CutTracks:
    """The tracks of a smart cut beside its picture, as planned by `arguments`.

    `passes` and `files` are needed before the command with the arguments. `streams` are those that
    are copied of each part, and `number` is the input of the only part. `part_bytes` is the size of
    files with the sound of parts.
    """

    def __init__(self, request: RenderRequest, preset: Preset, copied: CopiedClips) -> None:
        self._request = request
        self._preset = preset
        self._clips = copied.clips
        self._parts = parts = copied.parts
        self._container = copied.container
        self._seconds = copied.seconds
        sounds = copied.sounds
        # Joined packets of audio would not be cut where the pictures are.
        self._copies_sound = len(parts) == 1 and all(
            stream.codec in copied.container.audio for stream in sounds[0][:1]
        )
        self._is_silent = not any(sounds)
        keeps_metadata = (request.options.metadata or preset.metadata) == "keep"
        self._names_tracks = len(parts) > 1 or not keeps_metadata
        self.streams, self.notes = choose_streams(
            copied.clips,
            parts,
            sounds if self._copies_sound else [()] * len(parts),
            copied.container,
            keeps_metadata=keeps_metadata,
        )
        self.number: int | None = None
        self.passes: list[RenderPass] = []
        self.files: dict[str, str] = {}
        self.part_bytes = 0
        self.audio_codec = self.streams[0].audio[0].codec if self.streams[0].audio else None
        self.audio_streams = len(self.streams[0].audio)
        self.subtitle_streams = len(self.streams[0].subtitles)

    @property
    def are_copied(self) -> bool:
        """True if no sound is encoded."""
        return self._copies_sound or self._is_silent

    @property
    def audio_ends(self) -> tuple[Fraction | None, ...]:
        """The earliest times at which the audio streams may end, as far as they are known."""
        if self.are_copied:
            return copied_ends(self._parts, self.streams[-1].audio)
        return encoded_ends(self.audio_streams, self._seconds)

    def arguments(self, inputs: Inputs, graph: FilterGraph, tools: Tools) -> list[str]:
        """Return the arguments that follow those of the picture."""
        arguments = []
        if not self.are_copied:
            arguments += self._encoded_sound(inputs, graph, tools)
        arguments += self._copied(inputs) if len(self._parts) == 1 else self._joined_words(inputs)
        named = track_arguments(self._parts, self.streams, is_new=self._names_tracks)
        return [*arguments, *named]

    def _copied(self, inputs: Inputs) -> list[str]:
        """Return the arguments that copy the streams of the only part."""
        part, streams = self._parts[0], self.streams[0]
        audio = [stream.index for stream in streams.audio]
        words = [stream.index for stream in streams.subtitles]
        indexes = [*audio, *words, *streams.data]
        if not indexes:
            return []
        part = reading(part, indexes)
        seek = max(part.start - part.origin, Fraction(0))
        number = inputs.add_video(part.source.path, seek, part.end - part.origin - seek)
        self.number = number
        longer = open_longer(inputs, part, streams.subtitles, seek + part.origin)
        arguments = [
            word for index in indexes for word in ("-map", f"{longer.get(index, number)}:{index}")
        ]
        if audio:
            arguments += ["-c:a", "copy", "-copypriorss:a", "0"]
        if words:
            arguments += subtitle_arguments(streams.subtitles, self._container, part.length)
            arguments += ["-copypriorss:s", "0"]
        return [*arguments, *data_arguments(streams, part.length)]

    def _joined_words(self, inputs: Inputs) -> list[str]:
        """Return the arguments for the subtitles of several parts, written to a file each."""
        count = self.subtitle_streams
        if not count:
            return []
        files = []
        for number, (part, streams) in enumerate(zip(self._parts, self.streams, strict=True)):
            name = f"words-{number:03d}.mkv"
            self.passes.append(_words_pass(part, streams, name))
            files.append((name, part.length, None))
        self.files[_WORDS] = join_list(files)
        opened = inputs.add([*join_input(_WORDS)])
        maps = [word for n in range(count) for word in ("-map", f"{opened}:s:{n}")]
        return [*maps, "-c:s", self._container.text or "copy"]

    def _encoded_sound(self, inputs: Inputs, graph: FilterGraph, tools: Tools) -> list[str]:
        # Exactly as long as the pictures, which may not be even.
        segments = tuple(
            Segment(clip, part, 1, 0, 1 / part.length)
            for clip, part in zip(self._clips, self._parts, strict=True)
        )
        assembly = Assembly(segments, (), segments[0].rate)
        choice = self._request.options.audio or self._preset.audio
        tracks, notes = sound_tracks(assembly, choice)
        self.notes += notes
        sounds = [
            SoundPlan(number, track.assembly, split_into_parts(track.assembly, 1), "stereo")
            for number, track in enumerate(tracks)
        ]
        self.passes += sound_part_passes(sounds)
        maps = []
        for sound, pad in zip(sounds, whole_pads(sounds, inputs, graph), strict=True):
            self.files |= sound.files
            self.part_bytes += sound.part_bytes
            maps += ["-map", graph.finish(pad, ["anull"], sound.pad)]
        codec = "opus" if self._container.muxer == "webm" else "aac"
        encoding, self.audio_codec = audio_arguments(codec, _BIT_RATE, tools)
        self.audio_streams = len(tracks)
        return [*maps, *encoding, *label_arguments("a", [track.label for track in tracks])]


def _words_pass(part: Excerpt, streams: CopiedStreams, name: str) -> RenderPass:
    """Return the pass that writes the subtitles of a part into a file, beside silence.

    Without a packet at all, FFmpeg could not read the file.
    """
    inputs = Inputs()
    indexes = [stream.index for stream in streams.subtitles]
    read = reading(part, indexes)
    opened = inputs.add_video(read.source.path, read.start - read.origin, read.length)
    longer = open_longer(inputs, part, streams.subtitles, part.start)
    silence = ["-f", "lavfi", "-t", microseconds(part.length)]
    silent = inputs.add([*silence, "-i", "anullsrc=sample_rate=8000:channel_layout=mono"])
    arguments = (
        *inputs.arguments,
        *(word for index in indexes for word in ("-map", f"{longer.get(index, opened)}:{index}")),
        *("-map", f"{silent}:a", "-c:a", "pcm_u8", "-c:s", "copy", "-copypriorss:s", "0"),
        *conversion_arguments(streams.subtitles),
        *subtitle_end_arguments(streams.subtitles, part.length),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-f", "matroska", name),
    )
    weight = float(part.length) * COPY_WEIGHT
    return RenderPass(RenderPhase.READING_SUBTITLES, arguments, part.length, weight=weight)
