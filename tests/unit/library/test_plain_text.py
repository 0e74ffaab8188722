"""Text that databases take and people can search."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.library.plain_text import fold, plain

any_text = st.text(st.characters(exclude_categories=()))


@given(any_text)
def test_every_text_becomes_one_that_can_be_stored(text: str) -> None:
    stored = plain(text)
    assert "\0" not in stored
    assert stored.encode().decode() == stored
    assert plain(stored) == stored


@given(st.binary())
def test_bytes_that_are_not_utf_8_become_replacement_marks(name: bytes) -> None:
    assert plain(os.fsdecode(name)) == name.decode("utf-8", "replace").replace("\0", "\ufffd")


def test_spellings_of_the_same_letters_are_folded_into_one() -> None:
    assert fold("ÉTÉ") == fold("été") == fold("e\u0301te\u0301")
    assert fold("Straße") == fold("STRASSE")
    assert fold("\uff36\uff28\uff33") == "vhs"


@pytest.mark.parametrize(
    ("written", "looked_for"),
    [
        ("Été", "ete"),
        (
            "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}ZM\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}R",
            "izmir",
        ),
        ("\N{LATIN SMALL LETTER DOTLESS I}rmak", "IRMAK"),
        ("Łódź Ærø Đorđe", "lodz aero dorde"),
        ("\N{LATIN SMALL LIGATURE FI}lm", "Film"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("Ёлка", "елка"),
    ],
)
def test_accents_and_ligatures_make_no_difference(written: str, looked_for: str) -> None:
    assert fold(written) == fold(looked_for)


@pytest.mark.parametrize(
    ("one", "other"), [("が", "か"), ("पी", "पि"), ("ก่า", "กา"), ("각", "가"), ("ß", "s")]
)
def test_marks_that_make_another_letter_stay(one: str, other: str) -> None:
    assert fold(one) != fold(other)
    assert fold(one) == fold(unicodedata.normalize("NFD", one))


@given(any_text)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
