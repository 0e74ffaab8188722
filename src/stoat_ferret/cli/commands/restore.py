"""The command `stoat-ferret restore`: replace the library with a backup."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stoat_ferret.cli.options import AsJson, DataDir, Yes, read_settings

if TYPE_CHECKING:
    from stoat_ferret.cli.output import Row
    from stoat_ferret.config import Settings

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret restore /mnt/backups/library.db

  stoat-ferret restore ~/.local/share/stoat-ferret/backups/before-restore-….db --yes
"""


def restore(
    file: Annotated[Path, typer.Argument(help="The backup to restore.", show_default=False)],
    yes: Yes = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Replace the library with a backup of it, even while the server runs.

    Shows the content of both and asks first. The replaced library is backed up beside it, so that
    it can be restored in turn. Not possible while jobs are queued, running or paused.
    """
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.output import print_json
    from stoat_ferret.cli.terminal import run

    settings = read_settings(data_dir=data_dir)
    source = file.expanduser().absolute()
    with logging_to_stderr(settings, quiet=True):
        outcome = run(lambda: _restore(settings, source, yes=yes, as_json=as_json))
    if as_json:
        print_json(outcome)


async def _restore(settings: "Settings", source: Path, *, yes: bool, as_json: bool) -> "Row":
    from stoat_ferret.cli.library_restore import compare, put_back
    from stoat_ferret.cli.output import print_out
    from stoat_ferret.cli.summary import facts, sentence
    from stoat_ferret.cli.terminal import confirm
    from stoat_ferret.text import for_display

    new, old = await compare(settings, source)
    if not as_json:
        print_out(f"In the backup: {sentence(new)}")
        print_out(
            f"In its place:  {sentence(old) if old else 'a library that cannot be read, or none'}"
        )
    outcome = {"backup": facts(new), "replaced": old and facts(old), "restored": False}
    question = "Replace the library by the backup?"
    if not (yes or await confirm(question, as_json=as_json)):
        print_out("Nothing was changed.")
        return outcome
    kept = await put_back(settings, source, is_readable=old is not None)
    if not as_json:
        print_out(
            f"Restored. {f'What was there is kept as {for_display(kept)}' if kept else ''}".rstrip()
        )
    return {**outcome, "restored": True, "kept": kept}
