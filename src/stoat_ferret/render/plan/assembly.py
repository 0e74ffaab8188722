"""The pieces of a request in sequence, measured in frames and samples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.excerpt import (
    SAMPLE_RATE,
    USUAL_RATE,
    Excerpt,
    audio_stream,
    check_pictures,
    even_rate,
    excerpt,
    reading,
)
from stoat_ferret.render.plan.video.effects import frames_after, held_frames
from stoat_ferret.render.request.clip import Clip, Gap, ImageClip, effects_of
from stoat_ferret.render.request.effects import Freeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoat_ferret.render.plan.source import Materials, Source
    from stoat_ferret.render.request.clip import AudioClip, Piece
    from stoat_ferret.render.request.request import RenderRequest

_TOP_RATE = Fraction(60)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece with its number of frames, and how many it shares with the piece before it."""

    piece: Piece
    excerpt: Excerpt | None
    frames: int
    shared_frames: int
    rate: Fraction

    @property
    def seconds(self) -> Fraction:
        """The duration in seconds."""
        return self.frames / self.rate

    @property
    def own_frames(self) -> int:
        """The number of frames before the effects, which may hold pictures."""
        effects = effects_of(self.piece)
        held = (held_frames(one, self.rate) for one in effects if isinstance(one, Freeze))
        return self.frames - sum(held)

    @property
    def samples(self) -> int:
        """The number of audio samples."""
        return round(self.seconds * SAMPLE_RATE)

    @property
    def shared_samples(self) -> int:
        """The number of audio samples shared with the piece before."""
        return round(self.shared_frames / self.rate * SAMPLE_RATE)

    @property
    def has_sound(self) -> bool:
        """True if the piece has audible sound."""
        piece, part = self.piece, self.excerpt
        return (
            part is not None
            and isinstance(piece, Clip)
            and not piece.mute
            and audio_stream(piece, part.source) is not None
        )

    def reading(self, *, pictures: bool, sound: bool) -> Segment:
        """Return the segment as read by a command that uses only its picture or only its sound."""
        piece, part = self.piece, self.excerpt
        if part is None or not isinstance(piece, Clip):
            return self
        video, audio = part.source.info.main_video, audio_stream(piece, part.source)
        streams = [video.index] if pictures and video else []
        streams += [audio.index] if sound and self.has_sound and audio else []
        return replace(self, excerpt=reading(part, streams))


@dataclass(frozen=True, slots=True)
class Sound:
    """An audio clip that is mixed into the result."""

    clip: AudioClip
    excerpt: Excerpt
    stream: int


