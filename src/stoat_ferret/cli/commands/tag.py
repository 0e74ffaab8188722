"""The commands `stoat-ferret tag rename`, `merge` and `delete`: change tags on all videos."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stoat_ferret.cli.options import AsJson, DataDir, Yes, read_settings
from stoat_ferret.folded_text import fold

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from stoat_ferret.cli.client import LibraryClient
    from stoat_ferret.cli.output import Row

_COMMAND = "stoat-ferret tag"
HELP = "Rename, merge and delete tags, on all videos that have them."
EPILOG = """
[bold]Examples[/bold]

  stoat-ferret tag rename holliday holiday

  stoat-ferret tag merge vacation holiday

  stoat-ferret tag delete todo --yes
"""
RENAME_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret tag rename holliday holiday

If there is a tag of the new name, `stoat-ferret tag merge` puts both into one.
"""
MERGE_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret tag merge vacation holiday
"""
DELETE_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret tag delete todo
"""

Name = Annotated[str, typer.Argument(metavar="TAG", help="The name of a tag.", show_default=False)]


def rename(
    tag: Name,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name.", show_default=False)],
    yes: Yes = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Rename a tag. Says how many videos have it, asks, and prints how to undo it."""
    found: Row = {}

    async def ask(client: "LibraryClient") -> bool:
        nonlocal found
        found = await client.find_tag(tag)
        question = f"Rename “{found['name']}” to “{name}” on {_videos(found)}?"
        return yes or await _confirmed(question, as_json=as_json)

    def send(client: "LibraryClient") -> "Awaitable[Row]":
        return client.rename_tag(found["id"], name)

    _run("Renamed", ask, send, data_dir=data_dir, as_json=as_json)


def merge(
    tag: Name,
    into: Annotated[
        str,
        typer.Argument(metavar="INTO", help="The tag that has both then.", show_default=False),
    ],
    yes: Yes = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Merge a tag into another one. Says the counts, asks, and prints how to undo it."""
    found: Row = {}

    async def ask(client: "LibraryClient") -> bool:
        nonlocal found
        found, other = await client.find_tag(tag), await client.find_tag(into)
        question = (
            f"Merge “{found['name']}” ({_videos(found)}) into “{other['name']}” ({_videos(other)})?"
        )
        return yes or await _confirmed(question, as_json=as_json)

    def send(client: "LibraryClient") -> "Awaitable[Row]":
        return client.rename_tag(found["id"], into, merge=True)

    if fold(tag) == fold(into):
        raise typer.BadParameter("both are the same tag")
    _run("Merged", ask, send, data_dir=data_dir, as_json=as_json)


def delete(tag: Name, yes: Yes = False, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Remove a tag from all videos. Says how many have it, asks, and prints how to undo it."""
    found: Row = {}

    async def ask(client: "LibraryClient") -> bool:
        nonlocal found
        found = await client.find_tag(tag)
        question = f"Remove “{found['name']}” from {_videos(found)}?"
        return yes or await _confirmed(question, as_json=as_json)

    def send(client: "LibraryClient") -> "Awaitable[Row]":
        return client.delete_tag(found["id"])

    _run("Removed", ask, send, data_dir=data_dir, as_json=as_json)


def _run(
    verb: str,
    ask: "Callable[[LibraryClient], Awaitable[bool]]",
    send: "Callable[[LibraryClient], Awaitable[Row]]",
    *,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    from stoat_ferret.cli.edit_outcome import EditCommand, run_edit

    command = EditCommand(command=_COMMAND, ask=ask, send=send, sentence=partial(_sentence, verb))
    run_edit(read_settings(data_dir=data_dir), command, as_json=as_json)


async def _confirmed(question: str, *, as_json: bool) -> bool:
    from stoat_ferret.cli.terminal import confirm

    return await confirm(question, as_json=as_json)


def _videos(tag: "Row") -> str:
    from stoat_ferret.cli.output import plural

    missing = f", {tag['missing']:,} of them missing" if tag["missing"] else ""
    return plural(tag["count"] + tag["missing"], "video") + missing


def _sentence(verb: str, counts: "Mapping[str, Any]") -> str:
    from stoat_ferret.cli.output import plural

    return f"{verb} on {plural(counts.get('edited', 0), 'video')}."


COMMANDS = (
    ("rename", rename, RENAME_EPILOG),
    ("merge", merge, MERGE_EPILOG),
    ("delete", delete, DELETE_EPILOG),
)
