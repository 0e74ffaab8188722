"""Names of separate files: placeholders, valid on any file system, and never the same."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.request.name_pattern import NamedPart, default_name, names_from
from stoat_ferret.render.request.request import MAX_NAME_BYTES


def part(
    number: int = 1, video: str = "beach", start: float = 0, end: float | None = None
) -> NamedPart:
    whole = None if end is None else Fraction(end)
    return NamedPart(number, video, "copy", Fraction(start), whole)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("holiday", "holiday"),
        ("{video}-{number}", "beach-7"),
        ("{number:03} {video}", "007 beach"),
        ("{number:2}", "07"),
        ("{start}-{end}", "00.01.30.500-01.00.00.000"),
        ("{preset} {{{number}}}", "copy {7}"),
        (".{video}", "beach"),
    ],
)
def test_placeholders_are_filled_in(pattern: str, name: str) -> None:
    assert names_from(pattern, [part(7, start=90.5, end=3600)]) == [name]


def test_an_end_that_is_not_known_is_called_end() -> None:
    assert names_from("{video} {end}", [part()]) == ["beach end"]


@pytest.mark.parametrize(
    "pattern",
    ["{nummer}", "{video:03}", "{number:00}", "{number:x}", "{", "a}", "{0}", "{video.x}"],
)
def test_anything_else_in_braces_is_refused(pattern: str) -> None:
    with pytest.raises(RenderRefusedError, match=r"\{number\}") as refused:
        names_from(pattern, [part()])
    assert refused.value.location == "name"


def test_equal_names_get_their_numbers() -> None:
    parts = [part(1), part(2, "Beach"), part(3, "sea")]
    assert names_from("{video}", parts) == ["beach-001", "Beach-002", "sea"]


def test_a_number_that_makes_a_name_equal_to_another_is_given_to_all() -> None:
    parts = [part(1, "a"), part(2, "a"), part(3, "a-001")]
    assert names_from("{video}", parts) == ["a-001", "a-002", "a-001-003"]


def test_the_name_of_a_video_is_made_printable_and_short() -> None:
    (name,) = names_from("{video}-{number:03}", [part(12, "\udcff" + "é" * 200)])
    assert name.startswith("?é")
    assert name.endswith("é-012")
    assert len(name.encode()) in {MAX_NAME_BYTES - 1, MAX_NAME_BYTES}


def test_a_name_is_never_hidden_or_empty() -> None:
    assert default_name("...", "copy") == "render-copy"
    assert names_from("{video}", [part(video=".hidden")]) == ["hidden"]


@given(
    pattern=st.text("ab. -é{}", max_size=12).map(lambda text: text.replace("{", "{video}")),
    videos=st.lists(st.text(max_size=100), min_size=1, max_size=12),
)
def test_names_are_valid_and_different(pattern: str, videos: list[str]) -> None:
    parts = [part(number, video) for number, video in enumerate(videos, 1)]
    try:
        names = names_from(pattern.replace("}", "}}").replace("{video}}", "{video}"), parts)
    except RenderRefusedError:
        return
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name.encode()) <= MAX_NAME_BYTES
        assert not name.startswith((".", " "))