@dataclass(frozen=True, slots=True)
class Assembly:
    """All segments and sounds of a render; `rate` is in frames a second."""

    segments: tuple[Segment, ...]
    sounds: tuple[Sound, ...]
    rate: Fraction

    @property
    def frames(self) -> int:
        """The total number of frames."""
        return sum(segment.frames - segment.shared_frames for segment in self.segments)

    @property
    def seconds(self) -> Fraction:
        """The total duration in seconds."""
        return self.frames / self.rate

    @property
    def has_sound(self) -> bool:
        """True if the result has audible sound."""
        return bool(self.sounds) or any(segment.has_sound for segment in self.segments)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes for people about the pieces, each once."""
        parts = [segment.excerpt for segment in self.segments if segment.excerpt]
        every = [*parts, *(sound.excerpt for sound in self.sounds)]
        return tuple(dict.fromkeys(note for part in every for note in part.notes))

    def reading(self, *, pictures: bool, sound: bool) -> Assembly:
        """Return the assembly as read by a command that uses only pictures or only sound."""
        segments = tuple(
            segment.reading(pictures=pictures, sound=sound) for segment in self.segments
        )
        sounds = tuple(
            replace(one, excerpt=reading(one.excerpt, [one.stream])) for one in self.sounds
        )
        return replace(self, segments=segments, sounds=sounds)

    def clips(self) -> Iterator[tuple[Segment, Clip, Excerpt]]:
        """Yield the segments that are clips."""
        for segment in self.segments:
            if isinstance(segment.piece, Clip) and segment.excerpt:
                yield segment, segment.piece, segment.excerpt


def assemble(
    request: RenderRequest, materials: Materials, *, with_picture: bool = True
) -> Assembly:
    """Assemble the pieces of `request`, checked against their files."""
    sources = materials.videos
    if with_picture:
        for piece in request.clips:
            if isinstance(piece, Clip):
                check_pictures(piece, sources[piece.video_id])
        rate = request.options.frame_rate or _common_rate(request, materials)
    else:
        rate = Fraction(SAMPLE_RATE)
    segments = tuple(_segment(piece, materials, rate) for piece in request.clips)
    _check_transitions(segments)
    sounds = tuple(_sound(clip, sources[clip.video_id]) for clip in request.audio)
    return Assembly(segments, sounds, rate)


def _common_rate(request: RenderRequest, materials: Materials) -> Fraction:
    clips = [piece for piece in request.clips if isinstance(piece, Clip)]
    rates = {even_rate(materials.videos[clip.video_id]) or USUAL_RATE for clip in clips}
    if not rates:  # images alone
        return USUAL_RATE
    fastest = max(rates)
    return fastest if len(rates) == 1 else min(fastest, _TOP_RATE)


def _segment(piece: Piece, materials: Materials, rate: Fraction) -> Segment:
    if isinstance(piece, Gap):
        return Segment(piece, None, max(round(piece.gap_seconds * rate), 1), 0, rate)
    if isinstance(piece, ImageClip):
        part, seconds, name = None, piece.seconds, f"image {piece.image.path}"
    else:
        part = excerpt(piece, materials.videos[piece.video_id])
        audio_stream(piece, part.source)
        seconds, name = part.length / Fraction(repr(piece.speed)), f"video {piece.video_id}"
    frames = frames_after(piece, max(round(seconds * rate), 1), rate)
    if piece.fade_in_seconds + piece.fade_out_seconds > frames / rate:
        raise RenderRefusedError(
            f"The fades of a clip of {name} are longer than the clip "
            f"({float(frames / rate):.3f} seconds). Make them shorter.",
            piece=piece,
            field="fade_out_seconds" if piece.fade_out_seconds else "fade_in_seconds",
        )
    transition = piece.transition
    shared = max(round(transition.seconds * rate), 1) if transition else 0
    return Segment(piece, part, frames, shared, rate)


def _check_transitions(segments: tuple[Segment, ...]) -> None:
    if segments[0].shared_frames:
        raise RenderRefusedError(
            "The first clip has a transition, but there is no clip before it. Leave it out.",
            piece=segments[0].piece,
            field="transition",
        )
    for before, segment in pairwise(segments):
        room = min(before.frames - before.shared_frames, segment.frames)
        if segment.shared_frames > room:
            raise RenderRefusedError(
                f"A transition of {float(segment.shared_frames / segment.rate):.3f} seconds does "
                f"not fit: the clips around it leave {float(room / segment.rate):.3f} seconds. "
                "Make it shorter, or the clips longer.",
                piece=segment.piece,
                field="transition",
            )


def _sound(clip: AudioClip, source: Source) -> Sound:
    stream = audio_stream(clip, source)
    if stream is None:
        raise RenderRefusedError(
            f"Video {clip.video_id} has no sound that could be mixed in.", piece=clip
        )
    part = excerpt(clip, source)
    if clip.fade_in_seconds + clip.fade_out_seconds > part.length:
        raise RenderRefusedError(
            f"The fades of the sound of video {clip.video_id} are longer than it. "
            "Make them shorter.",
            piece=clip,
            field="fade_out_seconds" if clip.fade_out_seconds else "fade_in_seconds",
        )
    return Sound(clip, part, stream.index)
