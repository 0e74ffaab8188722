"""The command `stoat-ferret scan`: scan a folder, with its progress and result."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stoat_ferret.cli.options import AsJson, DataDir, read_settings

if TYPE_CHECKING:
    from stoat_ferret.cli.follow_job import JobOutcome

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret scan ~/Videos

  stoat-ferret scan ~/Videos/mended.mp4

  stoat-ferret scan /mnt/films --json > result.json

Ctrl-C cancels: what was done so far is kept, and the next scan goes on from there.
"""

_MOST_NAMED = 5
_WHY = {
    "hidden": "hidden",
    "excluded": "left out by the name of the folder or by .nomedia",
    "ignored": "listed in a .stoatignore",
    "link": "broken links, or links to a folder that is scanned anyway",
    "extension": "not named like a video (STOAT_VIDEO_EXTENSIONS)",
}


def scan(
    folder: Annotated[
        Path,
        typer.Argument(
            parser=Path,
            metavar="FOLDER",
            help="The folder to scan, or one file.",
            show_default=False,
        ),
    ],
    recursive: Annotated[bool, typer.Option(help="Scan its subfolders too.")] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Read every file again, even unchanged ones.")
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option(
            help="Deadline of the scan in seconds (STOAT_SCAN_TIMEOUT_SECONDS).",
            min=0.001,
            show_default=False,
        ),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Update the library with the content of a folder.

    The running server does it if there is one, else this command. Files that cannot be used are
    listed with their reasons and are no failure. A single file is read again even if it did not
    change.
    """
    from stoat_ferret.cli.follow_job import Task, run_task

    settings = read_settings(data_dir=data_dir, scan_timeout_seconds=timeout)
    place = os.fspath(folder.expanduser().absolute())
    task = Task(
        command="stoat-ferret scan",
        submit=lambda client: client.start_scan(place, recursive=recursive, force=force),
        timeout_seconds=settings.scan_timeout_seconds,
        new_root_for=place,
    )
    run_task(settings, task, _print_summary, as_json=as_json)


def _print_summary(outcome: "JobOutcome") -> None:
    from stoat_ferret.cli.output import plural, print_out

    result = outcome.result or {}
    for error in result.get("errors", ()):
        print_out(f"{error['path']}: {error['reason']}")
    if result:
        print_out(_headline(outcome.status, result))
        _print_passed_over(result.get("passed_over", {}))
    unlisted = result.get("skipped", 0) + max(
        0, result.get("failed", 0) - len(result.get("errors", ()))
    )
    if unlisted:
        what = plural(unlisted, "more file")
        print_out(f"{what} with a reason: stoat-ferret videos --status bad --status skipped")


def _print_passed_over(passed_over: dict[str, dict[str, Any]]) -> None:
    from stoat_ferret.cli.output import print_out

    for why, one in passed_over.items():
        examples = one["examples"][:_MOST_NAMED]
        more = ", …" if one["count"] > len(examples) else ""
        print_out(
            f"Passed over, {_WHY.get(why, why)}: {one['count']:,} ({', '.join(examples)}{more})"
        )


def _headline(status: str, result: dict[str, Any]) -> str:
    from stoat_ferret.cli.output import duration, plural

    kinds = ("added", "updated", "moved", "unchanged", "missing", "skipped", "failed")
    counts = ", ".join(f"{result[kind]:,} {kind}" for kind in kinds if result.get(kind))
    head = "Scanned" if status == "succeeded" else status.replace("_", " ").capitalize()
    elapsed = result.get("elapsed_seconds") or 0.0
    seconds = f"{elapsed:.1f} s" if elapsed < 60 else duration(elapsed)
    return f"{head}: {plural(result['found'], 'file')} in {seconds}: {counts or 'nothing changed'}."
