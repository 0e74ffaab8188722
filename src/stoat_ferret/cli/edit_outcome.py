"""Edits of many videos from the command line: done at once or followed as a job, and undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from stoat_ferret.cli.client import open_client, open_task_client
from stoat_ferret.cli.follow_job import JobOutcome, Task, follow_job
from stoat_ferret.cli.logs import logging_to_stderr
from stoat_ferret.cli.output import print_err, print_json, print_out
from stoat_ferret.cli.progress import choose_display
from stoat_ferret.cli.terminal import Stop, run
from stoat_ferret.jobs.job import JobStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from stoat_ferret.cli.client import LibraryClient
    from stoat_ferret.cli.output import Row
    from stoat_ferret.config import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCommand:
    """An edit of the command `command`.

    `send` returns the counts of an edit, or the job that makes it. `ask` is asked before, without
    keeping others out of the library, and returns whether to go on. `sentence` describes the counts
    to people.
    """

    command: str
    send: Callable[[LibraryClient], Awaitable[Row]]
    sentence: Callable[[Mapping[str, Any]], str]
    ask: Callable[[LibraryClient], Awaitable[bool]] | None = None


def run_edit(settings: Settings, edit: EditCommand, *, as_json: bool) -> NoReturn:
    """Make an edit, print its outcome and how to undo it, and exit: 0, 1, or as the signal."""
    stop = Stop()
    with logging_to_stderr(settings, quiet=True):
        outcome = run(lambda: _outcome(settings, edit), stop)
    if outcome is None:
        print_out("Nothing was changed.")
        raise typer.Exit(0)
    counts = outcome.result or {}
    if as_json:
        print_json(outcome.as_json())
    else:
        print_out(edit.sentence(counts))
        if counts.get("undo"):
            print_out(f"To undo it: stoat-ferret undo {counts['undo']}")
    if outcome.error:
        print_err(f"stoat-ferret: {outcome.error}")
    if outcome.status == JobStatus.CANCELLED and stop.exit_code:
        raise typer.Exit(stop.exit_code)
    raise typer.Exit(0 if outcome.status == JobStatus.SUCCEEDED else 1)


async def _outcome(settings: Settings, edit: EditCommand) -> JobOutcome | None:
    if edit.ask is not None:
        async with open_client(settings) as client:
            if not await edit.ask(client):
                return None
    async with open_task_client(settings, edit.command) as client:
        answer = await edit.send(client)
        if "kind" not in answer:
            return JobOutcome(JobStatus.SUCCEEDED, dict(answer))

        async def submitted(_: LibraryClient) -> Row:
            return answer

        task = Task(command=edit.command, submit=submitted)
        with choose_display() as display:
            return await follow_job(client, task, display.show)
