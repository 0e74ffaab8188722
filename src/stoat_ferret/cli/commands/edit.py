"""The command `stoat-ferret edit`: change the details of a video."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stoat_ferret.cli.options import AsJson, DataDir, read_settings

if TYPE_CHECKING:
    from stoat_ferret.cli.output import Row

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret edit 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80 --title "The first swim" --rating 5

  stoat-ferret edit 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80 --add-tag sea --remove-tag new

  stoat-ferret edit 0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80 --clear notes --clear rating
"""


class Clearable(StrEnum):
    """The fields that can be cleared."""

    TITLE = "title"
    RATING = "rating"
    NOTES = "notes"
    TAGS = "tags"


def edit(
    video: Annotated[str, typer.Argument(help="The id of the video.", show_default=False)],
    title: Annotated[
        str | None,
        typer.Option(help="Displayed instead of the title in the file.", show_default=False),
    ] = None,
    rating: Annotated[
        int | None, typer.Option(help="From 1 to 5.", min=1, max=5, show_default=False)
    ] = None,
    notes: Annotated[str | None, typer.Option(help="Any text.", show_default=False)] = None,
    favourite: Annotated[
        bool | None,
        typer.Option("--favourite/--no-favourite", help="A favourite, or not.", show_default=False),
    ] = None,
    add_tag: Annotated[
        list[str] | None, typer.Option(help="A tag to add; repeatable.", show_default=False)
    ] = None,
    remove_tag: Annotated[
        list[str] | None, typer.Option(help="A tag to remove; repeatable.", show_default=False)
    ] = None,
    clear: Annotated[
        list[Clearable] | None,
        typer.Option(help="A field to clear; repeatable.", show_default=False),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Change the details that people gave to a video; other fields are unchanged."""
    from stoat_ferret.cli.client import open_client
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.output import print_json, print_out
    from stoat_ferret.cli.terminal import run

    given = {"title": title, "rating": rating, "notes": notes, "favourite": favourite}
    lists = {"add_tags": add_tag, "remove_tags": remove_tag}
    changes: dict[str, Any] = {
        **dict.fromkeys(one.value for one in clear or ()),
        **{name: value for name, value in given.items() if value is not None},
        **{name: value for name, value in lists.items() if value},
    }
    if not changes:
        raise typer.BadParameter("give a change: --title, --add-tag, …")
    settings = read_settings(data_dir=data_dir)

    async def change() -> "Row":
        async with open_client(settings) as client:
            return await client.edit_video(video, changes)

    with logging_to_stderr(settings, quiet=True):
        row = run(change)
    if as_json:
        print_json(row)
    else:
        print_out(f"Saved: {_summary(row)}.")


def _summary(row: "Row") -> str:
    rating = f"rated {row['rating']}" if row["rating"] else ""
    favourite = "a favourite" if row["favourite"] else ""
    tags = f"tagged {', '.join(row['tags'])}" if row["tags"] else ""
    return ", ".join(filter(None, (row["title"] or row["name"], rating, favourite, tags)))
