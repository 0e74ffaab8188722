"""A folder with 100,000 names in it, made once and cached for each user."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tests.clips import cache_folder, ffmpeg, make_clip

NAMES = 100_000
"""Number of names in the folder, most of which are not videos."""
CLIPS = 3000
_SLOW_EVERY = 300
_FOLDERS = 20
_TAGS = 10_000


def crowded_folder() -> Path:
    """Return a root with `NAMES` entries and `CLIPS` videos, some of which are slow to read.

    It is shared by every test of this user: read it, never write to it.
    """
    target = cache_folder() / f"crowded-1-{NAMES}-{CLIPS}"
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
            made = Path(folder) / "crowded"
            _make_names(made / "names", NAMES - CLIPS)
            _make_clips(made / "clips")
            try:
                made.rename(target)
            except OSError:  # another test run has made the same meanwhile
                assert target.exists()
    return target


def _make_names(top: Path, count: int) -> None:
    for number in range(_FOLDERS):
        folder = top / f"{number:02d}"
        folder.mkdir(parents=True)
        for name in range(number, count, _FOLDERS):
            (folder / f"{name:06d}.txt").touch()


def _make_clips(folder: Path) -> None:
    folder.mkdir()
    slow = folder / "slow-0000.mkv"
    _make_slow_clip(slow)
    clips = [make_clip(f"small-{number}.mp4").read_bytes() for number in range(4)]
    copies = [folder / f"copy-{number}.mp4" for number in range(len(clips))]
    for copy, clip in zip(copies, clips, strict=True):
        copy.write_bytes(clip)
    for number in range(1, CLIPS - len(copies)):
        if number % _SLOW_EVERY == 0:
            os.link(slow, folder / f"{number:04d}-slow.mkv")
        else:
            os.link(copies[number % len(copies)], folder / f"{number:04d}.mp4")


def _make_slow_clip(target: Path) -> None:
    """Make a clip that takes libav most of a second: it compares each tag with all before it."""
    tags = target.with_suffix(".txt")
    lines = "".join(f"key{number}=v{number}\n" for number in range(_TAGS))
    tags.write_text(f";FFMETADATA1\n{lines}")
    inputs = ["-i", str(make_clip("small-0.mp4")), "-f", "ffmetadata", "-i", str(tags)]
    ffmpeg(inputs, "-map", "0", "-map_metadata", "1", "-c", "copy", target)
    tags.unlink()
