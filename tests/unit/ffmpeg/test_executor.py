"""Parsing of ffmpeg's progress reports."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from stoat_ferret.ffmpeg.executor import FfmpegProgress, ProgressReader

BLOCK = b"""frame=50
fps=24.50
stream_0_0_q=-1.0
bitrate= 249.7kbits/s
total_size=63058
out_time_us=2020136
out_time_ms=2020136
out_time=00:00:02.020136
dup_frames=0
drop_frames=0
speed=24.9x
progress=continue
"""
FIRST = b"""frame=0
fps=0.00
bitrate=N/A
total_size=N/A
out_time_us=-21333
out_time=-00:00:00.021333
speed=N/A
progress=continue
"""


def test_a_block_tells_how_far_ffmpeg_is() -> None:
    assert ProgressReader().feed(BLOCK) == [
        FfmpegProgress(frame=50, fps=24.5, out_seconds=2.020136, size_bytes=63058, speed=24.9)
    ]


def test_what_is_not_known_yet_is_none_and_a_time_may_be_negative() -> None:
    assert ProgressReader().feed(FIRST) == [FfmpegProgress(0, 0.0, -0.021333, None, None)]


def test_a_time_that_older_versions_do_not_know_is_none() -> None:
    lines = b"out_time_us=-9223372036854775807\ntotal_size=-22\nspeed=   0x\nprogress=continue\n"
    assert ProgressReader().feed(lines) == [FfmpegProgress(speed=0.0)]


def test_sound_alone_has_no_frames() -> None:
    lines = b"total_size=100\nout_time_us=1000000\nspeed=1e+02x\nprogress=end\n"
    assert ProgressReader().feed(lines) == [FfmpegProgress(None, None, 1.0, 100, 100.0)]


@given(st.lists(st.integers(0, 2 * len(BLOCK) + len(FIRST)), max_size=12))
@settings(max_examples=examples(50))
def test_it_does_not_matter_where_the_pipe_cuts(cuts: list[int]) -> None:
    whole = BLOCK + FIRST + BLOCK
    reader, found, begin = ProgressReader(), [], 0
    for end in [*sorted(cuts), len(whole)]:
        found += reader.feed(whole[begin:end])
        begin = end
    assert found == ProgressReader().feed(whole)
    assert len(found) == 3


@given(st.binary(max_size=300))
@settings(max_examples=examples(50))
def test_rubbish_is_passed_over(rubbish: bytes) -> None:
    reader = ProgressReader()
    reader.feed(rubbish + b"\nprogress=continue\n")
    assert reader.feed(BLOCK) == ProgressReader().feed(BLOCK)
