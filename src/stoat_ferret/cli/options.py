"""Options that several commands share, and the settings from flags and environment."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pydantic import ValidationError

    from stoat_ferret.config import Settings

# No `from __future__ import annotations` in modules with commands: typer reads them.

DataDir = Annotated[
    Path | None,
    typer.Option(
        help="Folder for the database and all other data of this program (STOAT_DATA_DIR).",
        show_default=False,
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of text for people.")
]

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]

Limit = Annotated[int, typer.Option(help="How many to list.", min=1)]
Everything = Annotated[bool, typer.Option("--all", help="List all of them.")]
Cursor = Annotated[
    str | None,
    typer.Option(help="Continue from the `next_cursor` of a previous list.", show_default=False),
]


def read_settings(**flags: Any) -> "Settings":
    """Return the settings; a flag overrides its `STOAT_…` variable.

    Raises `ConfigurationError` with a sentence that names the variable.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from stoat_ferret.config import load_settings
    from stoat_ferret.errors import ConfigurationError

    try:
        return load_settings(**flags)
    except ValidationError as error:
        raise ConfigurationError(_sentence(error)) from error
    except (SettingsError, RuntimeError) as error:  # RuntimeError: `~name` of an unknown user
        raise ConfigurationError(f"The settings cannot be used: {error}") from error


def _sentence(error: "ValidationError") -> str:
    from stoat_ferret.errors import plain_fault

    first = error.errors(include_url=False, include_context=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    reason = plain_fault(first["msg"])
    shown = "" if name == "token" else f" It is {first['input']!r}."
    return (
        f"The setting STOAT_{name.upper()} cannot be used: {reason[:1].lower()}{reason[1:]}."
        f"{shown} See docs/settings.md."
    )
