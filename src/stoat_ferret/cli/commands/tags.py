"""The command `stoat-ferret tags`: the tags of videos."""

from typing import TYPE_CHECKING, Annotated

import typer

from stoat_ferret.cli.options import AsJson, Cursor, DataDir, Everything, Limit, read_settings

if TYPE_CHECKING:
    from stoat_ferret.cli.output import Column

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret tags

  stoat-ferret tags --q hol --json
"""


def tags(
    q: Annotated[
        str | None,
        typer.Option("--q", "-q", help="The beginning of their names.", show_default=False),
    ] = None,
    limit: Limit = 100,
    everything: Everything = False,
    cursor: Cursor = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List tags by name, each with the number of its videos."""
    from stoat_ferret.cli.listing import list_rows

    list_rows(
        read_settings(data_dir=data_dir),
        lambda client: client.list_tags,
        {"q": q, "cursor": cursor},
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
        Column("Id", lambda row: str(row["id"]), lines_only=True),
    ]
