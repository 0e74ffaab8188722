"""The division of videos into segments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.playing.grid import (
    COPIED_SECONDS,
    ENCODED_SECONDS,
    LONGEST_SECONDS,
    Grid,
    media_playlist,
)

LENGTHS = st.floats(0.05, 100_000)
GAPS = st.lists(st.floats(0.04, LONGEST_SECONDS - COPIED_SECONDS), max_size=200)


@given(LENGTHS)
def test_segments_of_the_same_length_cover_all(length: float) -> None:
    grid = Grid.fixed(length)
    assert sum(grid.lengths) == pytest.approx(length)
    assert all(0 < one <= ENCODED_SECONDS + 0.03 for one in grid.lengths)


@given(GAPS)
def test_segments_of_copied_video_start_at_key_frames(gaps: list[float]) -> None:
    times = [sum(gaps[:number]) for number in range(len(gaps) + 1)]
    grid = Grid.aligned(times, times[-1] + 1)
    assert grid is not None
    assert set(grid.starts) <= {0.0, *times}
    assert all(one >= COPIED_SECONDS for one in grid.lengths[:-1])


def test_a_video_with_few_key_frames_is_not_cut_there() -> None:
    assert Grid.aligned([0, LONGEST_SECONDS + 1], 30) is None
    assert Grid.aligned([], 30) is None
    assert Grid.aligned([], 3) == Grid((0.0,), 3)


@given(LENGTHS, st.data())
def test_a_time_belongs_to_the_segment_that_contains_it(length: float, data: st.DataObject) -> None:
    grid = Grid.fixed(length)
    number = data.draw(st.integers(0, len(grid.starts) - 1))
    assert grid.number_at(grid.starts[number]) == number
    assert grid.number_at(grid.starts[number] - 0.01) == number  # times are rounded
    assert grid.number_at(-5) == 0
    assert grid.number_at(length + 100) == len(grid.starts) - 1


def test_a_playlist_lists_the_segments() -> None:
    lines = media_playlist(Grid((0.0, 6.0), 7.5), "height=90").splitlines()
    assert lines[0] == "#EXTM3U"
    assert "#EXT-X-TARGETDURATION:6" in lines
    assert '#EXT-X-MAP:URI="init.mp4?height=90"' in lines
    assert lines[-5:] == [
        *("#EXTINF:6.000000,", "0.m4s?height=90"),
        *("#EXTINF:1.500000,", "1.m4s?height=90", "#EXT-X-ENDLIST"),
    ]


def test_the_first_segments_end_where_the_next_one_starts() -> None:
    whole = Grid.fixed(10)
    assert whole.until(2) == Grid((0.0, 3.0), 6.0)
    assert whole.until(4) == whole
