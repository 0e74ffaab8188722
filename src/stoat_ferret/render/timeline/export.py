"""OpenTimelineIO timelines, imported to requests and exported from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
from pydantic import ValidationError

from stoat_ferret.errors import TimelineRefusedError
from stoat_ferret.render.plan.excerpt import even_rate, excerpt
from stoat_ferret.render.request.clip import Clip, Gap, ImageClip
from stoat_ferret.render.request.options import RenderOptions
from stoat_ferret.render.request.request import MAX_CLIPS, MAX_NAME_BYTES, PresetName, RenderRequest
from stoat_ferret.render.request.transition import TransitionKind
from stoat_ferret.render.timeline.reader import TimelineReader, written, written_in
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.source import Source
    from stoat_ferret.render.request.clip import AudioClip
    from stoat_ferret.render.timeline.known_media import KnownMedia

USUAL_PRESET = PresetName.WEB_1080P
_MOST_SOUNDS = 1_000
_FEW_NOTES = 3
_MOST_WORDS = 200
_MANGLED = re.compile(r"N14opentimelineio\w*?\d([A-Z][A-Za-z]*)E")
"""The pattern of the type names in the parser's error messages."""
_USUAL_RATE = Fraction(25)
_FORM = "otio_json"


@dataclass(frozen=True, slots=True)
class ImportedTimeline:
    """The request for an imported timeline; `notes` say what it lacks.

    Parts that could not be imported are replaced by gaps of the same length.
    """

    request: RenderRequest
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportedTimeline:
    """A timeline as text; `notes` say what other programs ignore."""

    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedMedia:
    """The media of a timeline: their addresses, and the ids that this program wrote beside them.

    `unplaced` are the addresses of media of which the timeline does not say when they begin.
    """

    addresses: tuple[str, ...]
    video_ids: tuple[str, ...]
    unplaced: tuple[str, ...]


def media_in(text: str) -> NamedMedia:
    """Return the media of a timeline, each once; raise `TimelineRefusedError` if it is invalid."""
    video, sounds, _ = _tracks(_read(text))
    addresses: dict[str, None] = {}
    video_ids: dict[str, None] = {}
    unplaced: dict[str, None] = {}
    for track in (video, *sounds):
        for clip in track:
            if not isinstance(clip, otio.schema.Clip):
                continue
            address = getattr(clip.media_reference, "target_url", None) or ""
            addresses[address] = None
            if getattr(clip.media_reference, "available_range", None) is None:
                unplaced[address] = None
            video_ids[str(written_in(clip, "clip").get("video_id", ""))] = None
    kept = (tuple(filter(None, found)) for found in (addresses, video_ids, unplaced))
    return NamedMedia(*kept)


def import_timeline(text: str, media: KnownMedia) -> ImportedTimeline:
    """Return the request for a timeline; one of another program gets the default preset.

    Slow for long timelines: not for an event loop. Raises `TimelineRefusedError` if the text is no
    timeline, or nothing in it can be rendered.
    """
    timeline = _read(text)
    video, sounds, others = _tracks(timeline)
    reader = TimelineReader(media)
    for number, name in others:
        reader.note(f"Video track {number} ({name or 'without a name'}): only one is taken.")
    if len(timeline.tracks.effects) or len(timeline.tracks.markers):
        reader.note("The effects and markers of the timeline as a whole are left out.")
    clips, audio = reader.read(video, sounds)
    if not any(isinstance(piece, Clip) for piece in clips):
        raise TimelineRefusedError(
            "Nothing of the timeline can be rendered. " + " ".join(reader.notes[:_FEW_NOTES])
        )
    fields = {"clips": clips, "audio": audio, **_settings(timeline, reader)}
    try:
        return ImportedTimeline(RenderRequest.model_validate(fields), reader.notes)
    except ValidationError as error:
        first = error.errors()[0]
        location = ".".join(map(str, first["loc"]))
        raise TimelineRefusedError(
            f"The timeline cannot be rendered: {location}: {first['msg']}."
        ) from error


def export_timeline(
    request: RenderRequest, sources: Mapping[str, Source], name: str
) -> ExportedTimeline:
    """Export the clips of `request`: one video track, and as many audio tracks as needed."""
    return _Writer(request, sources, name).written()


