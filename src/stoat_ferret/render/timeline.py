"""Timelines of editors, as OpenTimelineIO writes them, from clips and to clips."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import opentimelineio as otio

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.clip import Clip, Gap, TransitionKind
from stoat_ferret.render.excerpt import even_rate, excerpt
from stoat_ferret.render.timeline_reader import OWN, TimelineReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stoat_ferret.render.clip import AudioClip, Piece
    from stoat_ferret.render.excerpt import Excerpt
    from stoat_ferret.render.request import RenderRequest
    from stoat_ferret.render.source import Source

MAX_LENGTH = 20_000_000
_USUAL_RATE = Fraction(25)
_FORM = "otio_json"


@dataclass(frozen=True, slots=True)
class ImportedTimeline:
    """What a timeline asks for, as parts of a `RenderRequest`; `notes` say what it does not hold.

    Where something could not be taken over there is a gap of its length.
    """

    name: str
    clips: tuple[Piece, ...]
    audio: tuple[AudioClip, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportedTimeline:
    """A timeline as text; `notes` say what other programs will not see."""

    text: str
    notes: tuple[str, ...]


def media_in(text: str) -> tuple[str, ...]:
    """The addresses of the media that a timeline names, each once; raises `RenderRefusedError`."""
    timeline = _read(text)
    clips = timeline.find_clips()
    addresses = (getattr(clip.media_reference, "target_url", None) for clip in clips)
    return tuple(dict.fromkeys(address for address in addresses if address))


def import_timeline(text: str, video_ids: Mapping[str, str]) -> ImportedTimeline:
    """The clips of a timeline; `video_ids` are those of the media by their addresses.

    Media that this program has named itself are known by that. Slow for long timelines: not for
    an event loop. Raises `RenderRefusedError` for what is no timeline, or an empty one.
    """
    timeline = _read(text)
    reader = TimelineReader(video_ids)
    tracks = [track for track in timeline.video_tracks() if track.enabled and len(track)]
    if not tracks:
        raise RenderRefusedError("The timeline has no video track with anything in it.")
    for number, track in enumerate(tracks[1:], 2):
        reader.note(f"Video track {number} ({track.name or 'without a name'}): only one is taken.")
    clips = reader.video_track(tracks[0])
    sounds = [track for track in timeline.audio_tracks() if track.enabled and len(track)]
    clips, audio = reader.audio_tracks(sounds, clips)
    if not any(isinstance(piece, Clip) for piece in clips):
        raise RenderRefusedError(
            "None of the media of the timeline is in the library. " + " ".join(reader.notes)
        )
    return ImportedTimeline(timeline.name or "", tuple(clips), tuple(audio), tuple(reader.notes))


def export_timeline(
    request: RenderRequest, sources: Mapping[str, Source], name: str
) -> ExportedTimeline:
    """The clips of `request` as a timeline: one video track, and as many of audio as it takes."""
    return _Writer(request, sources, name).written()


class _Writer:
    def __init__(self, request: RenderRequest, sources: Mapping[str, Source], name: str) -> None:
        self._request = request
        self._sources = sources
        self._name = name
        self._notes: dict[str, None] = {}
        first = next(piece for piece in request.clips if isinstance(piece, Clip))
        source = sources[first.video_id]
        self._rate = request.options.frame_rate or even_rate(source) or _USUAL_RATE

    def written(self) -> ExportedTimeline:
        timeline = otio.schema.Timeline(self._name)
        options = self._request.options.model_dump(mode="json", exclude_defaults=True)
        timeline.metadata[OWN] = {"preset": str(self._request.preset), "options": options}
        if options:
            self._note("Options of the render", sorted(options))
        timeline.tracks.append(self._track("V1", "Video", silent=False))
        if any(isinstance(one, Clip) and not one.mute for one in self._request.clips):
            timeline.tracks.append(self._track("A1", "Audio", silent=True))
        timeline.tracks.extend(self._mixed())
        text = otio.adapters.write_to_string(timeline, _FORM)
        return ExportedTimeline(text, tuple(self._notes))

    def _track(self, name: str, kind: str, *, silent: bool) -> Any:
        """The clips in a row; where `silent`, gaps in place of those that are mute."""
        track = otio.schema.Track(name, kind=kind)
        for number, piece in enumerate(self._request.clips):
            if isinstance(piece, Gap):
                track.append(otio.schema.Gap(duration=self._time(piece.gap_seconds)))
                continue
            part = excerpt(piece, self._sources[piece.video_id])
            speed = Fraction(repr(piece.speed))
            shared = piece.transition.seconds if piece.transition else Fraction(0)
            if silent and piece.mute:
                track.append(otio.schema.Gap(duration=self._time(part.length / speed - shared)))
                continue
            if piece.transition and not (silent and self._is_mute(number - 1)):
                track.append(self._transition(piece, shared))
            begin = part.start + shared * speed
            track.append(self._clip(piece, part, begin, (part.end - begin) / speed))
        return track

    def _is_mute(self, number: int) -> bool:
        piece = self._request.clips[number]
        return isinstance(piece, Gap) or piece.mute

    def _transition(self, clip: Clip, seconds: Fraction) -> Any:
        assert clip.transition  # noqa: S101  it is what this is for
        kind = clip.transition.kind
        plain = otio.schema.TransitionTypes.SMPTE_Dissolve
        if kind is not TransitionKind.FADE:
            self._note("The kind of a transition", [str(kind)])
        return otio.schema.Transition(
            name=str(kind),
            transition_type=plain if kind is TransitionKind.FADE else "Custom_Transition",
            in_offset=self._time(seconds),
            out_offset=self._time(Fraction(0)),
            metadata={OWN: {"kind": str(kind)}},
        )

    def _clip(
        self, clip: Clip | AudioClip, part: Excerpt, start: Fraction, length: Fraction
    ) -> Any:
        recipe = clip.model_dump(mode="json", exclude_defaults=True)
        unseen = {"crop", "rotate", "volume_db", "fade_in_seconds", "fade_out_seconds"}
        if there := sorted(unseen & recipe.keys()):
            self._note("A clip's", there)
        duration = Fraction(repr(part.source.info.duration_seconds or float(part.end)))
        return otio.schema.Clip(
            name=part.source.path.rpartition("/")[2],
            media_reference=otio.schema.ExternalReference(
                target_url=f"file://{part.source.path}",
                available_range=self._range(Fraction(0), duration),
            ),
            source_range=self._range(start, length),
            effects=_effects(clip),
            metadata={OWN: {"clip": recipe}},
        )

    def _mixed(self) -> list[Any]:
        """Tracks of the sounds that are mixed in, each in the first track that has room."""
        tracks: list[tuple[Any, Fraction]] = []
        for sound in sorted(self._request.audio, key=lambda one: one.at_seconds):
            part = excerpt(sound, self._sources[sound.video_id])
            place = next((n for n, (_, end) in enumerate(tracks) if end <= sound.at_seconds), None)
            if place is None:
                place = len(tracks)
                tracks.append((otio.schema.Track(f"A{place + 2}", kind="Audio"), Fraction(0)))
            track, end = tracks[place]
            if sound.at_seconds > end:
                track.append(otio.schema.Gap(duration=self._time(sound.at_seconds - end)))
            track.append(self._clip(sound, part, part.start, part.length))
            tracks[place] = (track, sound.at_seconds + part.length)
        return [track for track, _ in tracks]

    def _range(self, start: Fraction, length: Fraction) -> Any:
        return otio.opentime.TimeRange(self._time(start), self._time(length))

    def _time(self, seconds: Fraction) -> Any:
        return otio.opentime.RationalTime(float(seconds * self._rate), float(self._rate))

    def _note(self, what: str, names: list[str]) -> None:
        self._notes[f"{what} ({', '.join(names)}) is kept in the file, for this program alone."] = (
            None
        )


def _effects(clip: Clip | AudioClip) -> list[Any]:
    speed = clip.speed if isinstance(clip, Clip) else 1
    return [otio.schema.LinearTimeWarp(time_scalar=speed)] if speed != 1 else []


def _read(text: str) -> Any:
    if len(text) > MAX_LENGTH:
        raise RenderRefusedError(f"A timeline may have {MAX_LENGTH:,} characters at most.")
    try:
        timeline = otio.adapters.read_from_string(text, _FORM)
    except Exception as error:
        raise RenderRefusedError(f"This is no timeline of OpenTimelineIO: {error}.") from error
    if not isinstance(timeline, otio.schema.Timeline):
        raise RenderRefusedError("This holds no timeline: export one, not a bin or a clip.")
    return timeline
