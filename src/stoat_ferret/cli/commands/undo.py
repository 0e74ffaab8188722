"""The command `stoat-ferret undo`: list recent edits, and undo one."""

from typing import TYPE_CHECKING, Annotated

import typer

from stoat_ferret.cli.options import AsJson, DataDir, read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.cli.follow_job import JobOutcome
    from stoat_ferret.cli.output import Column, Row
    from stoat_ferret.config import Settings

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret undo

  stoat-ferret undo --last

  stoat-ferret undo s7Qm1xk0vXq3hY2b9cTnLwZrEo5uKd8f --json

Edits of many videos and removals from the library can be undone for a day, each once.
"""
_COMMAND = "stoat-ferret undo"
_MOST_LISTED = 200
_FIELDS = {
    "title": "title",
    "rating": "rating",
    "notes": "notes",
    "favourite": "favourite",
    "tags": "tags",
    "add_tags": "tags added",
    "remove_tags": "tags removed",
}


def undo(
    token: Annotated[
        str | None,
        typer.Argument(help="The token of an edit; without one, edits are listed."),
    ] = None,
    last: Annotated[bool, typer.Option("--last", help="Undo the last edit.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the edits that can be undone, the newest first, or undo one.

    Videos are put back as they were, also those that were removed; those that were edited since are
    left alone and counted.
    """
    if token is not None and last:
        raise typer.BadParameter("give a token or --last, not both")
    settings = read_settings(data_dir=data_dir)
    edits = _fetch(settings)
    if last:
        token = _token_of_last(edits)
    if token is None:
        _print_list(edits, as_json=as_json)
    else:
        _undo(settings, token, edits, as_json=as_json)


def _fetch(settings: "Settings") -> "Sequence[Row]":
    from stoat_ferret.cli.client import open_client
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.terminal import run

    async def ask() -> "Sequence[Row]":
        async with open_client(settings) as client:
            return await client.list_edits(_MOST_LISTED)

    with logging_to_stderr(settings, quiet=True):
        return run(ask)


def _token_of_last(edits: "Sequence[Row]") -> str:
    from stoat_ferret.errors import UndoNotFoundError

    if not edits:
        raise UndoNotFoundError
    return str(edits[0]["undo"])


def _undo(settings: "Settings", token: str, edits: "Sequence[Row]", *, as_json: bool) -> None:
    from stoat_ferret.cli.client import open_client
    from stoat_ferret.cli.follow_job import JobOutcome, Task, run_task
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.output import print_json
    from stoat_ferret.cli.terminal import run
    from stoat_ferret.library.bulk_edits import MAX_AT_ONCE

    if any(edit["undo"] == token and edit["videos"] > MAX_AT_ONCE for edit in edits):
        task = Task(command=_COMMAND, submit=lambda client: client.undo(token))
        run_task(settings, task, _print_outcome, as_json=as_json)

    async def ask() -> "Row":
        async with open_client(settings, owner=_COMMAND) as client:
            return await client.undo(token)

    with logging_to_stderr(settings, quiet=True):
        outcome = JobOutcome("succeeded", dict(run(ask)))
    if as_json:
        print_json(outcome.as_json())
    else:
        _print_outcome(outcome)


def _print_outcome(outcome: "JobOutcome") -> None:
    from stoat_ferret.cli.output import plural, print_out

    result = outcome.result or {}
    if "restored" not in result:
        return
    changed = result["changed_since"]
    left = f" {changed:,} edited since {'was' if changed == 1 else 'were'} left alone."
    print_out(f"Undone for {plural(result['restored'], 'video')}.{left if changed else ''}")


def _print_list(edits: "Sequence[Row]", *, as_json: bool) -> None:
    from stoat_ferret.cli.output import print_err, print_json, print_rows

    if as_json:
        print_json({"items": edits})
    elif edits:
        print_rows(_columns(), edits)
    else:
        print_err("There is no edit to undo.")


def _columns() -> "list[Column]":
    from stoat_ferret.cli.output import Column, local_time

    return [
        Column("When", lambda row: local_time(row["created_at"])),
        Column("Edit", lambda row: words_of(row["change"]), wide=True),
        Column("Videos", lambda row: f"{row['videos']:,}", "right"),
        Column("Token", lambda row: row["undo"]),
    ]


def words_of(change: "Row") -> str:
    """Return what an edit has changed, in a few words."""
    match change:
        case {"forget": _}:
            return "removed from the library"
        case {"collection": {"action": action, "name": name}}:
            return f"collection {name}: {action}"
        case {"respell": {"before": before, "after": after}}:
            return f"tag {before} spelled {after}"
        case {"resolve": _}:
            return "duplicates resolved"
        case {"markers": _}:
            return "marker removed"
    return ", ".join(_change_words(name, value) for name, value in change.items())


def _change_words(name: str, value: object) -> str:
    field = _FIELDS.get(name, name.replace("_", " "))
    if value is None:
        return f"{field} cleared"
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{field}: {shown}"
