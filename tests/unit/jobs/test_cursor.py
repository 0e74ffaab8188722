"""Cursors survive encoding and decoding, and nothing else is accepted as one."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.errors import InvalidCursorError
from stoat_ferret.jobs.store import JobCursor

if TYPE_CHECKING:
    from uuid import UUID


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_comes_back_as_it_went(created_at: datetime, job_id: UUID) -> None:
    cursor = JobCursor(created_at, str(job_id))
    assert JobCursor.decode(cursor.encode()) == cursor
    assert cursor.encode().isascii()


def _wrap(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "ä",
        "%%%",
        "[" * 100_000,
        _wrap("{}"),
        _wrap("null"),
        _wrap("[]"),
        _wrap('["2026-01-01T00:00:00+00:00"]'),
        _wrap('["2026-01-01T00:00:00+00:00", 5]'),
        _wrap('["2026-01-01T00:00:00+00:00", "\\ud800"]'),
        _wrap('["yesterday", "x"]'),
        _wrap('["0001-01-01T00:00:00+23:00", "x"]'),
        _wrap("[" * 100_000),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursorError):
        JobCursor.decode(text)


@given(st.text() | st.text(alphabet="abcXYZ019-_="))
def test_no_text_does_anything_but_be_refused(text: str) -> None:
    with pytest.raises(InvalidCursorError):
        JobCursor.decode(text)
