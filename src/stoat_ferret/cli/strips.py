"""`stoat-ferret strips`: make contact strips, show how far it is, and what came of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stoat_ferret.cli.job_command import run_job_command
from stoat_ferret.cli.options import AsJson, DataDir, read_settings

if TYPE_CHECKING:
    from stoat_ferret.cli.job_outcome import JobOutcome

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret strips ~/Videos/holidays

  stoat-ferret strips --json

Ctrl-C cancels: what was made is kept, and the next time goes on from there.
"""


def strips(
    folder: Annotated[
        Path | None,
        typer.Argument(
            parser=Path,
            metavar="[FOLDER]",
            help="Of the videos in this folder. Default: of all.",
            show_default=False,
        ),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make the contact strips that are missing: small pictures of every moment, for scrubbing.

    The running server does it where there is one, else this command. Scan first.
    """
    from stoat_ferret.cli.strip_making import make_strips_somewhere

    settings = read_settings(data_dir=data_dir)
    place = None if folder is None else folder.expanduser().absolute()
    run_job_command(
        settings, lambda: make_strips_somewhere(settings, place), _print_summary, as_json=as_json
    )


def _print_summary(outcome: "JobOutcome") -> None:
    from stoat_ferret.cli.output import say
    from stoat_ferret.cli.text import plural

    result = outcome.result or {}
    for error in result.get("errors", ()):
        say(f"{error['path']}: {error['reason']}")
    if result:
        head = "Done" if outcome.status == "succeeded" else outcome.status.replace("_", " ").title()
        counts = f"{plural(result['made'], 'strip')} made"
        if result["empty"]:
            counts += f", {result['empty']:,} with nothing to see"
        if result["failed"]:
            counts += f", {result['failed']:,} failed"
        say(f"{head}: {counts}.")
