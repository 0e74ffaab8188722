"""Text from anywhere is safe to show, print and store."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.text import for_display, for_terminal, storable

ANY_TEXT = st.text(st.characters(exclude_categories=[]))
"""Any text, including lone surrogates, control characters and NUL."""


@given(ANY_TEXT | st.binary())
def test_what_is_shown_is_unicode(text: str | bytes) -> None:
    for_display(text).encode("utf-8")


@given(ANY_TEXT)
def test_what_is_stored_is_unicode_without_nul(text: str) -> None:
    assert "\0" not in storable(text).encode("utf-8").decode()


@given(ANY_TEXT)
def test_what_is_printed_steers_no_terminal(text: str) -> None:
    printed = for_terminal(text)
    kinds = {unicodedata.category(one) for one in printed if one not in "\u200c\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert storable(for_display(text)) == text


@pytest.mark.parametrize("name", [b"\xff.mp4", os.fsdecode(b"\xff.mp4"), Path("\udcff.mp4")])
def test_a_name_of_any_bytes_is_shown_with_marks(name: str | bytes | Path) -> None:
    assert for_display(name) == "\ufffd.mp4"


def test_half_a_character_that_stands_for_no_byte_becomes_a_mark() -> None:
    assert for_display("a\ud800b") == "a\ufffdb"
