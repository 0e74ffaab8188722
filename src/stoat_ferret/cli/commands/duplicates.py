"""The command `stoat-ferret duplicates`: files with the same content."""

from typing import TYPE_CHECKING, Annotated

import typer

from stoat_ferret.cli.options import AsJson, Cursor, DataDir, Everything, Limit, read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.cli.output import Column, Row
    from stoat_ferret.config import Settings

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret duplicates

  stoat-ferret duplicates --all --json

  stoat-ferret duplicates --resolved

  stoat-ferret duplicates --reopen 6e34471f84557e1713012d64a7477c71bfdac631
"""


def duplicates(
    resolved: Annotated[
        bool, typer.Option("--resolved", help="The groups that were resolved, instead.")
    ] = False,
    reopen: Annotated[
        list[str] | None,
        typer.Option(
            help="List the group with this fingerprint again, which was resolved; repeatable.",
            show_default=False,
        ),
    ] = None,
    limit: Limit = 20,
    everything: Everything = False,
    cursor: Cursor = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List groups of files with the same content, those that take up the most space first.

    Same content means the same size and the same first and last 64 KiB. Groups that were resolved
    on the page are left out. No file is touched.
    """
    from stoat_ferret.cli.listing import list_rows

    settings = read_settings(data_dir=data_dir)
    if reopen:
        _reopen(settings, reopen, as_json=as_json)
        return
    list_rows(
        settings,
        lambda client: client.list_duplicates,
        {"cursor": cursor, "resolved": resolved or None},
        wanted=None if everything else limit,
        columns=_columns(),
        noun="group",
        as_json=as_json,
    )


def _reopen(settings: "Settings", fingerprints: "Sequence[str]", *, as_json: bool) -> None:
    from stoat_ferret.cli.client import open_client
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.output import plural, print_json, print_out
    from stoat_ferret.cli.terminal import run

    async def ask() -> "Row":
        async with open_client(settings) as client:
            return await client.reopen_duplicates(fingerprints)

    with logging_to_stderr(settings, quiet=True):
        outcome = run(ask)
    if as_json:
        print_json(outcome)
    else:
        print_out(f"{plural(outcome['reopened'], 'group')} reopened.")


def _columns() -> "list[Column]":
    from stoat_ferret.cli.output import Column, size

    return [
        Column("Files", lambda row: f"{row['copies']:,}", "right"),
        Column("Size each", lambda row: size(row["size_bytes"]), "right"),
        Column("To spare", lambda row: size(row["spare_bytes"]), "right"),
        Column("Same", lambda row: "content" if row["is_whole"] else "size and samples"),
        Column("Paths, the suggested one first", _paths, wide=True),
        Column("Fingerprint", lambda row: row["fingerprint"], lines_only=True),
    ]


def _paths(group: "Row") -> str:
    videos = sorted(group["videos"], key=lambda video: video["id"] != group["suggested"])
    more = group["copies"] - len(videos)
    paths = [f"{video['root']}/{video['path']}" for video in videos]
    return " | ".join(paths + ([f"and {more:,} more"] if more else []))
