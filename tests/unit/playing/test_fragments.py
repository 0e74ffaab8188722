"""Fragments of a stream that FFmpeg wrote."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clips import ffmpeg

from stoat_ferret.playing.fragments import LATER_SECONDS, Fragment, FragmentError, FragmentReader

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a stream of three fragments of a second with pictures and sound."""
    target: Path = tmp_path_factory.mktemp("stream") / "stream.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10:duration=3"),
        *("-f", "lavfi", "-i", "sine=duration=3", "-c:v", "libx264", "-g", "10", "-bf", "0"),
        *("-c:a", "aac", "-avoid_negative_ts", "disabled", "-use_editlist", "0"),
        *("-output_ts_offset", str(LATER_SECONDS), "-movflags"),
        "empty_moov+default_base_moof+frag_keyframe+frag_discont",
        target,
    )
    return target.read_bytes()


def read(data: bytes, *sizes: int) -> tuple[FragmentReader, list[Fragment]]:
    reader, fragments, start = FragmentReader(), [], 0
    for size in (*sizes, len(data)):
        fragments += reader.feed(data[start : start + size])
        start += size
    return reader, fragments


def test_fragments_begin_at_the_times_of_their_pictures(stream: bytes) -> None:
    reader, fragments = read(stream)
    assert [one.start for one in fragments if one.start is not None] == [0, 1, 2]
    assert reader.header is not None
    assert stream.startswith(reader.header)


@given(sizes=st.lists(st.integers(1, 4000), max_size=30))
def test_pieces_of_any_size_give_the_same(stream: bytes, sizes: list[int]) -> None:
    whole, cut = read(stream), read(stream, *sizes)
    assert (whole[0].header, whole[1]) == (cut[0].header, cut[1])


def test_nothing_but_a_fragmented_stream_is_read() -> None:
    for data in (b"\0" * 100, b"RIFF" * 100, b"\xff" * 100, b"\0\0\0\x10moof" + b"\0" * 100):
        with pytest.raises(FragmentError):
            read(data)


@given(at=st.integers(0, 3000), value=st.binary(min_size=1, max_size=8))
def test_a_damaged_stream_is_an_error_or_read(stream: bytes, at: int, value: bytes) -> None:
    damaged = stream[:at] + value + stream[at + len(value) :]
    try:
        _, fragments = read(damaged)
    except FragmentError:
        return
    assert all(one.start is None or isinstance(one.start, Fraction) for one in fragments)
