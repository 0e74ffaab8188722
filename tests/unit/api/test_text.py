"""Text in responses."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from stoat_ferret.api.schemas.text import SentPath, display_json, path_sent, path_to_send
from stoat_ferret.text import for_display

# Every code point that a str can hold, lone surrogates too.
ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_displayed_text_is_always_unicode(text: str) -> None:
    assert for_display(text).encode("utf-8").decode("utf-8") == for_display(for_display(text))


@given(st.text())
def test_unicode_is_displayed_as_it_is(text: str) -> None:
    assert for_display(text) == text


def test_bytes_that_are_not_unicode_become_replacement_marks() -> None:
    assert for_display(os.fsdecode(b"caf\xe9.mp4")) == "caf\N{REPLACEMENT CHARACTER}.mp4"
    assert for_display("\ud800") == "\N{REPLACEMENT CHARACTER}"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | ANY_TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
        max_leaves=8,
    )
)
def test_displayed_json_can_always_be_sent(value: object) -> None:
    json.dumps(display_json(value), ensure_ascii=False).encode("utf-8")


@given(st.binary(min_size=1).filter(lambda path: b"\0" not in path))
def test_a_path_survives_the_way_to_a_client_and_back(raw: bytes) -> None:
    path = "/" + os.fsdecode(raw)
    sent = path_to_send(path)
    assert path_sent(sent.encode("utf-8").decode("utf-8")) == path


@pytest.mark.parametrize(
    "value",
    ["", "relative", "~/Videos", "/with\0nul", "file:///with%00nul", "file://host", "\ud800"],
)
def test_what_can_be_no_absolute_path_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(SentPath).validate_python(value)
