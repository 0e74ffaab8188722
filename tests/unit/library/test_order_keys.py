"""Between any two keys there are others, and keys stay short where people add and move."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.library.order_keys import MAX_LENGTH, keys_between

MOVES = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 3)), max_size=40)


@given(MOVES)
def test_new_keys_are_where_they_should_be(moves: list[tuple[int, int]]) -> None:
    keys: list[str] = []
    for place, count in moves:
        index = place % (len(keys) + 1)
        low = keys[index - 1] if index else None
        high = keys[index] if index < len(keys) else None
        new = keys_between(low, high, count)
        assert len(new) == count
        keys[index:index] = new
        assert keys == sorted(set(keys))
        assert not any(key.endswith("0") for key in keys)


def test_adding_at_one_end_keeps_keys_short() -> None:
    (last,) = (first,) = keys_between(None, None, 1)
    for _ in range(3000):
        (last,) = keys_between(last, None, 1)
        (first,) = keys_between(None, first, 1)
    assert max(len(first), len(last)) <= 4
    assert {len(key) for key in keys_between(None, None, 100_000)} <= {2, 3, 4}


def test_moving_to_one_place_again_and_again_lengthens_keys_slowly() -> None:
    low, high = keys_between(None, None, 2)
    for _ in range(500):
        (high,) = keys_between(low, high, 1)
    assert len(high) < MAX_LENGTH


def test_what_is_added_after_or_before_a_long_key_has_a_short_one() -> None:
    long = f"V{'0' * 50}1"
    (after,), (before,) = keys_between(long, None, 1), keys_between(None, long, 1)
    assert before < long < after
    assert max(len(before), len(after)) <= 4


def test_a_full_end_still_has_keys() -> None:
    end = "z" * 4
    keys = keys_between(end, None, 3)
    assert end < keys[0] < keys[1] < keys[2]
    start = keys_between(None, "0001", 3)
    assert start == sorted(start)
    assert start[-1] < "0001"


@pytest.mark.parametrize("high", ["V", "U"])
def test_there_is_nothing_between_keys_in_the_wrong_order(high: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        keys_between("V", high, 1)
