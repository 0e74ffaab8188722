"""The command `stoat-ferret undo`: undo a bulk edit."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from stoat_ferret.cli.options import AsJson, DataDir, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret undo s7Qm1xk0vXq3hY2b9cTnLwZrEo5uKd8f
"""


def undo(
    token: Annotated[
        str,
        typer.Argument(help="The token that the edit has printed.", show_default=False),
    ],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Undo an edit of many videos, within a day; those that were edited since are left alone."""
    from stoat_ferret.cli.edit_outcome import EditCommand, run_edit

    command = EditCommand(
        command="stoat-ferret undo",
        send=lambda client: client.undo(token),
        sentence=_sentence,
    )
    run_edit(read_settings(data_dir=data_dir), command, as_json=as_json)


def _sentence(counts: "Mapping[str, Any]") -> str:
    from stoat_ferret.cli.output import plural

    kept = counts.get("changed_since", 0)
    alone = f" {plural(kept, 'video')} left alone: edited since." if kept else ""
    return f"Restored {plural(counts.get('restored', 0), 'video')}.{alone}"
