"""The command `stoat-ferret render`: make a new file from videos, with its progress."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stoat_ferret.cli.options import AsJson, DataDir, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stoat_ferret.cli.follow_job import JobOutcome
    from stoat_ferret.cli.output import Row
    from stoat_ferret.config import Settings
    from stoat_ferret.render.request.request import RenderRequest

_COMMAND = "stoat-ferret render"
EPILOG = """
[bold]Examples[/bold]

  stoat-ferret render 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80 --preset web-720p

  stoat-ferret render 0199e6a2-…:1.5-3.25 0199e6a3-…:0-10 --preset web-1080p --name holiday

  stoat-ferret render 0199e6a2-…:1-3 0199e6a2-…:7-9 --separate --preset smart-cut

  stoat-ferret render 0199e6a2-… --preset archive --option video_codec=av1

  stoat-ferret render 0199e6a2-… --preset "For the forum"

  stoat-ferret render 0199e6a2-…:1.5-3.25 --preset copy --dry-run

  stoat-ferret render 0199e6a2-… 0199e6a3-… --each --preset proxy --name "{video}-proxy"

  stoat-ferret render --request request.json

  stoat-ferret render --timeline cut.otio --preset archive

Ctrl-C cancels, and nothing is left. `stoat-ferret videos --json` tells the ids of videos.
"""


def render(
    clips: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="VIDEO[:START-END]…",
            help="Ids of videos, each with the part in seconds; joined in this order.",
            show_default=False,
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            help="What to make: a preset of docs/rendering.md, or one that was saved by name. "
            "Default: web-720p, or as the timeline says.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            help="Name of the new file, without extension; with --separate or --each a "
            "pattern such as holiday-{number:02}.",
            show_default=False,
        ),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(help="An option of the preset, NAME=VALUE; repeatable.", show_default=False),
    ] = None,
    folder: Annotated[
        str | None,
        typer.Option(
            help="Folder inside the output folder, such as trips/2026; it is made if need be.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an existing file of this name.")
    ] = False,
    separate: Annotated[
        bool,
        typer.Option("--separate", help="Make a file for each clip instead of joining them."),
    ] = False,
    each: Annotated[
        bool,
        typer.Option(
            "--each", help="Make a file for each video; one that fails does not stop the others."
        ),
    ] = False,
    request: Annotated[
        Path | None,
        typer.Option(
            help="All of it as the JSON that POST /renders takes, in a file; `-`: standard input.",
            show_default=False,
        ),
    ] = None,
    timeline: Annotated[
        Path | None,
        typer.Option(
            help="What an editor wrote as OpenTimelineIO (.otio), in a file; `-`: standard input.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be made.")
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option(
            help="Deadline in seconds (STOAT_RENDER_TIMEOUT_SECONDS).",
            min=0.001,
            show_default=False,
        ),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a new file from videos of the library: cut, join, scale, encode.

    The running server does it if there is one, else this command. An existing file is only replaced
    if asked for; a render that fails or is cancelled leaves nothing behind, except the files of
    --each that were finished.
    """
    from stoat_ferret.cli.follow_job import Task, run_task
    from stoat_ferret.cli.render_request import (
        document_from_clips,
        document_of_batch,
        parse_request,
        read_document,
        with_changes,
    )

    if sum((bool(clips), request is not None, timeline is not None)) != 1:
        raise typer.BadParameter("Give one of these: videos, --request, --timeline.")
    # With --each, the deadline is that of the command, not of each render.
    settings = read_settings(data_dir=data_dir, render_timeout_seconds=None if each else timeout)
    preset, saved_options = _find_preset(settings, preset)
    if each:
        if not clips or separate or dry_run:
            raise typer.BadParameter("--each takes videos, and neither --separate nor --dry-run.")
        batch = document_of_batch(
            clips,
            preset=preset,
            name=name,
            folder=folder,
            options=option or (),
            overwrite=overwrite,
            saved_options=saved_options,
        )
        _run_batch(settings, batch, timeout_seconds=timeout, as_json=as_json)
        return
    if request is not None:
        document = read_document(request)
    else:
        imported = None if timeline is None else _import_timeline(settings, timeline)
        given = (
            partial(document_from_clips, clips or ())
            if imported is None
            else partial(with_changes, imported)
        )
        document = given(
            preset=preset,
            name=name,
            folder=folder,
            options=option or (),
            overwrite=overwrite,
            separate=separate,
            saved_options=saved_options,
        )
    render_request: RenderRequest = parse_request(document)
    if dry_run:
        _print_plan(settings, render_request, as_json=as_json)
        return
    task = Task(
        command=_COMMAND,
        submit=lambda client: client.start_render(render_request.params),
        timeout_seconds=settings.render_timeout_seconds,
    )
    run_task(settings, task, _print_summary, as_json=as_json)


