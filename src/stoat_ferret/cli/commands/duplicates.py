"""The command `stoat-ferret duplicates`: files with the same content."""

from typing import TYPE_CHECKING

from stoat_ferret.cli.options import AsJson, Cursor, DataDir, Everything, Limit, read_settings

if TYPE_CHECKING:
    from stoat_ferret.cli.output import Column, Row

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret duplicates

  stoat-ferret duplicates --all --json
"""


def duplicates(
    limit: Limit = 20,
    everything: Everything = False,
    cursor: Cursor = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List groups of files with the same content, those that take up the most space first.

    Same content means the same size and the same first and last 64 KiB. Groups that were resolved
    on the page are left out. No file is touched.
    """
    from stoat_ferret.cli.listing import list_rows

    list_rows(
        read_settings(data_dir=data_dir),
        lambda client: client.list_duplicates,
        {"cursor": cursor},
        wanted=None if everything else limit,
        columns=_columns(),
        noun="group",
        as_json=as_json,
    )


def _columns() -> "list[Column]":
    from stoat_ferret.cli.output import Column, size

    return [
        Column("Files", lambda row: f"{row['copies']:,}", "right"),
        Column("Size each", lambda row: size(row["size_bytes"]), "right"),
        Column("To spare", lambda row: size(row["spare_bytes"]), "right"),
        Column("Same", lambda row: "content" if row["is_whole"] else "size and samples"),
        Column("Paths, the suggested one first", _paths, wide=True),
    ]


def _paths(group: "Row") -> str:
    videos = sorted(group["videos"], key=lambda video: video["id"] != group["suggested"])
    more = group["copies"] - len(videos)
    paths = [f"{video['root']}/{video['path']}" for video in videos]
    return " | ".join(paths + ([f"and {more:,} more"] if more else []))
