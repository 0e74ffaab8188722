"""Time codes move with the cut, frame by frame."""

from __future__ import annotations

from fractions import Fraction

import pytest

from stoat_ferret.render.plan.container.time_code import frame_number, moved_time_code

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("code", "frames", "rate", "expected"),
    [
        ("01:00:00:00", 240, Fraction(25), "01:00:09:15"),
        ("23:59:59:24", 1, Fraction(25), "00:00:00:00"),
        ("10:00:00:23", 1, Fraction(24000, 1001), "10:00:01:00"),
        ("00:00:59:29", 1, NTSC, "00:01:00:00"),
        ("00:00:59;29", 1, NTSC, "00:01:00;02"),
        ("00:09:59;29", 1, NTSC, "00:10:00;00"),
        ("01:00:00;00", 107892, NTSC, "02:00:00;00"),
        ("23:59:59;29", 1, NTSC, "00:00:00;00"),
        ("00:00:59.59", 1, Fraction(60000, 1001), "00:01:00;04"),
    ],
)
def test_a_time_code_counts_frames(code: str, frames: int, rate: Fraction, expected: str) -> None:
    assert moved_time_code(code, frames / rate, rate) == expected


def test_a_drop_frame_time_code_names_each_frame_once() -> None:
    codes = [moved_time_code("00:08:00;02", Fraction(n) / NTSC, NTSC) for n in range(4000)]
    assert len(set(codes)) == len(codes)
    assert not any(code and code.endswith(":00;00") and code[4] != "0" for code in codes)


@pytest.mark.parametrize(
    ("code", "rate"),
    [
        ("01:00:00:25", Fraction(25)),
        ("24:00:00:00", Fraction(25)),
        ("00:00:00;00", Fraction(25)),
        ("an hour", Fraction(25)),
    ],
)
def test_what_is_no_time_code_of_the_rate_is_none(code: str, rate: Fraction) -> None:
    assert moved_time_code(code, Fraction(1), rate) is None


def test_a_time_code_is_the_number_of_a_frame() -> None:
    assert frame_number("00:01:00;02", 30, 2) == 1800
    assert frame_number("00:10:00;00", 30, 2) == 17982
    assert frame_number("00:01:00:02", 30, 2) == 1802
    assert frame_number("10:00:00:00", 24, 0) == 864_000
    for wrong in ("", "1:2", "00:00:00:25", "00:61:00:00", "00:00:00:00x"):
        assert frame_number(wrong, 25, 0) is None
