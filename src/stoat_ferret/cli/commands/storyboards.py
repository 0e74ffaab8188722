"""The command `stoat-ferret storyboards`: make storyboards, with progress and result."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stoat_ferret.cli.options import AsJson, DataDir, read_settings

if TYPE_CHECKING:
    from stoat_ferret.cli.follow_job import JobOutcome

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret storyboards ~/Videos/holidays

  stoat-ferret storyboards --json

Ctrl-C cancels: what was made is kept, and the next time goes on from there.
"""


def storyboards(
    folder: Annotated[
        Path | None,
        typer.Argument(
            parser=Path,
            metavar="[FOLDER]",
            help="Only for videos in this folder. Default: all.",
            show_default=False,
        ),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make the missing storyboards: small pictures of every moment, for scrubbing.

    The running server does it if there is one, else this command. Scan first.
    """
    from stoat_ferret.cli.follow_job import Task, run_task

    settings = read_settings(data_dir=data_dir)
    place = None if folder is None else os.fspath(folder.expanduser().absolute())
    task = Task(
        command="stoat-ferret storyboards", submit=lambda client: client.start_storyboards(place)
    )
    run_task(settings, task, _print_summary, as_json=as_json)


def _print_summary(outcome: "JobOutcome") -> None:
    from stoat_ferret.cli.output import plural, print_out

    result = outcome.result or {}
    for error in result.get("errors", ()):
        print_out(f"{error['path']}: {error['reason']}")
    if result:
        head = "Done" if outcome.status == "succeeded" else outcome.status.replace("_", " ").title()
        counts = f"{plural(result['made'], 'storyboard')} made"
        if result["empty"]:
            counts += f", {result['empty']:,} with nothing to see"
        if result["failed"]:
            counts += f", {result['failed']:,} failed"
        print_out(f"{head}: {counts}.")
