"""The command `stoat-ferret settings`: the settings that can be changed while the server runs."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from stoat_ferret.cli.options import AsJson, DataDir

if TYPE_CHECKING:
    from stoat_ferret.cli.output import Row

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret settings

  stoat-ferret settings quiet_hours "22:00-6:00"

  stoat-ferret settings storyboards_after_scan off

  stoat-ferret settings scan_schedule default
"""
_DEFAULT = "default"
_MOST_DIGITS = 20
_SWITCHES = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}


def settings(
    name: Annotated[
        str | None, typer.Argument(help="Only this setting.", show_default=False)
    ] = None,
    value: Annotated[
        str | None,
        typer.Argument(
            help="Its new value: text, a number, on or off; `default` goes back to the default.",
            show_default=False,
        ),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show or change the settings that can be changed while the server runs.

    A running server follows at once. Those that its environment or its flags set are fixed.
    """
    from stoat_ferret.cli.library_call import ask_library
    from stoat_ferret.cli.output import print_json, print_out

    if value is None:
        found = ask_library(data_dir, lambda client: client.get_settings())
    else:
        found = ask_library(data_dir, lambda client: client.get_settings())
        change = {_known(name, found): _typed(name, value, found)}
        found = ask_library(
            data_dir, lambda client: client.change_settings(change), owner="stoat-ferret settings"
        )
    if name is not None:
        one = _row(_known(name, found), found)
        if as_json:
            print_json(one)
        else:
            print_out(_sentence(one))
    elif as_json:
        print_json(found)
    else:
        for each in found["values"]:
            print_out(_sentence(_row(each, found)))


def _known(name: str | None, found: "Row") -> str:
    """Return the name of a setting, however its words are joined."""
    plain = (name or "").strip().lower().replace("-", "_").removeprefix("stoat_")
    if plain not in found["values"]:
        known = ", ".join(found["values"])
        raise typer.BadParameter(f"{name!r} is none of the settings: {known}.")
    return plain


def _typed(name: str | None, text: str, found: "Row") -> Any:
    """Return the value that `text` means; None is the default."""
    now = found["values"][_known(name, found)]
    word = text.strip().lower()
    if word in {_DEFAULT, ""}:
        return None
    if isinstance(now, bool):
        return _SWITCHES.get(word, text)
    if isinstance(now, int):
        # Longer numbers are none of any setting, and take long to read.
        return int(word) if word.isdecimal() and len(word) <= _MOST_DIGITS else text
    return text


def _row(name: str, found: "Row") -> "Row":
    return {
        "name": name,
        "value": found["values"][name],
        "default": found["defaults"][name],
        "fixed_by": found["fixed"].get(name),
    }


def _sentence(row: "Row") -> str:
    def shown(value: object) -> str:
        if isinstance(value, bool):
            return "on" if value else "off"
        return "none" if value is None else str(value)

    notes = []
    if row["fixed_by"]:
        notes.append(f"fixed by {row['fixed_by']}")
    elif row["value"] != row["default"]:
        notes.append(f"default: {shown(row['default'])}")
    note = f"  ({', '.join(notes)})" if notes else ""
    return f"{row['name']:24} {shown(row['value'])}{note}"