class _Writer:
    def __init__(self, request: RenderRequest, sources: Mapping[str, Source], name: str) -> None:
        self._request = request
        self._sources = sources
        self._name = name
        self._notes: dict[str, None] = {}
        first = next((piece for piece in request.clips if isinstance(piece, Clip)), None)
        if first is None:
            raise TimelineRefusedError(
                "A timeline is made of clips of videos, and this render has images only."
            )
        source = sources[first.video_id]
        self._rate = request.options.frame_rate or even_rate(source) or _USUAL_RATE

    def written(self) -> ExportedTimeline:
        timeline = otio.schema.Timeline(self._name)
        options = self._request.options.model_dump(mode="json", exclude_defaults=True)
        named = {"name": self._request.name} if self._request.name else {}
        settings = {"preset": str(self._request.preset), "options": options, **named}
        timeline.metadata.update(written({**settings, "called": self._name}))
        if options:
            self._note("Options of the render", sorted(options))
        timeline.tracks.append(self._track("V1", "Video", silent=False))
        if any(isinstance(one, Clip) and not one.mute for one in self._request.clips):
            timeline.tracks.append(self._track("A1", "Audio", silent=True))
        timeline.tracks.extend(self._mixed())
        text = otio.adapters.write_to_string(timeline, _FORM)
        return ExportedTimeline(text, tuple(self._notes))

    def _track(self, name: str, kind: str, *, silent: bool) -> Any:
        """Return a track of the clips; if `silent`, with gaps in place of muted ones."""
        track = otio.schema.Track(name, kind=kind)
        for number, piece in enumerate(self._request.clips):
            if isinstance(piece, ImageClip):
                self._notes[f"The image {for_display(piece.image.path)} becomes a gap."] = None
                length = piece.seconds - (piece.transition.seconds if piece.transition else 0)
                track.append(otio.schema.Gap(duration=self._time(length)))
                continue
            if isinstance(piece, Gap):
                gap = otio.schema.Gap(duration=self._time(piece.gap_seconds))
                gap.metadata.update(written(piece.model_dump(mode="json")))
                track.append(gap)
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
        return not isinstance(piece, Clip) or piece.mute

    def _transition(self, clip: Clip, seconds: Fraction) -> Any:
        assert clip.transition  # noqa: S101  only called for a clip with a transition
        kind = clip.transition.kind
        plain = otio.schema.TransitionTypes.SMPTE_Dissolve
        if kind is not TransitionKind.FADE:
            self._note("The kind of a transition", [str(kind)])
        return otio.schema.Transition(
            name=str(kind),
            transition_type=plain if kind is TransitionKind.FADE else "Custom_Transition",
            in_offset=self._time(seconds),
            out_offset=self._time(Fraction(0)),
            metadata=written({"kind": str(kind)}),
        )

    def _clip(
        self, clip: Clip | AudioClip, part: Excerpt, start: Fraction, length: Fraction
    ) -> Any:
        recipe = clip.model_dump(mode="json", exclude_defaults=True)
        unseen = {"crop", "rotate", "volume_db", "fade_in_seconds", "fade_out_seconds", "effects"}
        if there := sorted(unseen & recipe.keys()):
            self._note("A clip's", there)
        duration = Fraction(repr(part.source.info.duration_seconds or float(part.end)))
        return otio.schema.Clip(
            name=for_display(part.source.path.rpartition("/")[2]),
            media_reference=otio.schema.ExternalReference(
                target_url=PurePosixPath(part.source.path).as_uri(),
                available_range=self._range(Fraction(0), duration),
            ),
            source_range=self._range(start, length),
            effects=_effects(clip),
            metadata=written({"clip": recipe, "from": float(part.start), "until": float(part.end)}),
        )

    def _mixed(self) -> list[Any]:
        """Return tracks of the mixed-in sounds, each in the first track with room for it."""
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


def _settings(timeline: Any, reader: TimelineReader) -> dict[str, Any]:
    """Return the settings of a request from the metadata that this program wrote, if any."""
    own = written_in(timeline)
    preset = own.get("preset")
    settings: dict[str, Any] = {"preset": USUAL_PRESET}
    if preset in list(PresetName):
        settings["preset"] = preset
        try:
            settings["options"] = RenderOptions.model_validate(written_in(timeline, "options"))
        except ValidationError:
            reader.note("The options of the render, which another version wrote, are left out.")
    # An editor that renames the timeline leaves this metadata unchanged.
    name = own.get("name") if own.get("called") == timeline.name else _file_name(timeline.name)
    return {**settings, "name": name} if name else settings


def _file_name(name: str | None) -> str:
    """Return the name of a timeline as a valid file name; empty if nothing remains."""
    printable = "".join(char if char.isprintable() else " " for char in name or "")
    short = printable.replace("/", "-").strip().lstrip(".").encode("utf-8", "replace")
    return short[:MAX_NAME_BYTES].decode("utf-8", "ignore").strip()


def _tracks(timeline: Any) -> tuple[Any, list[Any], list[tuple[int, str]]]:
    """Return the video track to import, the audio tracks, and the numbers and names of the others.

    Raises `TimelineRefusedError` if there is none, or the tracks contain more than a render
    supports.
    """
    found = [
        (number, track)
        for number, track in enumerate(timeline.video_tracks(), 1)
        if track.enabled and any(isinstance(one, otio.schema.Clip) for one in track)
    ]
    if not found:
        raise TimelineRefusedError("The timeline has no video track with a clip in it.")
    video = found[0][1]
    pieces = sum(not isinstance(one, otio.schema.Transition) for one in video)
    if pieces > MAX_CLIPS:
        raise TimelineRefusedError(
            f"The timeline has {pieces:,} clips and gaps in a row, and a render takes "
            f"{MAX_CLIPS} at most. Export a part of it."
        )
    sounds = [track for track in timeline.audio_tracks() if track.enabled and len(track)]
    if sum(map(len, sounds)) > _MOST_SOUNDS:
        raise TimelineRefusedError(
            f"The audio tracks of the timeline have more than {_MOST_SOUNDS:,} parts. "
            "Export a part of it."
        )
    return video, sounds, [(number, track.name) for number, track in found[1:]]


def _read(text: str) -> Any:
    try:
        timeline = otio.adapters.read_from_string(text, _FORM)
    except Exception as error:
        message = _MANGLED.sub(r"\1", " ".join(str(error).split()))[:_MOST_WORDS].rstrip(".")
        raise TimelineRefusedError(
            f"This is not an OpenTimelineIO file ({message}). Export your timeline as `.otio`."
        ) from error
    if not isinstance(timeline, otio.schema.Timeline):
        raise TimelineRefusedError("This holds no timeline: export one, not a bin or a clip.")
    return timeline
