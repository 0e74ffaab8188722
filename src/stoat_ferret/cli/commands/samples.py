"""The command `stoat-ferret samples`: a few clips to try the program with."""

from pathlib import Path
from typing import Annotated

import typer

from stoat_ferret.cli.options import AsJson, DataDir, read_settings

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret samples

  stoat-ferret samples ~/Videos/samples
"""


def samples(
    folder: Annotated[
        Path | None,
        typer.Argument(
            parser=Path,
            metavar="[FOLDER]",
            help="Where to put them. Default: the folder `samples` in the data folder, which is "
            "a root of its own if the roots are the default ones.",
            show_default=False,
        ),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a few small clips with ffmpeg to try the library with. Nothing is overwritten."""
    from stoat_ferret.cli.output import plural, print_json, print_out
    from stoat_ferret.cli.sample_clips import make_samples, samples_folder
    from stoat_ferret.cli.terminal import run
    from stoat_ferret.text import for_display

    settings = read_settings(data_dir=data_dir)
    target = folder.expanduser().absolute() if folder else samples_folder(settings)
    made = run(lambda: make_samples(settings, target))
    if as_json:
        print_json({"folder": for_display(target), "made": [path.name for path in made]})
        return
    print_out(f"{plural(len(made), 'clip')} made in {for_display(target)}.")
    print_out(f"To have them in the library: stoat-ferret scan {for_display(target)}")
