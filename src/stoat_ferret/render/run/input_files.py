"""The input files of ffmpeg, opened before it runs, so that it reads what was checked."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.library.files import open_resolved

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from stoat_ferret.render.plan.plan import RenderPass

_NAMED = "file:/"


@dataclass(slots=True)
class InputFiles:
    """Open files to pass to ffmpeg as `descriptors`.

    Each has a link in the folder of the render that leads to the open file, whatever its path leads
    to by then. The link keeps the extension, by which FFmpeg recognizes some formats. If such links
    are not possible, on systems other than Linux and on some file systems, ffmpeg opens the files
    by the paths that were checked.
    """

    folder: Path
    descriptors: list[int] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)

    def open(self, named: Iterable[str]) -> None:
        """Open the files with these names, `file:` and a resolved path. Blocking.

        Raises `FileVanishedError` and `FileUnreadableError`, also if such a path has come to
        contain a link.
        """
        for number, name in enumerate(dict.fromkeys(named)):
            path = name.removeprefix("file:")
            descriptor = open_resolved(path).descriptor
            self.descriptors.append(descriptor)
            link = self.folder / f"input-{number:03d}{Path(path).suffix}"
            opened = Path(f"/proc/self/fd/{descriptor}")
            if opened.exists():
                with suppress(OSError):  # a file system without links
                    link.symlink_to(opened)
                    self._names[name] = f"file:{link.name}"

    def named(self, arguments: Sequence[str]) -> list[str]:
        """Return `arguments` with the links in place of the paths."""
        return [self._names.get(argument, argument) for argument in arguments]

    def close(self) -> None:
        """Close the files and remove the links. Blocking."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        for name in self._names.values():
            with suppress(OSError):
                (self.folder / name.removeprefix("file:")).unlink()


@asynccontextmanager
async def open_inputs(passes: Iterable[RenderPass], folder: Path) -> AsyncIterator[InputFiles]:
    """Open the files outside `folder` that `passes` read. Raises errors of `InputFiles.open`."""
    named = [
        argument
        for one in passes
        for option, argument in zip(one.arguments, one.arguments[1:], strict=False)
        if option == "-i" and argument.startswith(_NAMED)
    ]
    files = InputFiles(folder)
    try:
        await run_on_disk_thread(files.open, named)
        yield files
    finally:
        await run_on_disk_thread(files.close)
