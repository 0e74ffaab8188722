"""Output as rows for people or one JSON document for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.cli.output import Column, JsonList, print_err, print_json, print_out, print_rows

if TYPE_CHECKING:
    from stoat_ferret.cli.output import Row

COLUMNS = [
    Column("Path", lambda row: str(row["path"]), wide=True),
    Column("Size", lambda row: str(row["size"]), "right"),
]
ROWS: list[Row] = [{"path": "a\tb\x1b[31m.mp4", "size": 1}, {"path": "[red]c", "size": 22}]


def test_elsewhere_than_at_a_terminal_rows_are_lines_with_tabs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_rows(COLUMNS, ROWS)
    print_rows(COLUMNS, ROWS[:1], titles=False)
    assert capsys.readouterr().out.splitlines() == [
        "Path\tSize",
        "a\\tb\\x1b[31m.mp4\t1",
        "[red]c\t22",
        "a\\tb\\x1b[31m.mp4\t1",
    ]


def test_at_a_terminal_rows_are_a_table_without_anything_of_theirs_in_control(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    print_rows(COLUMNS, ROWS)
    out = capsys.readouterr().out
    assert "a\\tb\\x1b[31m.mp4" in out
    assert "[red]c" in out
    assert "\x1b[31m" not in out


def test_lines_are_safe_on_both_streams(capsys: pytest.CaptureFixture[str]) -> None:
    print_out("out \x1b[31m")
    print_err("err \x1b[31m")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("out \\x1b[31m\n", "err \\x1b[31m\n")


def test_json_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"path": "夏\x9b\u202e"})
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {"path": "夏\x9b\u202e"}


@pytest.mark.parametrize("pages", [[], [[]], [ROWS], [ROWS, ROWS[:1], []]])
def test_a_list_written_row_by_row_is_one_document(
    capsys: pytest.CaptureFixture[str], pages: list[list[Row]]
) -> None:
    writer = JsonList()
    for page in pages:
        writer.add(page)
    writer.end(next_cursor="more", total=7)
    assert json.loads(capsys.readouterr().out) == {
        "items": [row for page in pages for row in page],
        "next_cursor": "more",
        "total": 7,
    }
