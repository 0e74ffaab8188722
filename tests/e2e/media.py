"""Roots with real clips, and an ffprobe that a test can hold back."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.clips import make_clip, small_clips

from stoat_ferret.ffmpeg.binaries import find_ffprobe

if TYPE_CHECKING:
    from pathlib import Path

GOOD = ("h264.mp4", "tracks.mkv", "vp9.webm")
BAD = ("zero.mp4", "text.mp4")


def mixed_clips(folder: Path) -> None:
    """Three good videos, two bad files and one that is only sound, one of them in a sub-folder."""
    (folder / "old").mkdir(parents=True)
    for name in (*GOOD, *BAD, "audio.mp4"):
        shutil.copyfile(make_clip(name), folder / ("old" if name == GOOD[0] else "") / name)


@dataclass(frozen=True)
class Gate:
    """An ffprobe that does not answer for the second half of the clips until the gate is open."""

    program: Path
    key: Path

    @classmethod
    def build(cls, folder: Path) -> Gate:
        """Write the program into `folder`; the gate is closed."""
        folder.mkdir()
        program, key = folder / "ffprobe", folder / "open"
        program.write_text(
            "#!/bin/sh\n"
            f'case "$*" in *held-back*) [ -e "{key}" ] || exec sleep 60;; esac\n'
            f'exec "{find_ffprobe()}" "$@"\n'
        )
        program.chmod(0o755)
        return cls(program, key)

    @property
    def variables(self) -> dict[str, str]:
        """The settings that make a scan use it."""
        return {"STOAT_PROBER": "ffprobe", "STOAT_FFPROBE": str(self.program)}

    def fill(self, folder: Path, count: int) -> None:
        """Put `count` clips into `folder`, the second half of them held back."""
        for number, clip in enumerate(small_clips(folder, count)):
            if number >= count // 2:
                clip.rename(clip.with_name(f"held-back-{clip.name}"))

    def open(self) -> None:
        """Let every file through from now on."""
        self.key.touch()
