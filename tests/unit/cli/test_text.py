"""Text for people."""

from __future__ import annotations

import os
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.cli.output import duration, local_time, plural, size
from stoat_ferret.text import for_terminal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("clip.mp4", "clip.mp4"),
        ("\x1b[2J\x1b]0;owned\x07", "\\x1b[2J\\x1b]0;owned\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("one\nline\r\tonly", "one\\nline\\r\\tonly"),
        ("line\u2028separator", "line\\u2028separator"),
        ("exe.\u202e4pm", "exe.\\u202e4pm"),
        ("[bold]no markup[/bold]", "[bold]no markup[/bold]"),
        ("夏の映画\u3000👩\u200d👧 é", "夏の映画\u3000👩\u200d👧 é"),
        (os.fsdecode(b"caf\xe9.mp4"), "caf\ufffd.mp4"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
    ],
)
def test_nothing_that_is_printed_steers_a_terminal(text: str, expected: str) -> None:
    assert for_terminal(text) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_printable_stays_so_and_can_be_encoded(text: str) -> None:
    result = for_terminal(text)
    result.encode()
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in result)
    assert for_terminal(result) == result


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (None, "-"),
        (0, "0:00"),
        (7.4, "0:07"),
        (59.6, "1:00"),
        (3723, "1:02:03"),
        (3599.9, "1:00:00"),
    ],
)
def test_durations(seconds: float | None, expected: str) -> None:
    assert duration(seconds) == expected


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [
        (None, "-"),
        (0, "0 B"),
        (999, "999 B"),
        (1400, "1.4 kB"),
        (999_600, "1.0 MB"),
        (1_400_000_000, "1.4 GB"),
        (7_000_000_000_000_000, "7000.0 TB"),
    ],
)
def test_sizes(size_bytes: int | None, expected: str) -> None:
    assert size(size_bytes) == expected


def test_times_are_shown_in_the_time_zone_of_the_machine() -> None:
    moment = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
    assert local_time("2026-01-31T12:00:00Z") == local_time(moment)
    assert local_time(moment) == moment.astimezone().strftime("%Y-%m-%d %H:%M")
    assert local_time(None) == "-"


def test_plurals() -> None:
    assert [plural(n, "file") for n in (0, 1, 1234)] == ["0 files", "1 file", "1,234 files"]
    assert plural(2, "entry", "entries") == "2 entries"
