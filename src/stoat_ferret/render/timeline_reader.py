"""What the tracks of an OpenTimelineIO timeline hold, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
from pydantic import ValidationError

from stoat_ferret.errors import plain_fault
from stoat_ferret.render.clip import AudioClip, Clip, Gap, TransitionKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stoat_ferret.render.clip import Piece

OWN = "stoat_ferret"
"""Where in the metadata of a timeline this program keeps what others do not know."""
_SAME = Fraction(1, 10_000)
_DROPPED = Fraction(1001, 1000)
_NEARLY = Fraction(1, 100_000)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A piece, and where in the whole it begins."""

    at: Fraction
    piece: Piece


class TimelineReader:
    """Reads tracks; `notes` collects what could not be taken over."""

    def __init__(self, video_ids: Mapping[str, str]) -> None:
        self._video_ids = video_ids
        self._known = set(video_ids.values())
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what could not be taken over, each once."""
        return tuple(self._notes)

    def note(self, sentence: str) -> None:
        """Add a sentence."""
        self._notes[sentence] = None

    def video_track(self, track: Any) -> list[Piece]:
        """The pieces of a track in their order."""
        return [placed.piece for placed in self._placed(track)]

    def audio_tracks(
        self, tracks: list[Any], clips: list[Piece]
    ) -> tuple[list[Piece], list[AudioClip]]:
        """Which of `clips` are heard, and what is mixed in.

        What in an audio track goes with a clip is the clip's own sound. Where there are audio
        tracks, clips that nothing there goes with are mute.
        """
        if not tracks:
            return clips, []
        heard: set[int] = set()
        mixed: list[AudioClip] = []
        starts = _starts(clips)
        for track in tracks:
            for placed in self._placed(track):
                piece = placed.piece
                if isinstance(piece, Gap):
                    continue
                mate = _mate(placed, clips, starts, heard)
                if mate is not None:
                    heard.add(mate)
                    continue
                mixed += self._mixed_in(placed, piece)
        muted = [
            piece.model_copy(update={"mute": number not in heard})
            if isinstance(piece, Clip)
            else piece
            for number, piece in enumerate(clips)
        ]
        return muted, mixed

    def _mixed_in(self, placed: _Placed, clip: Clip) -> list[AudioClip]:
        if clip.speed != 1:
            self.note(f"The sound of {clip.video_id} at another speed, which is left out.")
            return []
        if clip.transition:
            self.note("A cross-fade of sound that is mixed in; it starts at once instead.")
        kept = clip.model_dump(include=set(AudioClip.model_fields))
        return [AudioClip.model_validate({**kept, "at_seconds": placed.at})]

    def _placed(self, track: Any) -> list[_Placed]:
        """The pieces of a track; transitions make those around them longer, and overlap them."""
        pieces: list[_Placed] = []
        at = Fraction(0)
        children = list(track)
        for number, child in enumerate(children):
            if isinstance(child, otio.schema.Transition):
                continue
            before, after = _around(children, number)
            begin, end = _offsets(before)[0], _offsets(after)[1]
            length = _seconds(child.duration())
            piece = self._piece(child, length, begin, end, before, bool(pieces))
            shown = begin if isinstance(piece, Clip) and piece.transition else Fraction(0)
            pieces.append(_Placed(at - shown, piece))
            at += length
        return pieces

    def _piece(
        self,
        child: Any,
        length: Fraction,
        begin: Fraction,
        end: Fraction,
        transition: Any,
        has_before: bool,
    ) -> Piece:
        gap = Gap(gap_seconds=max(length, _SAME))
        if isinstance(child, otio.schema.Gap):
            return gap
        name = getattr(child, "name", "") or "without a name"
        if not isinstance(child, otio.schema.Clip):
            self.note(
                f"{type(child).__name__} {name}: what is nested is not taken; a gap is there."
            )
            return gap
        video_id = self._video_id(child)
        if video_id is None:
            self.note(f"Clip {name}: its media is not in the library; a gap is there.")
            return gap
        return self._clip(child, video_id, length, begin, end, transition, has_before) or gap

    def _clip(
        self,
        child: Any,
        video_id: str,
        length: Fraction,
        begin: Fraction,
        end: Fraction,
        transition: Any,
        has_before: bool,
    ) -> Clip | None:
        name, speed = child.name or video_id, self._speed(child)
        exact = Fraction(repr(speed))
        first = _seconds(child.trimmed_range().start_time) - _media_start(child)
        start = first - begin * exact
        stop = first + (length + end) * exact
        if start < 0:
            self.note(f"Clip {name}: there is too little before it for its transition.")
            start = Fraction(0)
        recipe = self._recipe(child, video_id)
        fields = {
            **recipe,
            "video_id": video_id,
            "start_seconds": _unless_same(start, recipe.get("start_seconds", 0)),
            "end_seconds": _unless_same(stop, recipe.get("end_seconds")),
            "speed": speed,
            "transition": None,
        }
        if transition is not None and has_before and (seconds := sum(_offsets(transition))):
            fields["transition"] = {"kind": self._kind(transition), "seconds": seconds}
            old = recipe.get("transition") or {}
            fields["transition"]["seconds"] = _unless_same(seconds, old.get("seconds"))
        fields = {key: value for key, value in fields.items() if key in Clip.model_fields}
        self._note_unknown(child, name)
        try:
            return Clip.model_validate(fields)
        except ValidationError as error:
            reason = plain_fault(error.errors()[0]["msg"])
            self.note(f"Clip {name}: {reason}; a gap is there.")
            return None

    def _recipe(self, child: Any, video_id: str) -> dict[str, Any]:
        """What this program wrote of the clip itself, where that is still about this video."""
        own = child.metadata.get(OWN)
        recipe = dict(own.get("clip", {})) if own is not None else {}
        if recipe.get("video_id") != video_id:
            return {}
        crop, transition = recipe.get("crop"), recipe.get("transition")
        return {
            **recipe,
            **({"crop": dict(crop)} if crop else {}),
            **({"transition": dict(transition)} if transition else {}),
        }

    def _video_id(self, child: Any) -> str | None:
        reference = child.media_reference
        address = getattr(reference, "target_url", None)
        if address is not None and address in self._video_ids:
            return self._video_ids[address]
        own = child.metadata.get(OWN)
        named = own.get("clip", {}).get("video_id") if own is not None else None
        return named if named in self._known else None

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
            self.note(f"Clip {name}: its {len(child.markers)} markers are left out.")

    def _kind(self, transition: Any) -> str:
        own = transition.metadata.get(OWN)
        kind = own.get("kind") if own is not None else None
        if kind in set(TransitionKind):
            return str(kind)
        if transition.transition_type != otio.schema.TransitionTypes.SMPTE_Dissolve:
            name = transition.name or transition.transition_type
            self.note(f"The transition {name} is made a plain cross-fade.")
        return TransitionKind.FADE


def exact_rate(rate: float) -> Fraction:
    """The rate that is meant: editors write 29.97 for 30000/1001."""
    whole = round(rate)
    for exact in (Fraction(whole), whole / _DROPPED):
        if exact and abs(exact - Fraction(rate)) < max(exact * _NEARLY, Fraction(1, 1000)):
            return exact
    return Fraction(repr(rate))


def _seconds(time: Any) -> Fraction:
    value = round(time.value, 9)
    return Fraction(repr(value)) / exact_rate(time.rate)


def _media_start(child: Any) -> Fraction:
    """Media may count from a time code; the file counts from 0."""
    available = getattr(child.media_reference, "available_range", None)
    return _seconds(available.start_time) if available is not None else Fraction(0)


def _around(children: list[Any], number: int) -> tuple[Any, Any]:
    """The transitions before and after a child."""
    before = children[number - 1] if number else None
    after = children[number + 1] if number + 1 < len(children) else None
    kind = otio.schema.Transition
    return (
        before if isinstance(before, kind) and number > 1 else None,
        after if isinstance(after, kind) and number + 2 < len(children) else None,
    )


def _offsets(transition: Any) -> tuple[Fraction, Fraction]:
    """By how much the clip after begins earlier, and the one before goes on."""
    if transition is None:
        return Fraction(0), Fraction(0)
    return _seconds(transition.in_offset), _seconds(transition.out_offset)


def _unless_same(value: Fraction, written: Any) -> Any:
    """The number as it was written, where that is the same but for rounding."""
    if written is None:
        return value
    return written if abs(Fraction(str(written)) - value) < _SAME else value


def _starts(clips: list[Piece]) -> list[Fraction]:
    starts, at = [], Fraction(0)
    for piece in clips:
        if isinstance(piece, Gap):
            starts.append(at)
            at += piece.gap_seconds
            continue
        at -= piece.transition.seconds if piece.transition else 0
        starts.append(at)
        end = piece.end_seconds
        assert end is not None  # noqa: S101  every clip of a timeline has one
        at += (end - piece.start_seconds) / Fraction(repr(piece.speed))
    return starts


def _mate(
    placed: _Placed, clips: list[Piece], starts: list[Fraction], taken: set[int]
) -> int | None:
    """The clip whose own sound this is."""
    sound = placed.piece
    assert isinstance(sound, Clip)  # noqa: S101  the caller leaves out gaps
    for number, (clip, start) in enumerate(zip(clips, starts, strict=True)):
        if number in taken or isinstance(clip, Gap) or clip.video_id != sound.video_id:
            continue
        if clip.speed != sound.speed or sound.end_seconds is None or clip.end_seconds is None:
            continue
        # Where a neighbour is mute, there is no transition in its sound.
        slack = clip.transition.seconds if clip.transition else Fraction(0)
        exact = Fraction(repr(clip.speed))
        if (
            abs(start - placed.at) <= slack + _SAME
            and abs(clip.start_seconds - sound.start_seconds) <= slack * exact + _SAME
            and abs(clip.end_seconds - sound.end_seconds) <= _SAME
        ):
            return number
    return None
