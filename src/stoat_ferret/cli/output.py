"""The output of commands: rows for people or one JSON document, and readable sizes and times."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from stoat_ferret.text import for_terminal


def duration(seconds: float | None) -> str:
    """Format hours, minutes and seconds: `1:02:03`, `0:07`; a dash if unknown."""
    if seconds is None:
        return "-"
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours}:{minutes:02}:{whole % 60:02}"
    return f"{minutes}:{whole % 60:02}"


def size(size_bytes: int | None) -> str:
    """Format bytes in the decimal units that file managers use: `1.4 GB`."""
    if size_bytes is None:
        return "-"
    value = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def local_time(value: str | datetime | None) -> str:
    """Format a time in the time zone of this machine, to the minute; a dash for None."""
    if value is None:
        return "-"
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone().strftime("%Y-%m-%d %H:%M")


def plural(count: int, noun: str, several: str | None = None) -> str:
    """Format `1 file`, `1,234 files`; `several` is an irregular plural."""
    return f"{count:,} {noun if count == 1 else several or noun + 's'}"


Row = Mapping[str, Any]
"""An item as the HTTP interface returns it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title and the text of each row's cell."""

    title: str
    text: Callable[[Row], str]
    justify: Literal["left", "right"] = "left"
    wide: bool = False
    """True if it uses the remaining width and is wrapped; the others are not."""
    lines_only: bool = False
    """True if it is omitted from a table on a terminal, which has little space."""


def print_out(line: str = "") -> None:
    """Print one line on standard output, escaped for a terminal."""
    sys.stdout.write(for_terminal(line) + "\n")


def print_err(line: str) -> None:
    """Print one line that is not the result, on standard error."""
    sys.stderr.write(for_terminal(line) + "\n")
    sys.stderr.flush()


def print_json(document: object) -> None:
    """Print `document` as the only JSON document of this command, in ASCII."""
    sys.stdout.write(json.dumps(document, indent=2, default=str) + "\n")


def print_rows(columns: Sequence[Column], rows: Iterable[Row], *, titles: bool = True) -> None:
    """Print a table on a terminal; else a line for each row, with cells separated by tabs."""
    if sys.stdout.isatty():
        _print_table(columns, rows, titles=titles)
        return
    if titles:
        print_cells(column.title for column in columns)
    for row in rows:
        print_cells(column.text(row) for column in columns)


def print_cells(cells: Iterable[str]) -> None:
    """Print one line of cells separated by tabs; a tab in a cell is escaped."""
    sys.stdout.write("\t".join(map(for_terminal, cells)) + "\n")


def _print_table(columns: Sequence[Column], rows: Iterable[Row], *, titles: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    columns = [column for column in columns if not column.lines_only]
    table = Table(box=None, pad_edge=False, show_header=titles, expand=True)
    for column in columns:
        table.add_column(
            Text(column.title),
            justify=column.justify,
            no_wrap=not column.wide,
            overflow="fold",
            ratio=1 if column.wide else None,
        )
    for row in rows:
        # Text, never a string: a file name in square brackets is not markup.
        table.add_row(*(Text(for_terminal(column.text(row))) for column in columns))
    Console().print(table)


class JsonList:
    """A list document that is written row by row, so that a long one needs no memory."""

    def __init__(self) -> None:
        self._first = True

    def add(self, rows: Iterable[Row]) -> None:
        """Write these rows."""
        for row in rows:
            sys.stdout.write('{"items": [\n' if self._first else ",\n")
            sys.stdout.write(json.dumps(row, default=str))
            self._first = False

    def end(self, *, next_cursor: str | None, total: int) -> None:
        """Write the end of the document."""
        if self._first:
            sys.stdout.write('{"items": [')
        rest = json.dumps({"next_cursor": next_cursor, "total": total})
        sys.stdout.write("\n], " + rest[1:] + "\n")
