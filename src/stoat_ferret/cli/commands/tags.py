"""The command `stoat-ferret tags`: the tags of videos."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from stoat_ferret.cli.options import AsJson, Cursor, DataDir, Everything, Limit, read_settings

if TYPE_CHECKING:
    from stoat_ferret.cli.output import Column

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret tags

  stoat-ferret tags --q hol --json

  stoat-ferret tags --q day --anywhere --sort count
"""


class Sort(StrEnum):
    """The order of the list."""

    NAME = "name"
    COUNT = "count"


def tags(
    q: Annotated[
        str | None,
        typer.Option("--q", "-q", help="The beginning of their names.", show_default=False),
    ] = None,
    anywhere: Annotated[
        bool, typer.Option("--anywhere", help="Find --q anywhere in their names.")
    ] = False,
    sort: Annotated[Sort, typer.Option(help="By name, or the most used first.")] = Sort.NAME,
    limit: Limit = 100,
    everything: Everything = False,
    cursor: Cursor = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List tags, each with the number of its videos."""
    from stoat_ferret.cli.listing import list_rows

    list_rows(
        read_settings(data_dir=data_dir),
        lambda client: client.list_tags,
        {"q": q, "anywhere": anywhere, "sort": sort.value, "cursor": cursor},
        wanted=None if everything else limit,
        columns=_columns(),
        noun="tag",
        as_json=as_json,
    )


def _columns() -> "list[Column]":
    from stoat_ferret.cli.output import Column

    return [
        Column("Tag", lambda row: row["name"], wide=True),
        Column("Videos", lambda row: f"{row['count']:,}", "right"),
        Column("Missing", lambda row: f"{row['missing']:,}", "right", lines_only=True),
        Column("Id", lambda row: str(row["id"]), lines_only=True),
    ]
