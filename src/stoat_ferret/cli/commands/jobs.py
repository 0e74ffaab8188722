"""The commands about long tasks: `stoat-ferret jobs`, `pause`, `resume`, `reorder` and `cancel`."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from stoat_ferret.cli.options import AsJson, Cursor, DataDir, Everything, Limit, read_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from stoat_ferret.cli.client import LibraryClient
    from stoat_ferret.cli.output import Column, Row

JOBS_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret jobs

  stoat-ferret jobs --kind scan --status failed --json
"""
PAUSE_EPILOG = """
[bold]Example[/bold]

  stoat-ferret pause 0199c0de-0000-7000-8000-000000000000
"""
RESUME_EPILOG = """
[bold]Example[/bold]

  stoat-ferret resume 0199c0de-0000-7000-8000-000000000000
"""
REORDER_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret reorder 0199c0de-0000-7000-8000-000000000000 --first

  stoat-ferret reorder 0199c0de-0000-7000-8000-000000000000 --before 0199c0de-1111-7000-8000-000…
"""
CANCEL_EPILOG = """
[bold]Example[/bold]

  stoat-ferret cancel 0199c0de-0000-7000-8000-000000000000
"""


def jobs(
    kind: Annotated[
        str | None, typer.Option(help="Jobs of this kind, as in scan.", show_default=False)
    ] = None,
    status: Annotated[
        Literal["queued", "running", "paused", "succeeded", "failed", "cancelled", "timed_out"]
        | None,
        typer.Option(help="Jobs in this state.", show_default=False),
    ] = None,
    limit: Limit = 20,
    everything: Everything = False,
    cursor: Cursor = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List jobs, newest first."""
    from stoat_ferret.cli.listing import list_rows

    list_rows(
        read_settings(data_dir=data_dir),
        lambda client: client.list_jobs,
        {"kind": kind, "status": status, "cursor": cursor},
        wanted=None if everything else limit,
        columns=_columns(),
        noun="job",
        as_json=as_json,
    )


JobArgument = Annotated[str, typer.Argument(help="The id of the job.", show_default=False)]


def pause(job: JobArgument, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Hold a job until it is resumed; others go on in its place."""
    _ask("pause", lambda client: client.pause_job(job), data_dir, as_json=as_json)


def resume(job: JobArgument, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Let a paused job go on."""
    _ask("resume", lambda client: client.resume_job(job), data_dir, as_json=as_json)


def cancel(job: JobArgument, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Ask a job to stop; what it has done so far is kept."""
    _ask("cancel", lambda client: client.cancel_job(job), data_dir, as_json=as_json)


def reorder(
    job: JobArgument,
    first: Annotated[bool, typer.Option("--first", help="It starts next.")] = False,
    last: Annotated[bool, typer.Option("--last", help="It starts after all others.")] = False,
    before: Annotated[
        str | None,
        typer.Option(help="It starts before the job with this id.", show_default=False),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Move a job that waits for its turn among those of its kind."""
    if sum((first, last, before is not None)) != 1:
        raise typer.BadParameter("give one of --first, --last and --before")
    order = {"before": before} if before is not None else {"place": "first" if first else "last"}
    _ask("reorder", lambda client: client.reorder_job(job, order), data_dir, as_json=as_json)


def _ask(
    command: str,
    call: "Callable[[LibraryClient], Awaitable[Row]]",
    data_dir: "Path | None",
    *,
    as_json: bool,
) -> None:
    from stoat_ferret.cli.client import open_client
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.output import print_json, print_out
    from stoat_ferret.cli.terminal import run

    settings = read_settings(data_dir=data_dir)

    async def ask() -> "Row":
        async with open_client(settings, owner=f"stoat-ferret {command}") as client:
            return await call(client)

    with logging_to_stderr(settings, quiet=True):
        row = run(ask)
    if as_json:
        print_json(row)
    else:
        print_out(f"Job {row['id']} is {_state(row)}.")


def _columns() -> "list[Column]":
    from stoat_ferret.cli.output import Column, local_time

    return [
        Column("Id", lambda row: row["id"]),
        Column("Kind", lambda row: row["kind"]),
        Column("Done", _done, "right"),
        Column("Created", lambda row: local_time(row["created_at"])),
        Column("Finished", lambda row: local_time(row["finished_at"]), lines_only=True),
        Column("Status", _state_and_error, wide=True),
    ]


def _state(row: "Row") -> str:
    stopping = row.get("cancel_requested") and row["finished_at"] is None
    return "being cancelled" if stopping else str(row["status"]).replace("_", " ")


def _state_and_error(row: "Row") -> str:
    return f"{_state(row)}: {row['error']}" if row["error"] else _state(row)


def _done(row: "Row") -> str:
    return "-" if row["progress"] is None else f"{row['progress']:.0%}"
