"""The progress of a scan, in words and as a bar."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console

from stoat_ferret.cli.progress import Bar, Lines, describe_counts
from stoat_ferret.jobs.job import Progress

if TYPE_CHECKING:
    import pytest

COUNTING = Progress(done=120, unit="files", phase="counting")
PROBING = Progress(
    fraction=0.42,
    done=420,
    total=1000,
    unit="files",
    phase="probing",
    current="holidays/\x1b[31m[red]clip.mp4",
    rate=55.12,
    eta_seconds=10.5,
)


def test_what_is_not_known_is_left_out() -> None:
    assert describe_counts(COUNTING) == "120 files"
    assert describe_counts(PROBING) == "420/1,000 files, 55.1 files/s, 0:10 left"
    assert describe_counts(Progress(phase="queued")) == ""


def test_a_line_comes_with_each_phase_and_then_every_two_seconds_where_it_is_news(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = 100.0
    with Lines(clock=lambda: now) as lines:
        lines.show(COUNTING)
        lines.show(COUNTING)
        lines.show(PROBING)
        now += 1.9
        lines.show(PROBING)
        now += 0.2
        lines.show(PROBING)
        lines.show(replace(PROBING, done=421))
        now += 2
        lines.show(replace(PROBING, done=421))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "counting 120 files",
        "probing 42% 420/1,000 files, 55.1 files/s, 0:10 left",
        "probing 42% 421/1,000 files, 55.1 files/s, 0:10 left",
    ]


def test_the_bar_shows_counts_rate_time_left_and_the_file() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120, color_system=None)
    with Bar(console) as bar:
        bar.show(COUNTING)
        bar.show(PROBING)
    drawn = screen.getvalue()
    assert "probing" in drawn
    assert "42%" in drawn
    assert "420/1,000 files, 55.1 files/s, 0:10 left" in drawn
    assert "holidays/\\x1b[31m[red]clip.mp4" in drawn
