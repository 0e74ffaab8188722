"""Text that databases can store and people can search."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.folded_text import fold, search_key, sort_key
from stoat_ferret.text import storable

any_text = st.text(st.characters(exclude_categories=()))


@given(any_text)
def test_every_text_becomes_one_that_can_be_stored(text: str) -> None:
    stored = storable(text)
    assert "\0" not in stored
    assert stored.encode().decode() == stored
    assert storable(stored) == stored


@given(st.binary())
def test_bytes_that_are_not_utf_8_become_replacement_marks(name: bytes) -> None:
    assert storable(os.fsdecode(name)) == name.decode("utf-8", "replace").replace("\0", "\ufffd")


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


@pytest.mark.parametrize(
    ("written", "looked_for"),
    [
        ("Ocean\u2019s Eleven", "ocean's"),
        ("Rock \u02bcn\u02bc Roll", "'n'"),
        ("l\u00b4amour", "l'amour"),
        ("\u00abSolaris\u00bb \u201eSolaris\u201c", '"solaris" "solaris"'),
        ("Spider\u2013Man", "spider-man"),
        ("Spider\u2011Man", "spider man"),
        ("spider man", "Spider\u2212Man"),
        ("Spi\u00adder\u200b\ufeffMan\u2060", "spiderman"),
        ("1\ufe0f\u20e3 One", "1 one"),
        (
            "\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f",
            "\u0645\u062d\u0645\u062f",
        ),  # Muhammad
        ("\u0623\u062d\u0645\u062f", "\u0627\u062d\u0645\u062f"),  # Ahmad
        ("\u0645\u0640\u0640\u0635\u0631", "\u0645\u0635\u0631"),  # Misr
        ("\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd", "\u05e9\u05dc\u05d5\u05dd"),  # Shalom
        ("\u0661\u0662", "12"),
        ("What\uff1f Half\u29f8time", "what? half/time"),
        ("new\u00a0 \tyork", "new york"),
    ],
)
def test_kinds_of_punctuation_and_what_is_not_seen_make_no_difference(
    written: str, looked_for: str
) -> None:
    assert search_key(looked_for) in search_key(written)


def test_a_dash_and_a_blank_are_alike_to_a_search_only() -> None:
    assert fold("a - b") != fold("a b")
    assert search_key("a - b") == search_key("a-b") == search_key("a b") == "a b"


@given(st.lists(st.sampled_from(["a", "B", " ", "-", "é"]), max_size=4), st.data())
def test_numbers_are_in_order_between_the_same_words(words: list[str], data: st.DataObject) -> None:
    numbers = st.integers(0, 10**30) | st.integers(0, 120)
    first, second = (
        data.draw(st.lists(numbers, min_size=len(words), max_size=len(words))) for _ in range(2)
    )
    zeros = data.draw(st.lists(st.integers(0, 12), min_size=len(words), max_size=len(words)))

    def name(values: list[int]) -> str:
        counted = zip(words, values, zeros, strict=True)
        return "".join(f"{word}{'0' * more}{value}x" for word, value, more in counted)

    one, other = sort_key(name(first)), sort_key(name(second))
    assert (one < other) == (first < second)
    assert (one.encode() < other.encode()) == (first < second)


def test_names_are_in_the_order_that_people_expect() -> None:
    wanted = ["Talk", "talk 1", "Talk 2", "Talk 02", "Talk 2b", "Talk 10", f"Talk {10**300}"]
    assert sorted(set(wanted), key=sort_key) == wanted
    assert sort_key("Talk 1") == sort_key("TALK 1") != sort_key("Talk 01")


@given(st.text(st.sampled_from("019aB -.é\u0661"), max_size=40))
def test_a_sort_key_is_little_longer_than_the_text(text: str) -> None:
    assert len(sort_key(text)) <= 3 * len(text) + 2
