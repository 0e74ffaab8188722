"""The program `stoat-ferret`: its commands, and the handling of their errors."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from stoat_ferret import __version__
from stoat_ferret.cli.commands import collections, markers, rules, tag, timeline
from stoat_ferret.cli.commands.backup import EPILOG as BACKUP_EPILOG
from stoat_ferret.cli.commands.backup import backup
from stoat_ferret.cli.commands.doctor import EPILOG as DOCTOR_EPILOG
from stoat_ferret.cli.commands.doctor import doctor
from stoat_ferret.cli.commands.duplicates import EPILOG as DUPLICATES_EPILOG
from stoat_ferret.cli.commands.duplicates import duplicates
from stoat_ferret.cli.commands.edit import EPILOG as EDIT_EPILOG
from stoat_ferret.cli.commands.edit import edit
from stoat_ferret.cli.commands.forget import EPILOG as FORGET_EPILOG
from stoat_ferret.cli.commands.forget import forget
from stoat_ferret.cli.commands.jobs import (
    CANCEL_EPILOG,
    JOBS_EPILOG,
    PAUSE_EPILOG,
    REORDER_EPILOG,
    RESUME_EPILOG,
    cancel,
    jobs,
    pause,
    reorder,
    resume,
)
from stoat_ferret.cli.commands.render import EPILOG as RENDER_EPILOG
from stoat_ferret.cli.commands.render import render
from stoat_ferret.cli.commands.restore import EPILOG as RESTORE_EPILOG
from stoat_ferret.cli.commands.restore import restore
from stoat_ferret.cli.commands.samples import EPILOG as SAMPLES_EPILOG
from stoat_ferret.cli.commands.samples import samples
from stoat_ferret.cli.commands.scan import EPILOG as SCAN_EPILOG
from stoat_ferret.cli.commands.scan import scan
from stoat_ferret.cli.commands.serve import EPILOG as SERVE_EPILOG
from stoat_ferret.cli.commands.serve import serve
from stoat_ferret.cli.commands.settings import EPILOG as SETTINGS_EPILOG
from stoat_ferret.cli.commands.settings import settings
from stoat_ferret.cli.commands.storyboards import EPILOG as STORYBOARDS_EPILOG
from stoat_ferret.cli.commands.storyboards import storyboards
from stoat_ferret.cli.commands.tags import EPILOG as TAGS_EPILOG
from stoat_ferret.cli.commands.tags import tags
from stoat_ferret.cli.commands.undo import EPILOG as UNDO_EPILOG
from stoat_ferret.cli.commands.undo import undo
from stoat_ferret.cli.commands.videos import EPILOG as VIDEOS_EPILOG
from stoat_ferret.cli.commands.videos import videos
from stoat_ferret.cli.output import print_err, print_json
from stoat_ferret.errors import StoatFerretError

EXAMPLES = """
[bold]Examples[/bold]

  stoat-ferret serve ~/Videos /mnt/films

  stoat-ferret scan ~/Videos

  stoat-ferret videos --q "holiday 2019" --sort duration --order desc

  stoat-ferret doctor

Every setting is also an environment variable, STOAT_…; docs/settings.md lists them all.
"""
READER_GONE = 141
"""The exit code that shells show for a program that ended by SIGPIPE."""

COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (serve, SERVE_EPILOG),
    (scan, SCAN_EPILOG),
    (storyboards, STORYBOARDS_EPILOG),
    (render, RENDER_EPILOG),
    (videos, VIDEOS_EPILOG),
    (edit, EDIT_EPILOG),
    (undo, UNDO_EPILOG),
    (tags, TAGS_EPILOG),
    (duplicates, DUPLICATES_EPILOG),
    (jobs, JOBS_EPILOG),
    (pause, PAUSE_EPILOG),
    (resume, RESUME_EPILOG),
    (reorder, REORDER_EPILOG),
    (cancel, CANCEL_EPILOG),
    (forget, FORGET_EPILOG),
    (backup, BACKUP_EPILOG),
    (restore, RESTORE_EPILOG),
    (settings, SETTINGS_EPILOG),
    (doctor, DOCTOR_EPILOG),
    (samples, SAMPLES_EPILOG),
)
GROUPS = {
    "collections": collections,
    "markers": markers,
    "rules": rules,
    "tag": tag,
    "timeline": timeline,
}
"""The modules of commands that have commands of their own."""


def build_program() -> typer.Typer:
    """Create the program with all commands."""
    program = typer.Typer(
        name="stoat-ferret",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    program.callback(epilog=EXAMPLES)(_options)
    for command, epilog in COMMANDS:
        program.command(epilog=epilog)(command)
    for name, module in GROUPS.items():
        group = typer.Typer(no_args_is_help=True)
        for part, command, epilog in module.COMMANDS:
            group.command(part, epilog=epilog)(command)
        program.add_typer(group, name=name, help=module.HELP, epilog=module.EPILOG)
    return program


def run_program(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0, 1 for an error, 2 for wrong usage, 128 + signal.

    Every error of this program is one sentence on standard error, and with `--json` also the
    document `{"error": …}` on standard output.
    """
    # A name that the terminal's encoding lacks must not end a listing.
    for stream in filter(None, (sys.stdout, sys.stderr)):  # None if it was closed before
        stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(given)
        sys.stdout.flush()
    except OSError as error:
        # Flushing the rest of the buffer would fail again when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # `| head` has enough: print nothing more
            return READER_GONE
        print_err(f"stoat-ferret: {error}")
        return 1
    return code


def _run(given: list[str]) -> int:
    stdout = sys.stdout
    try:
        build_program()(given, prog_name="stoat-ferret")
    except SystemExit as end:
        if sys.stdout is not stdout:  # typer replaced it, which it only does for a broken pipe
            return READER_GONE
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except StoatFerretError as error:
        if "--json" in given:
            print_json({"error": str(error)})
        print_err(f"stoat-ferret: {error}")
        return 1
    return 0


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"stoat-ferret {__version__}\n")
        raise typer.Exit


def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", is_eager=True, callback=_show_version
        ),
    ] = False,
) -> None:
    """A self-hosted video library that stays responsive while it works."""
