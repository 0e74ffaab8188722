"""The reader of OpenTimelineIO tracks, which converts them to clips."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
from pydantic import ValidationError

from stoat_ferret.errors import plain_fault
from stoat_ferret.render.request.clip import AudioClip, Clip, Gap
from stoat_ferret.render.request.transition import TransitionKind
from stoat_ferret.render.timeline.times import exact_rate, exact_seconds, is_rounded, unless_same

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stoat_ferret.render.request.clip import Piece
    from stoat_ferret.render.timeline.known_media import KnownMedia

OWN = "stoat_ferret"
"""The key in a timeline's metadata for what only this program understands."""
_SAME = Fraction(1, 10_000)
_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A piece, its position in the result, and the metadata that this program wrote for it."""

    at: Fraction
    piece: Piece
    recipe: Mapping[str, Any] = field(default_factory=dict)
    is_to_end: bool = False
    """True if the request reaches to the end of the file, wherever that is."""
    name: str = ""


class TimelineReader:
    """A reader of tracks; `notes` collects what could not be imported."""

    def __init__(self, media: KnownMedia) -> None:
        self._media = media
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what could not be imported, each once."""
        return tuple(self._notes)

    def note(self, sentence: str) -> None:
        """Add a note."""
        self._notes[sentence] = None

    def read(self, video: Any, sounds: list[Any]) -> tuple[list[Piece], list[AudioClip]]:
        """Return the pieces of a video track in order, and the sounds to mix in.

        An audio clip that matches a video clip is that clip's own sound. If there are audio tracks,
        video clips without a match in them are muted.
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
        matched: set[int] = set()
        mixed: list[AudioClip] = []
        above: list[_Placed] = []
        for track in tracks:
            there = [one for one in self._placed(track) if isinstance(one.piece, Clip)]
            for placed in there:
                assert isinstance(placed.piece, Clip)  # noqa: S101  the others were left out
                match = _matching_clip(placed, pieces, matched)
                if match is not None:
                    matched.add(match)
                elif not self._is_repeated(placed, above):
                    mixed += self._mixed_in(placed, placed.piece)
            above += there
        muted = [
            piece.model_copy(update={"mute": number not in matched})
            if isinstance(piece, Clip)
            else piece
            for number, piece in enumerate(clips)
        ]
        return muted, mixed

    def _is_repeated(self, placed: _Placed, above: list[_Placed]) -> bool:
        """Return whether a sound is on another track already, as editors write mono pairs."""
        if placed.recipe or not any(_is_same_sound(placed, one) for one in above):
            return False
        self.note(
            f"The sound of {placed.name} is on several audio tracks: they are taken for the "
            "channels of one sound, which is used once."
        )
        return True

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
        """Return the pieces of a track; transitions extend their neighbors, which then overlap."""
        if len(track.effects) or len(track.markers):
            self.note(
                f"Track {track.name or 'without a name'}: its effects and markers are left out."
            )
        pieces: list[_Placed] = []
        at = _NONE
        around = _Neighbors(list(track), self._is_usable)
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
        """Return whether a child is an enabled clip of a known video."""
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
        """Return the clip, or None if it is invalid."""
        name, speed = child.name or video_id, self._speed(child)
        exact = Fraction(repr(speed))
        begin, end = _offsets(before)[0], _offsets(after)[1]
        first = self._start(child, video_id, name)
        if first is None:
            return None
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

    def _start(self, child: Any, video_id: str, name: str) -> Fraction | None:
        """Return the time of the file at which the clip starts; None if it cannot be known.

        Editors count from the start of the media where they say when that is. Edit decision lists
        do not, and name the time code of the file.
        """
        time = child.trimmed_range().start_time
        self._note_rounded(time.rate)
        written = exact_seconds(time)
        available = getattr(child.media_reference, "available_range", None)
        if available is not None:
            return written - exact_seconds(available.start_time)
        times = self._media.times.get(video_id)
        if times is None or times.seconds is None:
            return written
        begin = times.start(time.rate)
        if begin and 0 <= written - begin < times.seconds:
            if written >= times.seconds:
                self.note(
                    f"Clip {name}: its times are taken for time code, which starts at "
                    f"{times.time_code} in the file."
                )
                return written - begin
            self.note(
                f"Clip {name}: its times are taken for seconds of the file, not for its time code, "
                f"which starts at {times.time_code}. Check its in point."
            )
        if times.unread:
            self.note(
                f"Clip {name}: the time code of its file could not be read "
                f"({times.unread.rstrip('.')}). Check its in point."
            )
        if written < times.seconds:
            return written
        self.note(
            f"Clip {name}: it starts at {float(written):g} seconds, and the file has "
            f"{float(times.seconds):g} and no time code that explains it; a gap is there."
        )
        return None

    def _note_rounded(self, rate: float) -> None:
        if is_rounded(rate):
            exact = exact_rate(rate)
            self.note(f"The rate {rate:g} is taken for {exact.numerator}/{exact.denominator}.")

    def _transition(self, before: Any, recipe: Mapping[str, Any]) -> dict[str, Any] | None:
        if before is None or not (seconds := sum(_offsets(before))):
            return None
        old = recipe.get("transition")
        known = old.get("seconds") if isinstance(old, dict) else None
        return {"kind": self._kind(before), "seconds": unless_same(seconds, known)}

    def _recipe(self, child: Any, video_id: str) -> dict[str, Any]:
        """Return the clip as this program wrote it, if that is still for this video."""
        recipe = written_in(child, "clip")
        return recipe if recipe.get("video_id") == video_id else {}

    def _video_id(self, child: Any) -> tuple[str | None, str]:
        """Return the video of a clip, and a note about it."""
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


class _Neighbors:
    """The children of a track, and the usable transitions beside each.

    A transition is usable if it leads into a clip, whatever comes before: a fade out into nothing
    has no clip to belong to.
    """

    def __init__(self, children: list[Any], is_usable: Callable[[Any], bool]) -> None:
        self.children = children
        self._usable = [is_usable(child) for child in children]

    def is_wanted(self, number: int) -> bool:
        """Return whether the transition with this number is usable."""
        return 0 < number < len(self.children) - 1 and self._usable[number + 1]

    def before(self, number: int) -> Any:
        """Return the transition from the previous child into this one, or None."""
        return self._made(number - 1)

    def after(self, number: int) -> Any:
        """Return the transition from this child into the next one, or None."""
        return self._made(number + 1)

    def _made(self, number: int) -> Any:
        if not 0 <= number < len(self.children) or not self.is_wanted(number):
            return None
        child = self.children[number]
        return child if isinstance(child, otio.schema.Transition) else None


def written_in(thing: Any, key: str | None = None) -> dict[str, Any]:
    """Return the metadata that this program wrote for a timeline object, or one key of it.

    It is JSON in text, since OpenTimelineIO does not read every number back unchanged. The result
    is empty for anything else: other programs may have put anything there.
    """
    text = thing.metadata.get(OWN)
    try:
        own = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        own = None
    value = own.get(key) if isinstance(own, dict) and key is not None else own
    return value if isinstance(value, dict) else {}


def written(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return metadata that `written_in` reads back as `facts`."""
    return {OWN: json.dumps(facts)}


