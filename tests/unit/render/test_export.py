"""Timelines exported and imported again, and what cannot be imported."""

from __future__ import annotations

from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.unit.render.world import source

from stoat_ferret.errors import TimelineRefusedError
from stoat_ferret.render.request.clip import Clip, Gap
from stoat_ferret.render.request.request import RenderRequest
from stoat_ferret.render.timeline.export import export_timeline, import_timeline, media_in
from stoat_ferret.render.timeline.known_media import KnownMedia

RATE = 25.0
VIDEOS = {
    "a": source("/videos/a.mp4"),
    "b": source("/videos/b 100%.mp4", rate=Fraction(30000, 1001)),
}
IDS = KnownMedia(
    {PurePosixPath(video.path).as_uri(): video_id for video_id, video in VIDEOS.items()}
)


def request_of(*clips: dict[str, Any], **more: Any) -> RenderRequest:
    """Return a request for these clips."""
    return RenderRequest.model_validate({"preset": "web-720p", "clips": clips, **more})


def time(seconds: float) -> Any:
    """Return an OpenTimelineIO time."""
    return otio.opentime.RationalTime(seconds * RATE, RATE)


def span(start: float, length: float) -> Any:
    """Return an OpenTimelineIO range."""
    return otio.opentime.TimeRange(time(start), time(length))


def foreign(address: str, start: float, length: float, **more: Any) -> Any:
    """Return a clip as another program writes it."""
    reference = otio.schema.ExternalReference(address, span(more.pop("media_start", 0), 10))
    return otio.schema.Clip("c", reference, span(start, length), **more)


def text_of(*tracks: list[Any], kinds: str = "VAA") -> str:
    """Return a timeline of these tracks, the first of video and the others of audio."""
    timeline = otio.schema.Timeline("t")
    for kind, children in zip(kinds, tracks, strict=False):
        name = {"V": "Video", "A": "Audio"}[kind]
        track = otio.schema.Track(name, kind=name)
        track.extend(children)
        timeline.tracks.append(track)
    text: str = otio.adapters.write_to_string(timeline, "otio_json")
    return text


