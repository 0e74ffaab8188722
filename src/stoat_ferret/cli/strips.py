"""`stoat-ferret strips`: make contact strips, show how far it is, and what came of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
        typer.Argument(help="Of the videos in this folder. Default: of all.", show_default=False),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make the contact strips that are missing: small pictures of every moment, for scrubbing.

    The running server does it where there is one, else this command. Scan first.
    """
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.output import print_json, tell
    from stoat_ferret.cli.stopping import Stop, run
    from stoat_ferret.cli.strip_making import make_strips_somewhere

    settings = read_settings(data_dir=data_dir)
    place = None if folder is None else folder.expanduser().absolute()
    stop = Stop()
    with logging_to_stderr(settings, quiet=True):
        outcome = run(lambda: make_strips_somewhere(settings, place), stop)
    if as_json:
        print_json(outcome.as_json())
    else:
        _print_summary(outcome)
    if outcome.error:
        tell(f"stoat-ferret: {outcome.error}")
    if outcome.status == "cancelled" and stop.exit_code:
        raise typer.Exit(stop.exit_code)
    raise typer.Exit(0 if outcome.status == "succeeded" else 1)


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
