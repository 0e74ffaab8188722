"""The command `stoat-ferret timeline`: import and export timelines of editors."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stoat_ferret.cli.options import AsJson, DataDir, read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.cli.output import Row
    from stoat_ferret.config import Settings
    from stoat_ferret.render.request.request import RenderRequest

_COMMAND = "stoat-ferret timeline"
HELP = "Exchange timelines with editors, as OpenTimelineIO (.otio)."
EPILOG = """
[bold]Examples[/bold]

  stoat-ferret timeline import cut.otio

  stoat-ferret timeline export 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80 -o cut.otio

  stoat-ferret timeline import cut.otio --json
"""
IMPORT_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret timeline import cut.otio > request.json

  stoat-ferret timeline import cut.otio | stoat-ferret render --request -

`stoat-ferret render --timeline cut.otio` renders it at once.
"""
EXPORT_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret timeline export 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80 -o cut.otio

  stoat-ferret timeline export --request request.json -o cut.otio
"""


def import_timeline(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="The .otio file; `-`: standard input.", show_default=False
        ),
    ],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Print the render request of a timeline, as the JSON for `render --request`.

    Its media are matched to videos in the library. Notes about what could not be imported go to
    standard error. With --json, the document has both: `request` and `notes`.
    """
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.output import print_json
    from stoat_ferret.cli.terminal import run
    from stoat_ferret.cli.timeline_file import read_timeline

    settings = read_settings(data_dir=data_dir)
    text = read_timeline(file)
    with logging_to_stderr(settings, quiet=True):
        imported = run(lambda: fetch_import(settings, text))
    if not as_json:
        print_notes(imported["notes"])
    print_json(imported if as_json else imported["request"])


def export_timeline(
    video: Annotated[
        str | None,
        typer.Argument(
            metavar="VIDEO", help="The id of a video that was rendered here.", show_default=False
        ),
    ] = None,
    request: Annotated[
        Path | None,
        typer.Option(
            help="The JSON that POST /renders takes, in a file; `-`: standard input.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="The file to create. Default: standard output.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an existing file.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Export the timeline of a render, past or only requested, for editors.

    Notes about what editors ignore go to standard error. With --json the document has `file` and
    `notes`, or without a file `file_name`, `text` and `notes`.
    """
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.output import print_json, print_out
    from stoat_ferret.cli.terminal import run
    from stoat_ferret.cli.timeline_file import save_timeline
    from stoat_ferret.text import for_display

    if (video is None) == (request is None):
        raise typer.BadParameter("Give either a video or --request.")
    settings = read_settings(data_dir=data_dir)
    source: RenderRequest | str = video if video is not None else _request(request)
    with logging_to_stderr(settings, quiet=True):
        written = run(lambda: _export(settings, source))
    if output is not None:
        target = output.expanduser().absolute()
        save_timeline(written["text"], target, overwrite=overwrite)
        written = {"file": for_display(target), "notes": written["notes"]}
    if as_json:
        print_json(written)
        return
    print_notes(written["notes"])
    if output is None:
        sys.stdout.write(written["text"] + "\n")
    else:
        print_out(written["file"])


async def fetch_import(settings: "Settings", text: bytes) -> "Row":
    """Return the response of `POST /timelines/import`. Raises `StoatFerretError`."""
    from stoat_ferret.cli.client import open_task_client

    async with open_task_client(settings, _COMMAND) as client:
        return await client.import_timeline(text)


async def _export(settings: "Settings", source: "RenderRequest | str") -> "Row":
    """Return the timeline of a request, or of the video with this id."""
    from stoat_ferret.cli.client import open_task_client

    async with open_task_client(settings, _COMMAND) as client:
        if isinstance(source, str):
            return await client.export_video_timeline(source)
        return await client.export_timeline(source.params)


def print_notes(notes: "Sequence[str]") -> None:
    """Print notes on standard error: they are not the result."""
    from stoat_ferret.cli.output import print_err

    for note in notes:
        print_err(note)


def _request(path: Path | None) -> "RenderRequest":
    from stoat_ferret.cli.render_request import parse_request, read_document

    return parse_request(read_document(path or Path("-")))


COMMANDS = (
    ("import", import_timeline, IMPORT_EPILOG),
    ("export", export_timeline, EXPORT_EPILOG),
)
