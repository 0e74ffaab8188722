"""Roots with real clips, and an ffprobe that a test can hold back."""

from __future__ import annotations

import os
import select
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
from tests.clips import make_clip, small_clips
from tests.e2e.stoat import DEADLINE_SECONDS

from stoat_ferret.ffmpeg.binaries import find_ffprobe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD = ("h264.mp4", "tracks.mkv", "vp9.webm")
BAD = ("zero.mp4", "text.mp4")


def mixed_clips(folder: Path) -> None:
    """Add three good videos, two bad files and an audio file, one of them in a subfolder."""
    (folder / "old").mkdir(parents=True)
    for name in (*GOOD, *BAD, "audio.mp4"):
        shutil.copyfile(make_clip(name), folder / ("old" if name == GOOD[0] else "") / name)


@dataclass(frozen=True)
class Gate:
    """An ffprobe that does not answer for the second half of the clips until the gate is open."""

    program: Path
    key: Path
    arrivals: int

    @classmethod
    @contextmanager
    def build(cls, folder: Path) -> Iterator[Gate]:
        """Write the program into `folder`, with the gate closed."""
        folder.mkdir()
        program, key, pipe = folder / "ffprobe", folder / "open", folder / "arrivals"
        os.mkfifo(pipe)
        program.write_text(
            "#!/bin/sh\n"
            'case "$*" in *held-back*)\n'
            f'  [ -e "{key}" ] || {{ echo $$ 1<> "{pipe}"; exec sleep 240; }}\n'
            "esac\n"
            f'exec "{find_ffprobe()}" "$@"\n'
        )
        program.chmod(0o755)
        arrivals = os.open(pipe, os.O_RDWR)
        try:
            yield cls(program, key, arrivals)
        finally:
            os.close(arrivals)

    @property
    def variables(self) -> dict[str, str]:
        """The settings that make a scan use it."""
        return {"STOAT_PROBER": "ffprobe", "STOAT_FFPROBE": str(self.program)}

    def fill(self, folder: Path, count: int) -> None:
        """Put `count` clips into `folder`, the second half of them held back."""
        for number, clip in enumerate(small_clips(folder, count)):
            if number >= count // 2:
                clip.rename(clip.with_name(f"held-back-{clip.name}"))

    def wait_until_holding(self) -> psutil.Process:
        """Wait until a file is held back; return the process that reads it."""
        ready, _, _ = select.select([self.arrivals], [], [], DEADLINE_SECONDS)
        assert ready, "no file was held back in time"
        return psutil.Process(int(os.read(self.arrivals, 4096).split()[0]))

    def open(self) -> None:
        """Let every file through from now on."""
        self.key.touch()
