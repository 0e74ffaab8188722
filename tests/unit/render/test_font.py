"""The choice of a font."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.render.run.sources import find_font

if TYPE_CHECKING:
    from pathlib import Path


def test_the_best_known_font_is_taken_wherever_it_lies(tmp_path: Path) -> None:
    deep = tmp_path / "truetype" / "dejavu"
    deep.mkdir(parents=True)
    for name in ("Aardvark.ttf", "DejaVuSans.ttf", "readme.txt"):
        (deep / name).touch()
    assert find_font((str(tmp_path / "none"), str(tmp_path))) == str(deep / "DejaVuSans.ttf")


def test_any_font_is_better_than_none(tmp_path: Path) -> None:
    assert find_font((str(tmp_path),)) is None
    (tmp_path / "Zebra.OTF").touch()
    (tmp_path / "Bear.ttf").touch()
    assert find_font((str(tmp_path),)) == str(tmp_path / "Bear.ttf")
