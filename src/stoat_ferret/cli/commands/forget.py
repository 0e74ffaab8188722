"""The command `stoat-ferret forget`: remove records of files that are gone."""

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stoat_ferret.cli.options import AsJson, DataDir, Yes, read_settings

if TYPE_CHECKING:
    from stoat_ferret.cli.client import LibraryClient
    from stoat_ferret.cli.output import Row
    from stoat_ferret.config import Settings

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret forget --missing-for 30d --dry-run

  stoat-ferret forget --missing-for 30d

  stoat-ferret forget --id 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80 --yes
"""
_UNIT_SECONDS = {"h": 3600, "d": 86_400, "w": 604_800}


def _seconds(text: str) -> int:
    match = re.fullmatch(r"(\d{1,5})\s*([hdw])", text.strip().lower())
    if match is None:
        raise typer.BadParameter("write a number and a unit: 12h, 30d or 2w")
    return int(match[1]) * _UNIT_SECONDS[match[2]]


def forget(
    missing_for: Annotated[
        int | None,
        typer.Option(
            parser=_seconds,
            metavar="TIME",
            help="Videos that have been missing for this time: 12h, 30d, 2w.",
            show_default=False,
        ),
    ] = None,
    ids: Annotated[
        list[str] | None,
        typer.Option(
            "--id", help="The video with this id, missing or not; repeatable.", show_default=False
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be forgotten.")
    ] = False,
    yes: Yes = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Forget videos whose files are gone: their records, ratings, tags and notes.

    Shows what would be removed and asks first. Files are never touched; a file that still exists is
    added again, as a new video, by the next scan.
    """
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.terminal import run

    if missing_for is None and not ids:
        raise typer.BadParameter("give --missing-for or --id")
    settings = read_settings(data_dir=data_dir)
    query: dict[str, Any] = {"missing_for_seconds": missing_for, "ids": ids or []}
    with logging_to_stderr(settings, quiet=True):
        answer = run(lambda: _forget(settings, query, dry_run=dry_run, yes=yes, as_json=as_json))
    if as_json:
        from stoat_ferret.cli.output import print_json

        print_json(answer)


async def _forget(
    settings: "Settings", query: "Row", *, dry_run: bool, yes: bool, as_json: bool
) -> "Row":
    from stoat_ferret.cli.client import open_client
    from stoat_ferret.cli.output import plural, print_err, print_out
    from stoat_ferret.cli.terminal import confirm

    async with open_client(settings) as client:
        counted = await client.forget({**query, "dry_run": True})
        for one in counted["not_found"]:
            print_err(f"stoat-ferret: There is no video {one}.")
        if not as_json:
            _print_preview(counted)
        if dry_run or not counted["count"]:
            return counted
        question = f"Forget {plural(counted['count'], 'video')}?"
        if not (yes or await confirm(question, as_json=as_json)):
            print_out("Nothing was forgotten.")
            return counted
    # Exactly what was counted, whatever the time is by now.
    counted_query = {"missing_before": counted["missing_before"], "ids": query["ids"]}
    async with open_client(settings, owner="stoat-ferret forget") as client:
        done = await _forget_all(client, counted_query, counted["count"])
    if not as_json:
        print_out(f"{plural(done['forgotten'], 'video')} forgotten. No file was touched.")
    return done


async def _forget_all(client: "LibraryClient", query: "Row", count: int) -> "Row":
    """Repeat the request: each call forgets as many as it has time for."""
    first: Row | None = None
    forgotten = 0
    while forgotten < count:
        left = count - forgotten
        answer = await client.forget({**query, "dry_run": False, "expected_count": left})
        first = first or answer
        if not answer["forgotten"]:
            break
        forgotten += answer["forgotten"]
    return {**(first or {}), "forgotten": forgotten}


def _print_preview(counted: "Row") -> None:
    from stoat_ferret.cli.output import local_time, plural, print_out

    for one in counted["examples"]:
        since = one["missing_since"]
        print_out(
            f"{one['root']}/{one['path']}{f', missing since {local_time(since)}' if since else ''}"
        )
    more = counted["count"] - len(counted["examples"])
    if more > 0:
        print_out(f"and {plural(more, 'more video')}")
    kinds = ("rated", "tagged", "titled", "noted", "favourites")
    details = ", ".join(f"{counted[kind]:,} {kind}" for kind in kinds if counted[kind])
    if details:
        print_out(f"{counted['annotated']:,} of them have details: {details}")
    if not counted["count"]:
        print_out("There is nothing to forget.")
