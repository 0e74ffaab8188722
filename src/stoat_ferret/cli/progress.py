"""The progress of a job: a bar on a terminal, else occasional lines; always on standard error."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Protocol, Self

from stoat_ferret.cli.output import duration, print_err
from stoat_ferret.text import for_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from stoat_ferret.jobs.job import Progress

_LINE_SECONDS = 2.0


class Display(Protocol):
    """A display of progress while it is entered."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def show(self, progress: Progress) -> None:
        """Show the current progress; fast enough to call for every file."""
        ...


def choose_display() -> Display:
    """Return a bar if standard error is a terminal, else lines without control characters."""
    if sys.stderr.isatty():
        from rich.console import Console

        return Bar(Console(stderr=True))
    return Lines()


def describe_counts(progress: Progress) -> str:
    """Format `420/1,000 files, 55.1 files/s, 0:10 left`; unknown values are omitted."""
    unit = progress.unit or ""
    parts = []
    if progress.done is not None:
        total = "" if progress.total is None else f"/{progress.total:,}"
        parts.append(f"{progress.done:,}{total} {unit}".rstrip())
    if progress.rate is not None:
        parts.append(f"{progress.rate:,.1f} {unit}/s")
    if progress.eta_seconds is not None:
        parts.append(f"{duration(progress.eta_seconds)} left")
    return ", ".join(parts)


class Lines:
    """A display of lines at each new phase and every two seconds, for logs and pipes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._phase: str | None = None
        self._line = ""
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, progress: Progress) -> None:
        """Print a line if one is due and differs from the last."""
        now = self._clock()
        if progress.phase == self._phase and now < self._next:
            return
        self._phase, self._next = progress.phase, now + _LINE_SECONDS
        percent = "" if progress.fraction is None else f" {progress.fraction:.0%}"
        line = f"{progress.phase or 'waiting'}{percent} {describe_counts(progress)}".rstrip()
        if line != self._line:
            print_err(line)
        self._line = line


class Bar:
    """A bar with counts, rate and time left, and the current file below it."""

    def __init__(self, console: Console) -> None:
        from rich.console import Group
        from rich.live import Live
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bars
        from rich.text import Text

        self._current = Text(no_wrap=True, overflow="ellipsis", style="dim")
        self._bars = Bars(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[percent]}", markup=False, justify="right"),
            TextColumn("{task.fields[counts]}", markup=False),
            console=console,
        )
        self._task = self._bars.add_task("waiting", total=None, percent="", counts="")
        self._live = Live(Group(self._bars, self._current), console=console, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, progress: Progress) -> None:
        """Update the bar; its thread draws it ten times a second at most."""
        fraction = progress.fraction
        self._bars.update(
            self._task,
            description=progress.phase or "waiting",
            total=None if fraction is None else 1.0,
            completed=fraction or 0.0,
            percent="" if fraction is None else f"{fraction:.0%}",
            counts=describe_counts(progress),
        )
        self._current.plain = for_terminal(progress.current or "")