@st.composite
def pieces(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw clips and gaps, on and off the frames of 25 fps, some to the end of their file."""
    found: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 5))):
        if number and draw(st.integers(0, 3)) == 0:
            found.append({"gap_seconds": draw(st.sampled_from([1, 2.04, "1001/1000"]))})
            continue
        start = draw(st.integers(0, 100)) / 25 + draw(st.sampled_from([0, 0.013]))
        length = draw(st.integers(50, 125)) / 25
        clip = {
            "video_id": "a",
            "start_seconds": start,
            "end_seconds": draw(st.sampled_from([start + length, None])),
            "speed": draw(st.sampled_from([1, 2, 0.5])),
            "mute": draw(st.booleans()),
            "volume_db": draw(st.sampled_from([0, -6])),
            "rotate": draw(st.sampled_from([0, 90])),
        }
        if number and draw(st.booleans()):
            clip["transition"] = {
                "kind": draw(st.sampled_from(["fade", "wipeleft"])),
                "seconds": 0.4,
            }
        found.append(clip)
    if all("gap_seconds" in piece for piece in found):
        found.append({"video_id": "a", "end_seconds": 4})
    return found


@settings(max_examples=examples(40))
@given(
    pieces(),
    st.lists(st.integers(0, 100), max_size=3),
    st.sampled_from([{}, {"width": 640, "frame_rate": "30000/1001"}]),
    st.sampled_from([None, "holiday"]),
)
def test_a_timeline_comes_back_as_it_was(
    clips: list[dict[str, Any]], places: list[int], options: dict[str, Any], name: str | None
) -> None:
    sounds = [
        {"video_id": "b", "start_seconds": 1, "end_seconds": 3, "at_seconds": place / 25}
        for place in sorted(places)
    ]
    asked = request_of(*clips, audio=sounds, options=options, name=name)
    exported = export_timeline(asked, VIDEOS, "holiday")
    back = import_timeline(exported.text, IDS)
    heard = tuple(sorted(back.request.audio, key=lambda one: one.at_seconds))
    assert back.request.model_copy(update={"audio": heard}) == asked
    assert not back.notes
    named = media_in(exported.text)
    assert set(named.addresses) <= IDS.at_path.keys()
    assert set(named.video_ids) <= VIDEOS.keys()


def test_exact_fractions_come_back_exact() -> None:
    asked = request_of(
        {"video_id": "b", "start_seconds": "1001/30000", "end_seconds": "61061/30000"}
    )
    back = import_timeline(export_timeline(asked, VIDEOS, "n").text, IDS)
    assert back.request.clips == asked.clips


def test_what_only_this_program_knows_is_said() -> None:
    asked = request_of(
        {"video_id": "a", "end_seconds": 4, "rotate": 90},
        {"video_id": "a", "end_seconds": 4, "transition": {"kind": "wipeleft", "seconds": 1}},
        options={"texts": [{"text": "x"}]},
    )
    notes = export_timeline(asked, VIDEOS, "n").notes
    assert [note.partition(" is kept")[0] for note in notes] == [
        "Options of the render (texts)",
        "A clip's (rotate)",
        "The kind of a transition (wipeleft)",
    ]


def test_a_transition_of_an_editor_lies_around_its_cut() -> None:
    dissolve = otio.schema.Transition(
        "x", otio.schema.TransitionTypes.SMPTE_Dissolve, time(0.4), time(0.2)
    )
    address = "file:///videos/a.mp4"
    track = [foreign(address, 1, 2), dissolve, foreign(address, 5, 2)]
    first, second = import_timeline(text_of(track), IDS).request.clips
    assert isinstance(first, Clip)
    assert isinstance(second, Clip)
    assert (first.start_seconds, first.end_seconds) == (Fraction(1), Fraction("3.2"))
    assert (second.start_seconds, second.end_seconds) == (Fraction("4.6"), Fraction(7))
    assert second.transition
    assert second.transition.seconds == Fraction("0.6")


def test_media_may_count_from_a_time_code() -> None:
    track = [foreign("file:///videos/a.mp4", 3601, 2, media_start=3600)]
    (clip,) = import_timeline(text_of(track), IDS).request.clips
    assert isinstance(clip, Clip)
    assert (clip.start_seconds, clip.end_seconds) == (Fraction(1), Fraction(3))


def test_sound_of_its_own_is_told_from_sound_that_is_mixed_in() -> None:
    a, b = "file:///videos/a.mp4", "file:///videos/b%20100%25.mp4"
    text = text_of(
        [foreign(a, 0, 2), foreign(a, 4, 2)],
        [foreign(a, 0, 2)],
        [otio.schema.Gap(duration=time(1)), foreign(b, 3, 2)],
    )
    back = import_timeline(text, IDS)
    assert [clip.mute for clip in back.request.clips if isinstance(clip, Clip)] == [False, True]
    (sound,) = back.request.audio
    assert (sound.video_id, sound.at_seconds, sound.start_seconds) == (
        "b",
        Fraction(1),
        Fraction(3),
    )


def test_what_cannot_be_taken_over_is_listed_and_leaves_a_gap() -> None:
    known = "file:///videos/a.mp4"
    nested = otio.schema.Stack("inner")
    nested.append(foreign(known, 0, 1))
    blurred = foreign(known, 0, 1, effects=[otio.schema.Effect("blur", "Blur")])
    frozen = foreign(known, 2, 1, effects=[otio.schema.FreezeFrame()])
    text = text_of([blurred, nested, foreign("file:///elsewhere.mov", 0, 2), frozen], [], [])
    back = import_timeline(text, IDS)
    kinds = [
        piece.gap_seconds if isinstance(piece, Gap) else "clip" for piece in back.request.clips
    ]
    assert kinds == ["clip", 1, 2, "clip"]
    assert list(back.notes) == [
        "Clip c: the effect Blur is left out.",
        "Stack inner: what is nested is not taken; a gap is there.",
        "Clip c: its media is not in the library; a gap is there.",
        "Clip c: the effect FreezeFrame is left out.",
    ]


def test_a_second_video_track_is_listed() -> None:
    known = "file:///videos/a.mp4"
    back = import_timeline(text_of([foreign(known, 0, 1)], [foreign(known, 1, 1)], kinds="VV"), IDS)
    assert back.notes == ("Video track 2 (Video): only one is taken.",)


def test_a_transition_into_nothing_is_left_out_and_the_rest_stays_in_its_place() -> None:
    def fade() -> Any:
        kind = otio.schema.TransitionTypes.SMPTE_Dissolve
        return otio.schema.Transition("x", kind, time(0.4), time(0.2))

    known = "file:///videos/a.mp4"
    gap = otio.schema.Gap(duration=time(2))
    track = [foreign(known, 1, 2), fade(), gap, fade(), foreign(known, 5, 2)]
    back = import_timeline(text_of(track), IDS)
    first, middle, last = back.request.clips
    assert isinstance(first, Clip)
    assert isinstance(middle, Gap)
    assert isinstance(last, Clip)
    assert (first.start_seconds, first.end_seconds) == (Fraction(1), Fraction(3))
    assert middle.gap_seconds == Fraction("2.2")
    assert last.transition
    assert last.transition.seconds == Fraction("0.6")
    assert last.start_seconds == Fraction("4.6")
    assert back.notes == ("The transition x is left out: it leads into no clip.",)


def test_a_clip_that_is_disabled_leaves_a_gap() -> None:
    known = "file:///videos/a.mp4"
    track = [foreign(known, 0, 1), foreign(known, 1, 1)]
    track[1].enabled = False
    back = import_timeline(text_of(track), IDS)
    assert back.request.clips[1] == Gap(gap_seconds=1)
    assert back.notes == ("Clip c: it is disabled; a gap is there.",)


def test_media_elsewhere_is_the_only_video_of_its_name_and_that_is_said() -> None:
    media = KnownMedia(
        {},
        by_name={"file:///old/a.mp4": ("a", "films/a.mp4"), "b.mp4": (None, "films/b.mp4")},
    )
    track = [foreign("file:///old/a.mp4", 0, 1), foreign("b.mp4", 0, 1)]
    back = import_timeline(text_of(track), media)
    assert [isinstance(piece, Clip) for piece in back.request.clips] == [True, False]
    assert back.notes == (
        "Clip c: its media is not at file:///old/a.mp4; films/a.mp4, called the same, is taken.",
        (
            "Clip c: its media is not at b.mp4, and several are called so, films/b.mp4 for one; "
            "a gap is there."
        ),
    )


def test_a_video_that_was_moved_is_known_by_what_this_program_wrote() -> None:
    asked = request_of({"video_id": "a", "end_seconds": 4})
    text = export_timeline(asked, VIDEOS, "n").text.replace("/videos/", "/elsewhere/")
    assert import_timeline(text, KnownMedia({}, frozenset("a"))).request == asked


def test_times_that_no_request_can_say_are_rounded_to_the_microsecond() -> None:
    rate = 24000 / 1001
    odd = otio.opentime.TimeRange(
        otio.opentime.RationalTime(1.123456789, rate), otio.opentime.RationalTime(50, rate)
    )
    clip = otio.schema.Clip("c", otio.schema.ExternalReference("file:///videos/a.mp4"), odd)
    request = import_timeline(text_of([clip]), IDS).request
    assert RenderRequest.from_params(request.params) == request


def test_effects_are_kept_for_this_program_and_images_become_gaps() -> None:
    blurred = {"video_id": "a", "end_seconds": 4, "effects": [{"effect": "blur", "radius": 4}]}
    asked = request_of(blurred, {"video_id": "a", "start_seconds": 5, "end_seconds": 6})
    exported = export_timeline(asked, VIDEOS, "n")
    assert exported.notes == ("A clip's (effects) is kept in the file, for this program alone.",)
    assert import_timeline(exported.text, IDS).request == asked
    image = {"image": {"root": "r", "path": "card.png"}, "seconds": 2}
    shown = export_timeline(request_of(blurred, image), VIDEOS, "n")
    assert "The image card.png becomes a gap." in shown.notes
    assert import_timeline(shown.text, IDS).request.clips[1] == Gap(gap_seconds=2)


def test_a_timeline_that_an_editor_named_keeps_that_name() -> None:
    asked = request_of({"video_id": "a", "end_seconds": 4}, name="holiday")
    timeline = otio.adapters.read_from_string(
        export_timeline(asked, VIDEOS, "holiday").text, "otio_json"
    )
    timeline.name = ".Rom/Ostia\n2 "
    text = otio.adapters.write_to_string(timeline, "otio_json")
    assert import_timeline(text, IDS).request.name == "Rom-Ostia 2"


@pytest.mark.parametrize("junk", ["x", "[1]", '{"clip": 3, "from": {}, "preset": []}', 7, [], {}])
def test_junk_in_the_place_of_what_this_program_writes_is_no_matter(junk: Any) -> None:
    text = text_of([foreign("file:///videos/a.mp4", 0, 1, metadata={"stoat_ferret": junk})])
    assert len(import_timeline(text, IDS).request.clips) == 1


def test_more_than_a_render_takes_is_refused() -> None:
    many = [foreign("file:///videos/a.mp4", 0, 1) for _ in range(101)]
    with pytest.raises(TimelineRefusedError, match="101 clips and gaps"):
        import_timeline(text_of(many), IDS)


def test_an_empty_timeline_is_refused() -> None:
    for text in (text_of(), text_of([]), text_of([otio.schema.Gap(duration=time(1))])):
        with pytest.raises(TimelineRefusedError, match="no video track with a clip"):
            import_timeline(text, IDS)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"OTIO_SCHEMA": "Clip.1"}', "x" * 1000])
def test_what_is_no_timeline_is_refused(text: str) -> None:
    with pytest.raises(TimelineRefusedError):
        import_timeline(text, KnownMedia({}))


def test_a_timeline_of_nothing_in_the_library_is_refused() -> None:
    with pytest.raises(TimelineRefusedError, match="Nothing of the timeline"):
        import_timeline(text_of([foreign("file:///elsewhere.mov", 0, 1)]), KnownMedia({}))
