"""The command `stoat-ferret backup`: the library in one file, even while it is in use."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stoat_ferret.cli.options import AsJson, DataDir, read_settings

if TYPE_CHECKING:
    from stoat_ferret.config import Settings
    from stoat_ferret.library.backup import LibrarySummary

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret backup /mnt/backups/library.db

  stoat-ferret backup ~/library.db --force --json
"""


def backup(
    file: Annotated[Path, typer.Argument(help="The file to create.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Back up the library: the details of all videos, and their ratings, tags and notes.

    Works while a server runs and while it scans; the file is a consistent snapshot. The videos
    themselves, and pictures made from them, are not included.
    """
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.output import print_json, print_out
    from stoat_ferret.cli.summary import facts, sentence
    from stoat_ferret.cli.terminal import run
    from stoat_ferret.text import for_display

    settings = read_settings(data_dir=data_dir)
    target = file.expanduser().absolute()
    with logging_to_stderr(settings, quiet=True):
        summary = run(lambda: _back_up(settings, target, replace=force))
    if as_json:
        print_json({"file": for_display(target), **facts(summary)})
    else:
        print_out(f"{for_display(target)}: {sentence(summary)}")


async def _back_up(settings: "Settings", target: Path, *, replace: bool) -> "LibrarySummary":
    from stoat_ferret.disk import run_on_disk_thread
    from stoat_ferret.errors import BackupError
    from stoat_ferret.library.backup import back_up
    from stoat_ferret.library.opening import library_file
    from stoat_ferret.text import for_display

    library = library_file(settings)
    if not await run_on_disk_thread(library.exists):
        raise BackupError(f"There is no library at {for_display(library)} yet.")
    return await back_up(library, target, replace=replace)
