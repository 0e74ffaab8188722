"""The command `stoat-ferret markers`: moments and ranges of videos."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from stoat_ferret.cli.options import AsJson, DataDir

if TYPE_CHECKING:
    from stoat_ferret.cli.client import LibraryClient
    from stoat_ferret.cli.output import Column, Row

HELP = "Mark moments and ranges of videos."
EPILOG = """
[bold]Examples[/bold]

  stoat-ferret markers add 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80 12.5 20 --title "The first jump"

  stoat-ferret markers list 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80

  stoat-ferret markers list 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80 --csv > markers.csv
"""
LIST_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret markers list 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80

  stoat-ferret markers list --q "first jump" --json

  stoat-ferret markers list 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80 --csv > markers.csv
"""
ADD_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret markers add 0199e6a2-… 12.5 --title "The first jump"

  stoat-ferret markers add 0199e6a2-… 12.5 20 --title "The first jump" --tag sea
"""
EDIT_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret markers edit 0199e6a2-… --title "The second jump"

  stoat-ferret markers edit 0199e6a2-… --start 12 --end 19.5 --tag sea --tag summer
"""
REMOVE_EPILOG = """
[bold]Example[/bold]

  stoat-ferret markers remove 0199e6a2-7e20-7bb1-a1d5-6a3f9e0d7c42
"""
REQUEST_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret markers request 0199e6a2-… | stoat-ferret render --request -

  stoat-ferret markers request 0199e6a2-… --join | stoat-ferret timeline export --request -
"""
_CLEARED = ""

MarkerArgument = Annotated[
    str, typer.Argument(metavar="MARKER", help="The id of the marker.", show_default=False)
]
VideoArgument = Annotated[
    str, typer.Argument(metavar="VIDEO", help="The id of the video.", show_default=False)
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", help="A tag; repeatable.", show_default=False)
]


def list_markers(
    video: Annotated[
        str | None,
        typer.Argument(metavar="[VIDEO]", help="The id of the video.", show_default=False),
    ] = None,
    q: Annotated[
        str | None,
        typer.Option("--q", "-q", help="Words in the markers of any video.", show_default=False),
    ] = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print CSV, with times in seconds.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the markers of a video in the order of time, or those that have some words."""
    from stoat_ferret.cli.library_call import ask_library
    from stoat_ferret.cli.output import print_json, print_rows

    if (video is None) == (q is None):
        raise typer.BadParameter("Give either a video or --q.")
    if as_csv and (video is None or as_json):
        raise typer.BadParameter("--csv is for the markers of a video, and without --json.")

    async def fetch(client: "LibraryClient") -> "str | list[Row]":
        if video is None:
            return [*await client.search_markers(q or "")]
        if as_csv:
            return await client.markers_csv(video)
        return [*await client.list_markers(video)]

    found = ask_library(data_dir, fetch)
    if isinstance(found, str):
        sys.stdout.write(found)
    elif as_json:
        print_json({"items": found})
    else:
        print_rows(_columns(), found)


def add(
    video: VideoArgument,
    start: Annotated[
        float, typer.Argument(metavar="START", help="In seconds.", min=0, show_default=False)
    ],
    end: Annotated[
        float | None,
        typer.Argument(
            metavar="[END]", help="In seconds; without it, a moment.", min=0, show_default=False
        ),
    ] = None,
    title: Annotated[str, typer.Option(help="One line.", show_default=False)] = "",
    tag: Tags = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Mark a moment of a video, or a range."""
    from stoat_ferret.cli.library_call import ask_library, report

    body = {"start_seconds": start, "end_seconds": end, "title": title, "tags": tag or []}
    added = ask_library(
        data_dir, lambda client: client.add_marker(video, body), owner="stoat-ferret markers add"
    )
    report(added, f"Marker {added['id']} added.", as_json=as_json)


def edit(
    marker: MarkerArgument,
    start: Annotated[
        float | None, typer.Option(help="In seconds.", min=0, show_default=False)
    ] = None,
    end: Annotated[
        float | None, typer.Option(help="In seconds.", min=0, show_default=False)
    ] = None,
    moment: Annotated[bool, typer.Option("--moment", help="Without an end.")] = False,
    title: Annotated[str | None, typer.Option(help="One line.", show_default=False)] = None,
    tag: Tags = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Change a marker; what is not given stays. Tags replace all tags; `--tag ""` clears them."""
    from stoat_ferret.cli.library_call import ask_library, report

    if moment and end is not None:
        raise typer.BadParameter("Give either --end or --moment.")
    tags = None if tag is None else [one for one in tag if one != _CLEARED]
    given = {"start_seconds": start, "end_seconds": end, "title": title, "tags": tags}
    changes: Row = {name: value for name, value in given.items() if value is not None}
    if moment:
        changes = {**changes, "end_seconds": None}
    if not changes:
        raise typer.BadParameter("Give a change: --start, --title, …")
    changed = ask_library(
        data_dir,
        lambda client: client.edit_marker(marker, changes),
        owner="stoat-ferret markers edit",
    )
    report(changed, f"Marker {changed['id']} saved.", as_json=as_json)


def remove(marker: MarkerArgument, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Delete a marker."""
    from stoat_ferret.cli.library_call import ask_library, report

    removed = ask_library(
        data_dir,
        lambda client: client.delete_marker(marker),
        owner="stoat-ferret markers remove",
    )
    report(removed, "Marker deleted.", as_json=as_json)


def request(
    video: VideoArgument,
    preset: Annotated[str, typer.Option(help="What to make; see docs/rendering.md.")] = "web-720p",
    join: Annotated[
        bool, typer.Option("--join", help="One file of all ranges, not one for each.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = True,
) -> None:
    """Print the render request of the ranges of a video, always as JSON.

    `render --request -` renders it, and `timeline export --request -` writes the timeline.
    """
    from stoat_ferret.cli.library_call import ask_library
    from stoat_ferret.cli.output import print_json

    del as_json  # it is JSON anyway
    found = ask_library(data_dir, lambda client: client.list_markers(video))
    clips = [
        {
            "video_id": video,
            "start_seconds": row["start_seconds"],
            "end_seconds": row["end_seconds"],
        }
        for row in found
        if row["end_seconds"] is not None
    ]
    if not clips:
        raise typer.BadParameter("The video has no ranges: only markers with an end are clips.")
    print_json({"preset": preset, "clips": clips, **({} if join else {"separate": True})})


def _columns() -> "list[Column]":
    from stoat_ferret.cli.output import Column

    return [
        Column("Start", lambda row: f"{row['start_seconds']:.3f}", "right"),
        Column("End", _end, "right"),
        Column("Title", lambda row: row["title"] or "-", wide=True),
        Column("Tags", lambda row: ", ".join(row["tags"]) or "-", wide=True),
        Column("Video", lambda row: row["video_id"], lines_only=True),
        Column("Id", lambda row: row["id"]),
    ]


def _end(row: "Row") -> str:
    return "-" if row["end_seconds"] is None else f"{row['end_seconds']:.3f}"


COMMANDS = (
    ("list", list_markers, LIST_EPILOG),
    ("add", add, ADD_EPILOG),
    ("edit", edit, EDIT_EPILOG),
    ("remove", remove, REMOVE_EPILOG),
    ("request", request, REQUEST_EPILOG),
)
