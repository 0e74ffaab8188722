"""Frame indexes computed from the packets of a file."""

from __future__ import annotations

from array import array
from fractions import Fraction
from typing import Any

import pytest
from tests.unit.render.world import source

from stoat_ferret.render.plan.source import CleanEnd, KeyFrame, StreamHeader
from stoat_ferret.render.request.request import RenderRequest
from stoat_ferret.render.run.frame_index import AllPictures, intervals, places
from stoat_ferret.render.run.frame_index_cache import MOST_FACTS
from stoat_ferret.render.run.header import parse_header
from stoat_ferret.render.run.packets import (
    clean_ends,
    end_of,
    is_start_hidden,
    key_frames,
    merged,
    parse_packets,
    shown_ticks,
    split_at_jump,
)

VIDEO = {
    "index": 1,
    "start_time": "1.440000",
    "time_base": "1/25",
    "r_frame_rate": "25/1",
    "avg_frame_rate": "25/1",
}
SOUND = {"index": 0, "start_time": "1.400000", "time_base": "1/48000"}


def document(**video: Any) -> dict[str, Any]:
    """Return what ffprobe prints for a file with audio and video."""
    return {"format": {"start_time": "1.4"}, "streams": [SOUND, {**VIDEO, **video}]}


def packets(text: str) -> list[Any]:
    """Return packets in file order from their display times.

    An exclamation mark is a key frame, and a minus sign a packet that is discarded.
    """
    header = parse_header(document(), 1)
    written = [
        {
            "pts": 35 + int(word.strip("!-")),
            "dts": 33 + place,
            "duration": 1,
            "flags": ("K" if "!" in word else "_") + ("D" if "-" in word else "_") + "_",
        }
        for place, word in enumerate(text.split())
    ]
    return parse_packets({"packets": written}, header)


def test_the_headers_of_all_streams_are_known() -> None:
    camera = {"codec_type": "video", "codec_name": "h264", "codec_tag_string": "avc1"}
    disposition = {"default": 1, "forced": 0, "comment": 1}
    tags = {"TIMECODE": "01:00:00:00", "BPS-eng": "9"}
    found = document(**camera, disposition=disposition, tags=tags)
    font = {
        "codec_type": "attachment",
        "extradata_size": 70_000,
        "tags": {"filename": "a.otf", "mimetype": "font/otf"},
    }
    found["streams"].append({"index": 2, **font})
    found["streams"][0] = {**SOUND, "codec_type": "audio", "tags": {"name": "Version"}}
    headers = parse_header(found, 1).streams
    assert headers == {
        0: StreamHeader("audio", title="Version"),
        1: StreamHeader(
            *("video", "h264", "avc1", ("default", "comment")),
            time_code="01:00:00:00",
            has_statistics=True,
            bit_rate=9,
        ),
        2: StreamHeader("attachment", file_name="a.otf", mime_type="font/otf", header_bytes=70_000),
    }


@pytest.mark.parametrize(
    ("container", "facts", "end"),
    [
        ("mov,mp4,m4a,3gp,3g2,mj2", {"start_time": "1.5", "duration": "4.0"}, Fraction("4.1")),
        ("matroska,webm", {"tags": {"DURATION-eng": "00:01:05.400000000"}}, Fraction(64)),
        ("matroska,webm", {"tags": {"DURATION": "soon"}}, None),
        # FFmpeg states the duration of the file for a stream without packets near its end.
        ("mpegts", {"duration": "4.0"}, None),
    ],
)
def test_the_end_of_a_stream_is_known_where_it_is_stated(
    container: str, facts: dict[str, Any], end: Fraction | None
) -> None:
    found = document()
    found["format"]["format_name"] = container
    found["streams"][0] = {**SOUND, **facts}
    assert parse_header(found, 1).streams[0].end == end


def test_times_count_from_the_start_of_the_file() -> None:
    header = parse_header(document(), 1)
    assert header.video_start == Fraction("0.04")
    assert header.starts == {0: 0, 1: Fraction("0.04")}
    assert not header.is_variable


@pytest.mark.parametrize(
    ("lowest", "average", "is_variable"),
    [
        ("30000/1001", "19001/634", False),
        ("50/1", "25/1", False),
        ("30/1", "2994/100", True),
        ("90000/1", "23/1", True),
        ("0/0", "25/1", True),
    ],
)
def test_pictures_come_evenly_or_not(lowest: str, average: str, *, is_variable: bool) -> None:
    header = parse_header(document(r_frame_rate=lowest, avg_frame_rate=average), 1)
    assert header.is_variable is is_variable


def test_a_key_frame_is_clean_where_nothing_after_it_is_shown_before_it() -> None:
    found = key_frames(packets("0! 3 1 2 6! 4 5 9 7 8 10!"))
    assert found == [
        KeyFrame(Fraction(0), is_clean=True, delay=Fraction(2, 25)),
        KeyFrame(Fraction(6, 25), is_clean=False, delay=Fraction(4, 25)),
        KeyFrame(Fraction(10, 25), is_clean=True, delay=Fraction(2, 25)),
    ]


