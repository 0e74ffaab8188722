"""An ffprobe that reads as many clips as a test lets through."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.ffmpeg.binaries import find_ffprobe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class GatedFfprobe:
    """Each run of the program for a `clip-…` waits until `let` lets it through."""

    program: Path
    pipe: int

    @classmethod
    @contextmanager
    def build(cls, folder: Path) -> Iterator[GatedFfprobe]:
        """Write the program into `folder`; nothing is let through."""
        folder.mkdir()
        program, pipe = folder / "ffprobe", folder / "let"
        os.mkfifo(pipe)
        program.write_text(
            "#!/bin/sh\n"
            f'case "$*" in *clip-*) read -r _ < "{pipe}" ;; esac\n'
            f'exec "{find_ffprobe()}" "$@"\n'
        )
        program.chmod(0o755)
        descriptor = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        try:
            yield cls(program, descriptor)
        finally:
            os.close(descriptor)

    @property
    def variables(self) -> dict[str, str]:
        """The settings that make a scan use it."""
        return {"STOAT_PROBER": "ffprobe", "STOAT_FFPROBE": str(self.program)}

    def let(self, count: int) -> None:
        """Let `count` more clips through."""
        os.write(self.pipe, b"\n" * count)

    def close(self) -> None:
        """Let no more through, even if `let` allowed more than came."""
        with suppress(BlockingIOError):
            os.read(self.pipe, 65536)
