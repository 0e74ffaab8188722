"""What commands that do a long task have in common: run it, report it, exit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from stoat_ferret.cli.job_outcome import JobOutcome
    from stoat_ferret.config import Settings


def run_job_command(
    settings: Settings,
    work: Callable[[], Coroutine[Any, Any, JobOutcome]],
    print_summary: Callable[[JobOutcome], None],
    *,
    as_json: bool,
) -> NoReturn:
    """Run `work` to its outcome, print that, and exit: 0, 1, or as the signal that stopped it."""
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.output import print_json, tell
    from stoat_ferret.cli.stopping import Stop, run

    stop = Stop()
    with logging_to_stderr(settings, quiet=True):
        outcome = run(work, stop)
    if as_json:
        print_json(outcome.as_json())
    else:
        print_summary(outcome)
    if outcome.error:
        tell(f"stoat-ferret: {outcome.error}")
    if outcome.status == "cancelled" and stop.exit_code:
        raise typer.Exit(stop.exit_code)
    raise typer.Exit(0 if outcome.status == "succeeded" else 1)
