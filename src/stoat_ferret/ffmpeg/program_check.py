"""Whether one of FFmpeg's programs is there and runs; asked again only when it is another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.disk import ask_disk
from stoat_ferret.errors import ProcessTimeoutError
from stoat_ferret.ffmpeg.binaries import describe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VERSION_SECONDS = 1.0


class ProgramCheck:
    """A health check: a sentence with the version and the place of the program.

    A program that takes its time to tell its version is there all the same: the machine may be
    busy. Raises what `find` and `describe` raise.
    """

    def __init__(self, find: Callable[[], Path]) -> None:
        self._find = find
        self._told: tuple[tuple[Path, int], str] | None = None

    async def __call__(self) -> str:
        """Find the program, and run it if it is not the one that was asked last time."""
        program = await ask_disk(self._find)
        status = await ask_disk(program.stat)
        identity = (program, status.st_mtime_ns)
        if self._told is None or self._told[0] != identity:
            self._told = (identity, await self._ask(program))
        return self._told[1]

    @staticmethod
    async def _ask(program: Path) -> str:
        try:
            info = await describe(program, timeout_seconds=VERSION_SECONDS)
        except ProcessTimeoutError:
            return f"{program} is there, and slow to tell its version"
        return f"{info.version} at {program}"
