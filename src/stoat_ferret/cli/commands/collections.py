"""The command `stoat-ferret collections`: ordered lists of videos."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from stoat_ferret.cli.options import (
    AsJson,
    Cursor,
    DataDir,
    Everything,
    Limit,
    Yes,
    read_settings,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from stoat_ferret.cli.client import LibraryClient, Page
    from stoat_ferret.cli.output import Column, Row

T = TypeVar("T")
HELP = "Keep ordered lists of videos."
EPILOG = """
[bold]Examples[/bold]

  stoat-ferret collections create "Summer film"

  stoat-ferret collections add "Summer film" 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80

  stoat-ferret collections show "Summer film" --json
"""
LIST_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret collections list

  stoat-ferret collections list --video 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80 --json
"""
SHOW_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret collections show "Summer film"

  stoat-ferret collections show "Summer film" --all --json
"""
CREATE_EPILOG = """
[bold]Example[/bold]

  stoat-ferret collections create "Summer film"
"""
RENAME_EPILOG = """
[bold]Example[/bold]

  stoat-ferret collections rename "Summer film" "Summer film 2024"
"""
DELETE_EPILOG = """
[bold]Example[/bold]

  stoat-ferret collections delete "Summer film"
"""
ADD_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret collections add "Summer film" 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80

  stoat-ferret collections add "Summer film" --q "beach 2024" --sort taken
"""
REMOVE_EPILOG = """
[bold]Example[/bold]

  stoat-ferret collections remove "Summer film" 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80
"""
MOVE_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret collections move "Summer film" 0199e6a2-… --before 0199e6a3-…

  stoat-ferret collections move "Summer film" 0199e6a2-…
"""
REQUEST_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret collections request "Summer film" | stoat-ferret render --request -

  stoat-ferret collections request "Summer film" | stoat-ferret timeline export --request -
"""

Name = Annotated[
    str,
    typer.Argument(
        metavar="COLLECTION", help="The name or the id of the collection.", show_default=False
    ),
]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="Its name.", show_default=False)]
Videos = Annotated[
    list[str],
    typer.Argument(metavar="VIDEO…", help="Ids of videos, in their order.", show_default=False),
]


