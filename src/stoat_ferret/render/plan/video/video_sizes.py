"""The size of an encoded video: its limit, its estimate, and the samples that measure it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.render.plan.filter_graph import FilterGraph
from stoat_ferret.render.plan.parts import open_files
from stoat_ferret.render.plan.size_samples import PRINTING, VideoSample
from stoat_ferret.render.plan.sound.audio_graph import final_filters
from stoat_ferret.render.plan.sound.sound import sound_pad
from stoat_ferret.render.plan.sound.sound_tracks import common_reading
from stoat_ferret.render.plan.video.effect_graph import EffectFiles
from stoat_ferret.render.plan.video.size_estimate import (
    estimated_pictures,
    key_frames,
    sampled,
)
from stoat_ferret.render.plan.video.size_limit import (
    SizeLimit,
    checked_limit,
    expected_index,
    expected_sound,
    least_rate,
    other_bytes,
)
from stoat_ferret.render.plan.video.video_graph import PictureGraph

if TYPE_CHECKING:
    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.sound.video_sound import VideoSound
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.plan.video.video_format import VideoFormat
    from stoat_ferret.render.request.options import RenderOptions


_SOUND_LONGER = 2
"""The length of samples of sound, which are cheap, relative to those of pictures."""


class VideoSizes:
    """The size of a video with the pictures of `assembly`, and `sound`.

    `limit` is the one that the options set, if any. Raises `RenderRefusedError` if it is too low.
    """

    def __init__(
        self, options: RenderOptions, assembly: Assembly, form: VideoFormat, sound: VideoSound
    ) -> None:
        # Loudness is known only after a pass, and changes little.
        self._options = options.model_copy(update={"loudness_lufs": None})
        self._assembly = assembly
        self._format = form
        self._sound = sound
        self._most = most = options.max_bytes
        self._pictures = estimated_pictures(assembly, form.style.canvas, form.encoding)
        self.limit = None if most is None else checked_limit(most, self._limit_of)

    @property
    def estimated_bytes(self) -> int:
        """An estimate of the bytes of the result."""
        made = self._pictures + self._other_bytes()
        return min(made, self.limit.max_bytes) if self.limit else made

    @property
    def part_bytes(self) -> int:
        """An estimate of the bytes of all parts, if it is made in parts."""
        return self._pictures + self._sound.part_bytes

    def samples(self, materials: Materials, tools: Tools) -> tuple[VideoSample, ...]:
        """Return the sample that measures the size; none if a limit decides it."""
        if self.limit:
            return ()
        # Silence takes little. Sounds that are mixed in are not in the samples.
        has_sound = self._sound.is_audible and not self._assembly.sounds
        tracks = self._sound.tracks if has_sound else []
        pieces = zip(
            sampled(self._assembly),
            *(sampled(one.assembly, longer=_SOUND_LONGER) for one in tracks),
            strict=True,
        )
        sample = VideoSample(
            tuple(self._sample_arguments(materials, tools, *piece) for piece in pieces),
            self._assembly.frames,
            key_frames(self._assembly),
            float(self._assembly.seconds),
            self._other_bytes(with_sound=not has_sound),
            self.estimated_bytes,
        )
        return (sample,)

    def _limit_of(self, max_bytes: int) -> SizeLimit:
        frames, seconds = self._assembly.frames, float(self._assembly.seconds)
        return SizeLimit(
            max_bytes,
            other_bytes(frames, seconds, self._sound.sizes(max_bytes)),
            seconds,
            least_rate(self._format.style.canvas, self._assembly.rate),
            self._format.file,
        )

    def _other_bytes(self, *, with_sound: bool = True) -> int:
        """Return the bytes of all but the pictures."""
        seconds = float(self._assembly.seconds)
        other = expected_index(self._assembly.frames)
        if with_sound:
            tracks = zip(self._sound.tracks, self._sound.sizes(self._most), strict=False)
            other += sum(expected_sound(one.assembly, seconds, *size) for one, size in tracks)
        return other

    def _sample_arguments(
        self, materials: Materials, tools: Tools, shown: Assembly, *heard: Assembly
    ) -> tuple[str, ...]:
        """Return the arguments that encode a sample, without overlays, and print its packets.

        It is what is `shown`, and what is `heard` in each track.
        """
        assembly, *assemblies = common_reading(
            [
                shown.reading(pictures=True, sound=False),
                *(one.reading(pictures=True, sound=True) for one in heard),
            ]
        )
        graph = FilterGraph()
        inputs, opened = open_files(assembly, tools)
        files = EffectFiles(inputs, materials, {})
        pictures = PictureGraph(graph, self._format.style, tools, files)
        pad = pictures.whole(assembly, opened, [None])
        maps = ["-map", graph.finish(pad, list(self._format.encoding.last_filters), "v")]
        for track, one in zip(self._sound.tracks, assemblies, strict=False):
            pad = sound_pad(one, inputs, graph, track.layout, opened)
            maps += ["-map", graph.finish(pad, final_filters(self._options), track.pad)]
        return (
            *self._format.encoding.before_inputs,
            *inputs.arguments,
            *("-filter_complex", str(graph), *maps, *(self._sound.arguments if heard else ())),
            *(*self._format.encoding.arguments, *self._format.arguments),
            # What a file has once is not in its packets.
            *("-flags:v", "+global_header", "-fps_mode", "passthrough", *PRINTING),
        )
