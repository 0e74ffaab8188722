"""Parsing of byte ranges."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from stoat_ferret.api.range_response import Selection, Validators, select

NOW = "Sat, 02 Aug 2025 17:12:09 GMT"
BEFORE = "Sat, 02 Aug 2025 17:12:08 GMT"
AFTER = "Sat, 02 Aug 2025 17:12:10 GMT"
VALIDATORS = Validators('"abc"', datetime(2025, 8, 2, 17, 12, 9, tzinfo=UTC))
WHOLE = Selection(200, 0, 100)


def selected(size_bytes: int = 100, /, **headers: str) -> Selection:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return select(Headers(named), size_bytes, VALIDATORS)


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-", 0, 100),
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=99-", 99, 100),
        ("bytes=90-1000", 90, 100),
        ("bytes=-1", 99, 100),
        ("bytes=-100", 0, 100),
        ("bytes=-1000", 0, 100),
        ("Bytes = 5-6", 5, 7),
    ],
)
def test_a_range_is_a_part(wanted: str, start: int, end: int) -> None:
    assert selected(range=wanted) == Selection(206, start, end)


@pytest.mark.parametrize("wanted", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(wanted: str) -> None:
    assert selected(range=wanted).status == 416


@pytest.mark.parametrize(
    "wanted",
    ["", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=0-1,5-6", "items=0-1",
     "bytes=\u0661-", "bytes=" + "9" * 30 + "-"],
)  # fmt: skip
def test_what_is_no_single_range_of_bytes_is_the_whole_file(wanted: str) -> None:
    assert selected(range=wanted.encode().decode("latin-1")) == WHOLE


def test_an_empty_file_has_no_part() -> None:
    assert selected(0, range="bytes=0-").status == 416
    assert selected(0) == Selection(200, 0, 0)


@pytest.mark.parametrize("condition", ['"abc"', NOW])
def test_a_range_of_the_same_file_goes_on(condition: str) -> None:
    assert selected(range="bytes=1-2", if_range=condition).status == 206


@pytest.mark.parametrize("condition", ['"abd"', 'W/"abc"', BEFORE, AFTER, "rubbish"])
def test_a_range_of_another_file_begins_anew(condition: str) -> None:
    assert selected(range="bytes=1-2", if_range=condition) == WHOLE


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if_none_match": '"abc"'}, 304),
        ({"if_none_match": 'W/"abc"'}, 304),
        ({"if_none_match": '"x", "abc"'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"x"'}, 200),
        ({"if_none_match": '"x"', "if_modified_since": AFTER}, 200),
        ({"if_modified_since": NOW}, 304),
        ({"if_modified_since": BEFORE}, 200),
        ({"if_modified_since": "rubbish"}, 200),
        ({"if_match": '"abc"'}, 200),
        ({"if_match": 'W/"abc"'}, 412),
        ({"if_match": '"x"'}, 412),
        ({"if_unmodified_since": BEFORE}, 412),
        ({"if_unmodified_since": NOW}, 200),
    ],
)
def test_conditions_are_those_of_the_standard(headers: dict[str, str], status: int) -> None:
    assert selected(100, **headers).status == status


@given(st.text(max_size=30), st.integers(0, 1000))
def test_whatever_is_asked_for_lies_in_the_file(wanted: str, size_bytes: int) -> None:
    header = f"bytes={wanted}".encode().decode("latin-1")
    selection = selected(size_bytes, range=header)
    assert 0 <= selection.start <= selection.end <= size_bytes
    assert selection.status in {200, 206, 416}


@given(st.integers(0, 1200), st.integers(0, 1200), st.integers(1, 1000))
def test_a_range_has_the_length_it_was_asked_for(first: int, last: int, size_bytes: int) -> None:
    selection = selected(size_bytes, range=f"bytes={first}-{last}")
    wanted = range(size_bytes)[first : last + 1]
    if last < first:
        assert selection == Selection(200, 0, size_bytes)
    elif not wanted:
        assert selection.status == 416
    else:
        assert (selection.start, selection.end) == (wanted[0], wanted[-1] + 1)
