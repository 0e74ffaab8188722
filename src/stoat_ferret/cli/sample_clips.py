"""Small sample clips made by ffmpeg, for an empty library."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from stoat_ferret.cli.output import print_err
from stoat_ferret.cli.terminal import is_yes, run
from stoat_ferret.errors import ConfigurationError, StoatFerretError, reason_of
from stoat_ferret.ffmpeg.binaries import find_ffmpeg
from stoat_ferret.ffmpeg.executor import run_program
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from stoat_ferret.config import Settings

CLIP_SECONDS = 120.0
"""The deadline of one clip, which takes a second or two."""


@dataclass(frozen=True, slots=True)
class SampleClip:
    """A clip: its name, its title, and the picture as a source of ffmpeg's lavfi."""

    name: str
    title: str
    picture: str


CLIPS = (
    SampleClip("test-pattern.mp4", "Test pattern", "testsrc2=size=1280x720:rate=30"),
    SampleClip("colour-bars.mkv", "Color bars", "smptehdbars=size=640x360:rate=25"),
    SampleClip("mandelbrot.mp4", "Mandelbrot set", "mandelbrot=size=320x240:rate=25"),
    SampleClip("game-of-life.mov", "Game of life", "life=size=320x240:rate=24:mold=10:ratio=0.1"),
)
SECONDS = 4


def samples_folder(settings: Settings) -> Path:
    """Return the default folder of the clips."""
    return settings.data_dir / "samples"


def with_samples(settings: Settings) -> Settings:
    """Return `settings` with the folder of the clips as a root, unless roots are configured."""
    folder = samples_folder(settings)
    if not settings.roots_are_default or not folder.is_dir():
        return settings
    extended = settings.model_copy(update={"roots": (*settings.roots, folder)})
    extended.model_fields_set.discard("roots")  # nobody has fixed them
    return extended


def offer_samples(settings: Settings) -> bool:
    """Offer to make clips, at a terminal, if there is no library and no root is configured.

    Return True if they were made. A failure does not prevent serving.
    """
    if not _is_first_start(settings) or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    if not is_yes("There is no library yet. Make a few small clips to try it with? [y/N] "):
        return False
    try:
        run(lambda: make_samples(settings, samples_folder(settings)))
    except StoatFerretError as error:
        print_err(f"warning: {error}")
        return False
    return True


async def make_samples(settings: Settings, folder: Path) -> list[Path]:
    """Make those of `CLIPS` that are missing in `folder`; return the ones made.

    Each appears completely or not at all. Raises `ConfigurationError` for a folder that cannot be
    written or an ffmpeg that cannot be found, and the errors of `run_program`.
    """
    ffmpeg = await anyio.to_thread.run_sync(find_ffmpeg, settings.ffmpeg)
    made = []
    try:
        await anyio.to_thread.run_sync(lambda: folder.mkdir(parents=True, exist_ok=True))
        for clip in CLIPS:
            target = folder / clip.name
            if await anyio.to_thread.run_sync(os.path.lexists, target):
                print_err(f"{clip.name} is there already")
                continue
            print_err(f"making {clip.name} …")
            await _make(ffmpeg, clip, target)
            made.append(target)
    except OSError as error:
        raise ConfigurationError(
            f"The folder {for_display(folder)} cannot be used ({reason_of(error)}). "
            "Name another one."
        ) from error
    return made


def _is_first_start(settings: Settings) -> bool:
    has_library = settings.database_url or (settings.data_dir / "library.db").exists()
    return settings.roots_are_default and not has_library


async def _make(ffmpeg: Path, clip: SampleClip, target: Path) -> None:
    async with anyio.TemporaryDirectory(dir=str(target.parent), prefix=".making-") as work:
        unfinished = Path(work) / clip.name
        await run_program(
            [
                *(str(ffmpeg), "-v", "error", "-nostdin"),
                *("-f", "lavfi", "-i", clip.picture),
                *("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"),
                *("-t", str(SECONDS), "-c:v", "libx264", "-preset", "ultrafast"),
                *("-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k"),
                *("-metadata", f"title={clip.title}", f"file:{unfinished}"),
            ],
            timeout_seconds=CLIP_SECONDS,
        )
        await anyio.to_thread.run_sync(_publish, unfinished, target)


def _publish(unfinished: Path, target: Path) -> None:
    """Give the finished file its name, without replacing a file that appeared meanwhile."""
    try:
        os.link(unfinished, target)
    except FileExistsError:
        print_err(f"{target.name} is there already")
    except OSError:  # a file system without links, such as exFAT
        if not os.path.lexists(target):
            unfinished.rename(target)