def list_collections(
    video: Annotated[
        str | None,
        typer.Option(help="Only those that the video with this id is in.", show_default=False),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List collections by name, each with the number of its videos."""
    from stoat_ferret.cli.output import Column, print_json, print_rows

    rows = _call(data_dir, "list", lambda client: client.list_collections(video_id=video))
    if as_json:
        print_json({"items": rows})
        return
    columns = [
        Column("Collection", lambda row: row["name"], wide=True),
        Column("Videos", lambda row: f"{row['count']:,}", "right"),
        Column("Id", lambda row: row["id"], lines_only=True),
    ]
    print_rows(columns, rows)


def show(
    collection: Name,
    limit: Limit = 100,
    everything: Everything = False,
    cursor: Cursor = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the videos of a collection in their order, whatever their status."""
    from stoat_ferret.cli.commands.videos import video_columns
    from stoat_ferret.cli.listing import list_rows
    from stoat_ferret.library.video import VideoStatus

    async def fetch(client: "LibraryClient", filters: Any) -> "Page":
        found = await client.find_collection(collection)
        return await client.list_videos({**filters, "collection": found["id"]})

    columns: list[Column] = video_columns()
    list_rows(
        read_settings(data_dir=data_dir),
        lambda client: partial(fetch, client),
        {"status": [*VideoStatus], "cursor": cursor},
        wanted=None if everything else limit,
        columns=columns,
        noun="video",
        as_json=as_json,
    )


def create(name: NewName, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Create an empty collection."""
    made = _call(data_dir, "create", lambda client: client.create_collection(name))
    _report(made, f"Collection {name!r} created.", as_json=as_json)


def rename(
    collection: Name, name: NewName, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Rename a collection."""

    async def change(client: "LibraryClient") -> "Row":
        return await client.rename_collection(await client.find_collection(collection), name)

    renamed = _call(data_dir, "rename", change)
    _report(renamed, f"Renamed to {renamed['name']!r}.", as_json=as_json)


def delete(
    collection: Name, yes: Yes = False, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Delete a collection after a question; its videos stay in the library."""
    from stoat_ferret.cli.output import plural
    from stoat_ferret.cli.terminal import confirm

    async def change(client: "LibraryClient") -> "Row | None":
        found = await client.find_collection(collection)
        question = f"Delete {found['name']!r} with {plural(found['count'], 'video')} in it?"
        if not (yes or await confirm(question, as_json=as_json)):
            return None
        return {**found, **await client.delete_collection(found["id"])}

    deleted = _call(data_dir, "delete", change)
    if deleted is None:
        _report({}, "Nothing was deleted.", as_json=as_json)
    else:
        _report(deleted, f"Collection {deleted['name']!r} deleted.", as_json=as_json)


def add(
    collection: Name,
    video: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VIDEO]…", help="Ids of videos, in their order.", show_default=False
        ),
    ] = None,
    q: Annotated[
        str | None,
        typer.Option("--q", "-q", help="All videos that these words find.", show_default=False),
    ] = None,
    sort: Annotated[
        str, typer.Option(help="With --q: the order, as `stoat-ferret videos` has it.")
    ] = "name",
    order: Annotated[str, typer.Option(help="With --q: in which direction.")] = "asc",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add videos at the end; those that are in the collection stay where they are."""
    if bool(video) == (q is not None):
        raise typer.BadParameter("Give either videos or --q.")
    body: Row = {"video_ids": video} if video else {"query": {"q": q, "sort": sort, "order": order}}
    _change(data_dir, "add", collection, body, "added", as_json=as_json)


def remove(
    collection: Name, video: Videos, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Remove videos from a collection, not from the library."""
    _change(data_dir, "remove", collection, {"video_ids": video}, "removed", as_json=as_json)


def move(
    collection: Name,
    video: Videos,
    before: Annotated[
        str | None,
        typer.Option(help="The id of the video to move them before. Default: to the end."),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Move videos within a collection."""
    body = {"video_ids": video, "before": before}
    _change(data_dir, "move", collection, body, "moved", as_json=as_json)


def request(
    collection: Name,
    preset: Annotated[str, typer.Option(help="What to make; see docs/rendering.md.")] = "web-720p",
    data_dir: DataDir = None,
    as_json: AsJson = True,
) -> None:
    """Print the render request that joins the videos of a collection, always as JSON.

    `render --request -` renders it, and `timeline export --request -` writes the timeline.
    """
    from stoat_ferret.cli.client import all_pages
    from stoat_ferret.cli.output import print_json

    del as_json  # it is JSON anyway

    async def clips(client: "LibraryClient") -> list["Row"]:
        found = await client.find_collection(collection)
        pages = all_pages(client.list_videos, {"collection": found["id"]}, wanted=None)
        return [{"video_id": row["id"]} async for page in pages for row in page.items]

    print_json({"preset": preset, "clips": _call(data_dir, "request", clips)})


def _change(
    data_dir: Path | None,
    command: str,
    collection: str,
    body: "Row",
    done: str,
    *,
    as_json: bool,
) -> None:
    from stoat_ferret.cli.output import plural, print_err

    async def change(client: "LibraryClient") -> "Row":
        found = await client.find_collection(collection)
        return await client.change_collection(found["id"], command, body)

    changed = _call(data_dir, command, change)
    for one in changed["not_found"]:
        print_err(f"stoat-ferret: There is no video {one}.")
    _report(changed, f"{plural(changed['changed'], 'video')} {done}.", as_json=as_json)


def _call(
    data_dir: Path | None, command: str, call: "Callable[[LibraryClient], Awaitable[T]]"
) -> "T":
    """Return what `call` returns; commands that change something own the library meanwhile."""
    from stoat_ferret.cli.library_call import ask_library

    owner = None if command in {"list", "request"} else f"stoat-ferret collections {command}"
    return ask_library(data_dir, call, owner=owner)


def _report(row: "Row", sentence: str, *, as_json: bool) -> None:
    from stoat_ferret.cli.library_call import report

    report(row, sentence, as_json=as_json)


COMMANDS = (
    ("list", list_collections, LIST_EPILOG),
    ("show", show, SHOW_EPILOG),
    ("create", create, CREATE_EPILOG),
    ("rename", rename, RENAME_EPILOG),
    ("delete", delete, DELETE_EPILOG),
    ("add", add, ADD_EPILOG),
    ("remove", remove, REMOVE_EPILOG),
    ("move", move, MOVE_EPILOG),
    ("request", request, REQUEST_EPILOG),
)