def _offsets(transition: Any) -> tuple[Fraction, Fraction]:
    """Return how much earlier the next clip begins, and how much longer the previous one lasts."""
    if transition is None:
        return _NONE, _NONE
    return exact_seconds(transition.in_offset), exact_seconds(transition.out_offset)


def _matching_clip(placed: _Placed, pieces: list[_Placed], taken: set[int]) -> int | None:
    """Return the number of the clip whose own sound this is."""
    sound = placed.piece
    assert isinstance(sound, Clip)  # noqa: S101  the caller skips gaps
    for number, shown in enumerate(pieces):
        clip = shown.piece
        if number in taken or not isinstance(clip, Clip) or clip.video_id != sound.video_id:
            continue
        if clip.speed != sound.speed or sound.end_seconds is None or clip.end_seconds is None:
            continue
        # If a neighbor is muted, its sound has no transition.
        slack = clip.transition.seconds if clip.transition else _NONE
        exact = Fraction(repr(clip.speed))
        if (
            abs(shown.at - placed.at) <= slack + _SAME
            and abs(clip.start_seconds - sound.start_seconds) <= slack * exact + _SAME
            and abs(clip.end_seconds - sound.end_seconds) <= _SAME
        ):
            return number
    return None


def _is_same_sound(one: _Placed, other: _Placed) -> bool:
    """Return whether two sounds are the same part of the same video at the same place."""
    first, second = one.piece, other.piece
    assert isinstance(first, Clip)  # noqa: S101  the caller skips gaps
    assert isinstance(second, Clip)  # noqa: S101
    return (
        (first.video_id, first.speed) == (second.video_id, second.speed)
        and abs(one.at - other.at) <= _SAME
        and abs(first.start_seconds - second.start_seconds) <= _SAME
        and abs((first.end_seconds or _NONE) - (second.end_seconds or _NONE)) <= _SAME
    )
