"""The fonts for texts are found among the installed ones, word by word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.fonts import FULL, make_font

from stoat_ferret.render.plan.text.fonts import Fonts, visible
from stoat_ferret.render.run.fonts import find_fonts

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with fonts for Latin, Hebrew and Chinese, one bold, and one that is none."""
    deep = tmp_path / "truetype" / "some"
    deep.mkdir(parents=True)
    make_font(deep / "DejaVuSans.ttf", "Plain", dict.fromkeys("abcdé", FULL))
    make_font(deep / "Aardvark.ttf", "Aardvark", dict.fromkeys("abc", FULL), form=4)
    make_font(deep / "HebrewBold.ttf", "Hebrew Bold", dict.fromkeys("אב", FULL), form=4)
    make_font(deep / "Hebrew.ttf", "Hebrew", dict.fromkeys("אב", FULL), form=4)
    make_font(deep / "Chinese.otf", "Chinese", dict.fromkeys("日本a", FULL))
    make_font(deep / "Emoji.ttf", "Emoji", {"😀": FULL}, colored=True)
    (deep / "broken.ttf").write_bytes(b"\0\1\0\0\0\x05")
    (deep / "readme.txt").touch()
    return tmp_path


def families(fonts: Fonts) -> list[str]:
    """Return the names of the fonts."""
    return [font.family for font in fonts.found]


def test_the_best_known_font_is_taken_wherever_it_lies(folder: Path) -> None:
    fonts = find_fonts(["abc"], (str(folder / "none"), str(folder)))
    assert families(fonts) == ["Plain"]
    (font,) = fonts.found
    assert font.height == 1
    assert font.advances == dict.fromkeys("abc", 1.0)


def test_a_font_is_added_for_each_script(folder: Path) -> None:
    fonts = find_fonts(["ab אב", "日本"], (str(folder),))
    assert families(fonts) == ["Plain", "Chinese", "Hebrew"]
    runs = [(text, font.family if font else "") for text, font in fonts.runs("ab אב a日 é")]
    assert runs == [("ab ", "Plain"), ("אב ", "Hebrew"), ("a日 ", "Chinese"), ("é", "")]
    assert fonts.missing == set()
    assert fonts.notes == ()


def test_a_word_that_no_font_has_takes_several(folder: Path) -> None:
    fonts = find_fonts(["a日אב"], (str(folder),))
    runs = [(text, font.family if font else "") for text, font in fonts.runs("a日אב")]
    assert runs == [("a", "Plain"), ("日", "Chinese"), ("אב", "Hebrew")]


def test_what_no_font_has_is_noted(folder: Path) -> None:
    fonts = find_fonts(["a 😀 ก\N{VARIATION SELECTOR-16}\N{ZERO WIDTH JOINER}"], (str(folder),))
    assert fonts.missing == {"😀", "ก"}
    (note,) = fonts.notes
    assert note.startswith("No installed font can draw ก 😀: ")


def test_any_font_is_better_than_none(tmp_path: Path) -> None:
    assert find_fonts(["a"], (str(tmp_path),)) == Fonts(missing=frozenset("a"))
    make_font(tmp_path / "Zebra.OTF", "Zebra", {"z": FULL})
    assert families(find_fonts([" "], (str(tmp_path),))) == ["Zebra"]


def test_spaces_and_marks_of_direction_need_no_glyph() -> None:
    assert visible(["a b\u200f\u200b\ufe0f\n"]) == {"a", "b"}


@pytest.mark.parametrize("length", [0, 3, 11, 40, 200, 400])
def test_a_damaged_font_is_passed_over(folder: Path, length: int) -> None:
    whole = (folder / "truetype/some/DejaVuSans.ttf").read_bytes()
    for path in (folder / "truetype/some").iterdir():
        path.write_bytes(whole[:length])
    assert find_fonts(["abc"], (str(folder),)).found == ()
