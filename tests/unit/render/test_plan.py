"""A file that differs from the plan is detected."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from stoat_ferret.errors import OutputFaultError
from stoat_ferret.media.media_info import AudioStream, MediaInfo, SubtitleStream, VideoStream
from stoat_ferret.render.plan.plan import OutputKind, PlannedOutput, faults_of

PLANNED = PlannedOutput(
    file="output.mp4",
    extension=".mp4",
    muxer="mp4",
    kind=OutputKind.VIDEO,
    duration_seconds=Fraction(2),
    tolerance_seconds=Fraction(1, 25),
    width=320,
    height=240,
    video_codec="h264",
    audio_codec="aac",
    audio_streams=1,
)


def made(**changes: Any) -> MediaInfo:
    video = VideoStream(
        index=0, codec="h264", coded_width=320, coded_height=240, width=320, height=240
    )
    audio = AudioStream(index=1, codec="aac", channels=2, sample_rate=48000)
    info = MediaInfo(
        container="mov", duration_seconds=2.02, size_bytes=1, video=(video,), audio=(audio,)
    )
    return info.model_copy(update=changes)


def test_what_was_planned_has_no_fault() -> None:
    assert faults_of(PLANNED, made()) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"duration_seconds": 1.9}, "it lasts 1.900 s, not 2.000 s"),
        ({"duration_seconds": 2.1}, "it lasts 2.100 s, not 2.000 s"),
        ({"duration_seconds": None}, "no duration"),
        ({"audio": ()}, "audio streams 0, not 1"),
        (
            {"video": ()},
            "it has no picture: there is none in what was chosen, or it cannot be decoded",
        ),
    ],
)
def test_what_was_not_planned_is_a_fault(changes: dict[str, Any], fault: str) -> None:
    assert fault in faults_of(PLANNED, made(**changes))


def test_another_codec_and_another_size_are_faults() -> None:
    stream = made().video[0].model_copy(update={"codec": "hevc", "width": 640})
    assert faults_of(PLANNED, made(video=(stream,))) == [
        "video codec hevc, not h264",
        "size 640x240, not 320x240",
    ]


def test_a_fault_that_is_a_sentence_ends_with_one_stop() -> None:
    error = OutputFaultError(["It is damaged (no index)."])
    assert "asked for: It is damaged (no index). Nothing was kept." in str(error)


def test_words_may_stay_beyond_the_last_picture() -> None:
    planned = replace(PLANNED, subtitle_streams=1)
    words = (SubtitleStream(index=2, codec="mov_text"),)
    assert faults_of(planned, made(subtitles=words, duration_seconds=3.5)) == []
    assert faults_of(planned, made(subtitles=words, duration_seconds=1.5))