def test_packets_can_be_left_off_where_all_before_is_there() -> None:
    ends = clean_ends(packets("0! 3 1 2 4 7 5 6"))
    assert [end.seconds * 25 for end in ends] == [1, 4, 5]
    assert ends[1] == CleanEnd(Fraction(4, 25), Fraction(2, 25))


def test_pictures_are_known_from_the_first_key_frame_on() -> None:
    assert [*shown_ticks(packets("4 2 5! 3 8 6 7"))] == [40, 41, 42, 43]
    assert [*shown_ticks(packets("0!- 1- 4 2 3"))] == [37, 38, 39]
    assert [*shown_ticks(packets("0! 1 2 3"), Fraction(2, 25))] == [35, 36]


def test_a_start_may_be_hidden() -> None:
    assert is_start_hidden(packets("0!- 1- 2 3 4!"))
    assert not is_start_hidden(packets("0!- 1- 2! 3"))
    assert not is_start_hidden(packets("0! 2 1"))


def test_the_last_picture_has_an_end() -> None:
    header = parse_header(document(), 1)
    assert end_of(packets("0! 3 1 2"), header) == Fraction(4, 25)
    assert end_of(packets("0! 3- 1 2"), header) == Fraction(3, 25)
    assert end_of([], header) is None


def test_parts_of_a_file_are_told_apart() -> None:
    assert [len(part) for part in split_at_jump(packets("0! 1 2 50! 51"))] == [3, 2]
    assert [len(part) for part in split_at_jump(packets("0! 1 2 1! 2 3"))] == [3, 3]
    assert [len(part) for part in split_at_jump(packets("0! 3 1 2 4! 5"))] == [6, 0]
    runs = [shown_ticks(packets(text)) for text in ("9! 10 11", "0! 1", "10! 11 12")]
    assert [[*run] for run in merged(runs)] == [[35, 36], [44, 45, 46, 47]]


@pytest.mark.parametrize(
    "said",
    [
        {"tags": {"enc_key_id": "AQIDBAUGBwgJEBESExQVFg=="}},
        {"side_data_list": [{"side_data_type": "Encryption initialization data"}]},
    ],
)
def test_what_is_encrypted_says_so(said: dict[str, Any]) -> None:
    assert parse_header(document(**said), 1).is_encrypted
    assert not parse_header(document(tags={"language": "en"}), 1).is_encrypted


def test_nothing_is_looked_for_behind_the_end() -> None:
    def read(*moments: int, seconds: float | None = 10) -> Any:
        return list(intervals(map(Fraction, moments), source(seconds=seconds).info))

    assert read(900) == read(900, 901) == [(0, 22)]
    assert read(900, seconds=None) == [(888, 912)]


@pytest.mark.parametrize(
    "rubbish", [{}, {"streams": []}, {"streams": [{"index": 1}]}, {"streams": 3}]
)
def test_rubbish_is_no_header(rubbish: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no description"):
        parse_header(rubbish, 1)


def test_only_copies_look_for_key_frames() -> None:
    clips = [{"video_id": "a", "start_seconds": 1, "end_seconds": 2}, {"gap_seconds": 1}]
    for preset, expected in [("web-720p", ()), ("copy", (1, 2)), ("smart-cut", (1, 2))]:
        request = RenderRequest.model_validate({"preset": preset, "clips": clips})
        assert places(request) == {"a": expected}
    assert source().timing.key_frames


def test_a_copy_from_the_beginning_needs_no_look_there() -> None:
    for clip, expected in [({}, ()), ({"end_seconds": 2}, (2,)), ({"start_seconds": 1}, (1,))]:
        request = RenderRequest.model_validate(
            {"preset": "copy", "clips": [{"video_id": "a", **clip}]}
        )
        assert places(request) == {"a": expected}


@pytest.mark.parametrize(
    ("listed", "is_believed"),
    [
        ([0, 1, 2, 3, 4, 5], True),
        ([0, 2, 4, 5], False),
        ([0, 1, 3, 4, 5, 6], False),
        ([], False),
    ],
)
def test_an_index_is_believed_if_it_agrees_with_the_packets(
    listed: list[int], *, is_believed: bool
) -> None:
    header = parse_header(document(), 1)
    known = [array("q", [0, 1, 2]), array("q", [4, 5])]
    found = AllPictures(array("q", listed)).times(header, known)
    assert (found is not None) is is_believed
    assert AllPictures(None).times(header, known) is None


def test_the_index_of_a_long_file_leaves_room_for_others() -> None:
    ten_hours = AllPictures(array("q", range(10 * 3600 * 25)))
    assert 16 * ten_hours.count < MOST_FACTS
