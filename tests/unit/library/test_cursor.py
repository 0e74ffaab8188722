"""Cursors: valid ones are read, and nothing else is."""

from __future__ import annotations

import base64
import json
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.filters import FILTERS, SORTS

from stoat_ferret.errors import InvalidCursorError
from stoat_ferret.library.query import (
    SortKey,
    SortOrder,
    VideoQuery,
    VideoSort,
    decode_cursor,
    encode_cursor,
)

integers = st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1)
KEYS: dict[VideoSort, st.SearchStrategy[SortKey]] = {
    VideoSort.NAME: st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    VideoSort.ADDED: st.datetimes(timezones=st.just(UTC)),
    VideoSort.MODIFIED: integers,
    VideoSort.SIZE: integers,
    VideoSort.DURATION: st.floats(allow_nan=False, allow_infinity=False),
    VideoSort.HEIGHT: integers,
    VideoSort.TAKEN: st.datetimes(timezones=st.just(UTC)),
}


@given(st.data(), st.sampled_from(SORTS), integers)
def test_a_cursor_says_where_it_was_made(data: st.DataObject, sort: VideoSort, number: int) -> None:
    query = VideoQuery(sort=sort)
    key = data.draw(KEYS[sort])
    cursor = encode_cursor(query, key, number)
    assert decode_cursor(query, cursor) == (key, number)
    assert decode_cursor(query.model_copy(update={"limit": 7, "cursor": cursor}), cursor) == (
        key,
        number,
    )
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize(
    "other",
    [
        *(VideoQuery(**{name: value}) for name, value in FILTERS.items()),
        VideoQuery(order=SortOrder.DESC),
        VideoQuery(sort=VideoSort.SIZE),
    ],
)
def test_a_cursor_is_refused_by_every_other_list(other: VideoQuery) -> None:
    cursor = encode_cursor(VideoQuery(), "name", 1)
    with pytest.raises(InvalidCursorError):
        decode_cursor(other, cursor)


def forged(query: VideoQuery, key: object, number: object) -> str:
    """Return a cursor for the right list with other contents."""
    cursor = encode_cursor(query, "", 1)
    of_list = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[0]
    text = json.dumps([of_list, key, number])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(
    ("key", "number"),
    [
        (None, 1),
        ([], 1),
        (True, 1),
        ("\ud800", 1),
        ("\0", 1),
        (10**400, 1),
        (float("inf"), 1),
        ({"a": 1}, 1),
        (1, 2**63),
        ("a", "1"),
        (1, None),
    ],
)
def test_a_forged_cursor_is_refused(sort: VideoSort, key: object, number: object) -> None:
    query = VideoQuery(sort=sort)
    with pytest.raises(InvalidCursorError):
        decode_cursor(query, forged(query, key, number))


@given(st.text() | st.text("ABCabc012-_=", min_size=1))
def test_rubbish_is_refused(rubbish: str) -> None:
    with pytest.raises(InvalidCursorError):
        decode_cursor(VideoQuery(), rubbish)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0},
        {"limit": 501},
        {"q": "x" * 501},
        {"min_height": -1},
        {"min_height": 2**31},
        {"min_rating": 6},
        {"tags": set(map(str, range(21)))},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="".join(wrong)):
        VideoQuery(**wrong)
