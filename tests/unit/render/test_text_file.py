"""The file of the text overlays says exactly what was asked for, whatever the text is."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.unit.render.world import World

from stoat_ferret.render.plan.text.fonts import Font, Fonts
from stoat_ferret.render.plan.text.texts import font_links, text_file
from stoat_ferret.render.plan.video.framing import Size
from stoat_ferret.render.request.options import TextOverlay

RATES = [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60), Fraction(90)]
EVENT = re.compile(r"Dialogue: \d+,(\d+):(\d\d):(\d\d)\.(\d\d),(\d+):(\d\d):(\d\d)\.(\d\d),")


def file_of(rate: Fraction | None = None, fonts: Fonts | None = None, **overlay: Any) -> str:
    """Return the file with one overlay on a picture of 320x240."""
    overlay.setdefault("text", "x")
    shown = TextOverlay.model_validate(overlay)
    return text_file([shown], Size(320, 240), fonts or Fonts(), rate)


def event_of(**overlay: Any) -> str:
    """Return the text of the only event, without its position."""
    (line,) = [line for line in file_of(**overlay).splitlines() if line.startswith("Dialogue")]
    return line.partition(")}")[2]


@settings(max_examples=examples(60))
@given(st.sampled_from(RATES), st.integers(1, 100_000))
def test_an_overlay_starts_and_ends_between_two_pictures(rate: Fraction, number: int) -> None:
    moment = round(float(number / rate), 6)
    file = file_of(rate, start_seconds=moment, end_seconds=moment + 1000)
    found = EVENT.search(file)
    assert found
    hours, minutes, seconds, rest = map(int, found.groups()[:4])
    start = 1000 * (3600 * hours + 60 * minutes + seconds) + 10 * rest
    # libass has whole milliseconds, and FFmpeg may compute one too few.
    assert math.floor((number - 1) / rate * 1000) < start <= math.floor(number / rate * 1000) - 1


def test_without_a_rate_it_is_on_the_only_picture() -> None:
    found = EVENT.search(file_of(start_seconds=3, end_seconds=4))
    assert found
    assert found.groups() == ("0", "00", "00", "00", "9", "00", "00", "00")


def test_nothing_in_a_text_is_a_command() -> None:
    joiner = "\N{WORD JOINER}"
    assert event_of(text=r"{\an8}\N") == rf"\{{\{joiner}an8\}}\{joiner}N"
    assert event_of(text="a\nb, c") == r"a\Nb, c"


@settings(max_examples=examples(40))
@given(st.text(st.sampled_from("ab\\{}N\n,日"), min_size=1, max_size=30))
def test_a_text_is_one_event(text: str) -> None:
    file = file_of(text=text)
    assert file.count("\nDialogue: ") == 1
    assert file.endswith("\n")
    assert len(file.splitlines()) == len(file_of().splitlines())


def test_each_run_of_characters_has_its_font() -> None:
    fonts = Fonts(
        (
            Font("/fonts/it's [a],font.TTF", "Plain", 1.0, {"a": 0.5}),
            Font("/fonts/b.otf", "Tall", 1.5, {"日": 1.0}),
        )
    )
    assert event_of(text="a 日", fonts=fonts) == r"{\fnPlain\fs14.000}a {\fnTall\fs21.000}日"
    links = {"fonts/000.ttf": "/fonts/it's [a],font.TTF", "fonts/001.otf": "/fonts/b.otf"}
    assert font_links(fonts) == links


def test_a_color_is_opaque_unless_it_says_otherwise() -> None:
    assert ",&H00332211," in file_of(color="#112233")
    assert ",&H7F332211," in file_of(color="#11223380")


def test_marks_and_joined_emoji_stay_with_their_letter() -> None:
    family = "👨\N{ZERO WIDTH JOINER}👩"
    parts = event_of(text=f"{'ก' * 30}\u0e35{family}", size=0.1).split(r"\N")
    assert len(parts) > 1
    assert all(part[0] == "ก" for part in parts)
    assert any(family in part for part in parts)


def test_twenty_long_texts_are_one_short_command() -> None:
    plan = World().plan(options={"texts": [{"text": "x" * 500}] * 20})
    (one,) = plan.passes
    assert max(map(len, one.arguments)) < 2_000
    assert len(plan.files) == 1