def _find_preset(settings: "Settings", name: str | None) -> "tuple[str | None, Mapping[str, Any]]":
    """Return the built-in preset and the saved options that `name` means."""
    from stoat_ferret.api.local_app import RENDER_CALLS
    from stoat_ferret.cli.client import open_client
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.render_request import saved_preset
    from stoat_ferret.cli.terminal import run
    from stoat_ferret.render.request.preset import PRESETS

    if name is None or name in PRESETS:
        return name, {}

    async def ask() -> "Sequence[Row]":
        async with open_client(settings, calls=RENDER_CALLS) as client:
            return await client.list_saved_presets()

    with logging_to_stderr(settings, quiet=True):
        return saved_preset(name, run(ask))


def _run_batch(
    settings: "Settings", batch: "Row", *, timeout_seconds: float | None, as_json: bool
) -> None:
    from stoat_ferret.cli.follow_job import Task, run_task

    task = Task(
        command=_COMMAND,
        submit=lambda client: client.start_render_batch(batch),
        timeout_seconds=timeout_seconds,
    )
    run_task(settings, task, _print_batch, as_json=as_json)


def _print_batch(outcome: "JobOutcome") -> None:
    from stoat_ferret.cli.output import plural, print_out

    result = outcome.result or {}
    _print_files(result)
    for error in result.get("errors", ()):
        print_out(f"{error['path']}: {error['reason']}")
    if result:
        head = "Done" if outcome.status == "succeeded" else outcome.status.replace("_", " ").title()
        failed = f", {result['failed']:,} failed" if result["failed"] else ""
        total = plural(result["found"], "video")
        print_out(f"{head}: {result['rendered']:,} of {total} rendered{failed}.")


def _print_plan(settings: "Settings", request: "RenderRequest", *, as_json: bool) -> None:
    from stoat_ferret.cli.client import open_task_client
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.output import print_json, print_out, size
    from stoat_ferret.cli.terminal import run

    async def ask() -> "Row":
        async with open_task_client(settings, _COMMAND) as client:
            return await client.plan_render(request.params)

    with logging_to_stderr(settings, quiet=True):
        plan = run(ask)
    if as_json:
        print_json(plan)
        return
    for output in plan["outputs"]:
        print_out(_sentence(output))
    print_out(f"About {size(plan['estimated_bytes'])} would be written (an estimate).")
    for note in plan["notes"]:
        print_out(note)


def _sentence(output: "Row") -> str:
    """Describe a planned file in one line."""
    seconds = output["duration_seconds"]
    picture = f"{output['width']}x{output['height']}" if output["width"] else ""
    parts = [
        "" if seconds is None else f"{seconds:.3f} s",
        picture,
        output["video_codec"],
        output["audio_codec"],
    ]
    return f"{output['name']}: {', '.join(part for part in parts if part)}"


def _import_timeline(settings: "Settings", timeline: Path) -> "Row":
    """Return the request of a timeline, after printing its notes."""
    from stoat_ferret.cli.commands.timeline import fetch_import, print_notes
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.terminal import run
    from stoat_ferret.cli.timeline_file import read_timeline

    text = read_timeline(timeline)
    with logging_to_stderr(settings, quiet=True):
        imported = run(lambda: fetch_import(settings, text))
    print_notes(imported["notes"])
    request: Row = imported["request"]
    return request


def _print_summary(outcome: "JobOutcome") -> None:
    from stoat_ferret.cli.output import print_out

    _print_files(outcome.result or {})
    if outcome.status == "cancelled":
        print_out("Cancelled: nothing was kept.")


def _print_files(result: "Row") -> None:
    """Print each new file with its length and size, and the notes."""
    from stoat_ferret.cli.output import duration, print_out, size

    for output in result.get("outputs", ()):
        place = Path(result["folder"]) / Path(output["path"]).name
        seconds = output["duration_seconds"]
        length = "" if seconds is None else f"{duration(seconds)}, "
        print_out(f"{place}: {length}{size(output['size_bytes'])}")
    for note in result.get("notes", ()):
        print_out(note)
