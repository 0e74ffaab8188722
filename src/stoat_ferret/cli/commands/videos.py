"""The command `stoat-ferret videos`: list the library."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from stoat_ferret.cli.options import AsJson, Cursor, DataDir, Everything, Limit, read_settings
from stoat_ferret.library.video import HeightClass, Orientation, VideoStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.cli.output import Column, Row
    from stoat_ferret.config import Settings

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret videos --q "holiday 2019" --sort duration --order desc

  stoat-ferret videos --status bad --status skipped --all

  stoat-ferret videos --folder holidays/2024 --no-subfolders

  stoat-ferret videos --min-height 2160 --json

  stoat-ferret videos --saved "At sea" --sort size

  stoat-ferret videos --tag family --min-rating 4 --sort taken

  stoat-ferret videos --taken-from 2024-01-01 --not-codec h264 --without-tags
"""


def videos(
    q: Annotated[
        str | None,
        typer.Option(
            "--q",
            "-q",
            help='Words that must all occur; "a phrase", -not, #tag.',
            show_default=False,
        ),
    ] = None,
    status: Annotated[
        list[VideoStatus] | None,
        typer.Option(help="Which files; may be given several times. Default: ok."),
    ] = None,
    saved: Annotated[
        str | None,
        typer.Option(
            help="The saved search of this name; other options replace its own.",
            show_default=False,
        ),
    ] = None,
    sort: Annotated[
        Literal["name", "added", "modified", "taken", "size", "duration", "height", "position"]
        | None,
        typer.Option(
            help="What to sort by. Default: name, with --collection its order (position), or as "
            "the saved search.",
            show_default=False,
        ),
    ] = None,
    order: Annotated[
        Literal["asc", "desc"] | None,
        typer.Option(
            help="In which direction. Default: asc, or as the saved search.", show_default=False
        ),
    ] = None,
    root: Annotated[
        str | None, typer.Option(help="Only in the root of this name.", show_default=False)
    ] = None,
    folder: Annotated[
        str | None,
        typer.Option(help="Only in this folder of a root and below it.", show_default=False),
    ] = None,
    subfolders: Annotated[
        bool,
        typer.Option(
            "--subfolders/--no-subfolders",
            help="With those in its subfolders, or only those in the folder itself.",
        ),
    ] = True,
    collection: Annotated[
        str | None,
        typer.Option(help="Only in the collection with this id.", show_default=False),
    ] = None,
    codec: Annotated[
        list[str] | None,
        typer.Option(help="Video codec, as in h264; of several, with any.", show_default=False),
    ] = None,
    not_codec: Annotated[
        list[str] | None,
        typer.Option(help="Not with this video codec.", show_default=False),
    ] = None,
    hdr: Annotated[
        Literal["HDR10", "HDR10+", "HLG", "Dolby Vision"] | None,
        typer.Option(help="Kind of high dynamic range.", show_default=False),
    ] = None,
    height_class: Annotated[
        list[HeightClass] | None,
        typer.Option(
            help="Size of the picture, whichever way it is held; of several, any.",
            show_default=False,
        ),
    ] = None,
    orientation: Annotated[
        list[Orientation] | None,
        typer.Option(help="Shape of the picture; of several, any.", show_default=False),
    ] = None,
    min_height: Annotated[
        int | None, typer.Option(help="Least height in pixels.", min=0, show_default=False)
    ] = None,
    min_duration: Annotated[
        float | None, typer.Option(help="Least duration in seconds.", min=0, show_default=False)
    ] = None,
    max_duration: Annotated[
        float | None,
        typer.Option(help="Greatest duration in seconds.", min=0, show_default=False),
    ] = None,
    min_rating: Annotated[
        int | None,
        typer.Option(help="Least rating that people gave.", min=1, max=5, show_default=False),
    ] = None,
    favourite: Annotated[
        bool | None,
        typer.Option(
            "--favourite/--no-favourite", help="Favourites, or others.", show_default=False
        ),
    ] = None,
    watched: Annotated[
        Literal["yes", "no", "started"] | None,
        typer.Option(help="How far they were watched.", show_default=False),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(help="Only with this tag; of several, with all.", show_default=False),
    ] = None,
    not_tag: Annotated[
        list[str] | None, typer.Option(help="Not with this tag.", show_default=False)
    ] = None,
    has_tags: Annotated[
        bool | None,
        typer.Option("--with-tags/--without-tags", help="Tags, or none.", show_default=False),
    ] = None,
    has_rating: Annotated[
        bool | None,
        typer.Option(
            "--with-rating/--without-rating", help="A rating, or none.", show_default=False
        ),
    ] = None,
    has_sound: Annotated[
        bool | None,
        typer.Option("--with-sound/--without-sound", help="Sound, or none.", show_default=False),
    ] = None,
    added_from: Annotated[
        str | None,
        typer.Option(
            help="Added on this date (of UTC) or later: 2024-05-31, or 2024-05-31T08:00+02:00.",
            show_default=False,
        ),
    ] = None,
    added_before: Annotated[
        str | None, typer.Option(help="Added before this date.", show_default=False)
    ] = None,
    taken_from: Annotated[
        str | None, typer.Option(help="Recorded on this date or later.", show_default=False)
    ] = None,
    taken_before: Annotated[
        str | None, typer.Option(help="Recorded before this date.", show_default=False)
    ] = None,
    limit: Limit = 50,
    everything: Everything = False,
    cursor: Cursor = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List videos of the running server if there is one, else of the database."""
    from stoat_ferret.cli.listing import list_rows

    settings = read_settings(data_dir=data_dir)
    found: Row = {} if saved is None else _saved_search(settings, saved)
    list_rows(
        settings,
        lambda client: client.list_videos,
        {
            **found,
            **_given(
                {
                    "q": q,
                    "status": status or None,
                    "sort": sort,
                    "order": order,
                    "root": root,
                    "folder": folder,
                    "subfolders": None if subfolders else False,
                    "collection": collection,
                    "codec": codec or None,
                    "not_codec": not_codec or None,
                    "hdr": hdr,
                    "height_class": height_class or None,
                    "orientation": orientation or None,
                    "min_height": min_height,
                    "min_duration": min_duration,
                    "max_duration": max_duration,
                    "min_rating": min_rating,
                    "favourite": favourite,
                    "watched": watched,
                    "tag": tag or None,
                    "not_tag": not_tag or None,
                    "has_tags": has_tags,
                    "has_rating": has_rating,
                    "has_sound": has_sound,
                    "added_from": added_from,
                    "added_before": added_before,
                    "taken_from": taken_from,
                    "taken_before": taken_before,
                    "cursor": cursor,
                }
            ),
        },
        wanted=None if everything else limit,
        columns=video_columns(),
        noun="video",
        as_json=as_json,
    )


def _given(filters: "Row") -> "Row":
    return {name: value for name, value in filters.items() if value is not None}


def _saved_search(settings: "Settings", name: str) -> "Row":
    """Return the filters and the order of a saved search. Raises `SearchNotFoundError`."""
    from stoat_ferret.cli.client import open_client
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.terminal import run
    from stoat_ferret.errors import SearchNotFoundError
    from stoat_ferret.folded_text import fold

    async def ask() -> "Sequence[Row]":
        async with open_client(settings) as client:
            return await client.list_searches()

    with logging_to_stderr(settings, quiet=True):
        searches = run(ask)
    for one in searches:
        if fold(one["name"]) == fold(name):
            return _given(one["query"])
    raise SearchNotFoundError(name)


def video_columns() -> "list[Column]":
    """Return the columns of a table of videos."""
    from stoat_ferret.cli.output import Column, duration, size

    return [
        Column("Path", lambda row: f"{row['root']}/{row['path']}", wide=True),
        Column("Length", lambda row: duration(row["duration_seconds"]), "right"),
        Column("Picture", _picture, "right"),
        Column("Codec", lambda row: _joined(row["video_codec"], row["hdr"])),
        Column("Size", lambda row: size(row["size_bytes"]), "right"),
        Column("Status", _state, wide=True),
        Column("Id", lambda row: row["id"], lines_only=True),
    ]


def _picture(row: "Row") -> str:
    return f"{row['width']}x{row['height']}" if row["width"] else "-"


def _state(row: "Row") -> str:
    late = row["read_error"] and f"could not be read lately: {row['read_error']}"
    return _joined(row["status"], row["reason"] or late)


def _joined(*parts: Any) -> str:
    return ", ".join(str(part) for part in parts if part) or "-"
