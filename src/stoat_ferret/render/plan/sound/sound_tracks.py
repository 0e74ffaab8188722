"""The sound tracks of an encoded result, each made of one audio stream of every clip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.container.tracks import (
    TrackLabel,
    common_label,
    label_of,
    left_out_audio,
    requested_audio,
)
from stoat_ferret.render.request.clip import Clip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.media.media_info import AudioStream
    from stoat_ferret.render.plan.assembly import Assembly, Segment
    from stoat_ferret.render.plan.source import Source
    from stoat_ferret.render.request.options import AudioTracks

    Requested = tuple[Clip, Source, tuple[AudioStream, ...]]


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """A track, with an assembly in which each clip names the audio stream that it has in it."""

    assembly: Assembly
    label: TrackLabel


def sound_tracks(assembly: Assembly, tracks: AudioTracks) -> tuple[list[SoundTrack], list[str]]:
    """Return the tracks of a result, and notes about the audio streams that are left out.

    Streams are matched by their position. Beyond the first track, all clips with sound must have
    one, in the same language.
    """
    if not assembly.has_sound:
        return [], []
    requested = [
        (clip, part.source, requested_audio(clip, part.source, tracks))
        for segment, clip, part in assembly.clips()
        if segment.has_sound
    ]
    if not requested:  # only sound that is mixed in
        return [SoundTrack(assembly, TrackLabel())], []
    count = min(len(streams) for _, _, streams in requested)
    places = [place for place in range(count) if place == 0 or _is_one_language(requested, place)]
    found = [
        SoundTrack(
            _with_streams(assembly, tracks, place),
            common_label([label_of(source, streams[place]) for _, source, streams in requested]),
        )
        for place in places
    ]
    notes = []
    for clip, source, streams in requested:
        kept = [streams[place] for place in places]
        are_like = len(kept) == len(streams)
        reason = "`audio` chooses the tracks to keep." if are_like else "Not all have the like."
        notes += left_out_audio(clip, source, kept, reason)
    return found, list(dict.fromkeys(notes))


def common_reading(assemblies: Sequence[Assembly]) -> list[Assembly]:
    """Return assemblies of the same clips as read by one command, which opens each clip once."""

    def origin(segment: Segment) -> Fraction:
        return segment.excerpt.origin if segment.excerpt else Fraction(0)

    same = zip(*(assembly.segments for assembly in assemblies), strict=True)
    excerpts = [min(segments, key=origin).excerpt for segments in same]
    return [
        replace(
            assembly,
            segments=tuple(
                replace(segment, excerpt=part)
                for segment, part in zip(assembly.segments, excerpts, strict=True)
            ),
        )
        for assembly in assemblies
    ]


def _is_one_language(requested: Sequence[Requested], place: int) -> bool:
    languages = {streams[place].language for _, _, streams in requested}
    return len(languages - {None}) <= 1


def _with_streams(assembly: Assembly, tracks: AudioTracks, place: int) -> Assembly:
    """Return the assembly with the stream at `place` of the requested ones named in each clip."""

    def with_stream(segment: Segment) -> Segment:
        piece, part = segment.piece, segment.excerpt
        if part is None or not isinstance(piece, Clip) or not segment.has_sound:
            return segment
        stream = requested_audio(piece, part.source, tracks)[place]
        number = part.source.info.audio.index(stream)
        return replace(segment, piece=piece.model_copy(update={"audio_stream": number}))

    return replace(assembly, segments=tuple(with_stream(one) for one in assembly.segments))
