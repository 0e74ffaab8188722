"""What the tracks of an OpenTimelineIO timeline hold, in our words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
from pydantic import ValidationError

from stoat_ferret.errors import plain_fault
from stoat_ferret.render.request.clip import AudioClip, Clip, Gap, TransitionKind
from stoat_ferret.render.timeline.times import exact_seconds, unless_same

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stoat_ferret.render.request.clip import Piece
    from stoat_ferret.render.timeline.known_media import KnownMedia

OWN = "stoat_ferret"
"""Where in the metadata of a timeline this program keeps what others do not know."""
_SAME = Fraction(1, 10_000)
_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A piece, where in the whole it begins, and what this program wrote of it."""

    at: Fraction
    piece: Piece
    recipe: Mapping[str, Any] = field(default_factory=dict)
    is_to_end: bool = False
    """Whether all of the rest was asked for, wherever that is."""
    name: str = ""


class TimelineReader:
    """Reads tracks; `notes` collects what could not be taken over."""

    def __init__(self, media: KnownMedia) -> None:
        self._media = media
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what could not be taken over, each once."""
        return tuple(self._notes)

    def note(self, sentence: str) -> None:
        """Add a sentence."""
        self._notes[sentence] = None

    def read(self, video: Any, sounds: list[Any]) -> tuple[list[Piece], list[AudioClip]]:
        """The pieces of a video track in their order, and what is mixed in.

        What in an audio track goes with a clip is the clip's own sound. Where there are audio
        tracks, clips that nothing there goes with are mute.
        """
        placed = self._placed(video)
        clips, mixed = self._with_sound(placed, sounds)
        ends = {"end_seconds": None}
        return [
            piece.model_copy(update=ends) if one.is_to_end and isinstance(piece, Clip) else piece
            for one, piece in zip(placed, clips, strict=True)
        ], mixed

    def _with_sound(
        self, pieces: list[_Placed], tracks: list[Any]
    ) -> tuple[list[Piece], list[AudioClip]]:
        clips = [one.piece for one in pieces]
        if not tracks:
            return clips, []
        heard: set[int] = set()
        mixed: list[AudioClip] = []
        for track in tracks:
            for placed in self._placed(track):
                if isinstance(placed.piece, Gap):
                    continue
                mate = _mate(placed, pieces, heard)
                if mate is not None:
                    heard.add(mate)
                    continue
                mixed += self._mixed_in(placed, placed.piece)
        muted = [
            piece.model_copy(update={"mute": number not in heard})
            if isinstance(piece, Clip)
            else piece
            for number, piece in enumerate(clips)
        ]
        return muted, mixed

    def _mixed_in(self, placed: _Placed, clip: Clip) -> list[AudioClip]:
        if clip.speed != 1:
            self.note(f"The sound of {placed.name} at another speed is left out.")
            return []
        if clip.transition:
            self.note(f"The sound of {placed.name} is not cross-faded: it starts at once.")
        kept = clip.model_dump(include=set(AudioClip.model_fields))
        if placed.is_to_end:
            kept["end_seconds"] = None
        at = unless_same(placed.at, placed.recipe.get("at_seconds", 0))
        return [AudioClip.model_validate({**kept, "at_seconds": at})]

    def _placed(self, track: Any) -> list[_Placed]:
        """The pieces of a track; transitions make those around them longer, and overlap them."""
        if len(track.effects) or len(track.markers):
            self.note(
                f"Track {track.name or 'without a name'}: its effects and markers are left out."
            )
        pieces: list[_Placed] = []
        at = _NONE
        around = _Neighbours(list(track), self._is_usable)
        for number, child in enumerate(around.children):
            if isinstance(child, otio.schema.Transition):
                if not around.is_wanted(number):
                    name = child.name or child.transition_type
                    self.note(f"The transition {name} is left out: it leads into no clip.")
                continue
            length = exact_seconds(child.duration())
            placed = self._piece(child, at, length, around.before(number), around.after(number))
            if length or isinstance(placed.piece, Clip):
                pieces.append(placed)
            at += length
        return pieces

    def _is_usable(self, child: Any) -> bool:
        """Whether a child is a clip that is shown, of a video that is known."""
        is_clip = isinstance(child, otio.schema.Clip) and child.enabled
        return is_clip and self._video_id(child)[0] is not None

    def _piece(
        self, child: Any, at: Fraction, length: Fraction, before: Any, after: Any
    ) -> _Placed:
        if isinstance(child, otio.schema.Gap):
            return self._gap(child, at, length, after)
        name = child.name or "without a name"
        if not isinstance(child, otio.schema.Clip):
            self.note(
                f"{type(child).__name__} {name}: what is nested is not taken; a gap is there."
            )
            return self._gap(child, at, length, after)
        if not child.enabled:
            self.note(f"Clip {name}: it is disabled; a gap is there.")
            return self._gap(child, at, length, after)
        video_id, note = self._video_id(child)
        if note:
            self.note(f"Clip {name}: {note}")
        placed = self._clip(child, at, video_id, length, before, after) if video_id else None
        return placed or self._gap(child, at, length, after)

    def _gap(self, child: Any, at: Fraction, length: Fraction, after: Any) -> _Placed:
        length = max(length + _offsets(after)[1], _SAME)
        written = written_in(child).get("gap_seconds")
        return _Placed(at, Gap(gap_seconds=unless_same(length, written)))

    def _clip(
        self, child: Any, at: Fraction, video_id: str, length: Fraction, before: Any, after: Any
    ) -> _Placed | None:
        """The clip, or None where it cannot be made one."""
        name, speed = child.name or video_id, self._speed(child)
        exact = Fraction(repr(speed))
        begin, end = _offsets(before)[0], _offsets(after)[1]
        first = exact_seconds(child.trimmed_range().start_time) - _media_start(child)
        start = first - begin * exact
        stop = first + (length + end) * exact
        if start < 0:
            self.note(f"Clip {name}: there is too little before it for its transition.")
            start = _NONE
        recipe, own = self._recipe(child, video_id), written_in(child)
        known_end = recipe.get("end_seconds", own.get("until"))
        fields = {
            **recipe,
            "video_id": video_id,
            "start_seconds": unless_same(start, own.get("from"), recipe.get("start_seconds", 0)),
            "end_seconds": unless_same(stop, own.get("until"), known_end),
            "speed": speed,
            "transition": self._transition(before, recipe),
        }
        is_to_end = "end_seconds" not in recipe and fields["end_seconds"] == own.get("until")
        self._note_unknown(child, name)
        try:
            clip = Clip.model_validate(
                {key: value for key, value in fields.items() if key in Clip.model_fields}
            )
        except ValidationError as error:
            reason = plain_fault(error.errors()[0]["msg"])
            self.note(f"Clip {name}: {reason}; a gap is there.")
            return None
        return _Placed(at - (begin if clip.transition else _NONE), clip, recipe, is_to_end, name)

    def _transition(self, before: Any, recipe: Mapping[str, Any]) -> dict[str, Any] | None:
        if before is None or not (seconds := sum(_offsets(before))):
            return None
        old = recipe.get("transition")
        known = old.get("seconds") if isinstance(old, dict) else None
        return {"kind": self._kind(before), "seconds": unless_same(seconds, known)}

    def _recipe(self, child: Any, video_id: str) -> dict[str, Any]:
        """What this program wrote of the clip itself, where that is still about this video."""
        recipe = written_in(child, "clip")
        return recipe if recipe.get("video_id") == video_id else {}

    def _video_id(self, child: Any) -> tuple[str | None, str]:
        """The video of a clip, and what is to be said of that."""
        named = written_in(child, "clip").get("video_id")
        address = getattr(child.media_reference, "target_url", None) or ""
        return self._media.video_of(address, named)

    def _speed(self, child: Any) -> float:
        for effect in child.effects:
            if type(effect) is otio.schema.LinearTimeWarp:
                return float(effect.time_scalar)
        return 1.0

    def _note_unknown(self, child: Any, name: str) -> None:
        for effect in child.effects:
            if type(effect) is not otio.schema.LinearTimeWarp:
                kind = effect.effect_name or effect.name or type(effect).__name__
                self.note(f"Clip {name}: the effect {kind} is left out.")
        if len(child.markers):
            self.note(f"Clip {name}: its markers are left out ({len(child.markers)}).")

    def _kind(self, transition: Any) -> str:
        kind = written_in(transition).get("kind")
        if kind in list(TransitionKind):
            return str(kind)
        if transition.transition_type != otio.schema.TransitionTypes.SMPTE_Dissolve:
            name = transition.name or transition.transition_type
            self.note(f"The transition {name} is made a plain cross-fade.")
        return TransitionKind.FADE


class _Neighbours:
    """The children of a track, and the transitions beside each that can be made.

    One is made where it leads into a clip, from whatever comes before: a fade out into nothing
    has no clip that it could belong to.
    """

    def __init__(self, children: list[Any], is_usable: Callable[[Any], bool]) -> None:
        self.children = children
        self._usable = [is_usable(child) for child in children]

    def is_wanted(self, number: int) -> bool:
        """Whether the transition with this number can be made."""
        return 0 < number < len(self.children) - 1 and self._usable[number + 1]

    def before(self, number: int) -> Any:
        """The transition from the child before into this one, or None."""
        return self._made(number - 1)

    def after(self, number: int) -> Any:
        """The transition from this child into the next one, or None."""
        return self._made(number + 1)

    def _made(self, number: int) -> Any:
        if not 0 <= number < len(self.children) or not self.is_wanted(number):
            return None
        child = self.children[number]
        return child if isinstance(child, otio.schema.Transition) else None


def written_in(thing: Any, key: str | None = None) -> dict[str, Any]:
    """What this program wrote of a thing, or under a key of that.

    It is JSON as text, since OpenTimelineIO does not read every number back as it was. Empty for
    anything else: others may have put whatever they like there.
    """
    text = thing.metadata.get(OWN)
    try:
        own = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        own = None
    value = own.get(key) if isinstance(own, dict) and key is not None else own
    return value if isinstance(value, dict) else {}


def written(facts: Mapping[str, Any]) -> dict[str, str]:
    """The metadata that hold `facts` for `written_in`."""
    return {OWN: json.dumps(facts)}


def _media_start(child: Any) -> Fraction:
    """Media may count from a time code; the file counts from 0."""
    available = getattr(child.media_reference, "available_range", None)
    return exact_seconds(available.start_time) if available is not None else _NONE


def _offsets(transition: Any) -> tuple[Fraction, Fraction]:
    """By how much the clip after begins earlier, and the one before goes on."""
    if transition is None:
        return _NONE, _NONE
    return exact_seconds(transition.in_offset), exact_seconds(transition.out_offset)


def _mate(placed: _Placed, pieces: list[_Placed], taken: set[int]) -> int | None:
    """The clip whose own sound this is."""
    sound = placed.piece
    assert isinstance(sound, Clip)  # noqa: S101  the caller leaves out gaps
    for number, shown in enumerate(pieces):
        clip = shown.piece
        if number in taken or isinstance(clip, Gap) or clip.video_id != sound.video_id:
            continue
        if clip.speed != sound.speed or sound.end_seconds is None or clip.end_seconds is None:
            continue
        # Where a neighbour is mute, there is no transition in its sound.
        slack = clip.transition.seconds if clip.transition else _NONE
        exact = Fraction(repr(clip.speed))
        if (
            abs(shown.at - placed.at) <= slack + _SAME
            and abs(clip.start_seconds - sound.start_seconds) <= slack * exact + _SAME
            and abs(clip.end_seconds - sound.end_seconds) <= _SAME
        ):
            return number
    return None
