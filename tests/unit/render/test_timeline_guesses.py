"""What a timeline leaves open is guessed as editors mean it, and noted."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import opentimelineio as otio
import pytest
from tests.unit.render.test_export import IDS, foreign, text_of

from stoat_ferret.render.request.clip import Clip
from stoat_ferret.render.timeline.export import import_timeline, media_in
from stoat_ferret.render.timeline.known_media import KnownMedia
from stoat_ferret.render.timeline.time_code import MediaTimes
from stoat_ferret.render.timeline.times import exact_rate

A = "file:///videos/a.mp4"
NTSC_FILM = Fraction(24000, 1001)


def range_of(value: float, count: float, rate: float) -> Any:
    """Return a range of `count` frames from number `value` on."""
    frames = otio.opentime.RationalTime
    return otio.opentime.TimeRange(frames(value, rate), frames(count, rate))


def unplaced(value: float, count: float, rate: float) -> Any:
    """Return a clip whose media does not say when it begins, as from an edit decision list."""
    return otio.schema.Clip("e", otio.schema.ExternalReference(A), range_of(value, count, rate))


def imported(*tracks: list[Any], times: MediaTimes | None = None) -> Any:
    """Return an imported timeline, video `a` having these times."""
    media = KnownMedia(IDS.at_path, times={} if times is None else {"a": times})
    return import_timeline(text_of(*tracks), media)


def test_the_time_code_of_the_file_is_subtracted_from_that_of_an_edit_decision_list() -> None:
    hour = MediaTimes(Fraction(20), Fraction(25), "01:00:00:00")
    back = imported([unplaced(90050, 100, 25)], times=hour)
    (clip,) = back.request.clips
    assert (clip.start_seconds, clip.end_seconds) == (2, 6)
    assert "taken for time code, which starts at 01:00:00:00" in back.notes[0]


def test_a_time_code_counts_frames_not_seconds() -> None:
    hour = MediaTimes(Fraction(20), NTSC_FILM, "01:00:00:00")
    for rate in (23.976, 23.98, float(NTSC_FILM)):
        (clip,) = imported([unplaced(86448, 48, rate)], times=hour).request.clips
        assert clip.start_seconds == 48 / NTSC_FILM


def test_times_that_may_mean_either_are_seconds_of_the_file_with_a_note() -> None:
    second = MediaTimes(Fraction(20), Fraction(25), "00:00:01:00")
    back = imported([unplaced(50, 100, 25)], times=second)
    (clip,) = back.request.clips
    assert clip.start_seconds == 2
    assert "Check its in point" in back.notes[0]


@pytest.mark.parametrize("time_code", [None, "00:59:00:00", "09:00:00:00"])
def test_times_that_nothing_explains_leave_a_gap(time_code: str | None) -> None:
    times = MediaTimes(Fraction(20), Fraction(25), time_code)
    back = imported([unplaced(90050, 100, 25), foreign(A, 0, 1)], times=times)
    gap, clip = back.request.clips
    assert gap.gap_seconds == 4
    assert isinstance(clip, Clip)
    assert "no time code that explains it; a gap is there" in back.notes[0]


def test_a_time_code_that_cannot_be_read_is_noted() -> None:
    times = MediaTimes(Fraction(20), Fraction(25), unread="the process did not end within 10 s.")
    back = imported([unplaced(50, 100, 25), unplaced(90050, 100, 25)], times=times)
    clip, gap = back.request.clips
    assert clip.start_seconds == 2
    assert gap.gap_seconds == 4
    unread = "could not be read (the process did not end within 10 s). Check its in point."
    assert [unread in note for note in back.notes] == [True, False]  # said once of a clip


def test_media_that_do_not_say_when_they_begin_are_named() -> None:
    assert media_in(text_of([foreign(A, 0, 1)])).unplaced == ()
    assert media_in(text_of([unplaced(0, 25, 25)])).unplaced == (A,)


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        (23.98, NTSC_FILM),
        (23.976, NTSC_FILM),
        (23.97, NTSC_FILM),
        (29.97, Fraction(30000, 1001)),
        (47.95, Fraction(48000, 1001)),
        (59.94, Fraction(60000, 1001)),
        (119.88, Fraction(120000, 1001)),
        (24.0, Fraction(24)),
        (25.0, Fraction(25)),
        (12.5, Fraction(25, 2)),
        (23.9, Fraction("23.9")),
        (1000.0, Fraction(1000)),
        (48000.0, Fraction(48000)),
    ],
)
def test_a_rounded_rate_is_the_exact_one(written: float, exact: Fraction) -> None:
    assert exact_rate(written) == exact


def test_a_rate_with_two_decimals_drifts_by_no_frame() -> None:
    reference = otio.schema.ExternalReference(A, range_of(0, 20000, 23.98))
    back = imported([otio.schema.Clip("c", reference, range_of(14000, 48, 23.98))])
    (clip,) = back.request.clips
    assert float(clip.start_seconds) == pytest.approx(583.917, abs=0.001)
    assert back.notes == ("The rate 23.98 is taken for 24000/1001.",)


def test_a_mono_pair_is_one_sound() -> None:
    shown, left, right = (foreign(A, 2, 4) for _ in range(3))
    back = imported([shown], [left], [right])
    (clip,) = back.request.clips
    assert not clip.mute
    assert back.request.audio == ()
    (note,) = back.notes
    assert note.startswith("The sound of c is on several audio tracks")


def test_a_mono_pair_that_is_mixed_in_is_one_sound() -> None:
    pair = [[foreign("file:///videos/b%20100%25.mp4", 1, 2)] for _ in range(2)]
    back = imported([foreign(A, 2, 4)], *pair)
    assert len(back.request.audio) == 1
    other = [[foreign("file:///videos/b%20100%25.mp4", start, 2)] for start in (1, 2)]
    assert len(imported([foreign(A, 2, 4)], *other).request.audio) == 2
